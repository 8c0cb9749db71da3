/** The adapter of a format that is one pattern, or a few: see pattern-format.ts. */
import type { Fields, SourceRecord, Stamp } from '../../schemas/source-record.ts'
import type { Head, Item, LineAdapter } from '../adapter.ts'
import type { GrokPattern } from './grok-pattern.ts'
import { placeAt } from './inner-stamp.ts'
import { groups, isBlank, isGroup, mostLines, refuse, type Group } from './lines.ts'
import { setField, setPairs } from './pattern-fields.ts'
import {
  BadFormat,
  readPatternFormat,
  SPECIAL,
  type PatternFormat,
  type Sample,
} from './pattern-format.ts'
import { readOffset, type StampRead } from './stamp.ts'
import { anyStamp } from './stamp-layout.ts'

const SHOWN_LINES = 200
const BRACKET = 91
const UTC = /^(?:UTC|GMT)$/

/** What the first pattern that matches says. */
interface Captured {
  /** `time`, `date`, `clock`, `zone` and `message`. */
  parts: Map<string, string>
  fields: Fields
  /** The place where the match ends. */
  end: number
}

/** The adapter that the file of a format describes, tried on its own samples. @throws BadFormat */
export function patternAdapter(text: string, path: string): LineAdapter {
  const format = readPatternFormat(text, path)
  const adapter = adapterOf(format)
  for (const sample of format.samples) checkSample(adapter, sample, path)
  return adapter
}

function adapterOf(format: PatternFormat): LineAdapter {
  const { contexts } = format
  const records = [...format.records, ...format.also]
  const starts = format.begins.length === 0 ? records : format.begins
  const isContext = (line: string): boolean => contexts.some((one) => matches(one, line))
  const isStart = (line: string): boolean => starts.some((one) => matches(one, line))
  const isProof = (text: string): boolean => format.records.some((one) => matches(one, text))
  const begins = (line: string): boolean =>
    isStart(line) || isContext(line) || (starts === records && hasStamp(line))
  return {
    title: format.title,
    unit: 'lines',
    recognizes: (head) =>
      starts === records
        ? head.lines.slice(0, SHOWN_LINES).some(isProof) &&
          mostLines(head, (line) => isStart(line) || isContext(line), format.share)
        : head.lines.slice(0, SHOWN_LINES).some(isStart) &&
          mostRecords(head, begins, isContext, isProof, format.share),
    begins,
    parse: () =>
      function* (lines, first) {
        for (const group of groups(lines, first, begins)) {
          if (!isGroup(group)) yield heading(format, group)
          else if (isContext(group.head)) yield* described(format, group)
          else yield* record(format, group)
        }
      },
  }
}

/** A line with a stamp of its own must not borrow the time of the record before it, even where no pattern reads it. */
const hasStamp = (line: string): boolean =>
  placeAt(line, line.charCodeAt(0) === BRACKET ? 1 : 0) !== undefined

/** Whether so many of the records, cut where lines begin them, are such as a pattern reads; what stands before the first counts as one. */
function mostRecords(
  head: Head,
  begins: (line: string) => boolean,
  isContext: (line: string) => boolean,
  matches: (text: string) => boolean,
  share: number,
): boolean {
  let of = 0
  let hits = 0
  for (const group of groups(head.lines.slice(0, SHOWN_LINES), 1, begins)) {
    if (isGroup(group) && isContext(group.head)) continue
    of++
    if (isGroup(group) && matches(group.text)) hits++
  }
  return hits > 0 && hits >= of * share
}

const heading = ({ headings }: PatternFormat, item: Item): Item =>
  'rejected' in item && headings.some((one) => matches(one, item.rejected))
    ? { context: 1, line: item.line }
    : item

function matches({ regex }: GrokPattern, text: string): boolean {
  regex.lastIndex = 0
  return regex.test(text)
}

function capture(
  format: PatternFormat,
  patterns: readonly GrokPattern[],
  text: string,
): Captured | undefined {
  for (const { regex, captures } of patterns) {
    regex.lastIndex = 0
    const m = regex.exec(text)
    if (!m) continue
    const parts = new Map<string, string>()
    const fields: Fields = {}
    for (const [i, { name, isNumber }] of captures.entries()) {
      const value = m[i + 1]
      if (value === undefined) continue
      if (SPECIAL.has(name)) parts.set(name, value)
      else setField(format, fields, name, value, isNumber)
    }
    return { parts, fields, end: regex.lastIndex }
  }
  return undefined
}

