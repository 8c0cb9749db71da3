/** VTIMEZONE of iCalendar: the offset that a calendar's own rules give a local time. RFC 5545 3.6.5, https://www.rfc-editor.org/rfc/rfc5545#section-3.6.5 */
import { daysFromCivil, daysInMonth, readOffset, sixNumbers } from './stamp.ts'

interface Rule {
  /** Local seconds of the first time that it begins. */
  from: number
  /** Seconds east of UTC while it holds. */
  offset: number
  month?: number
  /** 0 is Sunday. */
  weekday?: number
  /** The how manieth of the month; negative counts from its end. */
  nth?: number
}

export type ZoneRules = readonly Rule[]

const DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA']
const WALL = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)/

/** One STANDARD or DAYLIGHT part, by the values of its properties. */
export function zoneRule(value: (name: string) => string | undefined): Rule | undefined {
  const wall = WALL.exec(value('DTSTART') ?? '')
  const offset = readOffset((value('TZOFFSETTO') ?? '').slice(0, 5), 0)
  if (!wall || typeof offset !== 'object') return undefined
  const [year, month, day, hour, minute, second] = sixNumbers(wall)
  const from = daysFromCivil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second
  const rule: Rule = { from, offset: offset.offset }
  const repeats = value('RRULE') ?? ''
  const byDay = /BYDAY=(-?\d)([A-Z]{2})/.exec(repeats)
  if (!repeats.includes('FREQ=YEARLY') || !byDay) return rule
  const byMonth = /BYMONTH=(\d{1,2})/.exec(repeats)
  return {
    ...rule,
    month: byMonth ? Number(byMonth[1]) : month,
    nth: Number(byDay[1]),
    weekday: DAYS.indexOf(byDay[2]!),
  }
}

/** When a rule begins in a year; the first time where it does not repeat. */
function onset({ from, month, weekday, nth }: Rule, year: number): number {
  if (month === undefined || weekday === undefined || nth === undefined) return from
  const first = daysFromCivil(year, month, 1)
  const days = daysInMonth(year, month)
  const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7
  const last = first + days - 1
  const day =
    nth > 0
      ? first + ((weekday - weekdayOf(first) + 7) % 7) + (nth - 1) * 7
      : last - ((weekdayOf(last) - weekday + 7) % 7) + (nth + 1) * 7
  return day * 86_400 + (((from % 86_400) + 86_400) % 86_400)
}

/** The offset at a local time: that of the rule which began last. Undefined before the first of them. */
export function offsetAt(rules: ZoneRules, local: number): number | undefined {
  const year = new Date(local * 1000).getUTCFullYear()
  let best = -Infinity
  let offset: number | undefined
  for (const rule of rules) {
    for (const at of [onset(rule, year), onset(rule, year - 1)]) {
      if (at <= local && at >= rule.from && at > best) {
        best = at
        offset = rule.offset
      }
    }
  }
  return offset ?? (rules.length === 1 ? rules[0]!.offset : undefined)
}
