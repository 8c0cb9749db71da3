import type { Change } from '../../schemas/change.ts'

/** An event that may be the same as another. */
export type Candidate = Pick<
  Change,
  'id' | 'at' | 'stream' | 'place' | 'twin' | 'channel' | 'document'
>

/**
 * What was met through two channels is at most so many seconds apart, by whole seconds, because many clocks write no more. Which of several is which depends on the
 * events of this many seconds before and after, and on no others.
 */
const APART = [0, 1, -1, 2, -2]
const REACH_SECONDS = 10
/** Of events with fractions, of which each is the nearest of the other, that many. */
const NEAR_NANOS = 1_000_000_000
/** A line that stands more often in one minute is linked to nothing: nobody can tell which is which. */
export const MANY = 2000

/** The minutes that hold all events on which it depends what this one is the same as. */
export function minutesAround(at: string): number[] {
  const second = secondOf(at)
  const [first, last] = [second - REACH_SECONDS, second + REACH_SECONDS].map((s) =>
    Math.floor(s / 60),
  ) as [number, number]
  return first === last ? [first] : [first, last]
}

/** Events of one twin and one minute, of which is asked what they are the same as. */
export interface Asked {
  twin: number
  ids: ReadonlySet<string>
  minutes: readonly number[]
  /** The whole seconds on whose events it depends. */
  seconds: ReadonlySet<number>
}

/** Minute by minute: of a page that spans a day of a line that is often written, no more than this is looked at together. */
export function askedOf(
  events: Iterable<{ id: string; at: string; twin: number | null }>,
): Asked[] {
  const twins = [...events].filter(({ twin }) => twin !== null)
  return grouped(twins, ({ at, twin }) => `${Math.floor(secondOf(at) / 60)} ${twin}`).map(
    (group) => {
      const seconds = new Set<number>()
      for (const { at } of group)
        for (let apart = -REACH_SECONDS; apart <= REACH_SECONDS; apart++)
          seconds.add(secondOf(at) + apart)
      return {
        twin: group[0]!.twin!,
        ids: new Set(group.map(({ id }) => id)),
        minutes: [...new Set(group.flatMap(({ at }) => minutesAround(at)))],
        seconds,
      }
    },
  )
}

/** The whole second of an instant. */
export const secondOf = (at: string): number => Number(at.slice(0, 10))

/** A candidate with what decides. */
interface Met extends Candidate {
  second: number
  nanos: number
  hasFraction: boolean
  host: string
  program: string
  pids: readonly string[]
  paths: readonly string[]
}

/** The ids of the events that are the same as an event, sorted, by its id. Of one channel an event has at most one twin: the n-th of equal ones belongs to the n-th. */
export function sameOf(candidates: readonly Candidate[]): Map<string, string[]> {
  const same = new Map<string, string[]>()
  const link = (a: string, b: string): void => {
    const known = same.get(a)
    if (known) known.push(b)
    else same.set(a, [b])
  }
  for (const group of grouped(candidates, ({ twin }) => twin)) {
    const channels = grouped(group, ({ channel }) => channel)
    if (channels.length < 2) continue
    const met = channels
      .map((channel) => channel.map(metOf).sort(inOrder))
      .sort(([a], [b]) => compare(a!.channel, b!.channel))
    for (const [i, ones] of met.entries())
      for (const others of met.slice(i + 1))
        for (const [a, b] of paired(ones, others)) {
          link(a.id, b.id)
          link(b.id, a.id)
        }
  }
  for (const ids of same.values()) ids.sort()
  return same
}

/** The document with what the event is the same as. */
export function withSame(document: string, same: readonly string[] | undefined): string {
  if (!same) return document
  const event = JSON.parse(document) as { timeline: object }
  return JSON.stringify({ ...event, timeline: { ...event.timeline, same } })
}

function grouped<T, K>(all: readonly T[], keyOf: (one: T) => K): T[][] {
  const groups = new Map<K, T[]>()
  for (const one of all) {
    const key = keyOf(one)
    const group = groups.get(key)
    if (group) group.push(one)
    else groups.set(key, [one])
  }
  return [...groups.values()]
}

interface Fields {
  '@timestamp': string
  timeline: { seen: readonly { path: string }[] }
  host?: { name?: unknown }
  process?: { name?: unknown; pid?: unknown }
  labels?: Record<string, unknown>
}

