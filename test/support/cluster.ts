import { Client } from '@elastic/elasticsearch'
import { Kafka, logLevel } from 'kafkajs'
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
    const client = new Client({ node: elasticsearchUrl! })
    const indices = Object.keys(await client.indices.get({ index: `recount-${workspace}-*` }))
    if (indices.length > 0) await client.indices.delete({ index: indices })
    await client.close()
    const admin = new Kafka({ brokers: brokers!, logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    const topics = (await admin.listTopics()).filter((t) => t.startsWith(`recount-${workspace}-`))
    await admin.deleteTopics({ topics })
    await admin.disconnect()
  })
  return { cluster, workspace }
}
