/**
 * Stamps with the month by name: syslog (RFC 3164 4.1.2), ctime, access logs, mail (RFC 5322 3.3), `13-May-2024 10:00:00`,
 * `May 13, 2024 12:00:01 AM`, `May 13, 2024 @ 12:00:01.123` (Kibana), `May-13-24 12:00:01`. English names, and the abbreviations that French, German, Spanish, Italian, Portuguese and Dutch systems write.
 */
import {
  daysInMonth,
  isDigit,
  makeStamp,
  number,
  readClock,
  readOffset,
  UNTOLD_YEAR,
  type StampRead,
} from './stamp.ts'

const NAMES: readonly string[] = [
  'jan january janvier janv januar jän jänner enero ene gennaio gen janeiro januari',
  'feb february février févr fév fevr februar febrero febbraio fevereiro fev februari',
  'mar march mars märz mär mrz marzo março mrt maart',
  'apr april avril avr abril abr aprile',
  'may mai mayo maggio mag maio mei',
  'jun june juin juni junio giugno giu junho',
  'jul july juillet juil juli julio luglio lug julho',
  'aug august août aou aout agosto ago augustus',
  'sep sept september septembre septiembre settembre set setembro',
  'oct october octobre okt oktober octubre ottobre ott outubro out',
  'nov november novembre noviembre novembro',
  'dec december décembre déc dez dezember diciembre dic dicembre dezembro',
]
const MONTHS = new Map(
  NAMES.flatMap((names, i) => names.split(' ').map((n) => [n, i + 1] as const)),
)
const WEEKDAYS = new Map(
  [
    'sun sunday',
    'mon monday',
    'tue tuesday tues',
    'wed wednesday',
    'thu thursday thurs thur',
    'fri friday',
    'sat saturday',
  ].flatMap((names, i) => names.split(' ').map((n) => [n, i] as const)),
)

/** 1 to 12, or undefined. A dot after an abbreviation is no part of it. */
export const monthNumber = (name: string): number | undefined => MONTHS.get(name.toLowerCase())
export const weekdayNumber = (name: string): number | undefined => WEEKDAYS.get(name.toLowerCase())

const DASHED = /^-(\d\d)-(\d\d|\d{4}) /
const WORD = /\p{L}+/uy

/** The word at `at`. */
function word(text: string, at: number): string {
  const c = text.charCodeAt(at)
  if (!((c >= 65 && c <= 90) || (c >= 97 && c <= 122))) return ''
  WORD.lastIndex = at
  return WORD.exec(text)?.[0] ?? ''
}

/**
 * `Nov 20 10:00:00`, `Sun Dec 04 04:47:44 2005`, `Nov 20 2024 10:00:00.123`, `May 13, 2024 12:00:01 AM`, `Thu Jun 14 15:16:01 EDT 2005`:
 * month, day, clock, with a year before or after the clock, or none.
 */
