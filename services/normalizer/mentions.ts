import type { Mention } from '../../schemas/timeline-event.ts'
import { formatInstant } from './instant.ts'
import { abbreviationOffsets } from './zone-abbreviations.ts'
import { zoneRules } from './zones.ts'

/** In a longer text nobody speaks of one event. */
const LONGEST = 20_000
const MOST = 20
const MINUTE = 60
const HOUR = 3600
const DAY = 86_400
/** "About" is understood so widely. */
const ABOUT = 10 * MINUTE
/** A clock time without a zone may be that of any place, of the day before or of later today. */
const BEFORE = DAY
const AFTER = DAY / 2
const NEAR = 6 * HOUR
const NOON = 12

/** With a small or a capital letter: abbreviations of zones are capitals, so the whole pattern cannot leave that open. */
const words = (...all: readonly string[]): string =>
  all.map((word) => `[${word[0]}${word[0]!.toUpperCase()}]${word.slice(1)}`).join('|')
const WHEN = words('since', 'from', 'at', 'by', 'before', 'after', 'until', 'till', 'between')
const ROUGHLY = words('around', 'about', 'approx(?:imately|\\.)?', 'roughly', 'circa', 'ca\\.?')
const LEAD = String.raw`(?<lead>(?:\b(?:${WHEN}|${ROUGHLY})\s+|[~≈]\s*){0,2})`
const ZONE = String.raw`(?<zone>\s?(?:Z|UTC|GMT)\b|\s(?:[A-Z]{2,4}T)\b|\s?[+-]\d\d:?\d\d\b)?`
const STAMP = new RegExp(
  String.raw`(?<!\d)(?<year>(?:19|20)\d\d)-(?<month>\d\d)-(?<day>\d\d)[T ](?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,]\d+)?)?${ZONE}(?![\d:])`,
  'g',
)
/** Days that are named beside a clock, from the day on which it was said. */
const SHIFTS: Readonly<Record<string, number>> = {
  yesterday: -1,
  today: 0,
  tonight: 0,
  tomorrow: 1,
}
const WEEKDAYS = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ')
const DAYS = words(...Object.keys(SHIFTS), ...WEEKDAYS)
const NAMED = words('noon', 'midday', 'midnight')
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const MONTH_NAME = String.raw`\b(?:${MONTHS.join('|')})[a-z]*\.?`
/** A date that ends where a clock begins. */
const DATE = new RegExp(
  String.raw`(?:(?<month>${MONTH_NAME})\s+(?<day>\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(?<year>\d{4}))?|\b(?<dayBefore>\d{1,2})(?:st|nd|rd|th)?\s+(?<monthAfter>${MONTH_NAME})(?:\s+(?<yearAfter>\d{4}))?),?\s+$`,
  'i',
)
/** What it says depends on the country. */
const DATE_IN_DIGITS =
  /\b(?:\d{1,2}\/\d{1,2}(?:\/\d{2,4})?|\d{1,2}\.\d{1,2}\.(?:\d{2,4})?|\d{4}-\d\d-\d\d),?\s+$/
const DATE_LENGTH = 30
const CLOCK = new RegExp(
  String.raw`(?:\b(?<before>${DAYS}),?\s+)?${LEAD}(?:\b(?<name>${NAMED})\b|(?<![\d:.,/-]|\d{4}-\d\d-\d\d[T ])(?<hour>\d{1,2})(?:[:h](?<minute>[0-5]\d)(?::(?<second>[0-5]\d))?(?:\s?(?<half>[aApP]\.?[mM]\b\.?))?|\s?(?<bare>[aApP]\.?[mM]\b\.?)))${ZONE}(?![\d:]|\s(?:19|20)\d\d\b)(?:,?\s+(?<after>${DAYS})\b)?`,
  'g',
)
/** `1405Z`, as operators say it: without a zone it is any number. */
const FOUR_DIGITS = new RegExp(
  String.raw`(?:\b(?<before>${DAYS}),?\s+)?${LEAD}(?<![\w:.,/-])(?<hour>[01]\d|2[0-3])(?<minute>[0-5]\d)(?<zone>\s?(?:Z|UTC|GMT))\b(?:,?\s+(?<after>${DAYS})\b)?`,
  'g',
)
const AGO = new RegExp(
  String.raw`(?<about>\b(?:about|around|roughly|almost|nearly|over)\s+|[~≈]\s*)?(?<count>\b(?:\d{1,6}(?:\.\d{1,6})?|an?|half an|a few|a couple of))\s?(?<unit>s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?|d(?:ays?)?)\s+ago\b`,
  'gi',
)
const FOR = new RegExp(
  String.raw`\b(?:for|in|over)\s+(?:the\s+)?(?:last|past)\s+(?<count>\d{1,6}(?:\.\d{1,6})?|few|couple of|half)?\s?(?<unit>sec(?:ond)?s?|min(?:ute)?s?|h(?:ou)?rs?|days?)\b`,
  'gi',
)

