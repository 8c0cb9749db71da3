import { randomUUID } from 'node:crypto'
import { Kafka, logLevel, type KafkaMessage } from 'kafkajs'
import type { Logger } from 'pino'
import { offsetsOf, positionOf, type Offsets } from '../../schemas/position.ts'
import { inProcessSpan } from '../tracing.ts'
import type { Bus, Delivered } from './bus.ts'
import { clientAccess } from './kafka/access.ts'
import { ageOf } from './kafka/age.ts'
import { asking } from './kafka/asking.ts'
import { checkTopics } from './kafka/check.ts'
import { setCompression } from './kafka/compression.ts'
import { connection } from './kafka/connection.ts'
import { Feed } from './kafka/feed.ts'
import { delivered, follow } from './kafka/follow.ts'
import { handOver } from './kafka/hand-over.ts'
import { Sender } from './kafka/sender.ts'
import {
  ensureTopics,
  holding,
  partitionName,
  partitionOf,
  topicsOf,
  type KafkaSettings,
  type Topics,
} from './kafka/topics.ts'

const IN_CLEAR =
  'the password goes to Kafka as it is, for everybody on the way to read: set RECOUNT_KAFKA_SSL=true'

interface Log {
  topics: Topics
  partitions: number
  sender: Sender
}

/**
 * The bus on Kafka. Records and contexts are keyed by stream, removals and erasures go to every partition, so that each partition has an order that can be applied alone.
 * With one replica what is acknowledged survives a crash of the broker, but no power loss.
 */
