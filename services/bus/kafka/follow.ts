import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs'
import type { Delivered, Topic } from '../bus.ts'

/** Well under the session's timeout, because a handler may take long. */
const HEARTBEAT_MS = 3000
const SESSION_MS = 30_000
/** Messages of so many bytes are handed over at once, or one that is larger. */
const BYTES_TOGETHER = 8_000_000

export interface Following {
  group: string
  topic: string
  /** Whether the offsets of the group count. */
  shared: boolean
  /** Offsets after which to begin, where a shared group stands nowhere. */
  after: ReadonlyMap<number, number>
  /** `begins`: partitions were given out anew since the last call. */
  take(messages: readonly KafkaMessage[], partition: number, begins: boolean): Promise<void>
  signal: AbortSignal
}

/** Gives the messages of a topic to `take`, partition by partition in order, until the signal. Commits what was taken in a shared group. */
export async function follow(
  kafka: Kafka,
  { group, topic, shared, after, take, signal }: Following,
): Promise<void> {
  if (signal.aborted) return
  const consumer = kafka.consumer({
    groupId: group,
    sessionTimeout: SESSION_MS,
    heartbeatInterval: HEARTBEAT_MS,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: 200,
  })
  const { promise, stop, fail } = stopping(signal)
  let begins = true
  consumer.on(consumer.events.GROUP_JOIN, () => (begins = true))
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart) fail(payload.error)
  })
  try {
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: async (payload) => {
        if (signal.aborted) return
        try {
          await one(consumer, payload, {
            shared,
            after,
            signal,
            take: async (messages, partition) => {
              const first = begins
              begins = false
              await take(messages, partition, first)
            },
          })
        } catch (error) {
          fail(error as Error)
        }
      },
    })
    // In a shared group nobody knows yet which partitions come here, nor where they stand.
    for (const [partition, offset] of shared ? [] : after)
      consumer.seek({ topic, partition, offset: String(offset + 1) })
    await promise
  } finally {
    stop()
    await consumer.disconnect()
  }
}

async function one(
  consumer: Consumer,
  { batch, resolveOffset, heartbeat }: EachBatchPayload,
  {
    shared,
    after,
    take,
    signal,
  }: Pick<Following, 'shared' | 'after' | 'signal'> & {
    take(messages: readonly KafkaMessage[], partition: number): Promise<void>
  },
): Promise<void> {
  const { topic, partition } = batch
  const begin = after.get(partition) ?? -1
  // A fetch begins where a compressed batch does, which may be before the offset asked for; and a group that lost its offsets, with the first message.
  const messages = batch.messages.filter(({ offset }) => Number(offset) > begin)
  const beating = setInterval(() => void heartbeat().catch(() => undefined), HEARTBEAT_MS)
  // What was skipped is not fetched either: the next fetch is behind the last offset.
  let last = messages.length === 0 ? String(Math.max(Number(batch.lastOffset()), begin)) : undefined
  try {
    for (let i = 0; i < messages.length && !signal.aborted;) {
      const some = together(messages, i)
      i += some.length
      await take(some, partition)
      last = some.at(-1)!.offset
    }
  } finally {
    clearInterval(beating)
  }
  if (last === undefined) return
  resolveOffset(last)
  if (shared)
    await consumer.commitOffsets([{ topic, partition, offset: String(BigInt(last) + 1n) }])
}

function together(messages: readonly KafkaMessage[], from: number): KafkaMessage[] {
  let bytes = 0
  let to = from
  do bytes += messages[to++]!.value?.length ?? 0
  while (to < messages.length && bytes < BYTES_TOGETHER)
  return messages.slice(from, to)
}

/** A promise that the signal ends and an error breaks. */
function stopping(signal: AbortSignal): {
  promise: Promise<void>
  stop(): void
  fail(error: Error): void
} {
  let fail!: (error: Error) => void
  let end!: () => void
  const promise = new Promise<void>((resolve, reject) => {
    end = resolve
    fail = reject
  })
  // It may break before anyone waits for it.
  promise.catch(() => undefined)
  signal.addEventListener('abort', end, { once: true })
  return { promise, fail, stop: () => signal.removeEventListener('abort', end) }
}

/** A message as the port gives it, from a partition of this name; its value is read when it is asked for. */
export function delivered(
  { key, value, offset, headers }: KafkaMessage,
  partition: string,
): Delivered {
  const [topic, stands] = [headers?.['topic'], headers?.['position']]
  const position = `${partition}:${offset}`
  return {
    topic: String(topic) as Topic,
    key: String(key),
    get value() {
      return JSON.parse(String(value))
    },
    position: stands === undefined ? position : `${String(stands)},${position}`,
  }
}
