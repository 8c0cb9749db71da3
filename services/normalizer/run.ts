import type { Logger } from 'pino'
import type { RecordBatch } from '../../schemas/bus-record.ts'
import type { Change } from '../../schemas/change.ts'
import type { Context } from '../../schemas/context.ts'
import type { Bus, Delivered } from '../bus/bus.ts'
import type { EventIndex, Removal } from '../event-index/event-index.ts'
import { normalize } from './normalize.ts'

/** So many writes are on their way to the index while the next records are normalised. */
const IN_FLIGHT = 3
/** A write has about so many changes. */
const WRITE = 1000

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

/** Joins bus and index: every record becomes an event, every correction is applied to the records before it. Goes on from where the index stands. */
export async function runNormalizer(
  ports: Ports & { logger: Logger; after: string | null },
): Promise<Normalizer> {
  const stopping = new AbortController()
  const waiting: { position: number; resolve(): void; reject(error: Error): void }[] = []
  let reached = Number(ports.after ?? 0)
  let failed: Error | undefined
  const settle = (): void => {
    for (let i = waiting.length - 1; i >= 0; i--) {
      const waiter = waiting[i]!
      if (failed) waiter.reject(failed)
      else if (waiter.position <= reached) waiter.resolve()
      else continue
      waiting.splice(i, 1)
    }
  }
  const apply = await applier(ports, (position) => {
    reached = Number(position)
    settle()
  })
  const running = ports.bus
    .consume(ports.workspace, ports.after, apply.take, stopping.signal)
    .then(apply.settled)
    .catch((error: unknown) => {
      failed = error as Error
      ports.logger.fatal(error, 'the normalizer has stopped')
      settle()
    })
  return {
    indexed: (position) =>
      new Promise((resolve, reject) => {
        waiting.push({ position: Number(position), resolve, reject })
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
  const apply = await applier({ bus, index, workspace }, () => undefined)
  for await (const message of bus.read(workspace, ['records', 'contexts', 'removals']))
    await apply.take([message], true)
  await apply.settled()
}

interface Applier {
  take(messages: readonly Delivered[], rebuilding?: boolean): Promise<void>
  settled(): Promise<void>
}

async function applier(
  { bus, index, workspace }: Ports,
  done: (position: string) => void,
): Promise<Applier> {
  const contexts = new Map<string, Context>()
  for await (const { value } of bus.read(workspace, ['contexts'])) {
    const context = value as Context
    contexts.set(context.file, context)
  }
  let flying: Promise<unknown>[] = []
  let failure: unknown
  const write = async (changes: readonly Change[], position: string): Promise<void> => {
    if (flying.length >= IN_FLIGHT) await flying.shift()
    if (failure) throw failure
    const write = index.write(workspace, changes, position).then(
      () => done(position),
      (error: unknown) => {
        failure = error
      },
    )
    flying.push(write)
  }
  const settled = async (): Promise<void> => {
    await Promise.all(flying)
    flying = []
    if (failure) throw failure
  }
  const changesOf = (batch: RecordBatch): Change[] => {
    const context = contexts.get(batch.file) ?? {
      ...UNKNOWN,
      file: batch.file,
      dataset: batch.dataset,
    }
    return batch.records.map((record) => normalize(record, batch, context))
  }
  const again = async (file: string, before: string): Promise<void> => {
    for await (const { value, position } of bus.read(workspace, ['records'], file)) {
      if (Number(position) >= Number(before)) return
      await write(changesOf(value as RecordBatch), before)
    }
  }
  return {
    settled,
    async take(messages, rebuilding = false) {
      let changes: Change[] = []
      for (const [i, { topic, value, position }] of messages.entries()) {
        if (topic === 'records') {
          // One transaction of the index for what comes at once.
          changes = changes.concat(changesOf(value as RecordBatch))
          if (messages[i + 1]?.topic === 'records' && changes.length < WRITE) continue
          await write(changes, position)
          changes = []
        } else if (topic === 'removals') {
          await settled()
          await index.remove(workspace, value as Removal, position)
          done(position)
        } else if (topic === 'contexts' && !rebuilding) {
          const context = value as Context
          contexts.set(context.file, context)
          if (context.redates) await again(context.file, position)
          else await write([], position)
        } else if (!rebuilding) await write([], position)
      }
    },
  }
}
