/**
 * Dates in digits whose order is not certain (`01/05/2024`, `13/05/24`), dates without a year (`03-17 16:13:38.811`),
 * and the packed forms `081109 203615` and `I0501 10:00:00.123456`. Every order that the digits allow is kept; evidence decides later.
 */
import type { Stamp } from '../../schemas/source-record.ts'
import {
  clockSeconds,
  daysFromCivil,
  isDate,
  makeStamp,
  readClock,
  readOffset,
  sixNumbers,
  UNTOLD_YEAR,
  type StampRead,
} from './stamp.ts'

const DATE = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?:[,\t ] *|T|-|:)(?=\d{1,2}:\d\d)/
const fullYear = (year: number): number => (year > 99 ? year : year + (year < 70 ? 2000 : 1900))

/** `13/05/24 10:00:00`, `05/13/2024 12:00:01 AM`, `13.05.2024 10:00`. With dots, the day comes first wherever that is a date. */
export function digitDateStamp(text: string, at = 0): StampRead {
  const m = DATE.exec(text.slice(at, at + 24))
  if (!m) return undefined
  const clock = readClock(text, at + m[0].length)
  if (!clock) return undefined
  const [a, b, c] = [Number(m[1]), Number(m[3]), Number(m[4])]
  const second = Math.max(clock.second, 0)
  const ofDay = clockSeconds(clock.hour, clock.minute, second) - (second === 60 ? 1 : 0)
  if (ofDay < 0) return 'impossible-time'
  const orders: NonNullable<Stamp['orders']> = {}
  const consider = (
    order: 'dmy' | 'mdy' | 'ymd',
    year: number,
    month: number,
    day: number,
  ): void => {
    if (isDate(year, month, day)) orders[order] = daysFromCivil(year, month, day) * 86400 + ofDay
  }
  consider('dmy', fullYear(c), b, a)
  if (!(m[2] === '.' && orders.dmy !== undefined)) {
    consider('mdy', fullYear(c), a, b)
    if (m[4]!.length === 2 && m[1]!.length === 2) consider('ymd', fullYear(a), b, c)
  }
  const seconds = orders.dmy ?? orders.mdy ?? orders.ymd
  if (seconds === undefined) return 'impossible-time'
  let end = clock.end
  const spaced = text[end] === ' ' ? 1 : 0
  const zone = readOffset(text, end + spaced, spaced === 1)
  if (zone === 'impossible-time') return zone
  if (zone) end = zone.end
  const leap = clock.second === 60
  const stamp: Stamp = {
    original: text.slice(at, end),
    seconds,
    nanos: leap ? 999_999_999 : clock.nanos,
    digits: leap ? 9 : clock.digits,
    orders,
  }
  if (zone) stamp.offset = zone.offset
  if (leap) stamp.leapSecond = true
  if (clock.second < 0) stamp.minutesOnly = true
  return stamp
}

/** A stamp whose format says in which order its digits stand; 'impossible-time' where that is no date. */
export function inOrder(stamp: StampRead, order: 'dmy' | 'mdy' | 'ymd'): StampRead {
  if (typeof stamp !== 'object' || stamp.orders === undefined) return stamp
  const { orders, ...rest } = stamp
  const seconds = orders[order]
  return seconds === undefined ? 'impossible-time' : { ...rest, seconds }
}

const NO_YEAR = /^(\d\d)([-./])(\d\d) +(?=\d\d?:\d\d)/

/** `03-17 16:13:38.811`, `10.30 16:49:06`: month and day without a year. */
export function monthDayStamp(text: string, at = 0): StampRead {
  const m = NO_YEAR.exec(text.slice(at, at + 16))
  if (!m) return undefined
  const clock = readClock(text, at + m[0].length)
  if (!clock) return undefined
  const parts = { year: UNTOLD_YEAR, month: Number(m[1]), day: Number(m[3]), ...clock }
  return makeStamp(text.slice(at, clock.end), parts, undefined, 'year')
}

const PACKED = /^(\d\d)(\d\d)(\d\d) (\d\d)(\d\d)(\d\d)(?!\d)/

/** `081109 203615`: two digits each of year, month, day, hour, minute, second. */
export function packedStamp(text: string, at = 0): StampRead {
  const m = PACKED.exec(text.slice(at, at + 14))
  if (!m) return undefined
  const [year, month, day, hour, minute, second] = sixNumbers(m)
  const parts = { year: fullYear(year), month, day, hour, minute, second, nanos: 0, digits: 0 }
  return makeStamp(m[0], parts, undefined)
}

const MONTH_DAY = /^(\d\d)(\d\d) (?=\d\d:\d\d:\d\d)/

/** `0501 10:00:00.123456`, as glog and klog write it behind the letter of the level. */
export function glogStamp(text: string, at = 0): StampRead {
  const m = MONTH_DAY.exec(text.slice(at, at + 13))
  if (!m) return undefined
  const clock = readClock(text, at + 5)
  if (!clock) return undefined
  const parts = { year: UNTOLD_YEAR, month: Number(m[1]), day: Number(m[2]), ...clock }
  return makeStamp(text.slice(at, clock.end), parts, undefined, 'year')
}

const CLOCK_ONLY = /^\d{1,2}:\d\d/

/** `10:36`, `10:36:05.123`: a clock without a date. */
export function clockStamp(text: string, at = 0): StampRead {
  if (!CLOCK_ONLY.test(text.slice(at, at + 5))) return undefined
  const clock = readClock(text, at)
  if (!clock) return undefined
  return makeStamp(
    text.slice(at, clock.end),
    { year: 1970, month: 1, day: 1, ...clock },
    undefined,
    'date',
  )
}
