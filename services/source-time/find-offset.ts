import { median } from '../median.ts'

/** One thing that two sources saw: when, in seconds, by the clock of each. */
export interface Pair {
  here: number
  there: number
}

export interface Offset {
  /** Seconds to add to the stamps of `here` at `from`. */
  add: number
  /** A clock that runs too slow or too fast: seconds more to add for each day after `from`. */
  drift?: { from: number; perDay: number }
  /** How many pairs agree, of how many. */
  agree: number
  of: number
}

/** Fewer pairs are an accident. */
const LEAST = 5
/** Pairs that agree lie so near one another, in seconds: a clock is wrong by the same all the time, while what travels is now fast and now slow. */
const NEAR = 2
/** So many of the pairs must agree. */
const MOST = 0.6
const FEW = 15
const MOST_OF_FEW = 0.8
/** One clock may be so much ahead of another, in seconds, before anybody minds; and so near are things that were not moved. */
const SMALL = 2
/** Where so many pairs are near as they are, the others were late. */
const SOME_NEAR = 0.1
/** A clock that gains more, in seconds a second, is no clock. */
const STEEPEST = 0.02
/** Two clocks differ by the same always, in seconds, but for what is on the way from one to the other; of longer ways more. */
const JITTER = 0.3
/** What was tried again is late by the same too, in seconds: of so little more pairs must agree. */
const SOON = 120
const DRIFTS = 1.1
/** A delay is uneven beside its length. */
const STEADY = 4
const RELATIVE = 0.01
/** The slope is taken from pairs that are apart. */
const SAMPLE = 200
const DAY = 86_400

/**
 * By how much a clock is wrong beside another, from what both saw; undefined where the pairs do not say. Travel times differ from one another, so that pairs that are apart by a mere delay do not agree.
 */
export function findOffset(pairs: readonly Pair[]): Offset | undefined {
  if (pairs.length < LEAST) return undefined
  const apart = pairs.map(({ here, there }) => there - here)
  const asTheyAre = apart.filter((d) => Math.abs(d) <= SMALL).length
  if (asTheyAre > pairs.length * SOME_NEAR) return undefined
  const written = wholeSeconds(pairs) ? 1 : 0
  const most = pairs.length * (pairs.length < FEW ? MOST_OF_FEW : MOST)
  const isClock = ({ middle, count, width }: Cluster, relative = RELATIVE): boolean =>
    count >= Math.max(Math.abs(middle) < SOON ? 2 * LEAST : LEAST, most) &&
    width <= Math.min(JITTER + written + relative * Math.abs(middle), Math.abs(middle) / STEADY)
  const constant = densest(apart)
  const line = drifting(pairs, (cluster) => isClock(cluster, 0))
  // A slope that explains no more than a constant does is chance.
  if (line && (!isClock(constant) || line.agree > constant.count * DRIFTS)) return line
  if (!isClock(constant) || Math.abs(constant.middle) <= SMALL) return undefined
  return { add: constant.middle, agree: constant.count, of: pairs.length }
}

const wholeSeconds = (pairs: readonly Pair[]): boolean =>
  pairs.every(({ here }) => Number.isInteger(here)) ||
  pairs.every(({ there }) => Number.isInteger(there))

interface Cluster {
  middle: number
  count: number
  /** Of the inner two thirds. */
  width: number
}

/** The middle of the values in the interval of width NEAR that holds most of them. */
function densest(values: readonly number[]): Cluster {
  const sorted = values.toSorted((a, b) => a - b)
  let [best, from] = [0, 0]
  let low = 0
  for (const [high, value] of sorted.entries()) {
    while (value - sorted[low]! > NEAR) low++
    if (high - low + 1 > best) [best, from] = [high - low + 1, low]
  }
  const sixth = Math.floor(best / 6)
  const width = sorted[from + best - 1 - sixth]! - sorted[from + sixth]!
  return { middle: median(sorted.slice(from, from + best)), count: best, width }
}

/** A line through the pairs after Theil and Sen: the middle of all slopes is not moved by what does not belong. https://en.wikipedia.org/wiki/Theil–Sen_estimator */
function drifting(
  pairs: readonly Pair[],
  isClock: (cluster: Cluster) => boolean,
): Offset | undefined {
  const inOrder = pairs.toSorted((a, b) => a.here - b.here)
  const step = Math.max(1, Math.floor(inOrder.length / SAMPLE))
  const some = inOrder.filter((_, i) => i % step === 0)
  const slopes: number[] = []
  for (const [i, a] of some.entries())
    for (const b of some.slice(i + 1))
      if (b.here > a.here) slopes.push((b.there - b.here - (a.there - a.here)) / (b.here - a.here))
  if (slopes.length === 0) return undefined
  const slope = median(slopes.sort((a, b) => a - b))
  if (Math.abs(slope) > STEEPEST) return undefined
  const from = inOrder[0]!.here
  const cluster = densest(inOrder.map(({ here, there }) => there - here - slope * (here - from)))
  if (!isClock(cluster)) return undefined
  return {
    add: cluster.middle,
    drift: { from, perDay: slope * DAY },
    agree: cluster.count,
    of: pairs.length,
  }
}
