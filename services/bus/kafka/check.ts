import kafkajs, { type Admin } from 'kafkajs'
import type { Findings } from '../bus.ts'
import { LARGEST_MESSAGE, type Topics } from './topics.ts'

/** What a setting of a topic must be, why, and what to do. */
interface Need {
  holds(value: string, replicas: number): boolean
  why: string
}

const NEEDS: Readonly<Record<string, Need>> = {
  'retention.ms': {
    holds: (value) => value === '-1',
    why: 'Kafka deletes what is older, which no rebuild brings back. Set it to -1',
  },
  'retention.bytes': {
    holds: (value) => value === '-1',
    why: 'Kafka deletes the oldest when there is more, which no rebuild brings back. Set it to -1',
  },
  'cleanup.policy': {
    holds: (value) => value === 'delete',
    why: 'compaction keeps the last message of a key and loses all others, which are the records. Set it to delete',
  },
  'min.insync.replicas': {
    holds: (value, replicas) => replicas === 1 || Number(value) > 1,
    why: 'what one machine alone has is acknowledged, and lost with this machine. Set it to 2',
  },
  'max.message.bytes': {
    holds: (value) => Number(value) >= LARGEST_MESSAGE,
    why: `Kafka refuses large mails and documents. Set it to ${LARGEST_MESSAGE}`,
  },
}

/** What of the topics is set otherwise than the log of record needs, and what may be meant so; keys go to so many partitions. */
export async function checkTopics(admin: Admin, topics: Topics, keyed: number): Promise<Findings> {
  const names = Object.values(topics)
  const { topics: found } = await admin.fetchTopicMetadata({ topics: names })
  const partitionsOf = new Map(found.map(({ name, partitions }) => [name, partitions]))
  const replicasOf = (name: string): number =>
    Math.min(...partitionsOf.get(name)!.map(({ replicas }) => replicas.length))
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    // A CommonJS module that names this export where Node does not see it.
    resources: names.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })),
  })
  const wrong = resources.flatMap(({ resourceName: topic, configEntries }) =>
    configEntries.flatMap(({ configName, configValue }) => {
      const need = NEEDS[configName]
      if (!need || need.holds(configValue, replicasOf(topic))) return []
      return [`the topic ${topic} has ${configName}=${configValue}: ${need.why}`]
    }),
  )
  const notes: string[] = []
  const single = names.filter((name) => replicasOf(name) === 1)
  if (single.length > 0)
    notes.push(
      `Kafka keeps ${single.join(', ')} once: with the disk of that machine it is gone. Where there are three machines, give each topic three replicas and min.insync.replicas=2`,
    )
  for (const name of [topics.records, topics.deadLetters]) {
    const partitions = partitionsOf.get(name)!.length
    if (partitions > keyed)
      notes.push(
        `the topic ${name} has ${partitions} partitions, of which the first ${keyed} are used: what comes must stand behind what came before from the same source, so those that were added stay empty. Nothing is lost. For more, take a new workspace, recount setup --partitions, and import there`,
      )
  }
  return { wrong, notes }
}
