import type { BusRecord, RecordBatch, RejectionBatch } from '../../schemas/bus-record.ts'
import { isContext } from '../../schemas/context.ts'
import { addErasures, leftOf, type Erasure, type ErasureBatch } from '../../schemas/erasure.ts'
import { type Removal, takes } from '../../schemas/removal.ts'
import {
  consumed,
  covers,
  isAfter,
  takenBack,
  TOPICS,
  valueOf,
  type Bus,
  type Message,
  type Topic,
} from '../bus/bus.ts'

/** What can be taken back, and what else there is: that is in order with itself, on Kafka too. */
const LEFT_OF = ['records', 'rejections'] as const
const AS_IT_IS = TOPICS.filter((topic) => !(LEFT_OF as readonly Topic[]).includes(topic))

/**
 * The messages of a workspace that make the same timeline in an empty one, as of now: first everything that is said of records and imports, with removals among it, then
 * the records and dead letters that no removal has taken back, without what was erased. The removals stand before them, so they take nothing back again; erasures hold for
 * what is imported later.
 */
export async function* inForce(bus: Bus, workspace: string): AsyncGenerator<Message> {
  // In this order, because an import may run: one that is done has its records before the end, and all of these have their contexts in what is read after it.
  let lastImport: string | undefined
  for await (const { position } of bus.read(workspace, ['imports'])) lastImport = position
  const end = await bus.end(workspace)
  const removed: { position: string; value: Removal }[] = []
  const erasures = new Map<string, Erasure>()
  for await (const message of bus.read(workspace, AS_IT_IS)) {
    const { topic, key, position } = message
    const value = valueOf(message)
    // There is a dead letter for what is no JSON.
    if (value === undefined) continue
    if (topic === 'imports' && (lastImport === undefined || isAfter(position, lastImport))) continue
    if (topic === 'removals') removed.push({ position, value: value as Removal })
    if (topic === 'erasures') addErasures(erasures, value)
    yield { topic, key, value: FIRST[topic]?.(value) ?? value }
  }
  const { since } = takenBack(removed)
  for (const topic of LEFT_OF) {
    for await (const message of bus.read(workspace, [topic])) {
      const { key, position } = message
      if (!covers(end, consumed(position))) continue
      const gone = since(position)
      const value = valueOf(message)
      const left = gone.length === 0 ? value : LEFT[topic](value as never, gone)
      if (left !== undefined) yield { topic, key, value: leftOf(left, erasures) }
    }
  }
}

/** What comes before all records has nothing to change. */
const FIRST: Partial<Record<Topic, (value: unknown) => unknown>> = {
  contexts(context) {
    if (!isContext(context)) return context
    const { redates: _, ...rest } = context
    return rest
  },
  erasures: (batch) => ({ ...(batch as ErasureBatch), streams: [] }),
}

const LEFT = {
  records(batch: Partial<RecordBatch> | null | undefined, gone: readonly Removal[]) {
    // What is none of ours stays: the normalizer makes a dead letter of it, again.
    if (!Array.isArray(batch?.records)) return batch
    const { path = '', source = '', declared } = batch
    const records = batch.records.filter((record: BusRecord | null) => {
      const place = { path, source: declared ? source : (record?.stream ?? source) }
      return !gone.some((each) => takes(each, place))
    })
    return records.length === 0 ? undefined : { ...batch, records }
  },
  rejections(batch: RejectionBatch, gone: readonly Removal[]) {
    const { source } = batch
    const rejections = batch.rejections.filter(
      ({ path }) => !gone.some((each) => takes(each, { path, source })),
    )
    const isNothing = rejections.length === 0 && !batch.settled?.length
    return isNothing ? undefined : { ...batch, rejections }
  },
}
