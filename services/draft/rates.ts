import type { Finding } from './finding.ts'
import { grouped } from './grouped.ts'
import { isoOf, type Fact } from './material.ts'
import { median } from '../median.ts'
import type { Pattern } from './patterns.ts'
import { duration, placeOf } from './wording.ts'

const MINUTE_MS = 60_000
/** A rate is known from so many minutes. */
const KNOWN_MINUTES = 10
/** So many events would have been expected in a silence. */
const EXPECTED = 20

export interface Silence {
  source: string
  /** The last event before it, and the first after it where there is one. */
  last: number
  next: number | undefined
}

/** Sources that wrote all the time and then did not. */
export function silences(
  patterns: readonly Pattern[],
  { from, to }: { from: number; to: number },
): Silence[] {
  const found: Silence[] = []
  for (const [source, of] of grouped(patterns, (pattern) => pattern.source)) {
    const minutes = minutesOf(of)
    const numbers = [...minutes.keys()].sort((a, b) => a - b)
    if (numbers.length < KNOWN_MINUTES) continue
    const rate = median([...minutes.values()].sort((a, b) => a - b))
    const busy = numbers.length / (numbers.at(-1)! - numbers[0]! + 1)
    const end = Math.floor(to / MINUTE_MS)
    numbers.forEach((minute, i) => {
      const next = numbers[i + 1]
      const gap = (next ?? end) - minute - 1
      if (busy > 0.8 && gap >= 3 && gap * rate >= EXPECTED)
        found.push({
          source,
          last: minute * MINUTE_MS,
          next: next === undefined ? undefined : next * MINUTE_MS,
        })
    })
  }
  const ended = found.filter(({ next }) => next === undefined)
  const sources = new Set(patterns.map(({ source }) => source)).size
  // Where most end together the collection ended, not they.
  return found.filter(
    ({ last, next }) => last >= from && (next !== undefined || ended.length * 3 < sources),
  )
}

export function silenceFindings(found: readonly Silence[], logs: readonly Fact[]): Finding[] {
  const bySource = grouped(logs, ({ source }) => source)
  return found.flatMap(({ source, last, next }): Finding[] => {
    const lines = bySource.get(source) ?? []
    const before = lines.findLast(({ ms }) => ms < last + MINUTE_MS)
    if (!before) return []
    const after = next === undefined ? undefined : lines.find(({ ms }) => ms >= next)
    return [
      {
        evidence: after ? [before, after] : [before],
        ...(next !== undefined && { until: next }),
        type: 'observation',
        claim: null,
        reason: 'silence',
        text: `${placeOf(before)} logged nothing more ${next === undefined ? 'in the window' : `for ${duration(next - last - MINUTE_MS)}, until ${isoOf(next)}`}`,
        score: 23,
        topic: `silence ${source} ${last}`,
      },
    ]
  })
}

/** Sources that suddenly wrote several times as much as in the minutes before. */
export function surges(patterns: readonly Pattern[], logs: readonly Fact[]): Finding[] {
  const bySource = grouped(logs, ({ source }) => source)
  return [...grouped(patterns, ({ source }) => source)].flatMap(([source, of]): Finding[] => {
    const minutes = minutesOf(of)
    const numbers = [...minutes.keys()].sort((a, b) => a - b)
    const first = numbers[0]!
    const span = numbers.at(-1)! - first + 1
    if (span < KNOWN_MINUTES) return []
    const counts = Array.from({ length: span }, (_, i) => minutes.get(first + i) ?? 0)
    for (let i = KNOWN_MINUTES; i < span; i++) {
      // After a silence the minutes before it tell what is usual.
      const spoken = counts.slice(0, i).filter((count) => count > 0)
      const usual = Math.max(...spoken.slice(-KNOWN_MINUTES))
      const now = counts[i]!
      if (now < 30 || now < usual * 4) continue
      const start = (first + i) * MINUTE_MS
      const evidence = (bySource.get(source) ?? []).filter(
        ({ ms }) => ms >= start && ms < start + MINUTE_MS,
      )
      if (evidence.length === 0) return []
      return [
        {
          evidence: evidence.slice(0, 3),
          until: evidence.at(-1)!.ms,
          count: now,
          type: 'observation',
          claim: null,
          reason: 'rate-change',
          text: `${placeOf(evidence[0]!)} logged ${now.toLocaleString('en')} lines in a minute; in the ten before with any it was ${usual.toLocaleString('en')} at most`,
          score: 20 + 2 * Math.log2(now / usual),
          topic: `surge ${source}`,
        },
      ]
    }
    return []
  })
}

function minutesOf(patterns: readonly Pattern[]): Map<number, number> {
  const minutes = new Map<number, number>()
  for (const pattern of patterns)
    for (const [minute, n] of pattern.minutes) minutes.set(minute, (minutes.get(minute) ?? 0) + n)
  return minutes
}
