/**
 * Any text of which lines begin with a time stamp, for formats that nobody else here reads. No specification: shared/leading-stamp.ts lists the stamps;
 * beside them the letter of glog (`I0501 10:00:00.123456`, https://github.com/google/glog) and a clock alone (`10:00:00.123 …`).
 * Lines without a stamp belong to the record before them. See stamps-in-lines.ts for stamps that stand further back.
 */
import type { Item, LineAdapter } from '../adapter.ts'
import { isLikely, placeAt, type Place } from '../shared/inner-stamp.ts'
import { leadingStamp } from '../shared/leading-stamp.ts'
import { groups, isGroup, mostLines } from '../shared/lines.ts'
import { clockStamp, glogStamp } from '../shared/numeric-stamp.ts'
import { isoStamp } from '../shared/iso-stamp.ts'
import { isDigit, type StampRead } from '../shared/stamp.ts'
import { stampedRecord } from '../shared/stamped-record.ts'
import { tableColumns } from '../shared/table-columns.ts'

const GLOG = /^[IWEFD]\d{4} \d\d:\d\d:\d\d/
const CLOCK = /^\d{1,2}:\d\d:\d\d(?![\d:])/
const BRACKETS = '[(<"'
const CLOSE = /[\])>"]/
/** Lines that logcat, glog and MySQL's general log write about the file. */
const DESCRIBES =
  /^(?:-{3,} (?:beginning of|switch to) |Log file created at: |Running on machine: |Binary: Built |Running duration |Log line format: |\S{1,200}mysqld(?:\.exe)?, Version: |Tcp port: |Time +Id Command +Argument)/
const CREATED = 'Log file created at: '
/** What stands above the first record and looks like a heading. */
const HEADING = /^\s*(?:#|;|\/\/|-{3,}|={3,}|\*{3,}|_{3,})/

/** The stamp with which a line begins, and where it ends, with the bracket around it. */
function placeOf(line: string): Place | undefined {
  const c = line.charCodeAt(0)
  if (c === 32 || c === 9 || c === 123) return undefined
  if (GLOG.test(line)) return place(glogStamp(line, 1), 1)
  const bracket = BRACKETS.includes(line[0] ?? '{')
  if (bracket && line.charCodeAt(1) === 60) return undefined
  const at = bracket ? 1 : 0
  if (isDigit(line.charCodeAt(at)) && CLOCK.test(line.slice(at, at + 9))) {
    return place(clockStamp(line, at), at)
  }
  if (c !== 60) return placeAt(line, at)
  const read = leadingStamp(line)
  if (read === undefined || read === 'impossible-time') return place(read, 0)
  return isLikely(read.stamp) ? { stamp: read.stamp, start: 0, end: read.end } : undefined
}

function place(stamp: StampRead, start: number): Place | undefined {
  if (stamp === undefined) return undefined
  return { stamp, start, end: stamp === 'impossible-time' ? start : start + stamp.original.length }
}

const hasStamp = (line: string): boolean => placeOf(line) !== undefined
const begins = (line: string): boolean => hasStamp(line) || DESCRIBES.test(line)

export const adapter: LineAdapter = {
  title: 'Lines that begin with a time stamp',
  unit: 'lines',
  fallback: true,
  recognizes: (head) =>
    (mostLines(head, hasStamp, 0.3) || (head.lines.length > 0 && hasStamp(head.lines[0]!))) &&
    tableColumns(head.text) === undefined,
  begins,
  parse: () =>
    function* (lines, first) {
      for (const group of groups(lines, first, begins)) {
        if (!isGroup(group)) yield heading(group)
        else if (DESCRIBES.test(group.head)) yield described(group.head, group.count, group.line)
        else {
          const { stamp, start, end } = placeOf(group.head)!
          const close =
            start === 1 && CLOSE.test(group.head[end] ?? '') && group.head[end + 1] !== '['
          const from = BRACKETS.includes(group.head[0]!) ? 0 : start
          yield* stampedRecord(
            group,
            stamp,
            from,
            close && group.head[end + 1] !== ' ' ? end + 1 : end,
          )
        }
      }
    },
}

const heading = (item: Item): Item =>
  'rejected' in item && HEADING.test(item.rejected) ? { context: 1, line: item.line } : item

/** glog tells when the file was begun, and with it the year that its lines lack. */
function described(head: string, count: number, line: number): Item {
  const date = head.startsWith(CREATED) ? isoStamp(head, CREATED.length) : undefined
  return date === undefined || date === 'impossible-time'
    ? { context: count, line }
    : { context: count, line, date }
}
