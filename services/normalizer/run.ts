import { setImmediate as turn } from 'node:timers/promises'
import { Check } from 'typebox/value'
import { BatchHead, type RecordBatch, type RejectionBatch } from '../../schemas/bus-record.ts'
import type { Change } from '../../schemas/change.ts'
import { isContext, type Context } from '../../schemas/context.ts'
import { Removal, takes } from '../../schemas/removal.ts'
import {
  consumed,
  covers,
  isAfter,
  offsetsOf,
  positionOf,
  removals,
  valueOf,
  type Bus,
  type Delivered,
  type From,
  type Message,
  type TakenBack,
} from '../bus/bus.ts'
import { EventsRefused, type EventIndex } from '../event-index/event-index.ts'
import { inSpan } from '../tracing.ts'
import { normalize } from './normalize.ts'
import { parkedChange, parkedMessage, parkedRecord } from './park.ts'
import { Unavailable } from '../unavailable.ts'

/** A write has about so many changes, and of large ones so many characters. In memory are those of one that is on its way, and of the next. */
const WRITE = 8000
const WRITE_CHARACTERS = 16_000_000
/** So many messages are replayed at once; each is read when its turn comes. */
const TOGETHER = 16
/** So often the index is asked to take an event before it is parked. */
const TRIES = 3

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
 * Joins bus and index: every record becomes an event, every correction is applied to the records before it.
 * `failed` is told when it cannot go on.
 */
