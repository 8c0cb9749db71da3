import type { Finding } from './finding.ts'
import { flowOf } from './flows.ts'
import { isOfLater, wordsOfFailure } from './levels.ts'
import { isSure, nameOf, severityOf, sourcesWithLevels, type Pattern } from './patterns.ts'
import { placeOf, quoted, times, duration } from './wording.ts'

/** What was never logged before, or seldom, below the level of an error. */
export function novelties(
  patterns: readonly Pattern[],
  { from, beforeFrom }: { from: number; beforeFrom: number },
): Finding[] {
  const levelled = sourcesWithLevels(patterns)
  const totals = new Map<string, number>()
  let all = 0
  for (const { source, count } of patterns) {
    totals.set(source, (totals.get(source) ?? 0) + count)
    all += count
  }
  const hasBefore = beforeFrom < from
  return patterns.flatMap((pattern): Finding[] => {
    const { examples, count, first, last, novelty, source } = pattern
    const example = examples[0]
    const severity = severityOf(pattern, levelled)
    if (!example || severity >= 4 || severity === 0 || novelty < 0.5) return []
    if (!isSure(pattern)) return []
    // Its source has errors, and does not count this as one.
    if (wordsOfFailure(example.message)) return []
    if (isOfLater(example.message)) return []
    // The first request of a kind brings many such lines; what requests do is looked at elsewhere.
    if (severity < 3 && flowOf(example) !== undefined) return []
    const rarity = Math.log2(1 + all / count)
    const quiet = Math.log2(all / totals.get(source)!)
    const isNew = hasBefore && novelty > 0.8
    const isWarning = severity === 3
    return [
      {
        evidence: examples.slice(0, 5),
        ...(count > 1 && { until: last, count }),
        type: 'observation',
        claim: null,
        reason: isWarning ? 'level-rise' : isNew ? 'first-ever' : 'rare',
        text: `${placeOf(example)} logged ${isWarning ? 'a warning' : 'a line'} ${isNew ? 'for the first time' : 'that is rare there'}: ${quoted(example.message)}${count > 1 ? ` (${times(count, 'time')} in ${duration(last - first)})` : ''}`,
        score:
          6 * novelty +
          (isWarning ? 8 : 0) +
          (isNew ? 4 : 0) +
          0.5 * rarity +
          Math.min(quiet, 10) * 0.8,
        topic: `new ${nameOf(pattern)}`,
      },
    ]
  })
}
