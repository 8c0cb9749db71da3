/**
 * Feeds of status pages: Atom, https://www.rfc-editor.org/rfc/rfc4287 (`entry` with `published` and `updated`), RSS 2.0, https://www.rssboard.org/rss-specification (`item` with `pubDate`),
 * and RSS 1.0 (`dc:date`). An entry is at `published`, or where that is missing at `created` (Jira's XML, https://confluence.atlassian.com/jirakb/exporting-issues-as-xml) or `updated`; one that was updated later is a second event then.
 * Status pages tell an incident in one entry, each update of it behind its date, `<small>Sep 1, 18:39 UTC</small>` (Statuspage, Instatus): then each update is an event, at the
 * entry's own date where that is in its minute. The year is that in which it is nearest to the date of its entry.
 */
import type { Fields, Stamp } from '../../schemas/source-record.ts'
import type { DocumentAdapter, Item } from '../adapter.ts'
import { htmlText } from '../shared/html-text.ts'
import { wholeStamp } from '../shared/json-stamp.ts'
import { newlinesBetween } from '../shared/lines.ts'
import { mailDate } from '../shared/mail-date.ts'
import { monthFirstStamp } from '../shared/month-stamp.ts'
import type { StampRead } from '../shared/stamp.ts'
import { textOf } from '../shared/utf8-text.ts'
import { attribute, elementsNamed, elementText } from '../shared/xml-elements.ts'
import { withZoneAmong } from '../shared/zone-name.ts'

const ROOT =
  /<(?:feed\b[^>]{0,1000}http:\/\/www\.w3\.org\/2005\/Atom|rss\b[^>]{0,1000}version=|rdf:RDF\b)/
const BEGIN = 4096
const DATED = /<small>((?:[^<]|<(?!\/small)){1,300})<\/small>/g
const DAY_AND_CLOCK = /^(\p{L}{3,9} \d{1,2}), (\d{1,2}:\d\d(?::\d\d)?) ?(.*)$/u
const STATUS = /^([\p{L} ]{3,40}?) ?-\s/u

const dateOf = (written: string | undefined): StampRead =>
  written === undefined ? undefined : (wholeStamp(written) ?? mailDate(written))

function linkOf(entry: string): string | undefined {
  for (const { attributes } of elementsNamed(entry, 'link')) {
    const href = attribute(attributes, 'href')
    if (href !== undefined) return href
  }
  return elementText(entry, 'link')
}

interface Moment {
  action: string
  time: Stamp
  said: string
  /** What tells it from the others of its entry. */
  mark: string
}

/** The updates in the text of an entry; undefined where it has none, or one whose date cannot be read. */
function datedUpdates(content: string, entry: Stamp): Moment[] | undefined {
  const dates = [...content.matchAll(DATED)]
  const moments: Moment[] = []
  for (const [i, m] of dates.entries()) {
    const time = nearestYear(htmlText(m[1]!), entry)
    if (time === undefined) return undefined
    const said = htmlText(content.slice(m.index + m[0].length, dates[i + 1]?.index))
    const status = STATUS.exec(said)?.[1]
    const action = status?.toLowerCase().replaceAll(' ', '-') ?? 'updated'
    moments.push({ action, time, said, mark: `${time.original} ${said}` })
  }
  return moments.length > 0 ? moments : undefined
}

/** Whether the date of an entry is that of an update, to the second: the clocks are the same there, or the update's is UTC. */
function sameMinute(update: Stamp, entry: Stamp): boolean {
  const minute = (seconds: number): number => Math.floor(seconds / 60)
  const utc = entry.seconds - (entry.offset ?? 0)
  return [entry.seconds, utc].some((seconds) => minute(seconds) === minute(update.seconds))
}

/** `Sep 1, 18:39 UTC` in the year that brings it nearest to the date of its entry. */
function nearestYear(written: string, entry: Stamp): Stamp | undefined {
  const m = DAY_AND_CLOCK.exec(written)
  if (!m) return undefined
  const year = new Date(entry.seconds * 1000).getUTCFullYear()
  const away = (stamp: Stamp): number => Math.abs(stamp.seconds - entry.seconds)
  return [year, year - 1, year + 1]
    .flatMap((each) => {
      const stamp = monthFirstStamp(`${m[1]}, ${each} ${m[2]}`)
      return typeof stamp === 'object'
        ? [withZoneAmong({ ...stamp, original: written }, m[3]!) ?? { ...stamp, original: written }]
        : []
    })
    .sort((a, b) => away(a) - away(b))[0]
}

function* entryItems(entry: string, line: number): Generator<Item> {
  const begun = dateOf(
    elementText(entry, 'published') ??
      elementText(entry, 'pubDate') ??
      elementText(entry, 'dc:date') ??
      elementText(entry, 'created') ??
      elementText(entry, 'updated'),
  )
  if (typeof begun !== 'object') {
    yield { rejected: entry, reason: begun ?? 'no-time', line }
    return
  }
  const updated = dateOf(elementText(entry, 'updated'))
  const changed = typeof updated === 'object' && updated.original !== begun.original
  const title = htmlText(elementText(entry, 'title') ?? 'entry')
  const content =
    elementText(entry, 'content') ??
    elementText(entry, 'summary') ??
    elementText(entry, 'description') ??
    ''
  const link = linkOf(entry)
  const id = elementText(entry, 'id') ?? elementText(entry, 'guid') ?? link
  const said = htmlText(content)
  const own: Moment[] = [{ action: 'published', time: begun, said, mark: begun.original }]
  if (changed) own.push({ action: 'updated', time: updated, said, mark: updated.original })
  const updates = datedUpdates(content, begun) ?? []
  const isTold = ({ time }: Moment): boolean => updates.some((one) => sameMinute(one.time, time))
  const moments = [
    ...own.filter((one) => !isTold(one)),
    ...updates.map((one) => ({
      ...one,
      time: own.find(({ time }) => sameMinute(one.time, time))?.time ?? one.time,
    })),
  ]
  for (const { action, time, said, mark } of moments) {
    const fields: Fields = { 'event.action': action }
    if (link !== undefined) fields['event.reference'] = link
    const author = elementText(entry, 'name') ?? elementText(entry, 'dc:creator')
    if (author !== undefined) fields['user.name'] = author
    const message = said === '' || said === title ? title : `${title}: ${said}`
    const record = { time, message, original: entry, line, fields }
    yield id === undefined ? record : { ...record, nativeId: `feed ${id} ${action} ${mark}` }
  }
}

function* items(text: string, first: number): Generator<Item> {
  let any = false
  for (const name of ['entry', 'item']) {
    let line = first
    let counted = 0
    for (const { text: entry, at } of elementsNamed(text, name)) {
      any = true
      line += newlinesBetween(text, counted, at)
      counted = at
      yield* entryItems(entry, line)
    }
  }
  if (!any) yield { rejected: text, reason: 'not-a-record', line: first }
}

export const adapter: DocumentAdapter = {
  title: 'Atom and RSS feeds',
  unit: 'document',
  recognizes: (head) => ROOT.test(head.text.slice(0, BEGIN)) && head.text.trimStart()[0] === '<',
  parse: () => (bytes, line) => items(textOf(bytes), line),
}
