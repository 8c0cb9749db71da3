/** The stamp with which a line of any text log begins, whatever its shape, for formats that leave the shape to the user. */
import type { Stamp } from '../../schemas/source-record.ts'
import { epochStamp, taiStamp } from './epoch-stamp.ts'
import { isoStamp } from './iso-stamp.ts'
import { dayFirstStamp, monthFirstStamp } from './month-stamp.ts'
import { digitDateStamp, monthDayStamp, packedStamp } from './numeric-stamp.ts'
import { isDigit, type StampRead } from './stamp.ts'

const EPOCH = /^(\d{10}(?:\d{3}|\d{6}|\d{9})?(?:\.\d{1,9})?)(?![\w.])/

/** `2024-05-01 …`, `May 1 …`, `1714557600.123 …`, `@400000004c91b044077a9e94 …` at `at`. A clock alone is not taken for a stamp. */
export function stampAt(text: string, at = 0): StampRead {
  if (text.charCodeAt(at) === 64) return taiStamp(text, at)
  if (!isDigit(text.charCodeAt(at))) return monthFirstStamp(text, at) ?? dayFirstStamp(text, at)
  const iso = isoStamp(text, at)
  if (iso !== undefined) return iso
  const other =
    digitDateStamp(text, at) ??
    dayFirstStamp(text, at) ??
    monthDayStamp(text, at) ??
    packedStamp(text, at)
  if (other !== undefined) return other
  const m = EPOCH.exec(text.slice(at, at + 32))
  return m ? epochStamp(m[1]!) : undefined
}

export interface Leading {
  stamp: Stamp
  /** The place after the stamp and the bracket that closes it. */
  end: number
}

/** The stamp at the beginning of a line, after at most one bracket, quote or syslog priority. */
export function leadingStamp(line: string): Leading | 'impossible-time' | undefined {
  let at = 0
  const first = line.charCodeAt(0)
  const bracket = first === 91 || first === 40 || first === 60 || first === 34
  if (bracket) {
    const priority = /^<\d{1,3}>(?:1 )?/.exec(line)
    at = priority ? priority[0].length : 1
  }
  const stamp = stampAt(line, at)
  if (stamp === undefined || stamp === 'impossible-time') return stamp
  let end = at + stamp.original.length
  if (bracket && /[\])>"]/.test(line[end] ?? '')) end++
  return { stamp, end }
}
