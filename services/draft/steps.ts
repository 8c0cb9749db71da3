import { median } from '../median.ts'
import type { Finding } from './finding.ts'
import { flowOf } from './flows.ts'
import { grouped } from './grouped.ts'
import type { Fact } from './material.ts'
import { suspectsOf, type Step, type Suspect } from './suspects.ts'
import { duration, placeOf, quoted, times } from './wording.ts'

/** A step must have been taken so often before it is known how long it takes. */
const KNOWN = 6
/** What usually takes longer is no step of a request: somebody waits, or the identifier is of a person or a project. */
const LONGEST_USUAL_MS = 1000
const SLOW_FACTOR = 5
const SLOW_MS = 30
/** So many other sources are named beside the worst. */
const OTHERS = 3

/**
 * The source in which the steps of requests suddenly took much longer than they usually do, by the identifiers that events share. A step from one source to another is of both: what is between them
 * may be slow, and the source that most slow steps have in common stands out. `logs`: with those shortly before the window, which show what is usual.
 */
export function slowSteps(logs: readonly Fact[], from: number): Finding[] {
  const steps = [...grouped(followed(logs), kindOf).values()]
    .filter((of) => of.length >= KNOWN)
    .flatMap(measured)
    .sort((a, b) => a.to.ms - b.to.ms)
  const [worst, ...others] = suspectsOf(steps, from)
  return worst ? [findingOf(worst, others)] : []
}

function findingOf({ source, slow, of }: Suspect, others: readonly Suspect[]): Finding {
  const worst = [...slow].sort((a, b) => b.lostMs - a.lostMs)
  const { lostMs, usualMs, to } = worst[0]!
  const evidence = [
    ...new Set(
      worst.flatMap(({ from, to }) => [to, from].filter((fact) => fact.source === source)),
    ),
  ].slice(0, 5)
  const less = others.slice(0, OTHERS).map((other) => {
    const { from, to } = other.slow[0]!
    return placeOf(to.source === other.source ? to : from)
  })
  return {
    evidence,
    until: slow.at(-1)!.to.ms,
    count: slow.length,
    type: 'observation',
    claim: null,
    reason: 'slow-steps',
    text: `Requests took much longer than before in or around ${placeOf(evidence[0]!)}, in ${slow.length.toLocaleString('en')} of ${times(of, 'step')}; the worst took ${duration(usualMs + lostMs)} in place of ${duration(usualMs)}, to ${quoted(to.message, 100)}${less.length > 0 ? `; less so in ${less.join(', ')}` : ''}`,
    score: 48,
    topic: 'slow steps',
  }
}

interface Pair {
  from: Fact
  to: Fact
}

/** From each event of a request to its next, in the same source or in another. */
function* followed(logs: readonly Fact[]): Generator<Pair> {
  const last = new Map<string, Fact>()
  for (const to of logs) {
    const flow = flowOf(to)
    if (flow === undefined) continue
    const from = last.get(flow)
    if (from) yield { from, to }
    last.set(flow, to)
  }
}

const kindOf = ({ from, to }: Pair): string =>
  `${from.source} ${from.signature} ${to.source} ${to.signature}`

function measured(pairs: readonly Pair[]): Step[] {
  const took = pairs.map(({ from, to }) => to.ms - from.ms)
  const usualMs = median([...took].sort((a, b) => a - b))
  if (usualMs > LONGEST_USUAL_MS) return []
  return pairs.map((pair, i) => {
    const lostMs = took[i]! - usualMs
    const isSlow = took[i]! > usualMs * SLOW_FACTOR && lostMs > SLOW_MS
    return { ...pair, usualMs, lostMs: isSlow ? lostMs : 0 }
  })
}