type Groups = Readonly<Record<string, string | undefined>>

/**
 * Times that a text speaks of ("since about 14:05", "20 minutes ago"), with the bounds that the words leave. They say nothing about when the text was written. `at`: that, in Unix seconds;
 * `zone`: of its clock times, where it is known.
 */
export function mentions(text: string, at: number, zone: string | undefined): Mention[] {
  if (text.length > LONGEST) return []
  const found: (Mention & { index: number; end: number })[] = []
  const add = (match: RegExpMatchArray, bounds: readonly [number, number] | undefined): void => {
    const [index, end] = [match.index!, match.index! + match[0].length]
    // What is part of something longer was read there.
    if (!bounds || found.some((other) => index < other.end && other.index < end)) return
    const [earliest, latest] = bounds.map((s) => formatInstant(Math.max(0, Math.round(s)), 0, 0))
    found.push({ text: match[0].trim(), earliest: earliest!, latest: latest!, index, end })
  }
  for (const match of text.matchAll(STAMP)) add(match, ofStamp(match.groups!, zone))
  for (const pattern of [CLOCK, FOUR_DIGITS])
    for (const match of text.matchAll(pattern)) {
      const before = text.slice(Math.max(0, match.index - DATE_LENGTH), match.index)
      if (DATE_IN_DIGITS.test(before)) continue
      add(match, ofClock(match.groups!, at, zone, midnightOf(DATE.exec(before)?.groups, at)))
    }
  for (const pattern of [AGO, FOR])
    for (const match of text.matchAll(pattern)) add(match, ofSpan(match.groups!, at))
  return found
    .sort((a, b) => a.index - b.index)
    .slice(0, MOST)
    .map(({ text, earliest, latest }) => ({ text, earliest, latest }))
}

const FURTHEST_EAST = 14 * HOUR
const FURTHEST_WEST = 12 * HOUR

/** Offsets in seconds east of UTC that a clock may have had; undefined where nothing tells. */
function offsetsOf(
  said: string | undefined,
  zone: string | undefined,
  wall: number,
): readonly number[] | undefined {
  const name = said?.trim()
  if (name === undefined)
    return zone === undefined ? undefined : zoneRules(zone)?.read(wall).offsets
  if (/^(?:Z|UTC|GMT)$/i.test(name)) return [0]
  return /^[+-]/.test(name)
    ? zoneRules(name)?.read(wall).offsets
    : abbreviationOffsets(name.toUpperCase())
}

function ofStamp(
  { year, month, day, hour, minute, second, zone: said }: Groups,
  zone: string | undefined,
): [number, number] | undefined {
  const wall =
    Date.UTC(
      Number(year),
      Number(month) - 1,
      Number(day),
      Number(hour),
      Number(minute),
      Number(second ?? 0),
    ) / 1000
  const isReal = new Date(wall * 1000)
    .toISOString()
    .startsWith(`${year}-${month}-${day}T${hour}:${minute}`)
  if (!isReal) return undefined
  const open = second === undefined ? MINUTE - 1 : 0
  const offsets = offsetsOf(said, zone, wall) ?? [FURTHEST_EAST, -FURTHEST_WEST]
  return offsets.length === 0
    ? undefined
    : [wall - Math.max(...offsets), wall - Math.min(...offsets) + open]
}

