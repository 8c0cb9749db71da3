/**
 * Timelines that people write by hand in Markdown (https://spec.commonmark.org, tables as in https://github.github.com/gfm/#tables-extension-), mostly within a report: items
 * `- 14:05 UTC – text`, rows `| 2024-05-01 14:05 | text |`, lines `**14:05** text`. The date stands in the stamp, or in the heading or line above (`## 1 May 2024`); the zone in the
 * stamp, in the table's header (`Time (CET)`), or in a sentence of the text (`All times in UTC`). Entries may be out of order. All else is about them and no record.
 */
import type { Stamp } from '../../schemas/source-record.ts'
import type { DocumentAdapter, Item } from '../adapter.ts'
import { isoStamp } from '../shared/iso-stamp.ts'
import { dateIn } from '../shared/irc-stamp.ts'
import { stampAt } from '../shared/leading-stamp.ts'
import { clockStamp } from '../shared/numeric-stamp.ts'
import { readOffset, type StampRead } from '../shared/stamp.ts'
import { textOf } from '../shared/utf8-text.ts'
import { withZone, withZoneAmong } from '../shared/zone-name.ts'

const ITEM = /^(\s*)(?:[-*+]|\d{1,3}[.)])[ \t]+(?=\S)/
const ROW = /^\s*\|(.+)$/
const isRule = (line: string): boolean => line.includes('--') && /^[\s:|-]+$/.test(line)
const HEADING = /^\s{0,3}#{1,6}\s/
/** One sign alone begins a comment in a log as well. */
const SECTION = /^#{2,6}\s+\S/
/** A line that is no item: the stamp stands out, or a dash follows it. */
const LINE = /^(?:\*\*|__|`|\[)\d|^\d[\d:. ]{3,18}(?:[A-Z]{1,4} )?[-–—] /
/** Marks around a stamp: emphasis, code, brackets. */
const MARKS = /^[*_`[(~]+/
const ZONE_TOLD = /\b(?:times?|timestamps?|time ?zone|zone|zeiten|uhrzeiten)\b.{0,60}/gi
const TIME_COLUMN = /\b(?:time|date|when|timestamp|zeit|datum|uhrzeit)\b/i
const UNTIL = /^ ?(?:[-–—]|to|until|bis) ?(\d{1,2}:\d\d(?::\d\d)?)(?!\d)/
const BETWEEN = /^[\s*_`\])~|]*[-–—:|]*[\s*_]*/

interface Entry {
  stamp: Stamp
  /** What follows the stamp, marks and dashes taken away. */
  text: string
  until?: string
}

/** The stamp with which an item begins; undefined where it begins with none. */
function entryAt(text: string): Entry | 'impossible-time' | undefined {
  const bare = text.trimStart().replace(MARKS, '')
  const stamp = clockFirst(bare) ?? dayFirst(bare)
  if (typeof stamp !== 'object') return stamp
  const own = withZone(stamp, bare, stamp.original.length)
  const after = bare.slice(own.original.length)
  const until = UNTIL.exec(after)
  if (!until) return { stamp: own, text: after.replace(BETWEEN, '').trim() }
  // the zone of `14:07–14:20 UTC` stands behind both
  const behind = after.slice(until[0].length)
  const { original: zone, ...zoned } = withZone({ ...own, original: '' }, behind, 0)
  return {
    stamp: { ...zoned, original: own.original },
    text: behind.slice(zone.length).replace(BETWEEN, '').trim(),
    until: until[1]!,
  }
}

const CLOCK = /^\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?(?:[ \u202f]?[AaPp]\.?[Mm]\.?)?(?![\d:])/
const BEHIND_CLOCK = /^ ?(?:Z\b|[+-]\d\d:?\d\d(?!\d))/
/** A clock alone, with `Z` or an offset behind it. */
function clockFirst(text: string): StampRead {
  if (!CLOCK.test(text)) return undefined
  const stamp = clockStamp(text)
  if (typeof stamp !== 'object') return stamp
  const behind = BEHIND_CLOCK.exec(text.slice(stamp.original.length))?.[0]
  const zone = behind && readOffset(behind.trim(), 0)
  if (!behind || typeof zone !== 'object') return stamp
  return { ...stamp, original: stamp.original + behind, offset: zone.offset }
}

/** People write `2024-05-01  8:51`; a count of seconds is a program's. */
const LOOSE = /^(\d{4}-\d\d-\d\d) +(\d{1,2}:)/
function dayFirst(text: string): StampRead {
  if (/^\d{7}/.test(text)) return undefined
  const m = LOOSE.exec(text)
  if (!m) return stampAt(text)
  const strict = `${m[1]} ${m[2]!.padStart(3, '0')}`
  const stamp = stampAt(strict + text.slice(m[0].length))
  if (typeof stamp !== 'object') return stamp
  return { ...stamp, original: m[0] + stamp.original.slice(strict.length) }
}

interface Block {
  text: string
  line: number
  kind: 'entry' | 'other'
  /** What holds the stamp, and for a row of a table the other cells. */
  head: string
  rest?: string
  /** Words of the table's header over the column of the time. */
  header?: string
}

const cellsOf = (row: string): string[] =>
  row
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim())

/** The lines of a document as entries and what is between them. */
function blocksOf(lines: readonly string[], first: number): Block[] {
  const blocks: Block[] = []
  let columns: string[] | undefined
  let fenced = false
  for (let i = 0; i < lines.length; i++) {
    const text = lines[i]!
    const line = first + i
    if (/^\s*(?:```|~~~)/.test(text)) fenced = !fenced
    const other = { text, line, kind: 'other', head: text } as const
    if (fenced) {
      blocks.push(other)
      continue
    }
    const row = ROW.exec(text)
    if (!row) columns = undefined
    if (row && isRule(lines[i + 1] ?? '')) {
      columns = cellsOf(text)
      blocks.push(other)
      continue
    }
    if (row) {
      const at = columns?.findIndex((name) => TIME_COLUMN.test(name)) ?? -1
      const cells = cellsOf(text)
      if (at < 0 || isRule(text)) blocks.push(other)
      else {
        const rest = cells.filter((cell, n) => n !== at && cell !== '').join(' | ')
        blocks.push({ ...other, kind: 'entry', head: cells[at] ?? '', rest, header: columns![at]! })
      }
      continue
    }
    const item = ITEM.exec(text)
    const head = item ? text.slice(item[0].length) : text
    if (HEADING.test(text) || entryAt(head) === undefined || (!item && !LINE.test(text))) {
      blocks.push(other)
      continue
    }
    let end = i + 1
    while (end < lines.length && goesOn(lines[end]!, item?.[1]!.length)) end++
    blocks.push({ text: lines.slice(i, end).join('\n'), line, kind: 'entry', head })
    i = end - 1
  }
  return blocks
}

