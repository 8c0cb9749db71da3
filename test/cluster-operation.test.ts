import kafkajs, { Kafka, logLevel } from 'kafkajs'
import { pino } from 'pino'
import t from 'tap'
import { Client } from '@elastic/elasticsearch'
import { openCluster, type Cluster } from '../services/cluster.ts'
import { clustered, lacksEngines } from './support/cluster.ts'
import { inputOf } from './support/generated.ts'
import { folder, recount } from './support/recount.ts'

const FILES = 12
const LINES = 10

if (lacksEngines) {
  t.plan(0, lacksEngines)
} else {
  const brokers = process.env['RECOUNT_TEST_KAFKA_BROKERS']!
  const elasticsearchUrl = process.env['RECOUNT_TEST_ELASTICSEARCH_URL']!
  const admin = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  t.teardown(() => admin.disconnect())

  const importAll = (cluster: Cluster, workspace: string) =>
    cluster.importFiles(workspace, {
      async *inputs() {
        for (let file = 0; file < FILES; file++) {
          const lines = Array.from(
            { length: LINES },
            (_, n) =>
              `2024-05-01T10:00:${String(n).padStart(2, '0')}Z INFO file ${file} line ${n}\n`,
          )
          yield inputOf(`logs/${file}.log`, [Buffer.from(lines.join(''))])
        }
      },
      nowMs: Date.UTC(2024, 5, 1),
    })
  const eventsOf = async ({ eventIndex }: Cluster, workspace: string): Promise<string> =>
    Buffer.from((await eventIndex.page(workspace, { limit: 1000, order: 'asc' })).events).toString()

  t.test('a timeline stays as it is when Kafka has forgotten its normalizers', async (t) => {
    const { workspace } = clustered(t)
    const open = (): Cluster =>
      openCluster(
        { brokers: brokers.split(','), elasticsearchUrl, replicas: 1 },
        pino({ level: 'silent' }),
      )
    const before = open()
    before.normalize(workspace)
    t.match(await importAll(before, workspace), { events: FILES * LINES })
    t.equal(await before.remove(workspace, { path: 'logs' }), FILES * LINES)
    t.match(await importAll(before, workspace), { events: FILES * LINES })
    const timeline = await eventsOf(before, workspace)
    const [end, position] = [
      await before.bus.end(workspace),
      await before.eventIndex.position(workspace),
    ]
    t.equal(position, end, 'the index knows where it stands in every partition')
    t.ok(end!.split(',').length > 2, 'the files are in several partitions')
    await before.close()

    await admin.deleteGroups([`recount-${workspace}-normalizer`])
    const after = open()
    t.teardown(() => after.close())
    t.equal(await after.bus.handled(workspace, 'normalizer'), null, 'the offsets are gone')
    after.normalize(workspace)
    await after.settled(workspace)
    t.equal(await eventsOf(after, workspace), timeline)
    t.match(await importAll(after, workspace), { events: 0, merged: FILES * LINES })
    t.equal(await eventsOf(after, workspace), timeline)
  })

  t.test('an index of an older form stops what would use it, until it is built anew', async (t) => {
    const { cluster, workspace } = clustered(t)
    cluster.normalize(workspace)
    await importAll(cluster, workspace)
    const timeline = await eventsOf(cluster, workspace)
    const client = new Client({ node: elasticsearchUrl })
    await client.index({
      index: `recount-${workspace}.meta`,
      id: 'generation',
      document: { value: 1 },
    })
    await client.close()

    const later = openCluster(
      { brokers: brokers.split(','), elasticsearchUrl, replicas: 1 },
      pino({ level: 'silent' }),
    )
    t.teardown(() => later.close())
    later.normalize(workspace)
    const says = /was made by an older recount .*\. Run: recount rebuild/
    t.match(await later.unready([workspace]), says)
    await t.rejects(later.eventIndex.sources(workspace), says)
    const cwd = folder(t)
    const env = {
      RECOUNT_KAFKA_BROKERS: brokers,
      RECOUNT_ELASTICSEARCH_URL: elasticsearchUrl,
      RECOUNT_WORKSPACE: workspace,
    }
    t.match(await recount(['timeline'], cwd, { env }), { status: 2, err: says })
    const doctor = await recount(['doctor'], cwd, { env })
    t.match(doctor, { status: 1, out: says })
    t.match(doctor.out, /^note: Kafka keeps .* once/m)
    t.equal(doctor.out.match(/rebuild/g)!.length, 1, 'said once')
    t.match(await recount(['rebuild'], cwd, { env }), { status: 0 })
    t.equal(await eventsOf(later, workspace), timeline)
    t.match(await importAll(later, workspace), { events: 0, merged: FILES * LINES })
  })

  t.test('doctor says what to do about a topic, not about a damaged file', async (t) => {
    const { cluster, workspace } = clustered(t)
    cluster.normalize(workspace)
    await importAll(cluster, workspace)
    const env = {
      RECOUNT_KAFKA_BROKERS: brokers,
      RECOUNT_ELASTICSEARCH_URL: elasticsearchUrl,
      RECOUNT_WORKSPACE: workspace,
    }
    const doctor = () => recount(['doctor'], folder(t), { env })
    t.match(await doctor(), { status: 0, out: /note: Kafka keeps .*\nNothing is wrong\.\n$/ })
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: kafkajs.ConfigResourceTypes.TOPIC,
          name: `recount-${workspace}-records`,
          configEntries: [
            { name: 'retention.ms', value: '1000000000000' },
            { name: 'max.message.bytes', value: '142606336' },
          ],
        },
      ],
    })
    const { status, out } = await doctor()
    t.equal(status, 1)
    t.match(out, /^log of record: the topic .* has retention\.ms=1000000000000: .* Set it to -1$/m)
    t.match(out, /^1 thing is wrong\.$/m)
    t.notMatch(out, /backup/)
  })
}
