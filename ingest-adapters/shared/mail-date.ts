/**
 * The date of a mail, RFC 5322 3.3 with the obsolete forms of 4.3 (https://www.rfc-editor.org/rfc/rfc5322#section-4.3), and what is met beside it:
 * no weekday, no seconds, a 12-hour clock, one digit for the hour, dots in the clock, `Wed May  1 03:00:00 EDT 2024`, ISO 8601, a zone that stands only in the comment.
 */
import { isoStamp } from './iso-stamp.ts'
import { monthFirstStamp, monthNumber, weekdayNumber } from './month-stamp.ts'
import { makeStamp, readClock, readOffset, type StampRead } from './stamp.ts'

const HOURS: Readonly<Record<string, number>> = {
  Z: 0,
  UT: 0,
  UTC: 0,
  GMT: 0,
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
}

const DAY_FIRST =
  /^(?:\p{L}{2,12}\.?,? ?|[^\d ]{1,20}, ?)?(\d{1,2})[ -]{1,3}(\p{L}{3,12})\.?[ ,-]{1,3}(\d{2,4}),? (?=\d{1,2}:)/u

const WEEKDAY = /^[A-Za-z]{3,9}/
const DOTTED_CLOCK = /(?<=\d{4},? )(\d{1,2})\.(\d\d)\.(\d\d)(?= |$)/

/** The value of a Date header. Undefined where nothing in it can be read. */
export function mailDate(written: string): StampRead {
  const original = written.slice(0, 300).replace(/\s+/g, ' ').trim()
  const { text: told, comment } = withoutComments(original)
  const text = told.replace(DOTTED_CLOCK, '$1:$2:$3')
  const m = DAY_FIRST.exec(text)
  if (m) {
    const month = monthNumber(m[2]!)
    const clock = readClock(text, m[0].length)
    if (month === undefined || !clock) return undefined
    const parts = { year: fullYear(m[3]!), month, day: Number(m[1]), ...clock }
    const stamp = makeStamp(original, parts, undefined)
    const weekday = weekdayNumber(WEEKDAY.exec(text)?.[0] ?? '')
    if (stamp !== 'impossible-time' && weekday !== undefined) stamp.weekday = weekday
    return zoned(stamp, text.slice(clock.end), comment)
  }
  if (/^\d{4}-/.test(text)) return whole(isoStamp(text), original)
  const ctime = monthFirstStamp(text)
  if (ctime === undefined || ctime === 'impossible-time' || ctime.lacks)
    return ctime === 'impossible-time' ? ctime : undefined
  const { zone, ...rest } = ctime
  if (rest.offset !== undefined) return whole(rest, original)
  return zoned(whole(rest, original), zone ?? text.slice(ctime.original.length), comment)
}

/** RFC 5322 4.3: two digits below 50 are of this century, two others and three count from 1900. */
function fullYear(digits: string): number {
  const year = Number(digits)
  if (digits.length === 4) return year
  return year + (digits.length === 2 && year < 50 ? 2000 : 1900)
}

const whole = (stamp: StampRead, original: string): StampRead =>
  typeof stamp === 'object' ? { ...stamp, original } : stamp

/** Adds the zone that stands after the clock, or else in the comment. An offset that no place has (-3000) is none. */
function zoned(stamp: StampRead, after: string, comment: string): StampRead {
  if (typeof stamp !== 'object') return stamp
  for (const place of [after.trim(), comment.trim()]) {
    const m =
      /^(?:(?:GMT|UTC?)? ?([+-]\d{3,4}(?!\d)|[+-]\d\d:\d\d|[+-]\d\d(?!\d))|([A-Za-z]{1,5}|[A-Z][a-z]+\/[A-Za-z_]+)(?![\w/]))/.exec(
        place,
      )
    if (m?.[1]) {
      const offset = readOffset(m[1].length === 4 ? `${m[1][0]}0${m[1].slice(1)}` : m[1], 0)
      if (typeof offset === 'object') return { ...stamp, offset: offset.offset }
    } else if (m?.[2]) {
      const name = m[2].includes('/') ? m[2] : m[2].toUpperCase()
      if (Object.hasOwn(HOURS, name)) return { ...stamp, offset: HOURS[name]! * 3600 }
      // military letters were defined with the wrong sign for years: RFC 5322 reads them as -0000
      if (name.length === 1) return { ...stamp, offset: 0 }
      return { ...stamp, zone: name }
    }
  }
  return stamp
}

/** Comments nest, and hold quoted pairs. */
function withoutComments(value: string): { text: string; comment: string } {
  let text = ''
  let comment = ''
  let depth = 0
  for (let i = 0; i < value.length; i++) {
    const c = value[i]!
    if (c === '(') depth++
    else if (c === ')' && depth > 0) {
      depth--
      text += ' '
    } else if (c === '\\' && depth > 0) i++
    else if (depth > 0) comment += c
    else text += c
  }
  return { text: text.replace(/ +/g, ' ').trim(), comment }
}