export function monthFirstStamp(text: string, at = 0): StampRead {
  let i = at
  let name = word(text, i)
  let weekday: number | undefined
  if (name.length >= 3 && (weekday = weekdayNumber(name)) !== undefined) {
    i += name.length
    if (text[i] === ',') i++
    if (text[i] !== ' ') return undefined
    while (text[i] === ' ') i++
    name = word(text, i)
  }
  const month = name.length >= 3 ? monthNumber(name) : undefined
  if (month === undefined) return undefined
  i += name.length
  if (text[i] === '.') i++
  let year = -1
  let day: number
  const dashed = text[i] === '-' ? DASHED.exec(text.slice(i, i + 9)) : null
  if (dashed) {
    day = Number(dashed[1])
    year = Number(dashed[2]) + (dashed[2]!.length === 2 ? 2000 : 0)
    i += dashed[0].length
  } else {
    if (text[i] !== ' ') return undefined
    while (text[i] === ' ') i++
    day = number(text, i, 2)
    if (day < 0) {
      day = number(text, i, 1)
      if (day < 0) return undefined
      i += 1
    } else i += 2
    if (text[i] === ',') i++
    if (text[i] !== ' ') return undefined
    while (text[i] === ' ') i++
    if (number(text, i, 4) >= 0 && (text[i + 4] === ' ' || text[i + 4] === ',')) {
      year = number(text, i, 4)
      i += 5
      while (text[i] === ' ') i++
      if (text.startsWith('@ ', i)) i += 2
    }
  }
  const clock = readClock(text, i)
  if (!clock) return undefined
  let end = clock.end
  let offset: number | undefined
  let zone: string | undefined
  const tail = /^(?: ([A-Z]{3,5}|[+-]\d{4}))?(?: (\d{4})(?![\d:.-]))?(?: ([+-]\d{4})\b)?/.exec(
    text.slice(end, end + 24),
  )!
  if (year < 0 && tail[2]) {
    year = Number(tail[2])
    end += tail[0].length
    const written = tail[1] ?? tail[3]
    if (written) {
      const o = readOffset(written, 0)
      if (o === 'impossible-time') return o
      if (o) offset = o.offset
      else if (written === 'UTC' || written === 'GMT') offset = 0
      else zone = written
    }
  }
  const told = year >= 0
  const parts = { year: told ? year : UNTOLD_YEAR, month, day, ...clock }
  const stamp = makeStamp(text.slice(at, end), parts, offset, told ? undefined : 'year')
  if (stamp === 'impossible-time') return stamp
  if (zone !== undefined) stamp.zone = zone
  if (weekday !== undefined) stamp.weekday = weekday
  return stamp
}

/** `01/May/2024:12:00:00 +0200`, `01-May-2024 12:00:00.123`, `01 May 2024 12:00:00`, `1-May-24 12:00`: day, month by name, year, clock. */
export function dayFirstStamp(text: string, at = 0): StampRead {
  let i = at
  const weekdayName = word(text, i)
  let weekday: number | undefined
  if (weekdayName.length >= 3) {
    weekday = weekdayNumber(weekdayName)
    if (weekday === undefined) return undefined
    i += weekdayName.length
    if (text[i] === ',') i++
    while (text[i] === ' ') i++
  }
  let day = number(text, i, 2)
  if (day < 0) {
    day = number(text, i, 1)
    if (day < 0) return undefined
    i += 1
  } else i += 2
  const mark = text[i]
  if (mark !== '/' && mark !== '-' && mark !== ' ' && mark !== '.') return undefined
  while (text[i] === mark) i++
  const name = word(text, i)
  const month = name.length >= 3 ? monthNumber(name) : undefined
  if (month === undefined) return undefined
  i += name.length
  while (text[i] === '.' || text[i] === mark || text[i] === ',') i++
  let year = number(text, i, 4)
  let told = true
  if (year >= 0 && !isDigit(text.charCodeAt(i + 4))) {
    i += 4
  } else if (number(text, i, 2) >= 0 && !isDigit(text.charCodeAt(i + 2)) && text[i + 2] !== ':') {
    year = number(text, i, 2)
    year += year < 70 ? 2000 : 1900
    i += 2
  } else if (mark === ' ' || text[i] === ' ') {
    told = false
    year = UNTOLD_YEAR
  } else return undefined
  if (text[i] === ',') i++
  while (text[i] === ' ' || text[i] === ':' || text[i] === 'T') i++
  const clock = readClock(text, i)
  if (!clock) return undefined
  let end = clock.end
  const spaced = text[end] === ' ' ? 1 : 0
  const zone = readOffset(text, end + spaced, spaced === 1)
  if (zone === 'impossible-time') return zone
  if (zone) end = zone.end
  const parts = { year, month, day, ...clock }
  if (day > daysInMonth(year, month)) return 'impossible-time'
  const stamp = makeStamp(text.slice(at, end), parts, zone?.offset, told ? undefined : 'year')
  if (stamp !== 'impossible-time' && weekday !== undefined) stamp.weekday = weekday
  return stamp
}