export function runNormalizer(
  ports: Ports & {
    from: From
    failed(error: Error): void
    /** Told that something is in the index, and how many events of it are new. */
    wrote?(created: number): void
    /** What was taken is done with when this resolves. */
    flush?(): Promise<void>
  },
): Normalizer {
  const stopping = new AbortController()
  const waiting: { position: string; resolve(): void; reject(error: Error): void }[] = []
  const after = 'after' in ports.from ? ports.from.after : null
  const reached = offsetsOf(after)
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
  const apply = applier(ports, after, (position, created) => {
    ports.wrote?.(created)
    for (const [partition, offset] of offsetsOf(position)) reached.set(partition, offset)
    settle()
  })
  const running = ports.bus
    .consume(
      ports.workspace,
      ports.from,
      async (messages, begins) => {
        await apply(messages, begins)
        await ports.flush?.()
      },
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

/** Applies everything that is on a bus of one partition to an empty index. */
export async function replay({ bus, index, workspace }: Ports): Promise<void> {
  const apply = applier({ bus, index, workspace }, null, () => undefined)
  let messages: Delivered[] = []
  let begins = true
  for await (const message of bus.read(workspace, ['records', 'removals'])) {
    if (messages.push(message) < TOGETHER) continue
    await apply(messages, begins)
    begins = false
    messages = []
  }
  await apply(messages, begins)
}

/**
 * Applies what stands between two positions, of all partitions, to an index that holds what is before. Partitions come in any order, so what was taken back is
 * taken out first, and left out of what comes.
 */
export async function catchUp(ports: Ports, after: string | null, until: string): Promise<void> {
  const { bus, index, workspace } = ports
  const takenBack = await removals(bus, workspace)
  for (const { value, position } of takenBack.all)
    if (after !== null && !covers(after, consumed(position)))
      await index.remove(workspace, value, position)
  const stopping = new AbortController()
  const reached = offsetsOf(after)
  const apply = applier(
    ports,
    after,
    (position) => {
      for (const [partition, offset] of offsetsOf(position)) reached.set(partition, offset)
      if (covers(positionOf(reached), until)) stopping.abort()
    },
    takenBack,
  )
  if (!covers(after, until)) await bus.consume(workspace, { after }, apply, stopping.signal)
}

type Apply = (messages: readonly Delivered[], begins: boolean) => Promise<void>

/** `takenBack`: removals that are applied already; others are applied when they come. */
function applier(
  { bus, index, workspace }: Ports,
  after: string | null,
  done: (position: string, created: number) => void,
  takenBack?: TakenBack,
): Apply {
  const contexts = new Map<string, Context>()
  const readContexts = async (): Promise<void> => {
    for await (const message of bus.read(workspace, ['contexts'])) {
      const context = valueOf(message)
      if (isContext(context)) contexts.set(context.file, context)
    }
  }
  let last = after
  /** Dead letters that are not on the bus yet: what cannot be put onto the timeline must not stop what comes after it. */
  let parked: RejectionBatch[] = []
  const put = async (changes: readonly Change[], position: string, tries = 1): Promise<number> => {
    try {
      return await index.write(workspace, changes, position)
    } catch (error) {
      if (error instanceof Unavailable) throw error
      if (changes.length === 0) throw error
      // Until all is written the index stands where it stood.
      const stands = last ?? ''
      let created = 0
      if (error instanceof EventsRefused)
        parked.push(...changes.filter(({ id }) => error.ids.has(id)).map(parkedChange))
      else if (changes.length > 1) {
        const half = changes.length >> 1
        created += await put(changes.slice(0, half), stands)
        created += await put(changes.slice(half), stands)
      } else if (tries < TRIES) created = await put(changes, stands, tries + 1)
      else parked.push(parkedChange(changes[0]!))
      await sendParked()
      await index.write(workspace, [], position)
      return created
    }
  }
  const sendParked = async (): Promise<void> => {
    if (parked.length === 0) return
    const messages = parked.map((value): Message => ({
      topic: 'rejections',
      key: value.file,
      value,
    }))
    // More may be parked while these are sent.
    parked = []
    await bus.append(workspace, messages)
  }
  const write = async (changes: readonly Change[], position: string): Promise<void> => {
    await sendParked()
    const created = await put(changes, position)
    last = position
    done(position, created)
  }
  const changesOf = (batch: RecordBatch, gone: readonly Removal[] = []): Change[] => {
    const context = contexts.get(batch.file) ?? {
      ...UNKNOWN,
      file: batch.file,
      dataset: batch.dataset,
    }
    const changes: Change[] = []
    for (const record of batch.records) {
      try {
        changes.push(normalize(record, batch, context))
      } catch {
        parked.push(parkedRecord(record, batch))
      }
    }
    if (gone.length === 0) return changes
    return changes.filter(({ source }) => !gone.some((r) => takes(r, { path: batch.path, source })))
  }
  /** Dates a stream anew, without what was taken back since. Until all is written the index stands where it stood: a crash in between begins again. */
  const again = async ({ file }: Context, before: string): Promise<void> => {
    const { since } = await removals(bus, workspace)
    for await (const message of bus.read(workspace, ['records'], file)) {
      const { position } = message
      if (!isAfter(before, position)) break
      const value = valueOf(message)
      if (isBatch(value)) await put(changesOf(value, since(position)), last ?? position)
    }
  }
  const apply: Apply = async (messages, begins) => {
    if (begins) await readContexts()
    let changes: Change[] = []
    let characters = 0
    /** One write after the other: while the index takes one the next is made. */
    let writing: Promise<void> | undefined
    /** What comes at once is written at once, up to what changes that which is there. */
    const writeAll = async (position: string): Promise<void> => {
      await writing
      writing = write(changes, position)
      // Whoever waits for it comes later.
      writing.catch(() => undefined)
      changes = []
      characters = 0
    }
    const allWritten = async (position: string): Promise<void> => {
      if (changes.length > 0) await writeAll(position)
      await writing
    }
    for (const [i, message] of messages.entries()) {
      if (writing) await turn()
      const { topic, key, position } = message
      const value = valueOf(message)
      if (topic === 'records') {
        if (!isBatch(value)) parked.push(parkedMessage(key, position))
        else
          for (const change of changesOf(value, takenBack?.since(position))) {
            changes.push(change)
            characters += change.document.length
          }
      }
      if (topic === 'removals') {
        if (!Check(Removal, value)) parked.push(parkedMessage(key, position))
        else if (!takenBack) {
          await allWritten(messages[i - 1]?.position ?? position)
          await index.remove(workspace, value, position)
        }
      }
      if (topic === 'contexts') {
        if (!isContext(value)) parked.push(parkedMessage(key, position))
        else {
          contexts.set(value.file, value)
          if (value.redates) {
            await allWritten(messages[i - 1]?.position ?? position)
            await again(value, position)
          }
        }
      }
      const isLast = i === messages.length - 1
      if (isLast || changes.length >= WRITE || characters >= WRITE_CHARACTERS)
        await writeAll(position)
    }
    await writing
  }
  return (messages, begins) => {
    const attributes = { 'recount.workspace': workspace, 'recount.messages': messages.length }
    return inSpan('normalize', { attributes }, () => apply(messages, begins))
  }
}

/** Records are checked one by one, by making events of them. */
const isBatch = (value: unknown): value is RecordBatch =>
  Check(BatchHead, value) && Array.isArray((value as { records?: unknown }).records)
