import { Client } from '@elastic/elasticsearch'
import t from 'tap'
import { elasticsearchEventIndex } from '../services/event-index/elasticsearch.ts'
import { testEventIndex } from './contracts/test-event-index.ts'
import { testEventIndexLife } from './contracts/test-event-index-life.ts'
import { testEventQueries } from './contracts/test-event-queries.ts'

const url = process.env['RECOUNT_TEST_ELASTICSEARCH_URL']

if (url === undefined) {
  t.plan(0, 'RECOUNT_TEST_ELASTICSEARCH_URL is not set: no Elasticsearch to test on')
} else {
  const mine = `recount-test-${process.pid.toString(36)}${Date.now().toString(36)}-`
  const client = new Client({ node: url })
  t.teardown(async () => {
    const indices = Object.keys(await client.indices.get({ index: `${mine}*` }))
    if (indices.length > 0) await client.indices.delete({ index: indices })
    await client.close()
  })
  const open = async (place: string) => elasticsearchEventIndex({ url, prefix: `${mine}${place}-` })

  await testEventIndex(t, open)
  await testEventIndexLife(t, open)
  await testEventQueries(t, open)
}
