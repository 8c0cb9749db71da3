import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import kafkajs, { Kafka, logLevel } from 'kafkajs'
import t, { type Test } from 'tap'
import type { TimelineEvent } from '../schemas/timeline-event.ts'
import { makeLines } from './benchmarks/make-lines.ts'
import { clustered, lacksEngines } from './support/cluster.ts'
import { folder, recount, start } from './support/recount.ts'

const LINES = 3000
const WEEK_MS = 7 * 86_400_000
const brokers = process.env['RECOUNT_TEST_KAFKA_BROKERS']!

const environment = (workspace: string): Record<string, string> => ({
  RECOUNT_KAFKA_BROKERS: brokers,
  RECOUNT_ELASTICSEARCH_URL: process.env['RECOUNT_TEST_ELASTICSEARCH_URL']!,
  RECOUNT_WORKSPACE: workspace,
})

async function normalizer(t: Test, workspace: string): Promise<{ kill(): Promise<void> }> {
  const args = ['serve', '--roles', 'normalizer', '--port', '0']
  const child = start(args, resolve('.'), environment(workspace))
  const exit = once(child, 'exit')
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exit
  }
  t.teardown(kill)
  await once(child.stdout!, 'data')
  return { kill }
}

/** What is on the feed, as another program reads it: the last of each event, by its id, and the keys that it came with. */
async function fed(
  workspace: string,
): Promise<{ messages: number; last: Map<string, string>; keys: Map<string, Set<string>> }> {
  const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING })
  const topic = `recount-${workspace}-events`
  const admin = kafka.admin()
  await admin.connect()
  const left = new Map(
    (await admin.fetchTopicOffsets(topic))
      .filter(({ high }) => Number(high) > 0)
      .map(({ partition, high }) => [partition, Number(high)]),
  )
  const group = `recount-${workspace}-follower`
  const consumer = kafka.consumer({ groupId: group })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  const last = new Map<string, string>()
  const keys = new Map<string, Set<string>>()
  let messages = 0
  await new Promise<void>((done) => {
    void consumer.run({
      // oxlint-disable-next-line typescript/require-await -- the client wants a promise
      eachMessage: async ({ partition, message }) => {
        messages++
        const { id } = (JSON.parse(String(message.value)) as TimelineEvent).event
        last.set(id, String(message.value))
        keys.set(id, (keys.get(id) ?? new Set()).add(String(message.key)))
        if (Number(message.offset) + 1 === left.get(partition)) left.delete(partition)
        if (left.size === 0) done()
      },
    })
  })
  await consumer.disconnect()
  await admin.deleteGroups([group])
  await admin.disconnect()
  return { messages, last, keys }
}

await t.test(
  'the feed has every event as it stands on the timeline, also when a normalizer is killed',
  { skip: lacksEngines },
  async (t) => {
    const { cluster, workspace } = clustered(t)
    await cluster.setUp(workspace)
    const root = folder(t)
    mkdirSync(join(root, 'lines'))
    await makeLines(join(root, 'lines'), LINES)
    await normalizer(t, workspace)
    const second = await normalizer(t, workspace)
    const importing = recount(['import', '.', '--zone', 'UTC', '--json'], join(root, 'lines'), {
      env: environment(workspace),
    })
    while ((await cluster.bus.handled(workspace, 'normalizer')) === null);
    await second.kill()
    t.equal((await importing).status, 0)
    const { out } = await recount(['timeline', '--format', 'jsonl'], root, {
      env: environment(workspace),
    })
    const timeline = out.trimEnd().split('\n')
    const { last, keys } = await fed(workspace)
    t.equal(last.size, LINES)
    t.strictSame([...last.values()].sort(), timeline.toSorted())
    t.ok([...keys.values()].every(({ size }) => size === 1))
    t.equal(
      new Set([...keys.values()].flatMap((each) => [...each])).size,
      10,
      'a key for each file',
    )
  },
)

await t.test(
  'an event that is met again comes again, as it then is',
  { skip: lacksEngines },
  async (t) => {
    const { cluster, workspace } = clustered(t)
    await cluster.setUp(workspace)
    await normalizer(t, workspace)
    const root = folder(t, {
      'a.log': '2024-05-01T10:00:00Z INFO one\n',
      'b.log': '2024-05-01T10:00:00Z INFO one\n2024-05-01T10:00:01Z INFO two\n',
    })
    const env = environment(workspace)
    for (const name of ['a.log', 'b.log']) await recount(['import', name], root, { env })
    const { messages, last } = await fed(workspace)
    t.equal(messages, 3)
    const places = [...last.values()].map((document) =>
      (JSON.parse(document) as TimelineEvent).timeline.seen.map(({ path }) => path),
    )
    t.strictSame(places, [['a.log', 'b.log'], ['b.log']])
  },
)

await t.test(
  'the feed forgets after a week, and doctor does not mind; without it nothing is published',
  { skip: lacksEngines },
  async (t) => {
    const { cluster, workspace } = clustered(t)
    const admin = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    t.teardown(() => admin.disconnect())
    const root = folder(t, { 'a.log': '2024-05-01T10:00:00Z INFO one\n' })
    const env = environment(workspace)
    const topic = `recount-${workspace}-events`
    t.equal((await recount(['setup', '--no-feed'], root, { env })).status, 0)
    const first = await normalizer(t, workspace)
    t.equal((await recount(['import', 'a.log'], root, { env })).status, 0)
    t.notOk((await admin.listTopics()).includes(topic))
    await first.kill()
    t.equal((await recount(['setup'], root, { env })).status, 0)
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [
        { type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configNames: ['retention.ms'] },
      ],
    })
    t.equal(resources[0]!.configEntries[0]!.configValue, String(WEEK_MS))
    t.strictSame((await cluster.bus.check(workspace)).wrong, [])
  },
)
