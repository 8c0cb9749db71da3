/**
 * Feeds of status pages: Atom, https://www.rfc-editor.org/rfc/rfc4287 (`entry` with `published` and `updated`), RSS 2.0, https://www.rssboard.org/rss-specification (`item` with `pubDate`),
 * and RSS 1.0 (`dc:date`). An entry is at `published`, or where that is missing at `updated`; one that was updated later is a second event then.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { DocumentAdapter, Item } from '../adapter.ts'
import { htmlText } from '../shared/html-text.ts'
import { wholeStamp } from '../shared/json-stamp.ts'
import { newlinesBetween } from '../shared/lines.ts'
import { mailDate } from '../shared/mail-date.ts'
import type { StampRead } from '../shared/stamp.ts'
import { textOf } from '../shared/utf8-text.ts'
import { attribute, elementsNamed, elementText } from '../shared/xml-elements.ts'

const ROOT =
  /<(?:feed\b[^>]{0,1000}http:\/\/www\.w3\.org\/2005\/Atom|rss\b[^>]{0,1000}version=|rdf:RDF\b)/
const BEGIN = 4096

const dateOf = (written: string | undefined): StampRead =>
  written === undefined ? undefined : (wholeStamp(written) ?? mailDate(written))

function linkOf(entry: string): string | undefined {
  for (const { attributes } of elementsNamed(entry, 'link')) {
    const href = attribute(attributes, 'href')
    if (href !== undefined) return href
  }
  return elementText(entry, 'link')
}

function* entryItems(entry: string, line: number): Generator<Item> {
  const begun = dateOf(
    elementText(entry, 'published') ??
      elementText(entry, 'pubDate') ??
      elementText(entry, 'dc:date') ??
      elementText(entry, 'updated'),
  )
  if (typeof begun !== 'object') {
    yield { rejected: entry, reason: begun ?? 'no-time', line }
    return
  }
  const updated = dateOf(elementText(entry, 'updated'))
  const changed = typeof updated === 'object' && updated.original !== begun.original
  const title = htmlText(elementText(entry, 'title') ?? 'entry')
  const said = htmlText(
    elementText(entry, 'content') ??
      elementText(entry, 'summary') ??
      elementText(entry, 'description') ??
      '',
  )
  const link = linkOf(entry)
  const id = elementText(entry, 'id') ?? elementText(entry, 'guid') ?? link
  const moments: [string, typeof begun][] = [['published', begun]]
  if (changed) moments.push(['updated', updated])
  for (const [action, time] of moments) {
    const fields: Fields = { 'event.action': action }
    if (link !== undefined) fields['event.reference'] = link
    const author = elementText(entry, 'name') ?? elementText(entry, 'dc:creator')
    if (author !== undefined) fields['user.name'] = author
    const message = said === '' || said === title ? title : `${title}: ${said}`
    const record = { time, message, original: entry, line, fields }
    yield id === undefined
      ? record
      : { ...record, nativeId: `feed ${id} ${action} ${time.original}` }
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
