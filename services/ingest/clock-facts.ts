import type { ClockFact, ClockFacts, ClockSpan } from '../../schemas/context.ts'

const DAY = 86_400
/** Stamps of one record that are apart by what is no zone agree to so many seconds. */
const NEAR = 2
/** Fewer pairs are an accident. */
const LEAST = 5
/** So many of the pairs must agree. */
const MOST = 0.8
/** A clock of twelve hours that lost its half goes wrong by this; one that is moved for the summer by an hour. */
const HALF_DAY = 12 * 3600
/** A stream keeps so many: they are in one message, and each record is held against them. */
const MOST_FACTS = 10_000
/** All of time; what does not fit even then tells nothing. */
const MOST_DAYS = 4 ** 8
/** In so many seconds no zone goes over to another time and back. */
const GAP = 14 * DAY

/**
 * The facts of several files: of what several say of the same days, the most, since they may be copies of one another. Where there are too
 * many, four times as many days are taken together, until they fit. The same for every order and grouping of the files.
 */
export function united(told: readonly ClockFacts[]): ClockFacts {
  let facts = told.flatMap(({ clocks = [] }) => clocks)
  let days = told.reduce((most, { clockDays = 1 }) => Math.max(most, clockDays), 1)
  facts = gathered(facts, days)
  for (; facts.length > MOST_FACTS && days <= MOST_DAYS; days *= 4)
    facts = gathered(facts, days * 4)
  if (days > MOST_DAYS) facts = []
  return {
    ...(facts.length > 0 && { clocks: facts }),
    ...(days > 1 && { clockDays: days }),
  }
}

function gathered(facts: readonly ClockFact[], days: number): ClockFact[] {
  const byPlace = new Map<string, ClockFact>()
  for (const fact of facts) {
    const { stream, add, wild, from, to, pairs, unzoned } = fact
    const place = `${Math.floor(from / (days * DAY))} ${wild ? '' : add} ${stream}`
    const known = byPlace.get(place)
    if (!known) byPlace.set(place, { ...fact })
    else {
      known.from = Math.min(known.from, from)
      known.to = Math.max(known.to, to)
      known.pairs = Math.max(known.pairs, pairs)
      if (unzoned) known.unzoned = true
    }
  }
  return [...byPlace.values()].sort(inOrder)
}

const inOrder = (a: ClockSpan, b: ClockSpan): number =>
  (a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : 0) || a.from - b.from || a.add - b.add

/** What the facts of all files of a stream show: for each clock the ways of most pairs; in order, those of one `add` apart from one another. */
export function shownBy({ clocks = [] }: ClockFacts): ClockSpan[] {
  const byStream = new Map<string, ClockFact[]>()
  for (const fact of clocks) {
    const mine = byStream.get(fact.stream)
    if (mine) mine.push(fact)
    else byStream.set(fact.stream, [fact])
  }
  return [...byStream.values()].flatMap(spansOf)
}

/** A way of most pairs, and what a clock does beside it: twelve hours more or less, an hour for the summer, and right at last. */
function spansOf(facts: readonly ClockFact[]): ClockSpan[] {
  const ways = waysOf(facts)
  const [main] = ways
  if (!main) return []
  const together = ways.filter(
    ({ add, pairs }) => pairs >= LEAST && (add === 0 || isTurn(Math.abs(add - main.add))),
  )
  const agree = together.reduce((sum, { pairs }) => sum + pairs, 0)
  const all = facts.reduce((sum, { pairs }) => sum + pairs, 0)
  if (main.pairs < LEAST || agree < all * MOST) return []
  return joined(together.flatMap(({ spans }) => spans).sort(inOrder))
}

interface Way {
  add: number
  pairs: number
  spans: ClockSpan[]
}

/** Facts by what they add, those that are next to a greater one with it; most pairs first. */
function waysOf(facts: readonly ClockFact[]): Way[] {
  const byAdd = new Map<number, Way>()
  for (const { wild, ...span } of facts) {
    if (wild) continue
    const way = byAdd.get(span.add) ?? { add: span.add, pairs: 0, spans: [] }
    byAdd.set(span.add, way)
    way.pairs += span.pairs
    way.spans.push(span)
  }
  const order = (a: Way, b: Way): number =>
    b.pairs - a.pairs || Math.abs(b.add) - Math.abs(a.add) || a.add - b.add
  const ways: Way[] = []
  for (const each of [...byAdd.values()].sort(order)) {
    const main = ways.find(({ add }) => Math.abs(each.add - add) <= NEAR)
    if (!main) ways.push(each)
    else {
      main.pairs += each.pairs
      main.spans.push(...each.spans.map((span) => ({ ...span, add: main.add })))
    }
  }
  return ways.sort(order)
}

const isTurn = (apart: number): boolean => apart % HALF_DAY === 0 || apart === 3600

/** Spans of one clock, those that follow one another soon, with none of another way between them, as one. */
function joined(spans: readonly ClockSpan[]): ClockSpan[] {
  const out: ClockSpan[] = []
  const lastByAdd = new Map<number, ClockSpan>()
  for (const span of spans) {
    const before = lastByAdd.get(span.add)
    const isBetween = [...lastByAdd.values()].some(
      ({ add, to }) => add !== span.add && before && to > before.to,
    )
    const overlaps = before && span.from <= before.to
    if (before && (overlaps || (span.from - before.to <= GAP && !isBetween))) {
      before.to = Math.max(before.to, span.to)
      before.pairs += span.pairs
      if (span.unzoned) before.unzoned = true
    } else {
      const begun = { ...span }
      out.push(begun)
      lastByAdd.set(span.add, begun)
    }
  }
  return out
}
