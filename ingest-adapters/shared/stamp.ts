import type { Stamp } from '../../schemas/source-record.ts'

/** What reading a stamp gives: the stamp, a shape that no calendar or clock has, or undefined where no stamp stands there. */
export type StampRead = Stamp | 'impossible-time' | undefined

/** A year that was not written is read as a leap year, so that Feb 29 is possible. */
export const UNTOLD_YEAR = 1972

/** Days since 1970-01-01 of a date of the proleptic Gregorian calendar (Howard Hinnant, days_from_civil). */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = ((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) | 0
  return (
    era * 146097 +
    yearOfEra * 365 +
    ((yearOfEra / 4) | 0) -
    ((yearOfEra / 100) | 0) +
    dayOfYear +
    day -
    1 -
    719468
  )
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

export function daysInMonth(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return month === 2 && leap ? 29 : (DAYS[month - 1] ?? 0)
}

export const isDate = (year: number, month: number, day: number): boolean =>
  month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)

/**
 * Seconds within a day, or -1 where no clock shows that. 24:00:00 is the end of the day. A second 60 is marked by the caller; it ends an hour
 * of UTC, and no zone is off by less than quarters of one.
 */
export function clockSeconds(hour: number, minute: number, second: number): number {
  if (hour > 24 || minute > 59 || second > 60) return -1
  if (second === 60 && minute % 15 !== 14) return -1
  if (hour === 24 && (minute > 0 || second > 0)) return -1
  return hour * 3600 + minute * 60 + second
}

export interface Reading {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  /** -1 where none was written. */
  second: number
  nanos: number
  digits: number
}

/** A stamp of these parts, checked. All stamps have the same property order, which keeps them fast. */
export function makeStamp(
  original: string,
  r: Reading,
  offset: number | undefined,
  lacks?: 'year' | 'date',
): Stamp | 'impossible-time' {
  const clock = clockSeconds(r.hour, r.minute, r.second < 0 ? 0 : r.second)
  if (clock < 0 || !isDate(r.year, r.month, r.day)) return 'impossible-time'
  const leap = r.second === 60
  const stamp: Stamp = {
    original,
    seconds: daysFromCivil(r.year, r.month, r.day) * 86400 + clock - (leap ? 1 : 0),
    nanos: leap ? 999_999_999 : r.nanos,
    digits: leap ? 9 : r.digits,
  }
  if (lacks !== undefined) stamp.lacks = lacks
  if (offset !== undefined) stamp.offset = offset
  if (leap) stamp.leapSecond = true
  if (r.second < 0) stamp.minutesOnly = true
  return stamp
}

export const isDigit = (code: number): boolean => code >= 48 && code <= 57

/** The number that `count` digits at `at` write, or -1. */
export function number(text: string, at: number, count: number): number {
  let value = 0
  for (let i = at; i < at + count; i++) {
    const digit = text.charCodeAt(i) - 48
    if (!(digit >= 0 && digit <= 9)) return -1
    value = value * 10 + digit
  }
  return value
}

const SCALE = [1e9, 1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 10, 1]

/** Digits of a fraction from `at` on, cut to nanoseconds: `end` is the place after the last digit. */
export function fraction(text: string, at: number): { nanos: number; digits: number; end: number } {
  let nanos = 0
  let digits = 0
  let i = at
  for (; ; i++) {
    const code = text.charCodeAt(i)
    if (!(code >= 48 && code <= 57)) break
    if (digits < 9) {
      nanos = nanos * 10 + code - 48
      digits++
    }
  }
  return { nanos: nanos * SCALE[digits]!, digits, end: i }
}

const MILLISECONDS = /:\d{3}(?![\d:])/y

/** The fraction that a point or comma at `at` begins, or a colon with three digits; where none stands there, of no digits and ending at `at`. */
export function fractionBehindMark(text: string, at: number): ReturnType<typeof fraction> {
  const mark = text.charCodeAt(at)
  const none = { nanos: 0, digits: 0, end: at }
  if (mark === 58) {
    MILLISECONDS.lastIndex = at
    return MILLISECONDS.test(text) ? fraction(text, at + 1) : none
  }
  if ((mark !== 46 && mark !== 44) || !isDigit(text.charCodeAt(at + 1))) return none
  const read = fraction(text, at + 1)
  // More digits than nanoseconds behind a comma are the next value of a row.
  return mark === 44 && read.end > at + 10 ? none : read
}

/** What the first six groups of a pattern captured, as numbers: year, month, day, hour, minute, second. */
export const sixNumbers = (
  m: RegExpExecArray,
): [number, number, number, number, number, number] => [
  Number(m[1]),
  Number(m[2]),
  Number(m[3]),
  Number(m[4]),
  Number(m[5]),
  Number(m[6]),
]

