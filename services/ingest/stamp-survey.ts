import type { ClockFacts, Evidence } from '../../schemas/context.ts'
import type { Stamp } from '../../schemas/source-record.ts'

const DAY = 86400
/** A wild stamp here and there may contradict what all others say. */
const NEARLY_ALL = 0.95
const FIRST_YEAR = 1970
/** Stamps without a year are read in it. */
const UNTOLD_YEAR = 1972
const YEAR = 366 * DAY
/** A stamp without a year that is so far from its neighbours is wrong, unless the next one is there too. */
const WILD = YEAR / 6

export type Order = 'dmy' | 'mdy' | 'ymd'

/** What the stamps of one file tell, gathered record by record. Turns are years (days) after the file's first record. */
export interface StampSurvey {
  add(stamp: Stamp, turn: number): void
  /** The date of a line above those that are added next. */
  heading(date: Stamp): void
  /** Whether anything had to be worked out: then the whole file must be surveyed. */
  needed(): boolean
  finish(): StampFindings
}

/** A stamp's `seconds` (in 1972, or on 1970-01-01), so many turns after the first. */
export interface Turned {
  seconds: number
  turn: number
}

export interface StampFindings extends ClockFacts {
  lacks?: 'year' | 'date'
  /** The earliest and the latest of the stamps without a year or date. */
  first: Turned
  last: Turned
  /** Instants of full stamps, from and to: evidence for other files. */
  span?: readonly [number, number]
  evidence: Evidence[]
  order?: Order
  orderOpen?: true
  /** Most of the first records are of 1980 or later. */
  later?: true
}

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

/** `untilYear`: no record is from a later year. */
export function surveyStamps(untilYear: number): StampSurvey {
  const years = Array.from({ length: untilYear - FIRST_YEAR + 1 }, (_, i) => FIRST_YEAR + i)
  const weekdayVotes = new Map<number, number>()
  const leapVotes = new Map<number, number>()
  const orders = new Map<
    Order,
    { fits: number; last: number; back: number; low: number; high: number; days: Set<number> }
  >()
  let heading: Stamp | undefined
  let headingYear: number | undefined
  let weekdays = 0
  let leapDays = 0
  let ordered = 0
  let lacking = 0
  let lacks: 'year' | 'date' | undefined
  let first: Turned = { seconds: 0, turn: Infinity }
  let last: Turned = { seconds: 0, turn: -Infinity }
  let from = Infinity
  let to = -Infinity
  const vote = (votes: Map<number, number>, fits: (year: number) => boolean): void => {
    for (const year of years) if (fits(year)) votes.set(year, (votes.get(year) ?? 0) + 1)
  }
  /** The stamp that was counted last, and one far from it that counts only when the next one is with it, or nothing comes after it. */
  let sure: number | undefined
  let doubtful: { stamp: Stamp; turn: number; at: number } | undefined
  const count = (stamp: Stamp, turn: number): void => {
    const { seconds } = stamp
    if (turn < first.turn || (turn === first.turn && seconds < first.seconds))
      first = { seconds, turn }
    if (turn > last.turn || (turn === last.turn && seconds > last.seconds)) last = { seconds, turn }
    if (lacks !== 'year') return
    const date = new Date(seconds * 1000)
    if (stamp.weekday !== undefined) {
      weekdays++
      vote(
        weekdayVotes,
        (year) =>
          new Date(Date.UTC(year + turn, date.getUTCMonth(), date.getUTCDate())).getUTCDay() ===
          stamp.weekday,
      )
    }
    if (date.getUTCMonth() === 1 && date.getUTCDate() === 29) {
      leapDays++
      vote(leapVotes, (year) => isLeap(year + turn))
    }
  }
  return {
    needed: () => lacking > 0 || ordered > 0,
    heading(date) {
      if (!date.lacks) heading = date
    },
    add(stamp, turn) {
      if (stamp.orders) {
        ordered++
        for (const [name, seconds] of Object.entries(stamp.orders) as [Order, number][]) {
          const o = orders.get(name) ?? {
            fits: 0,
            last: seconds,
            back: 0,
            low: seconds,
            high: seconds,
            days: new Set(),
          }
          o.fits++
          if (seconds < o.last - DAY) o.back++
          o.last = seconds
          o.low = Math.min(o.low, seconds)
          o.high = Math.max(o.high, seconds)
          if (o.days.size < 4) o.days.add(Math.floor(seconds / DAY))
          orders.set(name, o)
        }
      }
      if (!stamp.lacks) {
        const at = stamp.seconds - (stamp.offset ?? 0)
        from = Math.min(from, at)
        to = Math.max(to, at)
        return
      }
      lacking++
      lacks = stamp.lacks
      if (lacks === 'date') return count(stamp, turn)
      if (heading) {
        headingYear ??= yearNear(stamp, heading) - turn
        heading = undefined
      }
      const at = stamp.seconds + turn * YEAR
      if (sure === undefined || Math.abs(at - sure) <= WILD) doubtful = undefined
      else {
        const before = doubtful
        doubtful = { stamp, turn, at }
        if (!before || Math.abs(at - before.at) > WILD) return
        count(before.stamp, before.turn)
        doubtful = undefined
      }
      sure = at
      count(stamp, turn)
    },
    finish() {
      if (doubtful) count(doubtful.stamp, doubtful.turn)
      const evidence: Evidence[] = []
      const agreed = (votes: Map<number, number>, of: number): number[] =>
        [...votes.keys()]
          .filter((year) => votes.get(year)! >= of * NEARLY_ALL)
          .sort((a, b) => a - b)
      if (weekdays > 0) {
        evidence.push({
          kind: 'weekday',
          allows: agreed(weekdayVotes, weekdays),
          because: 'the names of the weekdays',
        })
      }
      if (leapDays > 0)
        evidence.push({ kind: 'leap-day', allows: agreed(leapVotes, leapDays), because: 'Feb 29' })
      if (headingYear !== undefined)
        evidence.push({
          kind: 'heading',
          allows: [headingYear],
          because: 'the date in a line above them',
        })
      const findings: StampFindings = {
        first,
        last,
        evidence: evidence.filter((e) => e.allows.length > 0),
      }
      if (lacks) findings.lacks = lacks
      if (to >= from) findings.span = [from, to]
      return Object.assign(findings, orderOf(orders, ordered))
    },
  }
}