function ofClock(
  {
    before,
    lead = '',
    name,
    hour = '12',
    minute = '0',
    second,
    half,
    bare,
    zone: said,
    after,
  }: Groups,
  at: number,
  zone: string | undefined,
  date: number | undefined,
): [number, number] | undefined {
  const isMidnight = name?.toLowerCase() === 'midnight'
  const noon = isMidnight ? 'a' : (half ?? bare)?.[0]!.toLowerCase()
  let hours = Number(hour)
  if (noon ? hours < 1 || hours > 12 : hours > 23) return undefined
  if (noon) hours = (hours % 12) + (noon === 'p' ? 12 : 0)
  const ofDay = hours * HOUR + Number(minute) * MINUTE + Number(second ?? 0)
  const wide = /about|around|approx|rough|ca|~|≈/i.test(lead) ? ABOUT : 0
  const open = second === undefined ? MINUTE - 1 : 0
  const here = offsetsOf(said, zone, at)
  if (date !== undefined) {
    const wall = date + ofDay
    const offsets = offsetsOf(said, zone, wall) ?? [FURTHEST_EAST, -FURTHEST_WEST]
    if (offsets.length === 0) return undefined
    const end = isMidnight ? DAY : 0
    return [wall - Math.max(...offsets) - wide, wall - Math.min(...offsets) + end + open + wide]
  }
  const day = (before ?? after)?.toLowerCase()
  if (!here || here.length === 0) {
    const days = day === undefined ? [] : shifts(day, at)
    if (days.length === 0) return [at - BEFORE, at + AFTER]
    return [
      at + (Math.min(...days) - 1) * DAY,
      at + (Math.max(...days) + (isMidnight ? 2 : 1)) * DAY,
    ]
  }
  const instants = here.flatMap((offset) => {
    const today = Math.floor((at + offset) / DAY) * DAY - offset + ofDay
    if (day !== undefined) {
      // Midnight is the beginning of a day or its end; the small hours of tonight are of tomorrow.
      const isEnd = isMidnight || (day === 'tonight' && hours < NOON)
      const begins = shifts(day, at + offset).map((shift) => today + shift * DAY)
      return isEnd ? [...(isMidnight ? begins : []), ...begins.map((b) => b + DAY)] : begins
    }
    const [last, next] = today <= at ? [today, today + DAY] : [today - DAY, today]
    // The one that is near to when it was said; else it may be either.
    if (at - last <= NEAR) return last
    return next - at <= NEAR ? next : [last, next]
  })
  return [Math.min(...instants) - wide, Math.max(...instants) + open + wide]
}

/** The midnight of a date as if in UTC, where it has no year the nearest; undefined where there is none. */
function midnightOf(groups: Groups | undefined, at: number): number | undefined {
  if (!groups) return undefined
  const month = MONTHS.indexOf((groups.month ?? groups.monthAfter)!.slice(0, 3).toLowerCase())
  const day = Number(groups.day ?? groups.dayBefore)
  const told = groups.year ?? groups.yearAfter
  const now = new Date(at * 1000).getUTCFullYear()
  const midnights = (told === undefined ? [now, now - 1, now + 1] : [Number(told)]).map(
    (year) => Date.UTC(year, month, day) / 1000,
  )
  return midnights.reduce((a, b) => (Math.abs(b - at) < Math.abs(a - at) ? b : a))
}

/** How many days away a day is that is named in words, seen from a local time; a weekday may be the last or the next. */
function shifts(name: string, local: number): number[] {
  const weekday = WEEKDAYS.indexOf(name)
  if (weekday < 0) return [SHIFTS[name]!]
  // 1970-01-01 was a Thursday.
  const ahead = (weekday - ((Math.floor(local / DAY) + 4) % 7) + 7) % 7
  return ahead === 0 ? [0] : [ahead - 7, ahead]
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: MINUTE, h: HOUR, d: DAY }
/** What the words leave open: the last digit of a number, and more where it is no number. */
const COUNTS: Readonly<Record<string, readonly [number, number]>> = {
  a: [0.75, 1.5],
  an: [0.75, 1.5],
  half: [0.4, 0.6],
  'half an': [0.4, 0.6],
  few: [2, 10],
  'a few': [2, 10],
  'couple of': [1.5, 4],
  'a couple of': [1.5, 4],
}

function ofSpan({ about, count = 'a', unit }: Groups, at: number): [number, number] | undefined {
  const size = UNITS[unit![0]!.toLowerCase()]!
  const number = Number(count)
  const [least, most] = COUNTS[count.toLowerCase()] ?? [number - 0.5, number + 0.5]
  const wide = about ? 0.25 * most : 0
  return [at - (most + wide) * size, at - Math.max(0, least - wide) * size]
}