/**
 * An offset (`Z`, `+02:00`, `-0530`, `+02`) at `at`. With `spaced`, the short form `+02` is not one, because a number may follow a time.
 * Offsets of a day and more are no offsets and give 'impossible-time'.
 */
export function readOffset(
  text: string,
  at: number,
  spaced = false,
): { offset: number; end: number } | 'impossible-time' | undefined {
  const c = text.charCodeAt(at)
  if (c === 90 || c === 122) {
    const next = text.charCodeAt(at + 1)
    const word = isDigit(next) || (next >= 65 && next <= 90) || (next >= 97 && next <= 122)
    return word ? undefined : { offset: 0, end: at + 1 }
  }
  if (c !== 43 && c !== 45 && c !== 0x2212) return undefined
  const hours = number(text, at + 1, 2)
  if (hours < 0) return undefined
  let end = at + 3
  let minutes = 0
  const colon = text.charCodeAt(end) === 58 ? 1 : 0
  const written = number(text, end + colon, 2)
  if (written >= 0) {
    minutes = written
    end += colon + 2
  } else if (spaced || colon === 1) return undefined
  if (isDigit(text.charCodeAt(end))) return undefined
  if (minutes > 59 || hours > 23) return 'impossible-time'
  const seconds = hours * 3600 + minutes * 60
  return { offset: c === 43 ? seconds : seconds === 0 ? 0 : -seconds, end }
}

const UTC_WORD =
  /(?:UTC|GMT)(?:([+-])(\d{1,2})(?::?(\d\d))?(?: \((?:[A-Z]{3,5}|[A-Z][A-Za-z ]{1,50} Time)\))?)?(?![A-Za-z0-9+-])/y

/** `UTC`, `GMT`, `UTC+2`, `GMT+0200 (Central European Summer Time)`, `UTC-03:30` at `at`. */
export function readUtcWord(text: string, at: number): ReturnType<typeof readOffset> {
  const letter = text.charCodeAt(at)
  if (letter !== 85 && letter !== 71) return undefined
  UTC_WORD.lastIndex = at
  const m = UTC_WORD.exec(text)
  if (!m) return undefined
  const [word, sign, hours = '0', minutes = '0'] = m
  if (Number(hours) > 23 || Number(minutes) > 59) return 'impossible-time'
  const seconds = Number(hours) * 3600 + Number(minutes) * 60
  return { offset: sign === '-' && seconds > 0 ? -seconds : seconds, end: at + word.length }
}

const HALF = /[ \u202f\u00a0]?([AaPp])(?:[Mm](?![\w.])|\.?[Mm]\.)/y

/** The half of the day that stands behind a clock of twelve hours, at `at` (` PM`, `a.m.`): how many hours it adds, and where it ends. */
export function readHalf(text: string, at: number): { add: 0 | 12; end: number } | undefined {
  const first = text.charCodeAt(at)
  const letter = first === 32 || first > 127 ? text.charCodeAt(at + 1) : first
  const low = letter | 32
  if (low !== 97 && low !== 112) return undefined
  HALF.lastIndex = at
  const m = HALF.exec(text)
  return m ? { add: m[1] === 'P' || m[1] === 'p' ? 12 : 0, end: HALF.lastIndex } : undefined
}

/** `10:00`, `10:00:01`, `10:00:01.123`, `9:05:09 PM` at `at`; the second is -1 where none was written. */
export function readClock(
  text: string,
  at: number,
):
  | { hour: number; minute: number; second: number; nanos: number; digits: number; end: number }
  | undefined {
  let i = at
  let hour = number(text, i, 2)
  if (hour < 0) {
    hour = number(text, i, 1)
    if (hour < 0) return undefined
    i += 1
  } else i += 2
  if (text.charCodeAt(i) !== 58) return undefined
  const minute = number(text, i + 1, 2)
  if (minute < 0) return undefined
  i += 3
  let second = -1
  let nanos = 0
  let digits = 0
  if (text.charCodeAt(i) === 58) {
    second = number(text, i + 1, 2)
    if (second < 0) return undefined
    ;({ nanos, digits, end: i } = fractionBehindMark(text, i + 3))
  }
  if (isDigit(text.charCodeAt(i))) return undefined
  const half = readHalf(text, i)
  if (half) {
    hour = hour < 1 || hour > 12 ? 99 : (hour % 12) + half.add
    i = half.end
  }
  return { hour, minute, second, nanos, digits, end: i }
}
