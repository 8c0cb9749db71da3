import { grouped } from './grouped.ts'
import type { Fact } from './material.ts'

/** From one event of a request to its next. */
export interface Step {
  from: Fact
  to: Fact
  usualMs: number
  /** How much longer than usual it took; 0 where that is not worth a word. */
  lostMs: number
}

/** A source whose steps became slow. */
export interface Suspect {
  source: string
  /** The slow steps since it began, in order, and how many were taken since then. */
  slow: Step[]
  of: number
  /** The logarithm of how much likelier a change makes what was seen. */
  sure: number
}

/** Few but very slow steps tell as much as many that are a little slow: each is looked at. */
const LEVELS_MS = [30, 300, 3000]
/** Healthy services have bursts of slow steps too, as when memory is cleaned; those were seen to reach 17. */
const SURE = 20
const FEWEST = 3
/** What all sources show stands for so many steps of each, so that one that had none slow in a few is not taken to be never slow. */
const PRIOR = 100
const MOST = 4

/** Sources whose steps were slower from some instant of the window on than their own before and than those of all others, the surest first. */
export function suspectsOf(steps: readonly Step[], from: number): Suspect[] {
  const suspects: Suspect[] = []
  const bySource = new Map(
    [...grouped(steps.flatMap(ownersOf), ({ source }) => source)].map(
      ([source, owned]) => [source, owned.map(({ step }) => step)] as const,
    ),
  )
  // What one source explains makes no other suspect.
  const explained = new Set<Step>()
  while (suspects.length < MOST) {
    const lost = (step: Step): number => (explained.has(step) ? 0 : step.lostMs)
    const shares = LEVELS_MS.map(
      (level) => Math.max(steps.filter((step) => lost(step) >= level).length, 1) / steps.length,
    )
    let best: Suspect | undefined
    for (const [source, own] of bySource)
      LEVELS_MS.forEach((level, i) => {
        const suspect = changeOf(source, own, (step) => lost(step) >= level, shares[i]!, from)
        if (suspect && suspect.sure > (best?.sure ?? SURE)) best = suspect
      })
    if (!best) break
    const { source } = best
    suspects.push(best)
    for (const step of bySource.get(source)!) explained.add(step)
  }
  return suspects
}

/** The change of a source to slow steps at the instant that makes it surest. */
function changeOf(
  source: string,
  own: readonly Step[],
  isSlow: (step: Step) => boolean,
  share: number,
  from: number,
): Suspect | undefined {
  const all = own.filter(isSlow).length
  let before = 0
  let sure = 0
  let since = -1
  if (all < FEWEST) return undefined
  own.forEach((step, i) => {
    if (!isSlow(step)) return
    const usual = (before + PRIOR * share) / (i + PRIOR)
    if (step.to.ms >= from && all - before >= FEWEST) {
      const likelier = likelihoodRatio(all - before, own.length - i, usual)
      if (likelier > sure) [sure, since] = [likelier, i]
    }
    before++
  })
  if (since < 0) return undefined
  const later = own.slice(since)
  return { source, slow: later.filter(isSlow), of: later.length, sure }
}

/** How much likelier it is that so many of all are slow when their own share is taken than when the usual one is; its logarithm, 0 where they are no more than usual. */
function likelihoodRatio(slow: number, all: number, usual: number): number {
  const share = slow / all
  if (share <= usual) return 0
  const others = slow === all ? 0 : (all - slow) * Math.log((1 - share) / (1 - usual))
  return slow * Math.log(share / usual) + others
}

const ownersOf = (step: Step): { source: string; step: Step }[] =>
  [...new Set([step.from.source, step.to.source])].map((source) => ({ source, step }))
