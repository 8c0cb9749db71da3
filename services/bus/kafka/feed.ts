import { CompressionTypes, type Producer } from 'kafkajs'
import { Unavailable } from '../../unavailable.ts'
import type { Ask } from './asking.ts'
import type { Connection } from './connection.ts'
import type { KafkaSettings } from './topics.ts'

const DAY_MS = 86_400_000
/** Of a new topic; whoever wants another time sets it there. */
const RETENTION_MS = 7 * DAY_MS
/** So many characters are sent at once: the client holds them several times. */
const AT_ONCE = 8_000_000
/** The client copies the messages of a partition again for each that it adds. */
const MESSAGES_AT_ONCE = 500
/** A document of 64 MiB as JSON, with what stands around it. */
const LARGEST_MESSAGE = 136 * 1024 * 1024

/** An event as it stands in the index: its document as JSON, and the stream of its file, within which events keep their order. */
export interface Published {
  file: string
  document: string
}

export const feedOf = (prefix: string, workspace: string): string => `${prefix}-${workspace}-events`

/**
 * The events that come onto the timeline or change, for other programs, in a topic that forgets. Every event comes at least once, also when a normalizer ends in between: so a repeat
 * comes again. Nothing here reads it. A workspace without the topic has no feed.
 */
export class Feed {
  readonly #settings: KafkaSettings
  readonly #producer: Connection<Producer>
  readonly #ask: Ask
  readonly #there = new Map<string, Promise<boolean>>()
  readonly #sending = new Map<string, Promise<void>>()

  constructor(settings: KafkaSettings, producer: Connection<Producer>, ask: Ask) {
    this.#settings = settings
    this.#producer = producer
    this.#ask = ask
  }

  /** Makes the topic where there is none. */
  async setUp(workspace: string): Promise<void> {
    if (await this.#isThere(workspace)) return
    const { partitions, replicas } = this.#settings
    const config = {
      'cleanup.policy': 'delete',
      'retention.ms': String(RETENTION_MS),
      'max.message.bytes': String(LARGEST_MESSAGE),
    }
    const topic = {
      topic: this.#topic(workspace),
      numPartitions: partitions,
      replicationFactor: replicas,
      configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
    }
    await this.#ask((admin) => admin.createTopics({ topics: [topic], waitForLeaders: true }))
    this.#there.delete(workspace)
  }

  /** Resolves when what was published before is acknowledged, so that two lots at most are in memory. @throws Unavailable */
  async publish(workspace: string, events: readonly Published[]): Promise<void> {
    let there = this.#there.get(workspace)
    if (!there) this.#there.set(workspace, (there = this.#isThere(workspace)))
    if (!(await there)) return
    await this.flush(workspace)
    const sending = this.#send(workspace, events)
    // Whoever waits for it comes later.
    sending.catch(() => undefined)
    this.#sending.set(workspace, sending)
  }

  /** Resolves when all that was published is acknowledged. @throws Unavailable, once */
  async flush(workspace: string): Promise<void> {
    const sending = this.#sending.get(workspace)
    this.#sending.delete(workspace)
    await sending
  }

  async #isThere(workspace: string): Promise<boolean> {
    const topics = await this.#ask((admin) => admin.listTopics())
    return topics.includes(this.#topic(workspace))
  }

  async #send(workspace: string, events: readonly Published[]): Promise<void> {
    try {
      for (let i = 0; i < events.length;) {
        const messages: { key: string; value: string }[] = []
        for (
          let size = 0;
          i < events.length && size < AT_ONCE && messages.length < MESSAGES_AT_ONCE;
          i++
        ) {
          const { file, document } = events[i]!
          messages.push({ key: file, value: document })
          size += document.length
        }
        const producer = await this.#producer.get()
        const compression = CompressionTypes.GZIP
        await producer.send({ topic: this.#topic(workspace), acks: -1, compression, messages })
      }
    } catch (error) {
      // Somebody may have deleted the topic.
      this.#there.delete(workspace)
      await this.#producer.drop()
      throw new Unavailable(`Kafka did not take the events: ${(error as Error).message}`)
    }
  }

  #topic(workspace: string): string {
    return feedOf(this.#settings.prefix, workspace)
  }
}
