import type { Group } from '../../schemas/group.ts'
import type { TimelineEvent } from '../../schemas/timeline-event.ts'
import { grouped } from './grouped.ts'
import { rankOf, wordsOfFailure } from './levels.ts'

/** An event, with what is asked of it all the time. */
export interface Fact {
  id: string
  /** As the event has it. */
  at: string
  /** Milliseconds since 1970. */
  ms: number
  kind: string
  source: string
  host: string
  service: string
  user: string
  message: string
  signature: string
  /** 0 (debug) to 5 (critical); 4 is an error. Undefined where nothing tells it. */
  rank: number | undefined
  event: TimelineEvent
}

/** What a draft is made of. */
export interface Material {
  /** Milliseconds since 1970: from <= at < to. */
  from: number
  to: number
  /** The groups of the window, and of the time before it with which it is compared. */
  groups: readonly Group[]
  before: readonly Group[]
  /** When that time begins. */
  beforeFrom: number
  /** Events of the window that were read, in the order of the timeline; without those of people and tools. */
  logs: readonly Fact[]
  /** What people, alerts and changes said: in the window, and in the time before and after that goes with it, in order. */
  told: readonly Fact[]
}

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
  /** From 0 to 1: how sure it is that nothing like it was there before. */
  novelty: number
}

export function factOf(event: TimelineEvent): Fact {
  const { '@timestamp': at, message, timeline } = event
  const text = (group: string, name: string): string => {
    const value = (event[group] as Record<string, unknown> | undefined)?.[name]
    return typeof value === 'string' ? value : ''
  }
  return {
    id: event.event.id,
    at,
    ms: msOf(at),
    kind: timeline.kind,
    source: timeline.seen[0]!.source,
    host: text('host', 'name'),
    service: text('service', 'name') || text('process', 'name'),
    user: text('user', 'full_name') || text('user', 'name'),
    message,
    signature: timeline.signature,
    rank: rankOf(text('log', 'level'), message),
    event,
  }
}

const ERROR = 4

/** An instant of an event in milliseconds, with its fraction. */
export const msOf = (at: string): number =>
  Date.parse(`${at.slice(0, 19)}Z`) + Number(`0.${/\.(\d+)/.exec(at)?.[1] ?? 0}`) * 1000

/** Nanoseconds in 19 digits in milliseconds. */
export const keyMs = (key: string): number =>
  Number(key.slice(0, 10)) * 1000 + Number(key.slice(10)) / 1e6

export const isoOf = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z')

/** The patterns of the logs of a window. */
export function patternsOf(material: Material): Pattern[] {
  const examples = grouped(material.logs, (fact) => keyOf(fact, levelOf(fact)))
  const before = new Map<string, number>()
  const begins = new Map<string, number>()
  for (const group of [...material.before, ...material.groups]) {
    const first = keyMs(group.first)
    begins.set(group.source, Math.min(begins.get(group.source) ?? first, first))
  }
  const begin = Math.min(...begins.values())
  for (const group of material.before) {
    const key = keyOf(group, group.level)
    before.set(key, (before.get(key) ?? 0) + group.count)
  }
  const patterns: Pattern[] = []
  for (const [name, groups] of grouped(material.groups, (group) => keyOf(group, group.level))) {
    if (groups[0]!.kind !== 'log') continue
    const { signature, source } = groups[0]!
    const count = groups.reduce((sum, group) => sum + group.count, 0)
    const first = Math.min(...groups.map((group) => keyMs(group.first)))
    const last = Math.max(...groups.map((group) => keyMs(group.last)))
    const minutes = new Map<number, number>()
    for (const [minute, n] of groups.flatMap((group) => group.minutes))
      minutes.set(minute, (minutes.get(minute) ?? 0) + n)
    const shown = examples.get(name) ?? []
    const seen = before.get(name) ?? 0
    const rank = worstOf(groups, shown)
    // A source that was silent until it had an error had none before.
    const since = rank !== undefined && rank >= ERROR ? begin : begins.get(source)!
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
      novelty: seen > 0 ? 0 : noveltyOf(count, first, last, since),
    })
  }
  return patterns.sort((a, b) => a.first - b.first || (nameOf(a) < nameOf(b) ? -1 : 1))
}

/** One minus the chance that a pattern of this rate was there all the time, and by accident not seen until its first event. */
function noveltyOf(count: number, first: number, last: number, begins: number): number {
  const observed = first - begins
  // One event tells no rate: it may as well have come in the time before as after.
  const rate = count > 1 ? (count - 1) / Math.max(last - first, 1) : 1 / Math.max(observed, 1)
  return 1 - Math.exp(-rate * observed)
}

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
