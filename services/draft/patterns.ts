import type { Group } from '../../schemas/group.ts'
import { grouped } from './grouped.ts'
import { rankOf, wordsOfFailure } from './levels.ts'
import { keyMs, type Fact, type Material } from './material.ts'

/** Events by the sequence of their groups: one signature of one source. */
export interface Pattern {
  signature: string
  source: string
  rank: number | undefined
  count: number
  first: number
  last: number
  minutes: ReadonlyMap<number, number>
  /** In order, those that were read. */
  examples: readonly Fact[]
  /** How many there were in the time before. */
  before: number
  /** How many times as often as in the time before it came, as far as there are records; 0 where that is no surer than an accident. */
  growth: number
  /** For how long there were records without it, in milliseconds. */
  observed: number
  /** From 0 to 1: how sure it is that nothing like it was there before. */
  novelty: number
}

const ERROR = 4
/** So few events tell no rate, unless nothing like them came for a long time. */
const FEW = 5
const SURE = 0.95
/** A source of so few lines says something when it speaks. */
const TERSE = 3
const LONG_MS = 5 * 60_000
/** A rate has grown when two that are equal would show so much once in a hundred times only (the logarithm of the likelihoods' ratio). */
const GROWN = 3.3

/** The patterns of the logs of a window. */
export function patternsOf(material: Material): Pattern[] {
  const examples = grouped(material.logs, (fact) => keyOf(fact, levelOf(fact)))
  const before = new Map<string, number>()
  const begins = new Map<string, number>()
  const lines = new Map<string, number>()
  let end = material.from
  for (const group of [...material.before, ...material.groups]) {
    const first = keyMs(group.first)
    begins.set(group.source, Math.min(begins.get(group.source) ?? first, first))
    end = Math.max(end, keyMs(group.last))
    lines.set(group.source, (lines.get(group.source) ?? 0) + group.count)
  }
  const begin = Math.min(...begins.values())
  const known = { beforeMs: Math.max(material.from - begin, 0), insideMs: end - material.from }
  for (const group of material.before) {
    const key = keyOf(group, group.level)
    before.set(key, (before.get(key) ?? 0) + group.count)
  }
  const patterns: Pattern[] = []
  for (const [name, groups] of grouped(material.groups, (group) => keyOf(group, group.level))) {
    if (groups[0]!.kind !== 'log') continue
    const { signature, source } = groups[0]!
    const shown = examples.get(name) ?? []
    // The groups count what came through two channels twice.
    if (material.isWhole && shown.length === 0) continue
    const { count, first, last, minutes } = material.isWhole
      ? extentOfFacts(shown)
      : extentOfGroups(groups)
    const seen = before.get(name) ?? 0
    const rank = worstOf(groups, shown)
    // A source that was silent until it had an error had none before, and one that says next to nothing begins with what it says.
    const isBeginning = (rank === undefined || rank < ERROR) && lines.get(source)! > TERSE
    const observed = first - (isBeginning ? begins.get(source)! : begin)
    patterns.push({
      signature,
      source,
      rank,
      count,
      first,
      last,
      minutes,
      examples: shown,
      before: seen,
      growth: growthOf(count, seen, known),
      observed,
      novelty: seen > 0 ? 0 : noveltyOf(count, last - first, observed),
    })
  }
  return patterns.sort((a, b) => a.first - b.first || (nameOf(a) < nameOf(b) ? -1 : 1))
}

type Extent = Pick<Pattern, 'count' | 'first' | 'last' | 'minutes'>

function extentOfGroups(groups: readonly Group[]): Extent {
  const minutes = new Map<number, number>()
  for (const [minute, n] of groups.flatMap((group) => group.minutes))
    minutes.set(minute, (minutes.get(minute) ?? 0) + n)
  return {
    count: groups.reduce((sum, group) => sum + group.count, 0),
    first: Math.min(...groups.map((group) => keyMs(group.first))),
    last: Math.max(...groups.map((group) => keyMs(group.last))),
    minutes,
  }
}

function extentOfFacts(facts: readonly Fact[]): Extent {
  const minutes = new Map<number, number>()
  for (const { ms } of facts) {
    const minute = Math.floor(ms / 60_000)
    minutes.set(minute, (minutes.get(minute) ?? 0) + 1)
  }
  return { count: facts.length, first: facts[0]!.ms, last: facts.at(-1)!.ms, minutes }
}

/** One minus the chance that a pattern of this rate was there all the time, and by accident not seen until its first event. */
function noveltyOf(count: number, lasted: number, observed: number): number {
  // One event tells no rate: it may as well have come in the time before as after.
  const rate = count > 1 ? (count - 1) / Math.max(lasted, 1) : 1 / Math.max(observed, 1)
  return 1 - Math.exp(-rate * observed)
}

function growthOf(
  count: number,
  before: number,
  { beforeMs, insideMs }: { beforeMs: number; insideMs: number },
): number {
  if (beforeMs === 0 || insideMs === 0) return 0
  const all = count + before
  const expected = (all * insideMs) / (insideMs + beforeMs)
  const part = (n: number, of: number): number => (n === 0 ? 0 : n * Math.log(n / of))
  const surprise = part(count, expected) + part(before, all - expected)
  return surprise < GROWN ? 0 : count / insideMs / (Math.max(before, 0.5) / beforeMs)
}

/** Whether the time without a pattern was long enough to say that it is new; where the records begin shortly before it, it may be usual. */
export const isSure = ({ count, novelty, observed }: Pattern): boolean =>
  observed >= LONG_MS || (count >= FEW && novelty >= SURE)

function worstOf(groups: readonly Group[], examples: readonly Fact[]): number | undefined {
  const message = examples[0]?.message ?? ''
  const ranks = groups.map(({ level }) => rankOf(level, message)).filter((r) => r !== undefined)
  return ranks.length > 0 ? Math.max(...ranks) : undefined
}

const levelOf = ({ event }: Fact): string =>
  (event['log'] as { level?: string } | undefined)?.level ?? ''

/** Lines of one signature are told apart where some of them are errors. */
const keyOf = (of: { signature: string; source: string }, level: string): string =>
  `${nameOf(of)}${(rankOf(level, '') ?? 0) >= ERROR ? ' !' : ''}`

export const nameOf = ({ signature, source }: { signature: string; source: string }): string =>
  `${signature} ${source}`

/** Sources whose lines mostly tell a level: there, words of failure in a line without one mean little. */
export function sourcesWithLevels(patterns: readonly Pattern[]): Set<string> {
  const levelled = new Set<string>()
  for (const [source, of] of grouped(patterns, ({ source }) => source)) {
    const all = of.reduce((sum, { count }) => sum + count, 0)
    const told = of.reduce((sum, { count, rank }) => sum + (rank === undefined ? 0 : count), 0)
    if (told * 2 > all) levelled.add(source)
  }
  return levelled
}

/** How bad a pattern is: by its level, or where its source tells none by its words. */
export const severityOf = (pattern: Pattern, levelled: ReadonlySet<string>): number =>
  pattern.rank ??
  (!levelled.has(pattern.source) && wordsOfFailure(pattern.examples[0]?.message ?? '') ? 4 : 1)
