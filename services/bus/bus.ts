import type { Removal } from '../../schemas/removal.ts'

/**
 * What a message is about. `records`, `rejections`: see schemas/bus-record.ts. `contexts`: schemas/context.ts.
 * `removals`: schemas/removal.ts. `imports`: schemas/import.ts, one when an import begins and one with its ledger.
 */
export type Topic = 'records' | 'rejections' | 'contexts' | 'removals' | 'imports'

export interface Message {
  topic: Topic
  /** Messages of one key stay in order: the stream. */
  key: string
  value: unknown
}

export interface Delivered extends Message {
  /** Where the message stands; as text, because a position of several partitions is no number. */
  position: string
}

/** The bus cannot take or give messages now; the same call may succeed later. */
export class Unavailable extends Error {}

/** The log of record of each workspace: everything that was received, in order, for ever. */
export interface Bus {
  /** Resolves to the position of the last one when all are durable. Appends of one caller keep their order. */
  append(workspace: string, messages: readonly Message[]): Promise<string>
  /**
   * Hands over every message after a position (null: from the first), then those that come, until the signal. A handler that rejects ends the call with its error.
   * After a restart messages may come again; none is left out.
   */
  consume(
    workspace: string,
    after: string | null,
    handle: (messages: readonly Delivered[]) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>
  /** The messages of these topics, up to now; with a key only those of it. */
  read(workspace: string, topics: readonly Topic[], key?: string): AsyncIterable<Delivered>
  /** The position of the last message, null when there is none. */
  end(workspace: string): Promise<string | null>
  /** What is wrong with the stored log, in words; empty when nothing is. */
  check(workspace: string): Promise<string[]>
  close(): Promise<void>
}

/** What was taken back of a workspace, by the position after which it was: it does not hold for what came later. */
export async function removals(
  bus: Bus,
  workspace: string,
): Promise<(since: string) => readonly Removal[]> {
  const all: { position: number; value: Removal }[] = []
  for await (const { value, position } of bus.read(workspace, ['removals']))
    all.push({ position: Number(position), value: value as Removal })
  return (since) => all.filter((r) => r.position > Number(since)).map((r) => r.value)
}
