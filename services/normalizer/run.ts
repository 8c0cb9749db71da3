import type { RecordBatch } from '../../schemas/bus-record.ts'
import type { Change } from '../../schemas/change.ts'
import type { Context } from '../../schemas/context.ts'
import { takes, type Removal } from '../../schemas/removal.ts'
import {
  covers,
  isAfter,
  offsetsOf,
  positionOf,
  removals,
  type Bus,
  type Delivered,
} from '../bus/bus.ts'
import type { EventIndex } from '../event-index/event-index.ts'
import { normalize } from './normalize.ts'

/** A write has about so many changes, and of large ones so many characters: all of them are in memory at once. */
const WRITE = 4000
const WRITE_CHARACTERS = 16_000_000
/** So many messages are replayed at once; each is read when its turn comes. */
const TOGETHER = 16

export interface Normalizer {
  /** Resolves when everything up to a position of the bus is in the index. */
  indexed(position: string): Promise<void>
  stop(): Promise<void>
}

interface Ports {
  bus: Bus
  index: Pick<EventIndex, 'write' | 'remove'>
  workspace: string
}

const UNKNOWN: Omit<Context, 'file' | 'dataset'> = { number: 0, head: [], first: 0, evidence: [] }

/**
 * Joins bus and index: every record becomes an event, every correction is applied to the records before it. Goes on from where the index stands.
 * `failed` is told when it cannot go on.
 */
export async function runNormalizer(
  ports: Ports & { after: string | null; failed(error: Error): void },
): Promise<Normalizer> {
  const stopping = new AbortController()
  const waiting: { position: string; resolve(): void; reject(error: Error): void }[] = []
  const reached = offsetsOf(ports.after)
  let failed: Error | undefined
  const settle = (): void => {
    for (let i = waiting.length - 1; i >= 0; i--) {
      const waiter = waiting[i]!
      if (failed) waiter.reject(failed)
      else if (covers(positionOf(reached), waiter.position)) waiter.resolve()
      else continue
      waiting.splice(i, 1)
    }
  }
  const apply = await applier(ports, ports.after, (position) => {
    for (const [partition, offset] of offsetsOf(position)) reached.set(partition, offset)
    settle()
  })
  const running = ports.bus
    .consume(
      ports.workspace,
      { after: ports.after },
      (messages) => apply(messages),
      stopping.signal,
    )
    .catch((error: unknown) => {
      failed = error as Error
      settle()
      ports.failed(failed)
    })
  return {
    indexed: (position) =>
      new Promise((resolve, reject) => {
        waiting.push({ position, resolve, reject })
        settle()
      }),
    async stop() {
      stopping.abort()
      await running
    },
  }
}

/** Applies everything that is on the bus to an empty index. */
export async function replay({ bus, index, workspace }: Ports): Promise<void> {
  const apply = await applier({ bus, index, workspace }, null, () => undefined)
  let messages: Delivered[] = []
  for await (const message of bus.read(workspace, ['records', 'removals'])) {
    if (messages.push(message) < TOGETHER) continue
    await apply(messages)
    messages = []
  }
  await apply(messages)
}

type Apply = (messages: readonly Delivered[]) => Promise<void>

async function applier(
  { bus, index, workspace }: Ports,
  after: string | null,
  done: (position: string) => void,
): Promise<Apply> {
  const contexts = new Map<string, Context>()
  for await (const { value } of bus.read(workspace, ['contexts'])) {
    const context = value as Context
    contexts.set(context.file, context)
  }
  let last = after
  const write = async (changes: readonly Change[], position: string): Promise<void> => {
    await index.write(workspace, changes, position)
    last = position
    done(position)
  }
  const changesOf = (batch: RecordBatch): Change[] => {
    const context = contexts.get(batch.file) ?? {
      ...UNKNOWN,
      file: batch.file,
      dataset: batch.dataset,
    }
    return batch.records.map((record) => normalize(record, batch, context))
  }
  /** Dates a stream anew, without what was taken back since. Until all is written the index stands where it stood: a crash in between begins again. */
  const again = async ({ file }: Context, before: string): Promise<void> => {
    const removedSince = await removals(bus, workspace)
    for await (const { value, position } of bus.read(workspace, ['records'], file)) {
      if (!isAfter(before, position)) break
      const batch = value as RecordBatch
      const since = removedSince(position)
      const changes = changesOf(batch).filter(
        ({ source }) => !since.some((r) => takes(r, { path: batch.path, source })),
      )
      await index.write(workspace, changes, last ?? position)
    }
  }
  return async (messages) => {
    let changes: Change[] = []
    let characters = 0
    for (const [i, { topic, value, position }] of messages.entries()) {
      if (topic === 'records') {
        // One transaction of the index for what comes at once.
        for (const change of changesOf(value as RecordBatch)) {
          changes.push(change)
          characters += change.document.length
        }
        const more = changes.length < WRITE && characters < WRITE_CHARACTERS
        if (more && messages[i + 1]?.topic === 'records') continue
        await write(changes, position)
        changes = []
        characters = 0
        continue
      }
      if (topic === 'removals') await index.remove(workspace, value as Removal, position)
      if (topic === 'contexts') {
        const context = value as Context
        contexts.set(context.file, context)
        if (context.redates) await again(context, position)
      }
      await write([], position)
    }
  }
}
