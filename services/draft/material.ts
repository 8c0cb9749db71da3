import type { Group } from '../../schemas/group.ts'
import type { TimelineEvent } from '../../schemas/timeline-event.ts'
import { rankOf } from './levels.ts'

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
  /** Events of the window that were read, in the order of the timeline; without those of people and tools, and once where they came through two channels. */
  logs: readonly Fact[]
  /** Whether those are all of them: only then what came between two of them is known. */
  isWhole: boolean
  /** Events of the logs shortly before the window, in order, where requests can be followed through it. */
  lead: readonly Fact[]
  /** What people, alerts and changes said: in the window, and in the time before and after that goes with it, in order. */
  told: readonly Fact[]
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

/** An instant of an event in milliseconds, with its fraction. */
export const msOf = (at: string): number =>
  Date.parse(`${at.slice(0, 19)}Z`) + Number(`0.${/\.(\d+)/.exec(at)?.[1] ?? 0}`) * 1000

/** Nanoseconds in 19 digits in milliseconds. */
export const keyMs = (key: string): number =>
  Number(key.slice(0, 10)) * 1000 + Number(key.slice(10)) / 1e6

export const isoOf = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z')
