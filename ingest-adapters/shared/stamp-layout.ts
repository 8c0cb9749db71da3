/**
 * Stamps whose shape does not tell what is what, read by a layout as strptime writes them (https://pubs.opengroup.org/onlinepubs/9799919799/functions/strptime.html),
 * with %L for milliseconds, %f for any fraction and %q for the minutes that UTC is ahead, as SCCM writes them. `ISO8601` and `UNIX` stand for a whole stamp, `ANY` for one of
 * every shape that tells by itself what is what.
 */
import { stampAt } from './leading-stamp.ts'
import { monthNumber, weekdayNumber } from './month-stamp.ts'
import { clockStamp, glogStamp } from './numeric-stamp.ts'
import { BadPattern } from './pattern-syntax.ts'
import { epochStamp } from './epoch-stamp.ts'
import { isoStamp } from './iso-stamp.ts'
import { fraction, makeStamp, readOffset, UNTOLD_YEAR, type StampRead } from './stamp.ts'
import { withZone } from './zone-name.ts'

const DIRECTIVES: Readonly<Record<string, string>> = {
  Y: '\\d{4}',
  y: '\\d{2}',
  m: '\\d{1,2}',
  d: ' ?\\d{1,2}',
  e: ' ?\\d{1,2}',
  b: '\\p{L}{3,12}',
  B: '\\p{L}{3,12}',
  a: '\\p{L}{2,12}',
  H: ' ?\\d{1,2}',
  I: ' ?\\d{1,2}',
  M: '\\d{2}',
  S: '\\d{2}',
  L: '\\d{3}',
  f: '\\d{1,9}',
  p: '[AaPp]\\.?[Mm]\\.?',
  z: 'Z|[+-]\\d{2}(?::?\\d{2})?',
  Z: '[A-Z]{2,5}',
  q: '[+-]\\d{1,3}',
}
const KNOWN = Object.keys(DIRECTIVES)
  .map((letter) => `%${letter}`)
  .join(' ')

export interface ReadStamp {
  (text: string): StampRead
  /** Of a date in digits. */
  order?: 'dmy' | 'mdy' | 'ymd'
}

/** A stamp of any shape, the whole of a text. */
export function anyStamp(text: string): StampRead {
  const read = stampAt(text) ?? glogStamp(text) ?? clockStamp(text)
  if (typeof read !== 'object') return read
  return whole(text, withZone(read, text, read.original.length))
}

/** A reader of stamps of one layout; undefined where a text is of another. @throws BadPattern */
export function stampLayout(layout: string): ReadStamp {
  if (layout === 'ANY') return anyStamp
  if (layout === 'ISO8601') return (text) => whole(text, isoStamp(text))
  if (layout === 'UNIX') return (text) => (EPOCH.test(text) ? epochStamp(text) : undefined)
  const letters: string[] = []
  const source = layout.replace(/%(.?)(?=(%?))|[^%]/gs, (piece, letter?: string, next?: string) => {
    if (letter === undefined) return piece.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')
    const directive = DIRECTIVES[letter]
    if (directive === undefined)
      throw new BadPattern(`%${letter} is no part of a stamp: there are ${KNOWN}`)
    letters.push(letter)
    // Two digits where digits follow at once, as in %Y%m%d.
    return `(${next && directive.endsWith('{1,2}') ? '\\d{2}' : directive})`
  })
  const regex = new RegExp(`^${source}$`, 'u')
  const has = (letter: string): boolean => letters.includes(letter)
  const hasDay = (has('d') || has('e')) && (has('m') || has('b') || has('B'))
  if (!(has('H') || (has('I') && has('p'))) || !has('M'))
    throw new BadPattern('a stamp needs its clock: %H and %M, or %I, %M and %p')
  if (has('d') !== hasDay && has('e') !== hasDay)
    throw new BadPattern('a stamp with a day needs its month: %m or %b')
  const lacks = !hasDay ? 'date' : has('Y') || has('y') ? undefined : 'year'
  const reader: ReadStamp = (text) => {
    const m = regex.exec(text)
    if (!m) return undefined
    const part = (letter: string): string | undefined => {
      const at = letters.indexOf(letter)
      return at < 0 ? undefined : m[at + 1]!
    }
    return read(text, part, lacks)
  }
  const order = letters
    .join('')
    .toLowerCase()
    .replace(/[^dmy]/g, '')
    .slice(0, 3)
  if (order === 'dmy' || order === 'mdy' || order === 'ymd') reader.order = order
  return reader
}

function read(
  text: string,
  part: (letter: string) => string | undefined,
  lacks: 'year' | 'date' | undefined,
): StampRead {
  const short = part('y')
  const name = part('b') ?? part('B')
  const month = name === undefined ? Number(part('m') ?? 1) : monthNumber(name)
  if (month === undefined) return undefined
  const half = part('p')
  const hour = Number(part('H') ?? part('I'))
  if (part('H') === undefined && (hour < 1 || hour > 12)) return 'impossible-time'
  const f = fraction(part('f') ?? part('L') ?? '', 0)
  const zone = part('z')
  const read = zone === undefined ? undefined : readOffset(zone, 0)
  if (read === 'impossible-time') return read
  const ahead = part('q')
  const offset = ahead === undefined ? read?.offset : 0 - Number(ahead) * 60
  const stamp = makeStamp(
    text,
    {
      year: lacks === 'date' ? 1970 : lacks ? UNTOLD_YEAR : yearOf(part('Y'), short),
      month,
      day: Number(part('d') ?? part('e') ?? 1),
      hour: half && part('H') === undefined ? (hour % 12) + (/p/i.test(half) ? 12 : 0) : hour,
      minute: Number(part('M')),
      second: Number(part('S') ?? -1),
      nanos: f.nanos,
      digits: f.digits,
    },
    offset,
    lacks,
  )
  if (stamp === 'impossible-time' || stamp === undefined) return stamp
  const abbreviation = part('Z')
  if (abbreviation === 'UTC' || abbreviation === 'GMT') stamp.offset = 0
  else if (abbreviation) stamp.zone = abbreviation
  const weekday = weekdayNumber(part('a') ?? '')
  if (weekday !== undefined) stamp.weekday = weekday
  return stamp
}

const EPOCH = /^\d{9,10}(?:\d{3}|\d{6}|\d{9})?(?:\.\d{1,9})?$/

const whole = (text: string, read: StampRead): StampRead =>
  typeof read === 'object' && read.original.length < text.length ? undefined : read

const yearOf = (long: string | undefined, short: string | undefined): number =>
  long !== undefined ? Number(long) : Number(short) + (Number(short) < 70 ? 2000 : 1900)
