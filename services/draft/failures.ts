import { cascadesOf, type Cascade } from './cascades.ts'
import { commandOf } from './command-line.ts'
import type { Finding } from './finding.ts'
import type { Fact } from './material.ts'
import { isSure, nameOf, severityOf, sourcesWithLevels, type Pattern } from './patterns.ts'
import { duration, placeOf, quoted, times } from './wording.ts'

/** An error that follows another so soon is more likely to come from that than to be the first sign. */
const FOLLOWS_MS = 60_000
const FOLLOWS = 8
/** With each failure in the hours before another is less of a surprise. */
const SAME_DAY_MS = 3 * 3_600_000
const LATER = 2
const MOST_LATER = 20
/** How much more often than before an error that is not new must come to count as a failure. */
const GROWTH = 3
/** An error that comes so often from the beginning on is usual there, where nothing is known of the time before. */
const USUAL = 3
const NEW = 0.5
const CRITICAL = 5
/** So many errors of which it is not known whether they are usual are quoted in their line. */
const QUOTED = 3

/** Errors, folded to the first sign of each cascade; those of which it is not known whether they are usual have one line together. */
export function failures(patterns: readonly Pattern[]): Finding[] {
  const levelled = sourcesWithLevels(patterns)
  const severity = (pattern: Pattern): number => severityOf(pattern, levelled)
  const bad = patterns.filter(
    (pattern) =>
      severity(pattern) >= 4 &&
      pattern.examples.length > 0 &&
      isNews(pattern) &&
      commandOf(pattern.examples[0]!) === undefined,
  )
  const isTelling = (pattern: Pattern): boolean =>
    severity(pattern) >= CRITICAL || pattern.before > 0 || isSure(pattern)
  const found = cascadesOf(bad, isTelling)
  const unsure = found.filter(({ members }) => !members.some(isTelling))
  const isFolded = unsure.length > 1
  const findings = found
    .filter((cascade) => !isFolded || !unsure.includes(cascade))
    .map((cascade, _, all) => {
      const { score, ...finding } = findingOf(cascade, severity)
      const sooner = all
        .map(({ head }) => cascade.head.first - head.first)
        .filter((ms) => ms > 0 && ms < SAME_DAY_MS)
      const follows = sooner.some((ms) => ms < FOLLOWS_MS)
      const less = (follows ? FOLLOWS : 0) + Math.min(sooner.length * LATER, MOST_LATER)
      return { ...finding, score: score - less }
    })
  return isFolded ? [...findings, unsureFinding(unsure)] : findings
}

const isNews = ({ before, novelty, count, growth }: Pattern): boolean =>
  (before === 0 && (novelty >= NEW || count < USUAL)) ||
  (before > 0 && count >= 5 && growth >= GROWTH)

function findingOf({ head, members }: Cascade, severity: (pattern: Pattern) => number): Finding {
  const first = head.examples[0]!
  const { count, until, places } = extentOf(members)
  const others = places.filter((place) => place !== placeOf(first))
  const worst = Math.max(...members.map(severity))
  const more =
    count > 1
      ? `: ${times(count, 'line')} in ${duration(until - head.first)}${others.length > 0 ? `, also in ${listed(others, 3)}` : ''}`
      : ''
  return {
    evidence: evidenceOf(head, members),
    ...(count > 1 && { until, count }),
    type: 'observation',
    claim: 'failure',
    reason: members.length > 1 ? 'error-cascade' : 'error',
    text: `${placeOf(first)} logged ${severity(head) >= CRITICAL ? 'a critical error' : 'an error'} ${head.before > 0 ? `${Math.round(head.growth)} times as often as before` : 'for the first time'}: ${quoted(first.message)}${more}`,
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

function unsureFinding(unsure: readonly Cascade[]): Finding {
  const members = unsure.flatMap((cascade) => cascade.members)
  const { count, until } = extentOf(members)
  const observed = Math.min(...members.map((pattern) => pattern.observed))
  const quotes = unsure.map(
    ({ head: { examples } }) => `${placeOf(examples[0]!)}: ${quoted(examples[0]!.message, 100)}`,
  )
  return {
    evidence: unsure.map(({ head }) => head.examples[0]!),
    until,
    count,
    type: 'observation',
    claim: null,
    reason: 'error',
    text: `${times(count, 'error')} may be usual, because the records begin only ${duration(observed)} before the first: ${listed(quotes, QUOTED)}`,
    score: 30,
    topic: 'unsure errors',
  }
}

function extentOf(members: readonly Pattern[]): { count: number; until: number; places: string[] } {
  return {
    count: members.reduce((sum, pattern) => sum + pattern.count, 0),
    until: Math.max(...members.map(({ last }) => last)),
    places: [...new Set(members.map(({ examples }) => placeOf(examples[0]!)))],
  }
}

const listed = (names: readonly string[], most: number): string =>
  `${names.slice(0, most).join(', ')}${names.length > most ? ` and ${times(names.length - most, 'more place')}` : ''}`

/** The first sign, how it went on and the last of it, then one of each kind that followed. */
function evidenceOf(head: Pattern, members: readonly Pattern[]): Fact[] {
  const same = members.filter(({ source }) => source === head.source)
  const others = members.filter(({ source }) => source !== head.source)
  const { examples } = head
  return [
    ...new Set([examples[0]!, examples[examples.length >> 1]!, examples.at(-1)!]),
    ...[...same, ...others].filter((each) => each !== head).map(({ examples }) => examples[0]!),
  ].slice(0, 8)
}
