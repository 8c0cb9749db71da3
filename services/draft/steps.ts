import type { Finding } from './finding.ts'
import { flowOf } from './flows.ts'
import { grouped } from './grouped.ts'
import type { Fact } from './material.ts'
import { duration, placeOf, quoted } from './wording.ts'

/** A step must have been taken so often before it is known how long it takes. */
const KNOWN = 6
const SLOW_FACTOR = 5
const SLOW_MS = 30
/** So many standard deviations above what all sources show is no accident. */
const SURE = 3
const FEWEST = 3

/** A source that is slower than all others by so much less than the slowest is slow because of that one. */
const AS_SURE = 0.6

/** From one event of a request to its next, in the same source or in another. */
interface Step {
  from: Fact
  to: Fact
  ms: number
}

interface Slow {
  step: Step
  usual: number
}

interface Suspect {
  source: string
  slow: Slow[]
  of: number
  /** Standard deviations above the share of slow steps that all sources have. */
  z: number
}

/**
 * Sources in which the steps of requests took much longer than they usually do, by the identifiers that events share. A step from one source to another is of both: what is between them may be slow,
 * and the source that most slow steps have in common stands out.
 */
export function slowSteps(logs: readonly Fact[]): Finding[] {
  const slow: Slow[] = []
  const counts = new Map<string, number>()
  let total = 0
  for (const steps of grouped(stepsOf(logs), kindOf).values()) {
    if (steps.length < KNOWN) continue
    total += steps.length
    for (const source of sourcesOf(steps[0]!))
      counts.set(source, (counts.get(source) ?? 0) + steps.length)
    const usual = median(steps.map(({ ms }) => ms))
    for (const step of steps)
      if (step.ms > usual * SLOW_FACTOR && step.ms - usual > SLOW_MS) slow.push({ step, usual })
  }
  const share = slow.length / Math.max(total, 1)
  const suspects = [...counts].map(([source, of]): Suspect => {
    const own = slow.filter(({ step }) => sourcesOf(step).includes(source))
    return {
      source,
      slow: own,
      of,
      z: (own.length - of * share) / Math.sqrt(of * share * (1 - share)),
    }
  })
  const most = Math.max(...suspects.map(({ z }) => z))
  return suspects
    .filter(({ slow: own, z }) => own.length >= FEWEST && z > SURE && z >= most * AS_SURE)
    .map(findingOf)
}

function findingOf({ source, slow, of, z }: Suspect): Finding {
  const worst = [...slow].sort((a, b) => b.step.ms / b.usual - a.step.ms / a.usual)
  const { step, usual } = worst[0]!
  const ownOf = ({ step: { from, to } }: Slow): Fact[] =>
    [to, from].filter((fact) => fact.source === source)
  const evidence = [...new Set(worst.flatMap(ownOf))].slice(0, 5)
  return {
    evidence,
    until: Math.max(...evidence.map(({ ms }) => ms)),
    count: slow.length,
    type: 'observation',
    claim: null,
    reason: 'slow-steps',
    text: `Requests took much longer than usual in or around ${placeOf(evidence[0]!)}, in ${slow.length.toLocaleString('en')} of ${of.toLocaleString('en')} steps; the worst took ${duration(step.ms)} in place of ${duration(usual)}, to ${quoted(step.to.message, 100)}`,
    score: 24 + 3 * Math.min(z, 8),
    topic: `slow ${source}`,
  }
}

function* stepsOf(logs: readonly Fact[]): Generator<Step> {
  const last = new Map<string, Fact>()
  for (const to of logs) {
    const flow = flowOf(to)
    if (flow === undefined) continue
    const from = last.get(flow)
    if (from) yield { from, to, ms: to.ms - from.ms }
    last.set(flow, to)
  }
}

const sourcesOf = ({ from, to }: Step): string[] =>
  from.source === to.source ? [to.source] : [from.source, to.source]

const kindOf = ({ from, to }: Step): string =>
  `${from.source} ${from.signature} ${to.source} ${to.signature}`

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]!
}