function metOf(candidate: Candidate): Met {
  const event = JSON.parse(candidate.document) as Fields
  const { host, process, labels, timeline } = event
  return {
    ...candidate,
    second: secondOf(candidate.at),
    nanos: Number(candidate.at.slice(10)),
    hasFraction: event['@timestamp'].includes('.'),
    host: textOf(host?.name).toLowerCase(),
    program: textOf(process?.name),
    // The journal knows who wrote, and what the writer said of itself.
    pids: [textOf(process?.pid), textOf(labels?.['syslog_pid'])].filter((pid) => pid !== ''),
    paths: timeline.seen.map(({ path }) => path),
  }
}

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : ''

/** The order in which equal ones are counted. */
const inOrder = (a: Met, b: Met): number =>
  compare(a.at, b.at) || compare(a.stream, b.stream) || a.place - b.place || compare(a.id, b.id)
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Pairs one to one. Each step depends only on what is near, so that any page gives the same pairs. */
function paired(ones: readonly Met[], others: readonly Met[]): [Met, Met][] {
  const pairs: [Met, Met][] = []
  const taken = new Set<Met>()
  const take = (a: Met, b: Met): void => {
    taken.add(a).add(b)
    pairs.push([a, b])
  }
  const [exact, exactOthers] = [ones, others].map((all) => all.filter((e) => e.hasFraction)) as [
    Met[],
    Met[],
  ]
  const nearest = exact.map((one) => nearestOf(one, exactOthers))
  for (const [i, one] of exact.entries()) {
    const other = nearest[i]
    if (other && nearestOf(other, exact) === one) take(one, other)
  }
  const bySecond = new Map<number, Met[]>()
  for (const group of grouped(others, ({ second }) => second)) bySecond.set(group[0]!.second, group)
  for (const apart of APART)
    for (const one of ones) {
      if (taken.has(one)) continue
      const there = bySecond.get(one.second + apart) ?? []
      const other = there.find((each) => !taken.has(each) && agree(one, each))
      if (other) take(one, other)
    }
  return pairs
}

/** The nearest that agrees, of others in their order; of two that are as near the first in it. */
function nearestOf(one: Met, others: readonly Met[]): Met | undefined {
  const awayOf = (other: Met): number =>
    Math.abs((other.second - one.second) * 1e9 + other.nanos - one.nanos)
  const next = firstFrom(others, one.at)
  let best: Met | undefined
  let least = NEAR_NANOS
  for (let i = next - 1; i >= 0 && awayOf(others[i]!) <= least; i--)
    if (agree(one, others[i]!)) {
      best = others[i]!
      least = awayOf(best)
    }
  for (let i = next; i < others.length; i++) {
    const away = awayOf(others[i]!)
    if (away > least || (best && away === least)) break
    if (agree(one, others[i]!)) return others[i]
  }
  return best
}

/** The place of the first that is not before an instant. */
function firstFrom(all: readonly Met[], at: string): number {
  let [first, end] = [0, all.length]
  while (first < end) {
    const middle = (first + end) >> 1
    if (all[middle]!.at < at) first = middle + 1
    else end = middle
  }
  return first
}

/**
 * What must agree beside the text and the time. Hosts where both sides have one: where one has none the text tells a time of its own (normalizer/twin.ts), and that
 * is enough. Between syslog and the journal also program and pid, each where both sides have it: what a file or a container tells of these stands in its text, and in
 * a container pids are other ones. Two lines of one syslog file are two events, in whatever form they are.
 */
function agree(a: Met, b: Met): boolean {
  if (a.host !== '' && b.host !== '' && !isSameHost(a.host, b.host)) return false
  if (!hasHeader(a) || !hasHeader(b)) return true
  if (a.program !== '' && b.program !== '' && a.program !== b.program) return false
  if (a.pids.length > 0 && b.pids.length > 0 && !a.pids.some((pid) => b.pids.includes(pid)))
    return false
  return isOfJournal(a) || isOfJournal(b) || !a.paths.some((path) => b.paths.includes(path))
}

const isOfJournal = ({ channel }: Met): boolean => channel.startsWith('journal')
const hasHeader = (met: Met): boolean => isOfJournal(met) || met.channel.startsWith('syslog')

/** `db1` and `db1.example.com`, but not two domains. */
const isSameHost = (a: string, b: string): boolean =>
  a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`)
