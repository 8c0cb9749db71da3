import { createHash } from 'node:crypto'
import type { Admin, ITopicConfig } from 'kafkajs'
import type { Topic } from '../bus.ts'
import type { KafkaAccess } from './access.ts'

export interface KafkaSettings {
  brokers: readonly string[]
  /** What the names of topics and groups begin with. */
  prefix: string
  /** Of topics that are not there yet; those that are stay as they are. */
  partitions: number
  replicas: number
  access?: KafkaAccess | undefined
}

/** The topics of a workspace. */
export interface Topics {
  /** Records, contexts, removals and erasures: what the timeline is made of. */
  records: string
  /** Rejections. */
  deadLetters: string
  /** Contexts, tails, imports, windows, removals and erasures, in few messages: contexts, removals and erasures also stand among the records, which are many. */
  catalogue: string
}

export const topicsOf = (prefix: string, workspace: string): Topics => ({
  records: `${prefix}-${workspace}-records`,
  deadLetters: `${prefix}-${workspace}-dead-letters`,
  catalogue: `${prefix}-${workspace}-catalogue`,
})

/** The topics that hold the messages of some of the port: removals and erasures are read where they stand among the records, if these are read. */
export const holding = (topics: readonly Topic[]): Set<keyof Topics> =>
  new Set(
    topics.map((topic) =>
      ['removals', 'erasures'].includes(topic) && topics.includes('records')
        ? 'records'
        : HOLDS[topic],
    ),
  )

const HOLDS: Readonly<Record<Topic, keyof Topics>> = {
  records: 'records',
  removals: 'catalogue',
  erasures: 'catalogue',
  rejections: 'deadLetters',
  contexts: 'catalogue',
  imports: 'catalogue',
  windows: 'catalogue',
  tails: 'catalogue',
}

/** A partition as positions name it. */
export const partitionName = (name: keyof Topics, partition: number): string =>
  `${{ records: '', deadLetters: 'd', catalogue: 'c' }[name]}${partition}`

/** A document of 64 MiB as JSON, with what stands around it. */
export const LARGEST_MESSAGE = 136 * 1024 * 1024

/** Raw is for ever, and what is acknowledged is on two machines where there are three. */
const configOf = (replicas: number): Readonly<Record<string, string>> => ({
  'cleanup.policy': 'delete',
  'retention.ms': '-1',
  'retention.bytes': '-1',
  'max.message.bytes': String(LARGEST_MESSAGE),
  ...(replicas > 2 && { 'min.insync.replicas': '2' }),
})

/**
 * Makes the topics that are missing; resolves to the partitions that keys go to. The partition of a key must stay the same, whatever is added: a correction reads what was sent before from there.
 * Records and dead letters are made with the same number, so the smaller one is that of the beginning as long as one of them has it.
 */
export async function ensureTopics(
  admin: Admin,
  topics: Topics,
  { partitions, replicas }: KafkaSettings,
): Promise<number> {
  const names = Object.keys(topics) as (keyof Topics)[]
  const there = new Set(await admin.listTopics())
  const missing = names
    .filter((name) => !there.has(topics[name]))
    .map((name): ITopicConfig => ({
      topic: topics[name],
      numPartitions: name === 'catalogue' ? 1 : partitions,
      replicationFactor: replicas,
      configEntries: Object.entries(configOf(replicas)).map(([n, value]) => ({ name: n, value })),
    }))
  if (missing.length > 0) await admin.createTopics({ topics: missing, waitForLeaders: true })
  const { topics: found } = await admin.fetchTopicMetadata({
    topics: [topics.records, topics.deadLetters],
  })
  return Math.min(...found.map(({ partitions }) => partitions.length))
}

/** The partition of a key: the same on every node, so that messages of a key stay in order. */
export const partitionOf = (key: string, partitions: number): number =>
  createHash('sha1').update(key).digest().readUInt32BE(0) % partitions
