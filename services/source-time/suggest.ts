import { findOffset, type Offset, type Pair } from './find-offset.ts'
import type { Sight, Witnesses } from './witnesses.ts'

/** A clock that seems to be wrong, or a zone that was not told, with what shows it. */
export interface Suggestion {
  source: string
  /** The source beside which it is wrong. */
  beside: string
  /** Seconds to add to its stamps; 0 where the zone says it all. */
  add: number
  drift?: NonNullable<Offset['drift']>
  /** An offset from UTC for stamps without a zone. */
  zone?: string
  /** How many of the things that both saw agree. */
  agree: number
  of: number
  /** Some of them. */
  examples: { here: Sight; there: Sight }[]
}

/** How well the instants of a source are known, worst first: the weaker of two is doubted. */
export const TRUST = ['received', 'assumed', 'inferred', 'configured', 'named', 'explicit'] as const
export type Trust = (typeof TRUST)[number]

const EXAMPLES = 3
const QUARTER = 900
/** A zone explains what is so near to it, in seconds; the rest is the clock's. */
const NEAR_ZONE = 60
const SMALL = 2
const EAST = 14 * 3600
const WEST = -12 * 3600

interface Between {
  a: string
  b: string
  pairs: (Pair & { a: Sight; b: Sight })[]
}

/** Sources whose clock is wrong beside another one's. `trust`: how the instants of most events of a source are known. */
export function suggestOffsets(
  shared: Iterable<Witnesses>,
  trust: ReadonlyMap<string, Trust>,
): Suggestion[] {
  const between = pairUp(shared)
  const agrees = new Map<string, number>()
  const apart: (Between & { offset: Offset })[] = []
  for (const each of between) {
    const offset = findOffset(each.pairs)
    if (offset) apart.push({ ...each, offset })
    if (offset ? isZoneApart(each, offset, trust) : isTogether(each.pairs))
      for (const source of [each.a, each.b]) agrees.set(source, (agrees.get(source) ?? 0) + 1)
  }
  const best = new Map<string, Suggestion>()
  /** The source with which most others agree says it best. */
  const compare = (one: Suggestion, other: Suggestion): number =>
    (agrees.get(one.beside) ?? 0) - (agrees.get(other.beside) ?? 0) || one.agree - other.agree
  for (const { a, b, pairs, offset } of apart) {
    const isA = isDoubted(a, b, agrees, trust)
    const [source, beside] = isA ? [a, b] : [b, a]
    const suggestion: Suggestion = {
      source,
      beside,
      ...explained(isA ? offset : inverse(offset), trust.get(source)),
      agree: offset.agree,
      of: offset.of,
      examples: pairs
        .slice(0, EXAMPLES)
        .map((p) => (isA ? { here: p.a, there: p.b } : { here: p.b, there: p.a })),
    }
    const known = best.get(source)
    if (!known || compare(suggestion, known) > 0) best.set(source, suggestion)
  }
  return [...best.values()].sort((x, y) => (x.source < y.source ? -1 : 1))
}

function pairUp(shared: Iterable<Witnesses>): Between[] {
  const all = new Map<string, Between>()
  const met = new Set<string>()
  for (const witnesses of shared) {
    const sights = [...witnesses.values()].sort((x, y) => (x.source < y.source ? -1 : 1))
    for (const [i, a] of sights.entries())
      for (const b of sights.slice(i + 1)) {
        // Two names in one pair of messages are one thing.
        if (met.has(`${a.id}\0${b.id}`)) continue
        met.add(`${a.id}\0${b.id}`)
        const key = `${a.source}\0${b.source}`
        const of = all.get(key) ?? { a: a.source, b: b.source, pairs: [] }
        all.set(key, of)
        of.pairs.push({ here: a.seconds, there: b.seconds, a, b })
      }
  }
  for (const { pairs } of all.values()) pairs.sort((x, y) => x.here - y.here)
  return [...all.values()]
}

const isTogether = (pairs: readonly Pair[]): boolean =>
  pairs.length > 0 &&
  pairs.filter(({ here, there }) => Math.abs(here - there) <= SMALL).length > pairs.length / 2

/** Whether nothing but a zone that was not told is between two sources. */
function isZoneApart(
  { a, b }: Between,
  offset: Offset,
  trust: ReadonlyMap<string, Trust>,
): boolean {
  const explanations = [explained(offset, trust.get(a)), explained(inverse(offset), trust.get(b))]
  return explanations.some(({ zone, add }) => zone !== undefined && add === 0)
}

/** Of two sources that are apart the one is doubted whose instants are known worse, or with which fewer others agree. */
function isDoubted(
  a: string,
  b: string,
  agrees: ReadonlyMap<string, number>,
  trust: ReadonlyMap<string, Trust>,
): boolean {
  const rank = (source: string): number => TRUST.indexOf(trust.get(source) ?? 'assumed')
  if (rank(a) !== rank(b)) return rank(a) < rank(b)
  return (agrees.get(a) ?? 0) < (agrees.get(b) ?? 0)
}

const inverse = ({ add, drift, ...rest }: Offset): Offset => ({
  ...rest,
  add: -add,
  ...(drift && { drift: { from: drift.from + add, perDay: -drift.perDay } }),
})

/** What explains an offset: the zone of stamps that said none, and the clock for the rest. */
function explained(
  { add, drift }: Offset,
  trust: Trust | undefined,
): Pick<Suggestion, 'add' | 'drift' | 'zone'> {
  const east = -Math.round(add / QUARTER) * QUARTER
  const isZone =
    trust === 'assumed' &&
    !drift &&
    east !== 0 &&
    east <= EAST &&
    east >= WEST &&
    Math.abs(add + east) <= NEAR_ZONE
  if (!isZone) return { add, ...(drift && { drift }) }
  const rest = add + east
  return { add: Math.abs(rest) > SMALL ? rest : 0, zone: zoneName(east) }
}

function zoneName(seconds: number): string {
  const minutes = Math.abs(seconds) / 60
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${seconds < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}
