/** The time stamps of IRC logs, and the lines in them that tell the date. */
import type { Stamp } from '../../schemas/source-record.ts'
import { isoStamp } from './iso-stamp.ts'
import { dayFirstStamp, monthFirstStamp, monthNumber } from './month-stamp.ts'
import { clockStamp } from './numeric-stamp.ts'
import { isDigit, makeStamp, type StampRead } from './stamp.ts'

/** `[10:36]`, `10:36:05 `, `[14 Jan 10:36]`, `2005-01-08T23:33:54`, `[2024-05-01T10:00:00Z]`, `Jan 01 10:00:00 `. */
const SHAPE =
  /^ ?(?:\d{1,2}:\d\d(?::\d\d)?\s|\[\d{1,2}:\d\d(?::\d\d)?\](?:\s|$)|\[\d{1,2} \p{L}{3,4}\.? (?:\d{4} )?\d{1,2}:\d\d(?::\d\d)?\]|\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\p{L}{3,9}\.? +\d{1,2} \d\d:\d\d:\d\d(?:\s|$))/u

export const beginsWithStamp = (line: string): boolean => SHAPE.test(line)

/** The stamp and the place after it and its bracket. Undefined where none stands there. */
export function readIrcStamp(
  line: string,
): { time: Exclude<StampRead, undefined>; end: number } | undefined {
  if (!SHAPE.test(line)) return undefined
  let at = line.charCodeAt(0) === 32 ? 1 : 0
  const bracket = line.charCodeAt(at) === 91
  if (bracket) at++
  const time = stampAt(line, at)
  if (time === undefined) return undefined
  if (time === 'impossible-time') return { time, end: at }
  let end = at + time.original.length
  if (bracket) {
    if (line.charCodeAt(end) !== 93) return undefined
    end++
  }
  return { time, end }
}

function stampAt(line: string, at: number): StampRead {
  if (!isDigit(line.charCodeAt(at))) return monthFirstStamp(line, at)
  const third = line.charCodeAt(at + 2)
  if (third === 58 || line.charCodeAt(at + 1) === 58) return clockStamp(line, at)
  return isDigit(third) ? isoStamp(line, at) : dayFirstStamp(line, at)
}

const MONTH_FIRST =
  /(?:^|\s)(\p{L}{3,9})\.? {1,2}(\d{1,2}),?(?: (\d\d):(\d\d):(\d\d))?(?: [A-Z]{3,4})? (\d{4})(?:\s|$)/u
const DAY_FIRST = /(?:^|\s)(\d{1,2})\.? (\p{L}{3,9})\.? (\d{4})(?:\s|$)/u
const ISO = /(?:^|\s)(\d{4})-(\d\d)-(\d\d)(?:\s|T|$)/

/** The date in a line such as `--- Day changed Fri Jan 02 2009` or `**** BEGIN LOGGING AT Thu Jan  1 10:00:00 2009`. */
export function dateIn(line: string): Stamp | undefined {
  const text = line.slice(0, 300)
  let m = MONTH_FIRST.exec(text)
  if (m) return date(m[0], m[6]!, monthNumber(m[1]!), m[2]!, m[3], m[4], m[5])
  m = DAY_FIRST.exec(text)
  if (m) return date(m[0], m[3]!, monthNumber(m[2]!), m[1]!)
  m = ISO.exec(text)
  return m ? date(m[0], m[1]!, Number(m[2]), m[3]!) : undefined
}

function date(
  written: string,
  year: string,
  month: number | undefined,
  day: string,
  hour = '0',
  minute = '0',
  second = '0',
): Stamp | undefined {
  if (month === undefined) return undefined
  const clock = {
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    nanos: 0,
    digits: 0,
  }
  const stamp = makeStamp(
    written.trim(),
    { year: Number(year), month, day: Number(day), ...clock },
    undefined,
  )
  return stamp === 'impossible-time' ? undefined : stamp
}
