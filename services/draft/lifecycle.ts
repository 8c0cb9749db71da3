import type { Finding } from './finding.ts'
import { flowOf } from './flows.ts'
import { wordsOfFailure } from './levels.ts'
import { nameOf, severityOf, sourcesWithLevels, type Pattern } from './patterns.ts'
import { placeOf, quoted, times } from './wording.ts'

const STOP =
  /\b(?:stopp(?:ed|ing)|shut(?:ting)? down|shutdown|terminat(?:ed|ing)|exit(?:ed|ing)|giving up|reboot(?:ed|ing)?|evict(?:ed|ing))\b/i
const START =
  /\b(?:(?:re)?start(?:ed|ing)?|ready to accept|listening on|is ready|now ready|boot(?:ed|ing)|accepting connections)\b/i
const READY = /\b(?:ready|accepting connections|listening on)\b/i
const OTHER =
  /\b(?:deploy(?:ed|ing)|upgrad(?:ed|ing)|install(?:ed|ing)|reload(?:ed|ing)|enabled|disabled|failover|promot(?:e|ed|ing|ion)|scaled|config\w* changed)\b/i
/** What comes more often is work, not a turn. */
const MOST = 6

/** Starts, stops and the like that services log of themselves. */
export function lifecycle(patterns: readonly Pattern[], trouble: readonly number[]): Finding[] {
  const levelled = sourcesWithLevels(patterns)
  return patterns.flatMap((pattern): Finding[] => {
    const { examples, count, before, last } = pattern
    const example = examples[0]
    if (!example || count > MOST || before > MOST || severityOf(pattern, levelled) === 0) return []
    if (wordsOfFailure(example.message) || flowOf(example) !== undefined) return []
    const { message } = example
    if (!START.test(message) && !STOP.test(message) && !OTHER.test(message)) return []
    if (before > count && !READY.test(message)) return []
    const near = trouble.some((ms) => Math.abs(ms - example.ms) < 2 * 3_600_000)
    const isBack = READY.test(message) && trouble.some((ms) => ms < example.ms)
    return [
      {
        evidence: examples.slice(0, 5),
        ...(count > 1 && { until: last, count }),
        type: 'observation',
        claim: isBack ? 'recovery' : 'change',
        reason: 'change',
        text: `${placeOf(example)} logged${count > 1 ? ` ${times(count, 'time')}` : ''}: ${quoted(message)}`,
        score: 13 + 9 * pattern.novelty + (near ? (READY.test(message) ? 14 : 6) : 0),
        topic: `life ${nameOf(pattern)}`,
        ...(isBack && { marks: ['mitigated'] }),
      },
    ]
  })
}
