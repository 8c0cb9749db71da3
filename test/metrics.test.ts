import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { Metrics } from '../services/metrics.ts'
import { clustered, lacksEngines } from './support/cluster.ts'
import { inputOf } from './support/generated.ts'
import { served } from './support/served.ts'

const SAMPLE = /^([a-z_]+)(\{(?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)*\})? (\S+)$/

/** The samples of an exposition, after https://prometheus.io/docs/instrumenting/exposition_formats/: each under the type of its name. */
function read(text: string): Map<string, number> {
  const samples = new Map<string, number>()
  let family = ''
  for (const line of text.trimEnd().split('\n')) {
    const type = /^# (?:HELP|TYPE) (\w+) (?:counter|gauge|histogram|[A-Z].*)$/.exec(line)
    if (type) {
      family = type[1]!
      continue
    }
    const [, name, labels = '', value] = SAMPLE.exec(line) ?? []
    if (name === undefined || name.replace(/_(?:bucket|sum|count)$/, '') !== family)
      throw new Error(`no sample of ${family}: ${line}`)
    if (samples.has(name + labels)) throw new Error(`twice: ${line}`)
    samples.set(name + labels, Number(value))
  }
  return samples
}

await t.test('labels are escaped', async (t) => {
  const metrics = new Metrics()
  metrics.add('recount_records_total', 2, { workspace: 'a "b"\\\nc' })
  t.strictSame(
    [...read(metrics.text())],
    [['recount_records_total{workspace="a \\"b\\"\\\\\\nc"}', 2]],
  )
})

await t.test('on a data folder', async (t) => {
  const { app, post, ask } = await served(t)
  const scrape = async (): Promise<Map<string, number>> => {
    const { body, headers } = await app.inject('/metrics')
    t.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8')
    return read(body)
  }
  const before = await scrape()
  for (const name of [
    'recount_records_total{workspace="main"}',
    'recount_rejections_total{workspace="main",reason="impossible-time"}',
    'recount_dead_letters_total{workspace="main"}',
  ])
    t.equal(before.get(name), 0, name)
  const log =
    '2024-05-01T10:00:00Z INFO a\n2024-05-01T10:00:01Z INFO b\n2024-02-30T10:00:02Z INFO c\n'
  await post('', log)
  await post('name=copy', log)
  await ask('/v1/timeline?limit=0')
  const after = await scrape()
  for (const [name, value] of Object.entries({
    'recount_records_total{workspace="main"}': 4,
    'recount_rejections_total{workspace="main",reason="impossible-time"}': 2,
    'recount_rejections_total{workspace="main",reason="binary"}': 0,
    'recount_dead_letters_total{workspace="main"}': 2,
    'recount_events_total{workspace="main"}': 2,
    'recount_oldest_unprocessed_seconds{workspace="other"}': 0,
  }))
    t.equal(after.get(name), value, name)
  const made = (method: string, status: number, route: string): string =>
    `http_request_method="${method}",url_scheme="http",network_protocol_version="1.1",http_response_status_code="${status}",http_route="${route}"`
  const duration = (of: string, labels: string): number | undefined =>
    after.get(`http_server_request_duration_seconds_${of}{${labels}}`)
  const imports = made('POST', 201, '/v1/imports')
  t.equal(duration('count', imports), 2)
  t.equal(duration('bucket', `${imports},le="+Inf"`), 2)
  t.ok(duration('bucket', `${imports},le="0.005"`)! <= duration('bucket', `${imports},le="10"`)!)
  t.ok(duration('sum', imports)! > 0)
  t.equal(duration('count', made('GET', 400, '/v1/timeline')), 1)
  t.equal(duration('count', made('GET', 200, '/metrics')), 1)
  const foreign = await app.inject({ url: '/metrics', headers: { host: 'evil.example' } })
  t.equal(foreign.statusCode, 200, 'who measures asks by the address, where hosts are allowed')
})

await t.test('on Kafka and Elasticsearch', { skip: lacksEngines }, async (t) => {
  const { cluster, workspace } = clustered(t)
  const value = async (name: string, labels = `workspace="${workspace}"`): Promise<number> => {
    await cluster.measure([workspace])
    return read(cluster.metrics.text()).get(`${name}{${labels}}`) ?? NaN
  }
  t.equal(await cluster.unready([workspace]), undefined)
  const importing = cluster.importFiles(workspace, {
    async *inputs() {
      yield inputOf('a.log', [
        Buffer.from('2024-05-01T10:00:00Z INFO a\n2024-05-01T10:00:01Z INFO b\n'),
      ])
    },
    nowMs: Date.UTC(2024, 5, 1),
  })
  while (!((await value('recount_oldest_unprocessed_seconds')) >= 1)) await sleep(100)
  // A context and a batch of records.
  t.equal(await value('recount_normalizer_lag_messages'), 2)
  cluster.normalize(workspace)
  await importing
  t.equal(await value('recount_normalizer_lag_messages'), 0)
  t.equal(await value('recount_oldest_unprocessed_seconds'), 0)
  t.equal(await value('recount_records_total'), 2)
  t.equal(await value('recount_events_total'), 2)
  t.equal(await value('recount_bulk_items_total', 'outcome="done"'), 2)
  t.equal(await value('recount_bulk_items_total', 'outcome="refused"'), 0)
})