/** The year in which a stamp without one is nearest to a date. */
export function yearNear(stamp: Stamp, date: Stamp): number {
  const told = new Date(date.seconds * 1000)
  const day = Date.UTC(UNTOLD_YEAR, told.getUTCMonth(), told.getUTCDate()) / 1000
  return told.getUTCFullYear() + Math.round((day - stamp.seconds) / YEAR)
}

/** The order under which the lines go forward most often and span the least; open when another does as well. */
function orderOf(
  orders: ReadonlyMap<
    Order,
    { fits: number; back: number; low: number; high: number; days: ReadonlySet<number> }
  >,
  of: number,
): { order?: Order; orderOpen?: true } {
  const able = [...orders].filter(([, o]) => o.fits >= of * NEARLY_ALL)
  able.sort(([, a], [, b]) => a.back - b.back || a.high - a.low - (b.high - b.low))
  const [best, next] = able
  if (!best) return {}
  const [order, o] = best
  if (!next) return { order }
  const clear =
    next[1].back > o.back ||
    (o.days.size >= 3 && next[1].high - next[1].low > 10 * (o.high - o.low + DAY))
  const spansLess = next[1].high - next[1].low > 10 * (o.high - o.low + DAY)
  return clear || (spansLess && o.days.size >= 2)
    ? { order }
    : {
        order: able.some(([n]) => n === 'dmy') ? pick(able, spansLess, order) : order,
        orderOpen: true,
      }
}

const pick = (able: readonly [Order, unknown][], spansLess: boolean, best: Order): Order =>
  spansLess || !able.some(([name]) => name === 'dmy') ? best : 'dmy'
