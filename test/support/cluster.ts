import { Client } from '@elastic/elasticsearch'
import { Kafka, logLevel, type Admin } from 'kafkajs'
import pino from 'pino'
import type { Test } from 'tap'
import { openCluster, type Cluster } from '../../services/cluster.ts'

const brokers = process.env['RECOUNT_TEST_KAFKA_BROKERS']?.split(',')
const elasticsearchUrl = process.env['RECOUNT_TEST_ELASTICSEARCH_URL']

/** Why no test can run on Kafka and Elasticsearch, or false. */
export const lacksEngines =
  brokers && elasticsearchUrl
    ? false
    : 'RECOUNT_TEST_KAFKA_BROKERS and RECOUNT_TEST_ELASTICSEARCH_URL are not set: no Kafka and Elasticsearch to test with'

/** A workspace of its own on Kafka and Elasticsearch; it is taken away when the test ends. */
export function clustered(t: Test): { cluster: Cluster; workspace: string } {
  const workspace = `test-${process.pid.toString(36)}${Date.now().toString(36)}`
  const settings = { brokers: brokers!, elasticsearchUrl: elasticsearchUrl!, replicas: 1 }
  const cluster = openCluster(settings, pino({ level: 'silent' }))
  t.teardown(async () => {
    await cluster.close()
    await dropIndices(elasticsearchUrl!, workspace)
    await dropTopics(brokers!, workspace)
  })
  return { cluster, workspace }
}

export async function dropIndices(url: string, workspace: string): Promise<void> {
  const client = new Client({ node: url })
  const index = Object.keys(await client.indices.get({ index: `recount-${workspace}-*` }))
  if (index.length > 0) await client.indices.delete({ index })
  await client.close()
}

export async function dropTopics(brokers: readonly string[], workspace: string): Promise<void> {
  await administering(brokers, async (admin) => {
    const topics = await admin.listTopics()
    const ours = topics.filter((topic) => topic.startsWith(`recount-${workspace}-`))
    await admin.deleteTopics({ topics: ours })
  })
}

/** Normalizers that start after this begin with the first message. Those before it have left. */
export async function dropGroup(brokers: readonly string[], workspace: string): Promise<void> {
  const group = `recount-${workspace}-normalizer`
  await administering(brokers, async (admin) => {
    const { groups } = await admin.listGroups()
    if (groups.some(({ groupId }) => groupId === group)) await admin.deleteGroups([group])
  })
}

async function administering(
  brokers: readonly string[],
  work: (admin: Admin) => Promise<void>,
): Promise<void> {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  await work(admin)
  await admin.disconnect()
}
