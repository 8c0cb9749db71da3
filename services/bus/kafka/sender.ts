import { randomUUID } from 'node:crypto'
import { CompressionTypes, type Message as KafkaMessage, type Producer } from 'kafkajs'
import { positionOf, type Offsets } from '../../../schemas/position.ts'
import { inSendSpan } from '../../tracing.ts'
import type { Message } from '../bus.ts'
import { explained } from './access.ts'
import type { Connection } from './connection.ts'
import { partitionName, partitionOf, type Topics } from './topics.ts'
import { Unavailable } from '../../unavailable.ts'

/** So many characters are sent at once: the client holds them several times. */
const AT_ONCE = 8_000_000

interface Append {
  messages: readonly Message[]
  values: readonly string[]
  addressed: readonly Addressed[]
  characters: number
  resolve(position: string): void
  reject(error: Error): void
}

interface Addressed {
  topic: string
  message: KafkaMessage & { partition: number }
}

/** Sends what is appended in the order of the calls, one request after the other, as much at once as is sensible. */
export class Sender {
  readonly #producer: Connection<Producer>
  readonly #topics: Topics
  readonly #partitions: number
  readonly #ends: () => Promise<Offsets>
  readonly #queue: Append[] = []
  /** Of everything that was appended here, by partition of `records`. */
  readonly #acknowledged = new Map<string, number>()
  #sending: Promise<void> | undefined

  /** `ends`: the last offsets of records and dead letters. */
  constructor(
    producer: Connection<Producer>,
    topics: Topics,
    partitions: number,
    ends: () => Promise<Offsets>,
  ) {
    this.#producer = producer
    this.#topics = topics
    this.#partitions = partitions
    this.#ends = ends
  }

  append(messages: readonly Message[]): Promise<string> {
    const values = messages.map((m) => JSON.stringify(m.value))
    const addressed = messages.flatMap((message, i) => this.#addressed(message, values[i]!))
    const destinations = new Set(addressed.map(({ topic }) => topic))
    return inSendSpan(destinations, addressed.length, (headers) => {
      for (const { message } of addressed) Object.assign(message.headers!, headers)
      return this.#enqueue(messages, values, addressed)
    })
  }

  #enqueue(
    messages: readonly Message[],
    values: readonly string[],
    addressed: readonly Addressed[],
  ): Promise<string> {
    const characters = values.reduce((sum, value) => sum + value.length, 0)
    return new Promise((resolve, reject) => {
      this.#queue.push({ messages, values, addressed, characters, resolve, reject })
      this.#sending ??= this.#send()
    })
  }

  /** Resolves when nothing is on its way any more. */
  async idle(): Promise<void> {
    await this.#sending
  }

  async #send(): Promise<void> {
    while (this.#queue.length > 0) {
      const some = [this.#queue.shift()!]
      let characters = some[0]!.characters
      // A removal is sent alone: it stands behind what was sent before it.
      for (
        let next = this.#queue[0];
        next && characters + next.characters <= AT_ONCE && ![some[0]!, next].some(isNoted);
        next = this.#queue[0]
      ) {
        characters += next.characters
        some.push(this.#queue.shift()!)
      }
      try {
        await this.#sendTogether(some)
      } catch (error) {
        // What was sent may be there although no answer came. An idempotent producer would give its sequence to what is sent next, which the broker then takes for a repeat.
        await this.#producer.drop()
        const down = new Unavailable(
          `Kafka did not take the messages: ${explained(error as Error)}`,
        )
        for (const { reject } of some) reject(down)
      }
    }
    // In the same turn as the last look at the queue: an append after it begins anew.
    this.#sending = undefined
  }

  async #sendTogether(appends: readonly Append[]): Promise<void> {
    for (const append of appends) if (isNoted(append)) await this.#note(append)
    const next = await this.#sendAll(appends.flatMap(({ addressed }) => addressed))
    for (const append of appends) {
      for (const { topic, message } of append.addressed) {
        const offset = next.get(`${topic} ${message.partition}`)!
        next.set(`${topic} ${message.partition}`, offset + 1)
        if (topic === this.#topics.records)
          this.#acknowledged.set(partitionName('records', message.partition), offset)
      }
      append.resolve(positionOf(this.#acknowledged) ?? '')
    }
  }

  /** Resolves to the offset of the first message in each topic and partition. */
  async #sendAll(all: readonly Addressed[]): Promise<Map<string, number>> {
    const byTopic = new Map<string, KafkaMessage[]>()
    for (const { topic, message } of all) {
      const of = byTopic.get(topic)
      if (of) of.push(message)
      else byTopic.set(topic, [message])
    }
    const producer = await this.#producer.get()
    const sent = await producer.sendBatch({
      acks: -1,
      compression: CompressionTypes.GZIP,
      topicMessages: [...byTopic].map(([topic, messages]) => ({ topic, messages })),
    })
    return new Map(sent.map((s) => [`${s.topicName} ${s.partition}`, Number(s.baseOffset)]))
  }

  /**
   * Every partition has its removals and erasures among its records; a copy, of removals with where they stand in all of them, can be found without reading these. The copy is
   * first: if the rest is not sent, a rebuild takes away what the normalizers did not, and not the other way round.
   */
  async #note({ messages, values }: Append): Promise<void> {
    // Behind the last message, where nothing is yet.
    const behind = new Map([...(await this.#ends())].map(([p, offset]) => [p, offset + 1]))
    const position = positionOf(behind) ?? ''
    const copies = messages.flatMap(({ topic, key: own }, i): Addressed[] => {
      const value = values[i]!
      const [key, headers] =
        topic === 'removals' ? [`removals/${randomUUID()}`, { topic, position }] : [own, { topic }]
      if (topic !== 'removals' && topic !== 'erasures') return []
      return [{ topic: this.#topics.catalogue, message: { key, value, headers, partition: 0 } }]
    })
    await this.#sendAll(copies)
  }

  /** Removals and erasures concern every partition; a context is for its stream and for whoever looks for streams. */
  #addressed({ topic, key }: Message, value: string): Addressed[] {
    const to = (name: keyof Topics, partition: number): Addressed => ({
      topic: this.#topics[name],
      message: { key, value, partition, headers: { topic } },
    })
    const own = partitionOf(key, this.#partitions)
    const all = (): Addressed[] =>
      Array.from({ length: this.#partitions }, (_, p) => to('records', p))
    if (topic === 'removals') return all()
    if (topic === 'erasures') return all()
    if (topic === 'contexts') return [to('records', own), to('catalogue', 0)]
    if (topic === 'imports' || topic === 'windows' || topic === 'tails') return [to('catalogue', 0)]
    return [to(topic === 'records' ? 'records' : 'deadLetters', own)]
  }
}

/** Whether a copy of it goes to the catalogue before it. */
const isNoted = ({ messages }: Append): boolean =>
  messages.some(({ topic }) => topic === 'removals' || topic === 'erasures')
