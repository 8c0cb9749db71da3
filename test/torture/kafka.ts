import { Kafka, logLevel } from 'kafkajs'
import type { Bus } from '../../services/bus/bus.ts'
import type { Figures } from './check.ts'
import { BROKERS } from './engines.ts'

/** What a program that is not ours, or a broken one of ours, may put on the topic of records. */
const GARBAGE: readonly { topic?: string; value: string | null }[] = [
  { topic: 'records', value: 'no JSON' },
  { topic: 'records', value: '{"origin":"x/0","records":[{"id":1}]}' },
  { topic: 'records', value: 'null' },
  { topic: 'records', value: null },
  { topic: 'contexts', value: '[]' },
  { topic: 'contexts', value: 'null' },
  { topic: 'removals', value: '{' },
  { topic: 'unheard-of', value: '{}' },
  { value: '{}' },
]

/** Puts messages that are none into every partition. @returns how many */
export async function sendGarbage(workspace: string): Promise<number> {
  const kafka = new Kafka({ brokers: [BROKERS], logLevel: logLevel.NOTHING })
  const [admin, producer] = [kafka.admin(), kafka.producer()]
  await Promise.all([admin.connect(), producer.connect()])
  try {
    const topic = `recount-${workspace}-records`
    const { length } = await admin.fetchTopicOffsets(topic)
    const messages = Array.from({ length }, (_, partition) =>
      GARBAGE.map(({ topic: of, value }) => ({
        key: 'torture',
        value,
        partition,
        ...(of !== undefined && { headers: { topic: of } }),
      })),
    ).flat()
    await producer.send({ topic, messages })
    return messages.length
  } finally {
    await Promise.all([admin.disconnect(), producer.disconnect()])
  }
}

/** So many appends at once: each must have its own place in the log, and be there once. */
export async function concurrentSends(
  bus: Bus,
  workspace: string,
  sends: number,
): Promise<Figures & { faults: number }> {
  const acknowledged = await Promise.all(
    Array.from({ length: sends }, (_, i) =>
      bus.append(workspace, [
        { topic: 'records', key: `key ${i % 97}`, value: { i, records: [] } },
      ]),
    ),
  )
  const positions = new Set<string>()
  const seen = new Map<number, number>()
  for await (const { value, position } of bus.read(workspace, ['records'])) {
    positions.add(position)
    const { i } = value as { i: number }
    seen.set(i, (seen.get(i) ?? 0) + 1)
  }
  return {
    files: sends,
    acknowledged: acknowledged.length,
    lines: sends,
    events: positions.size,
    lost: sends - [...seen.keys()].filter((i) => i < sends).length,
    duplicated: [...seen.values()].reduce((sum, n) => sum + n - 1, 0),
    phantom: 0,
    misplaced: 0,
    deadLetters: 0,
    wrongSums: positions.size === sends ? 0 : 1,
    retries: 0,
    faults: sends,
  }
}
