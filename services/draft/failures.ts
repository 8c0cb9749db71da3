import type { Finding } from './finding.ts'
import { commandOf } from './command-line.ts'
import { flowOf } from './flows.ts'
import { nameOf, severityOf, sourcesWithLevels, type Fact, type Pattern } from './material.ts'
import { duration, placeOf, quoted, times } from './wording.ts'

/** Errors so close after one another come from one cause, wherever they are logged. */
const TOGETHER_MS = 2000
const SAME_SOURCE_MS = 30_000
const SAME_REQUEST_MS = 60_000
/** An error that follows another so soon is more likely to come from that than to be the first sign. */
const FOLLOWS_MS = 60_000
const FOLLOWS = 8
/** With each failure in the hours before another is less of a surprise. */
const SAME_DAY_MS = 3 * 3_600_000
const LATER = 2
const MOST_LATER = 20
/** How much more often than before an error that is not new must come to count as a failure. */
const SURGE = 3
/** An error that comes so often from the beginning on is usual there, where nothing is known of the time before. */
const USUAL = 3
const NEW = 0.5

interface Cascade {
  head: Pattern
  members: Pattern[]
  flows: Set<string>
}

/** Errors, folded to the first sign of each cascade. */
export function failures(
  patterns: readonly Pattern[],
  span: { from: number; to: number; beforeFrom: number },
): Finding[] {
  const levelled = sourcesWithLevels(patterns)
  const severity = (pattern: Pattern): number => severityOf(pattern, levelled)
  const bad = patterns.filter(
    (pattern) =>
      severity(pattern) >= 4 &&
      pattern.examples.length > 0 &&
      isNews(pattern, span) &&
      commandOf(pattern.examples[0]!) === undefined,
  )
  const found = cascadesOf(bad)
  return found.map((cascade) => {
    const { score, ...finding } = findingOf(cascade, severity)
    const follows = found.some(
      ({ head }) => head.first < cascade.head.first && cascade.head.first - head.first < FOLLOWS_MS,
    )
    const earlier = found.filter(
      ({ head }) =>
        head.first < cascade.head.first && cascade.head.first - head.first < SAME_DAY_MS,
    ).length
    return {
      ...finding,
      score: score - (follows ? FOLLOWS : 0) - Math.min(earlier * LATER, MOST_LATER),
    }
  })
}

/** How many times as often as in the time before. */
const growth = (
  { count, before }: Pattern,
  { from, to, beforeFrom }: { from: number; to: number; beforeFrom: number },
): number => count / (to - from) / (Math.max(before, 0.5) / Math.max(from - beforeFrom, 1))

const isNews = (
  pattern: Pattern,
  span: { from: number; to: number; beforeFrom: number },
): boolean =>
  (pattern.before === 0 && (pattern.novelty >= NEW || pattern.count < USUAL)) ||
  (pattern.before > 0 && pattern.count >= 5 && growth(pattern, span) >= SURGE)

function cascadesOf(bad: readonly Pattern[]): Cascade[] {
  const cascades: Cascade[] = []
  for (const pattern of bad) {
    const flow = flowOf(pattern.examples[0]!)
    const into = cascades.find(
      ({ head, members, flows: theirs }) =>
        pattern.first - head.first <= TOGETHER_MS ||
        (pattern.first - head.first <= SAME_REQUEST_MS && flow !== undefined && theirs.has(flow)) ||
        members.some(
          ({ source, first }) =>
            source === pattern.source && pattern.first - first <= SAME_SOURCE_MS,
        ),
    )
    if (into) {
      into.members.push(pattern)
      if (flow !== undefined) into.flows.add(flow)
    } else cascades.push({ head: pattern, members: [pattern], flows: new Set([flow ?? '']) })
  }
  return cascades
}

function findingOf({ head, members }: Cascade, severity: (pattern: Pattern) => number): Finding {
  const first = head.examples[0]!
  const count = members.reduce((sum, pattern) => sum + pattern.count, 0)
  const until = Math.max(...members.map(({ last }) => last))
  const places = [...new Set(members.map(({ examples }) => placeOf(examples[0]!)))]
  const others = places.filter((place) => place !== placeOf(first))
  const worst = Math.max(...members.map(severity))
  const more =
    count > 1
      ? `: ${times(count, 'line')} in ${duration(until - head.first)}${others.length > 0 ? `, also in ${others.slice(0, 3).join(', ')}${others.length > 3 ? ` and ${times(others.length - 3, 'more place')}` : ''}` : ''}`
      : ''
  return {
    evidence: evidenceOf(head, members),
    ...(count > 1 && { until, count }),
    type: 'observation',
    claim: 'failure',
    reason: members.length > 1 ? 'error-cascade' : 'error',
    text: `${placeOf(first)} logged ${severity(head) >= 5 ? 'a critical error' : 'an error'} for the first time: ${quoted(first.message)}${more}`,
    score:
      45 +
      10 * (worst - 4) +
      15 * Math.max(NEW, ...members.map(({ novelty }) => novelty)) +
      3 * Math.log2(1 + members.length) +
      1.5 * Math.log2(1 + Math.min(count, 1000)) +
      2 * others.length ** 0.5,
    topic: `failure ${nameOf(head)}`,
    marks: ['began'],
  }
}

/** The first signs, then one of each kind that followed. */
function evidenceOf(head: Pattern, members: readonly Pattern[]): Fact[] {
  const same = members.filter(({ source }) => source === head.source)
  const others = members.filter(({ source }) => source !== head.source)
  return [
    ...head.examples.slice(0, 3),
    ...[...same, ...others].filter((each) => each !== head).map(({ examples }) => examples[0]!),
  ].slice(0, 8)
}