/** The stamp among what was captured. A date and a clock that stand apart are joined by a space. */
function stampOf(format: PatternFormat, parts: ReadonlyMap<string, string>): StampRead {
  const written =
    parts.get('time') ?? [parts.get('date'), parts.get('clock')].filter(Boolean).join(' ')
  const text = written.trim()
  const read = readStamp(format, text)
  if (typeof read !== 'object' || read.offset !== undefined || read.zone !== undefined) return read
  const zone = parts.get('zone')?.trim()
  if (zone) {
    const original = `${text} ${zone}`
    const offset = readOffset(zone, 0)
    if (offset === 'impossible-time') return offset
    if (offset) return { ...read, original, offset: offset.offset }
    return UTC.test(zone) ? { ...read, original, offset: 0 } : { ...read, original, zone }
  }
  return format.isUtc ? { ...read, offset: 0 } : read
}

/** Of several layouts that a stamp may have the first possible one counts; where the layouts differ in the order of the date, all that are possible are kept: evidence decides later. */
function readStamp({ stamps }: PatternFormat, text: string): StampRead {
  if (stamps.length === 0) return anyStamp(text)
  const reads = stamps.map((read) => ({ stamp: read(text), order: read.order }))
  const possible = reads.flatMap(({ stamp, order }) =>
    typeof stamp === 'object' ? [{ stamp, order }] : [],
  )
  const [first] = possible
  if (!first) return reads.find(({ stamp }) => stamp !== undefined)?.stamp
  // One that allows a single order is evidence for those that allow several.
  const known = new Set(stamps.flatMap(({ order }) => order ?? []))
  const orders = possible.flatMap(({ stamp, order }) => (order ? [[order, stamp.seconds]] : []))
  if (known.size < 2 || orders.length === 0) return first.stamp
  return { ...first.stamp, orders: Object.fromEntries(orders) as Stamp['orders'] & object }
}

/** Lines about the file, with the date that they tell for the clocks below them. What follows such a line belongs to no record. */
function* described(format: PatternFormat, group: Group): Generator<Item> {
  const { parts } = capture(format, format.contexts, group.head)!
  const day = parts.get('date')
  const date = stampOf(
    format,
    day === undefined || parts.has('clock') ? parts : new Map([['time', `${day} 00:00:00`]]),
  )
  const context = { context: 1, line: group.line }
  yield typeof date === 'object' && date.lacks !== 'date' ? { ...context, date } : context
  for (const [i, line] of group.text.split('\n').entries()) {
    const number = group.line + i
    if (i === 0) continue
    if (isBlank(line)) yield { context: 1, line: number }
    else yield { rejected: line, reason: 'not-a-record', line: number }
  }
}

function* record(format: PatternFormat, group: Group): Generator<Item> {
  const found =
    capture(format, format.records, group.text) ?? capture(format, format.also, group.text)
  if (found === undefined) {
    yield* refuse(group, 'not-a-record')
    return
  }
  const time = stampOf(format, found.parts)
  if (time === undefined || time === 'impossible-time') {
    yield* refuse(group, time ?? 'no-time')
    return
  }
  const { parts, fields, end } = found
  const said = parts.get('message')
  // Lines behind those that the pattern reads are more of the same text.
  const message = said === undefined ? group.text : said + group.text.slice(end)
  setPairs(format, fields, message)
  const made: SourceRecord = {
    time,
    message: message.trim() || group.head.trim(),
    original: group.text,
    line: group.line,
    fields,
  }
  const host = fields['host.name']
  if (typeof host === 'string') made.stream = host
  yield made
}

const FILE = { name: '', folder: '', companions: [] }

/** @throws BadFormat where a sample is not one record. */
function checkSample(adapter: LineAdapter, { lines, line }: Sample, path: string): void {
  const items = [...adapter.parse(FILE)(lines, line)]
  const [first] = items
  const records = items.filter((item) => 'original' in item)
  const why =
    first === undefined || !adapter.begins!(lines[0]!)
      ? 'its first line does not match a pattern: mend the pattern or the sample'
      : 'rejected' in first
        ? first.reason === 'not-a-record'
          ? 'it matches no pattern of a record: mend the pattern or the sample'
          : 'its stamp is not one that is known, or no day has it: tell its layout by a line `stamp: %d/%m/%Y %H:%M:%S`'
        : items.length > 1 && records.length !== 1
          ? `it gives ${records.length} records: put one record below each \`sample:\``
          : undefined
  if (why !== undefined) throw new BadFormat(`${path}:${line}: the sample is not read: ${why}`)
}
