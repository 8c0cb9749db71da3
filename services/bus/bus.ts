import {
  addErasures,
  type Erasure,
  type ErasureBatch,
  type Erasures,
} from '../../schemas/erasure.ts'
import { offsetsOf, positionOf } from '../../schemas/position.ts'
import type { Removal } from '../../schemas/removal.ts'

/**
 * What a message is about. `records`, `rejections`: see schemas/bus-record.ts. `contexts`: schemas/context.ts.
 * `removals`: schemas/removal.ts. `erasures`: schemas/erasure.ts. `tails`: schemas/tail.ts. `imports`: schemas/import.ts, one when an import begins and one with its ledger. `windows`: schemas/window.ts.
 */
export const TOPICS = [
  'records',
  'rejections',
  'contexts',
  'removals',
  'erasures',
  'imports',
  'windows',
  'tails',
] as const
export type Topic = (typeof TOPICS)[number]

export interface Message {
  topic: Topic
  /** Messages of one key stay in order: the stream. */
  key: string
  value: unknown
}

export interface Delivered extends Message {
  /** Where the message stands. */
  position: string
}

/** What a message says; undefined when that is no JSON: not everybody who writes to Kafka is of ours. */
export function valueOf(message: Delivered): unknown {
  try {
    return message.value
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Whether everything up to `wanted` is at or before `reached`. */
export function covers(reached: string | null, wanted: string): boolean {
  const have = offsetsOf(reached)
  return [...offsetsOf(wanted)].every(
    ([partition, offset]) => (have.get(partition) ?? -1) >= offset,
  )
}

/** The part of a position that is of partitions that are consumed. */
export const consumed = (position: string): string =>
  positionOf(new Map([...offsetsOf(position)].filter(([p]) => /^\d+$/.test(p)))) ?? ''

/** Whether a message comes after another. */
export function isAfter(position: string, other: string): boolean {
  const before = offsetsOf(other)
  return [...offsetsOf(position)].some(
    ([partition, offset]) => offset > (before.get(partition) ?? Infinity),
  )
}

/**
 * Where a consumer begins: after a position of its own (null: with the first message), or where its group stands, whose members share the messages. A log forgets groups that were away for
 * long: `after`, up to which all has been handled for sure, holds where the group stands nowhere. One beyond the end is of another log, and does not count.
 */
export type From = { after: string | null } | { group: string; after?: string | null }

/** What a consumer has before it: how many messages, and for how long the first of them has been there; both 0 when none is. */
export interface Backlog {
  messages: number
  ageMs: number
}

export interface Erased {
  position: string
  overwritten: boolean
}

/** What was seen of a stored log, each with why it matters and what to do. */
export interface Findings {
  /** What may lose or stop something. */
  wrong: string[]
  /** What is to be known, and may be meant so. */
  notes: string[]
}

/** The log of record of each workspace: everything that was received and not erased, for ever. Messages of one key are in order; removals are in order with those of every key. */
export interface Bus {
  /** Resolves when all are durable, to the position up to which everything that was appended here is. Appends of one caller keep their order. */
  append(workspace: string, messages: readonly Message[]): Promise<string>
  /**
   * Appends an erasure, which every consumer gets, whatever else it does not get; and overwrites what it erases in the messages before it, where the log can be overwritten.
   * Resolves when both are done, to the position as `append` does and to whether the bytes are gone.
   */
  erase(workspace: string, batch: ErasureBatch): Promise<Erased>
  /**
   * Hands over records, contexts, removals and erasures, and maybe others: those that are there, then those that come, until the signal. A handler that rejects ends the call with its error.
   * After a restart messages may come again; none is left out. Where a group stands moves on when the handler has resolved.
   * `begins` is true when messages may have gone to other members since the last call: what the handler remembers of a stream may be out of date.
   */
  consume(
    workspace: string,
    from: From,
    handle: (messages: readonly Delivered[], begins: boolean) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>
  /** Where a group stands: it has handled everything up to this position. */
  handled(workspace: string, group: string): Promise<string | null>
  /** What a consumer that has handled everything up to a position has before it. */
  backlog(workspace: string, after: string | null): Promise<Backlog>
  /** The messages of these topics, up to now; with a key only those of it. */
  read(workspace: string, topics: readonly Topic[], key?: string): AsyncIterable<Delivered>
  /** The position of the last message, null when there is none. */
  end(workspace: string): Promise<string | null>
  check(workspace: string): Promise<Findings>
  close(): Promise<void>
}

/** What was taken back of a workspace, and where that stands. */
export interface TakenBack {
  all: readonly { position: string; value: Removal }[]
  /** What was taken back after a position: it does not hold for what came later. */
  since(position: string): readonly Removal[]
}

export async function removals(bus: Bus, workspace: string): Promise<TakenBack> {
  const all: { position: string; value: Removal }[] = []
  for await (const { value, position } of bus.read(workspace, ['removals']))
    all.push({ position, value: value as Removal })
  return takenBack(all)
}

export const takenBack = (all: TakenBack['all']): TakenBack => ({
  all,
  since: (position) => all.filter((r) => isAfter(r.position, position)).map((r) => r.value),
})

/** Everything that was deleted or redacted in a workspace: it holds for what comes before and after it. */
export async function erasures(bus: Bus, workspace: string): Promise<Erasures> {
  const all = new Map<string, Erasure>()
  for await (const { value } of bus.read(workspace, ['erasures'])) addErasures(all, value)
  return all
}
