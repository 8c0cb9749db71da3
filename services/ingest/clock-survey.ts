import type { ClockSpan } from '../../schemas/context.ts'
import type { SourceRecord } from '../../schemas/source-record.ts'

const HOUR = 3600
const QUARTER = 900
/** What comes later by so much, in seconds, or by less, was on its way. */
const DELAY = 120
/** Stamps of one record that are apart by what is no zone agree to so many seconds. */
const NEAR = 2
/** Fewer pairs are an accident. */
const LEAST = 5
/** So many of the pairs must agree. */
const MOST = 0.8
/** More ways to be apart are no clock's. */
const WAYS = 64
/** A clock of twelve hours that lost its half goes wrong by this; one that is moved for the summer by the other. */
const HALF_DAY = 12 * HOUR

/** What stamps of two clocks in the same records tell, gathered record by record. */
export interface ClockSurvey {
  add(record: SourceRecord): void
  /** Whether two stamps were not the same: then the whole file must be surveyed. */
  needed(): boolean
  finish(): ClockSpan[]
}

/** One way in which the stamps of a source are apart, with the hours of the usual ones. */
interface Way {
  add: number
  pairs: number
  unzoned: boolean
  hours: Map<number, { from: number; to: number }>
}

export function surveyClocks(): ClockSurvey {
  const streams = new Map<string, { ways: Way[]; pairs: number }>()
  let needed = false
  return {
    add(record) {
      const pair = pairOf(record)
      if (!pair) return
      const { usual, apart, unzoned } = pair
      const stream = record.stream ?? ''
      const of = streams.get(stream) ?? { ways: [], pairs: 0 }
      streams.set(stream, of)
      of.pairs++
      const quarters = Math.round(apart / QUARTER) * QUARTER
      const isZone = Math.abs(apart - quarters) <= DELAY
      if (!isZone || quarters !== 0) needed = true
      let way = of.ways.find(({ add }) =>
        isZone ? add === quarters : Math.abs(apart - add) <= NEAR,
      )
      if (!way) {
        if (of.ways.length >= WAYS) return
        way = { add: isZone ? quarters : Math.round(apart), pairs: 0, unzoned, hours: new Map() }
        of.ways.push(way)
      }
      way.pairs++
      const hour = Math.floor(usual / HOUR)
      const seen = way.hours.get(hour)
      if (!seen) way.hours.set(hour, { from: usual, to: usual })
      else {
        seen.from = Math.min(seen.from, usual)
        seen.to = Math.max(seen.to, usual)
      }
    },
    needed: () => needed,
    finish: () =>
      joined([...streams].flatMap(([stream, { ways, pairs }]) => spansOf(stream, ways, pairs))),
  }
}

/** The usual stamp of a record in Unix seconds, as UTC where it says no zone, and how much later the better one is. */
function pairOf({
  time,
  usual,
  witness,
}: SourceRecord): { usual: number; apart: number; unzoned: boolean } | undefined {
  const [better, worn] = usual ? [time, usual] : [witness, time]
  if (!better || better.offset === undefined || better.lacks || worn.lacks) return undefined
  const seconds = worn.seconds - (worn.offset ?? 0)
  return {
    usual: seconds,
    unzoned: worn.offset === undefined,
    apart: better.seconds - better.offset - seconds + (better.nanos - worn.nanos) / 1e9,
  }
}

/** A way of most pairs, and what a clock does beside it: twelve hours more or less, an hour for the summer, and right at last. */
function spansOf(stream: string, ways: readonly Way[], pairs: number): ClockSpan[] {
  const main = ways.reduce((a, b) => (b.pairs > a.pairs ? b : a))
  const together = ways.filter(
    ({ add, pairs: n }) => n >= LEAST && (add === 0 || isTurn(Math.abs(add - main.add))),
  )
  const agree = together.reduce((sum, way) => sum + way.pairs, 0)
  if (main.pairs < LEAST || agree < pairs * MOST) return []
  return together.flatMap(({ add, pairs: n, unzoned, hours }) =>
    [...hours.values()].map(({ from, to }) => ({
      stream,
      from,
      to,
      add,
      pairs: n,
      ...(unzoned && { unzoned }),
    })),
  )
}

const isTurn = (apart: number): boolean => apart % HALF_DAY === 0 || apart === HOUR

/** Spans in order, those that follow one another and say the same as one. The same whatever the order in which files told them. */
export function joined(spans: readonly ClockSpan[]): ClockSpan[] {
  const order = (a: ClockSpan, b: ClockSpan): number =>
    (a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : 0) || a.from - b.from || a.add - b.add
  const out: ClockSpan[] = []
  for (const span of spans.toSorted(order)) {
    const before = out.at(-1)
    if (before?.stream !== span.stream || before.add !== span.add) out.push({ ...span })
    else {
      before.to = Math.max(before.to, span.to)
      before.pairs = Math.max(before.pairs, span.pairs)
    }
  }
  return out
}