export function kafkaBus(settings: KafkaSettings, logger: Logger): Bus & { feed: Feed } {
  setCompression()
  const kafka = new Kafka({
    clientId: 'recount',
    brokers: [...settings.brokers],
    ...clientAccess(settings.access ?? {}),
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ log: { message, timestamp: _, ...more }, namespace }) =>
        logger.debug({ namespace, ...more }, message),
    retry: { initialRetryTime: 100, maxRetryTime: 5000, retries: 8 },
  })
  const admin = connection(() => kafka.admin())
  const producer = connection(() =>
    kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false }),
  )
  const ask = asking(admin, settings.brokers)
  // A producer of its own: the log of record does not wait for the feed.
  const feeding = connection(() =>
    kafka.producer({ maxInFlightRequests: 1, allowAutoTopicCreation: false }),
  )
  const logs = new Map<string, Promise<Log>>()
  const log = (workspace: string): Promise<Log> => {
    let found = logs.get(workspace)
    if (!found) {
      logs.set(workspace, (found = open(workspace)))
      found.catch(() => logs.delete(workspace))
    }
    return found
  }
  const open = async (workspace: string): Promise<Log> => {
    const topics = topicsOf(settings.prefix, workspace)
    const partitions = await ask((a) => ensureTopics(a, topics, settings))
    const sender = new Sender(producer, topics, partitions, async () => {
      const ends = await Promise.all([
        lasts(topics.records, 'records'),
        lasts(topics.deadLetters, 'deadLetters'),
      ])
      return new Map(ends.flatMap((each) => [...each]))
    })
    return { topics, partitions, sender }
  }
  /** The last offset of each partition that has one. */
  const lasts = (topic: string, name: keyof Topics): Promise<Offsets> =>
    ask(async (a) => {
      const offsets = await a.fetchTopicOffsets(topic)
      return new Map(
        offsets
          .filter((o) => Number(o.high) > Number(o.low))
          .map((o) => [partitionName(name, o.partition), Number(o.high) - 1]),
      )
    })
  const groupOf = (workspace: string, group: string): string =>
    `${settings.prefix}-${workspace}-${group}`
  /** Every consumer of Kafka is in a group: one that reads for itself is alone in its own. */
  const ownGroup = (): string => `${settings.prefix}-reader-${randomUUID()}`

  /** Everything in a topic, up to now. */
  async function* readTopic(
    topic: string,
    name: keyof Topics,
    only: number | undefined,
  ): AsyncGenerator<Delivered> {
    const wanted = only === undefined ? undefined : partitionName(name, only)
    const ends = new Map(
      [...(await lasts(topic, name))].filter(([p]) => wanted === undefined || p === wanted),
    )
    // A consumer needs a while to begin.
    if (ends.size === 0) return
    const stopping = new AbortController()
    const gate = handOver<{ messages: readonly KafkaMessage[]; partition: string }>()
    const following = follow(kafka, {
      group: ownGroup(),
      topic,
      shared: false,
      after: new Map(),
      signal: stopping.signal,
      take: async (messages, number) => {
        const partition = partitionName(name, number)
        if (ends.has(partition)) await gate.give({ messages, partition })
      },
    })
    following.catch(gate.fail)
    try {
      while (ends.size > 0) {
        const { messages, partition } = await gate.taken()
        for (const message of messages) {
          if (Number(message.offset) <= (ends.get(partition) ?? -1))
            yield delivered(message, partition)
        }
        if (Number(messages.at(-1)!.offset) >= ends.get(partition)!) ends.delete(partition)
        gate.done()
      }
    } finally {
      stopping.abort()
      gate.close()
      await following.catch(() => undefined)
    }
  }

  const handled = async (workspace: string, group: string): Promise<string | null> => {
    const { topics } = await log(workspace)
    const [found] = await ask((a) =>
      a.fetchOffsets({ groupId: groupOf(workspace, group), topics: [topics.records] }),
    )
    return positionOf(
      new Map(
        found!.partitions
          .filter((p) => Number(p.offset) > 0)
          .map((p) => [partitionName('records', p.partition), Number(p.offset) - 1]),
      ),
    )
  }

  return {
    feed: new Feed(settings, feeding, ask),
    async append(workspace, messages) {
      return (await log(workspace)).sender.append(messages)
    },
    async erase(workspace, batch) {
      const key = `erasure ${randomUUID()}`
      const { sender } = await log(workspace)
      const position = await sender.append([{ topic: 'erasures', key, value: batch }])
      return { position, overwritten: false }
    },
    async consume(workspace, from, handle, signal) {
      const { topics } = await log(workspace)
      const shared = 'group' in from
      const group = shared ? groupOf(workspace, from.group) : ownGroup()
      const ends = shared ? await lasts(topics.records, 'records') : undefined
      // Where the group stands itself, it stands before what was handled in full.
      const stands = shared ? offsetsOf(await handled(workspace, from.group)) : new Map()
      const after = [...offsetsOf(from.after ?? null)].filter(
        ([p, offset]) => !ends || (!stands.has(p) && offset <= (ends.get(p) ?? -1)),
      )
      await follow(kafka, {
        group,
        topic: topics.records,
        shared,
        after: new Map(after.map(([p, offset]) => [Number(p), offset])),
        signal,
        take: (messages, partition, begins) =>
          inProcessSpan(
            { destination: topics.records, partition, group },
            messages.map((m) => m.headers),
            () =>
              handle(
                messages.map((m) => delivered(m, partitionName('records', partition))),
                begins,
              ),
          ),
      })
    },
    handled,
    async backlog(workspace, after) {
      const { records } = (await log(workspace)).topics
      const at = offsetsOf(after)
      let messages = 0
      for (const [partition, last] of await lasts(records, 'records'))
        messages += Math.max(last - (at.get(partition) ?? -1), 0)
      if (messages === 0) return { messages, ageMs: 0 }
      return { messages, ageMs: await ask((a) => ageOf(a, records, at, Date.now())) }
    },
    async *read(workspace, topics, key) {
      const { topics: names, partitions } = await log(workspace)
      for (const name of holding(topics)) {
        const only =
          key === undefined || name === 'catalogue' ? undefined : partitionOf(key, partitions)
        for await (const message of readTopic(names[name], name, only)) {
          if (topics.includes(message.topic) && (key === undefined || message.key === key))
            yield message
        }
      }
    },
    async end(workspace) {
      return positionOf(await lasts((await log(workspace)).topics.records, 'records'))
    },
    async check(workspace) {
      const { topics, partitions } = await log(workspace)
      const { wrong, notes } = await ask((a) => checkTopics(a, topics, partitions))
      const inClear = settings.access?.user?.mechanism === 'plain' && !settings.access.tls
      return { wrong, notes: inClear ? [...notes, IN_CLEAR] : notes }
    },
    async close() {
      for (const opened of logs.values())
        await opened.then(
          ({ sender }) => sender.idle(),
          () => undefined,
        )
      await producer.drop()
      await feeding.drop()
      await admin.drop()
    },
  }
}
