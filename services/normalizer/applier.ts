import { setImmediate as turn } from 'node:timers/promises'
import { type BusRecord, type RecordBatch, type RejectionBatch } from '../../schemas/bus-record.ts'
import type { Change } from '../../schemas/change.ts'
import { isContext, type Context } from '../../schemas/context.ts'
import { addErasures, ErasureBatch, type Erasure } from '../../schemas/erasure.ts'
import { Removal } from '../../schemas/removal.ts'
import {
  isAfter,
  removals,
  valueOf,
  type Bus,
  type Delivered,
  type Message,
  type TakenBack,
} from '../bus/bus.ts'
import { EventsRefused, type EventIndex } from '../event-index/event-index.ts'
import { inSpan } from '../tracing.ts'
import { isBatch, makeChanges } from './make-changes.ts'
import { parkedChange, parkedMessage } from './park.ts'
import { fits } from '../../schemas/fits.ts'
import { Unavailable } from '../unavailable.ts'

/** A write has about so many changes, and of large ones so many characters. In memory are those of one that is on its way, and of the next. */
const WRITE = 4000
const WRITE_CHARACTERS = 16_000_000
/** So often the index is asked to take an event before it is parked. */
const TRIES = 3

export interface Ports {
  bus: Bus
  index: Pick<EventIndex, 'write' | 'remove' | 'erase'>
  workspace: string
}

type Apply = (messages: readonly Delivered[], begins: boolean) => Promise<void>

interface Begin {
  after: string | null
  /** Nothing is in the index: what was erased before it is filled never comes into it. */
  isEmpty: boolean
  /** Removals that are applied already; others are applied when they come. */
  takenBack?: TakenBack
}

/** What applies messages of the bus to an index, as they come. `done` is told how far it is, and how many events are new. */
export function applier(
  { bus, index, workspace }: Ports,
  { after, isEmpty, takenBack }: Begin,
  done: (position: string, created: number) => void,
): Apply {
  const contexts = new Map<string, Context>()
  const erasures = new Map<string, Erasure>()
  /** The keys of erasures that the index needs not be told of. */
  let heeded: Set<string> | undefined
  /** The same of those that came already, in another partition: what is taken after that is without what they erase. */
  const applied = new Set<string>()
  const readContexts = async (): Promise<void> => {
    const found = new Set<string>()
    for await (const message of bus.read(workspace, ['contexts', 'erasures'])) {
      const value = valueOf(message)
      if (message.topic === 'contexts' && isContext(value)) contexts.set(value.file, value)
      if (message.topic === 'erasures' && fits(ErasureBatch, value)) {
        addErasures(erasures, value)
        found.add(message.key)
      }
    }
    heeded ??= isEmpty ? found : new Set()
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
    const made = makeChanges(batch, { context: contexts.get(batch.file), erasures, gone })
    parked.push(...made.parked)
    return made.changes
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
  /** Takes what is erased out of the index, and puts in what is left of it, with the same care as above. */
  const erase = async (batch: ErasureBatch): Promise<void> => {
    addErasures(erasures, batch)
    const ids = new Set(batch.erased.map(({ id }) => id))
    await index.erase(workspace, ids, last ?? '')
    if (batch.streams.length === 0) return
    // Other partitions are read too, whose contexts came to other members.
    await readContexts()
    const { since } = await removals(bus, workspace)
    const streams = new Set(batch.streams)
    for await (const message of bus.read(workspace, ['records'])) {
      const value = streams.has(message.key) ? valueOf(message) : undefined
      if (!isBatch(value)) continue
      const records = value.records.filter((record: BusRecord | null) => ids.has(record?.id ?? ''))
      const changes = changesOf({ ...value, records }, since(message.position))
      if (changes.length > 0) await put(changes, last ?? '')
    }
  }
  const apply: Apply = async (messages, begins) => {
    if (begins) {
      await readContexts()
      applied.clear()
    }
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
        if (!fits(Removal, value)) parked.push(parkedMessage(key, position))
        else if (!takenBack) {
          await allWritten(messages[i - 1]?.position ?? position)
          await index.remove(workspace, value, position)
        }
      }
      if (topic === 'erasures') {
        if (!fits(ErasureBatch, value)) parked.push(parkedMessage(key, position))
        else if (!heeded?.has(key) && !applied.has(key)) {
          await allWritten(messages[i - 1]?.position ?? position)
          await erase(value)
          applied.add(key)
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