/** Whether a line belongs to the item above it: it stands further in. */
const goesOn = (line: string, indent: number | undefined): boolean =>
  indent !== undefined &&
  line.trim() !== '' &&
  /^\s*/.exec(line)![0].length > indent &&
  !startsEntry(line)
const startsEntry = (line: string): boolean => {
  const item = ITEM.exec(line)
  return item !== null && entryAt(line.slice(item[0].length)) !== undefined
}

const zoneTold = (text: string): string =>
  [...text.matchAll(ZONE_TOLD)]
    .map(([words]) => words)
    .find((words) => withZoneAmong(NO_STAMP, words)) ?? ''
const NO_STAMP: Stamp = { original: '', seconds: 0, nanos: 0, digits: 0 }

const ISO_DAY = /(?<!\d)(\d{4}-\d\d-\d\d)(?!\d)/
/** The date that a heading, or a line of few words, tells for the clocks below it. */
function dateOf(text: string): Stamp | undefined {
  if (!HEADING.test(text) && text.length > 60) return undefined
  const day = ISO_DAY.exec(text)
  if (day) {
    const stamp = isoStamp(`${day[1]} 00:00`)
    return typeof stamp === 'object' ? { ...stamp, original: day[1]! } : undefined
  }
  return dateIn(text.replace(/[*_#`:|]/g, ' ').replace(/(\d)(?:st|nd|rd|th)\b/g, '$1'))
}

const plain = (text: string): string =>
  text
    .replace(/<br ?\/?>/gi, '\n')
    .replace(/(\*\*|__)(.+?)\1/g, '$2')
    .trim()

function* read(bytes: Uint8Array, first: number): Generator<Item> {
  const text = textOf(bytes)
  const told = zoneTold(text)
  for (const block of blocksOf(text.split(/\r?\n/), first)) {
    const { line, text: original } = block
    if (block.kind === 'other') {
      const date = dateOf(original)
      yield { context: 1, line, ...(date && { date }) }
      continue
    }
    const entry = entryAt(block.head)
    if (typeof entry !== 'object') {
      yield { rejected: original, reason: entry ?? 'no-time', line }
      continue
    }
    const { stamp } = entry
    const zoned = withZoneAmong(stamp, block.header ?? '') ?? withZoneAmong(stamp, told) ?? stamp
    const more = original.slice(
      original.indexOf('\n') < 0 ? original.length : original.indexOf('\n'),
    )
    const message = plain([entry.text, block.rest].filter(Boolean).join(' | ') + more)
    yield {
      time: zoned,
      message: message || original.trim(),
      original,
      line,
      fields: entry.until ? { 'labels.until': entry.until } : {},
    }
  }
}

const isEntry = ({ kind, head }: Block): boolean =>
  kind === 'entry' && typeof entryAt(head) === 'object'

export const adapter: DocumentAdapter = {
  title: 'Markdown timeline',
  unit: 'document',
  recognizes: ({ text, lines }) => {
    // a log may have stamps behind dashes, but no headings and no tables with a header
    const isMarkdown = lines.some(
      (line, i) => SECTION.test(line) || (isRule(line) && i > 0 && ROW.test(lines[i - 1]!)),
    )
    const items = lines.filter(startsEntry).length
    if (!isMarkdown && items * 2 <= lines.length) return false
    const entries = blocksOf(text.split(/\r?\n/), 1).filter(isEntry)
    return entries.length > 1 || entries.some(({ header }) => header !== undefined)
  },
  parse: () => read,
}
