/** The first stamp of a line that stands behind something else: a level, a thread, a counter, a host. */
import type { Stamp } from '../../schemas/source-record.ts'
import { stampAt } from './leading-stamp.ts'
import { clockStamp } from './numeric-stamp.ts'
import { isDigit } from './stamp.ts'
import { withZone } from './zone-name.ts'

const FURTHEST = 80
const EDGE = ' \t[](){}<>|:,;"\'=#'
const MONTH_OR_DAY =
  /(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)/iy
const EPOCH = /^\d{10}/
/** An id or an uptime, and no packed date. */
const LONG_NUMBER = /^\d{8}[\d.]/
const BARE_NUMBER = /^\d+(?:\.\d+)?$/
/** Epochs in lines of unknown shape: from 2000 to 2040, because other numbers have ten digits too. */
const EARLIEST_EPOCH = 946_684_800
const LATEST_EPOCH = 2_208_988_800
/** The stamp of web servers in its brackets, which is nothing else wherever it stands. */
const BRACKETED = /\[(?=\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\])/
const FURTHEST_BRACKETED = 400
const COUNTER_THEN_CLOCK = /^\[?(?:\d{1,10}|[\w.-]{1,20})\]?:? +(?=\d{1,2}:\d\d:\d\d)/

export interface Place {
  stamp: Stamp | 'impossible-time'
  start: number
  end: number
}

/** Whether a stamp can be one: a number alone counts only where it is an epoch of our time. */
export const isLikely = (stamp: Stamp | 'impossible-time'): boolean =>
  stamp === 'impossible-time' ||
  !BARE_NUMBER.test(stamp.original) ||
  (EPOCH.test(stamp.original) && stamp.seconds >= EARLIEST_EPOCH && stamp.seconds <= LATEST_EPOCH)

/** The stamp at `start`, with a zone that follows it. */
export function placeAt(line: string, start: number): Place | undefined {
  const read = stampAt(line, start)
  if (read === undefined || !isLikely(read)) return undefined
  if (read === 'impossible-time') {
    return LONG_NUMBER.test(line.slice(start, start + 9))
      ? undefined
      : { stamp: read, start, end: start }
  }
  const stamp = withZone(read, line, start + read.original.length)
  return { stamp, start, end: start + stamp.original.length }
}

/** The first stamp within 80 characters, in the brackets of web servers within 400; a clock without a date only behind one short word. */
export function innerStamp(line: string): Place | undefined {
  const c = line.charCodeAt(0)
  if (c === 123 || (c === 60 && !isDigit(line.charCodeAt(1)))) return undefined
  const last = Math.min(FURTHEST, line.length - 8)
  for (let i = 0; i <= last; i++) {
    const code = line.charCodeAt(i)
    const digit = isDigit(code)
    if (!digit && (code | 32) < 97) continue
    if (i > 0 && !EDGE.includes(line[i - 1]!)) continue
    if (!digit) {
      MONTH_OR_DAY.lastIndex = i
      if (!MONTH_OR_DAY.test(line)) continue
    }
    const place = placeAt(line, i)
    if (place) return place
  }
  const bracket = line.slice(0, FURTHEST_BRACKETED).search(BRACKETED)
  if (bracket >= 0) return placeAt(line, bracket + 1)
  const clock = COUNTER_THEN_CLOCK.exec(line)
  if (!clock) return undefined
  const start = clock[0].length
  const stamp = clockStamp(line, start)
  if (stamp === undefined) return undefined
  return { stamp, start, end: stamp === 'impossible-time' ? start : start + stamp.original.length }
}
