import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import pino from 'pino'
import t from 'tap'
import { embeddedBus } from '../services/bus/embedded.ts'
import { embeddedEventIndex } from '../services/event-index/embedded.ts'
import { fileInput } from '../services/ingest/files.ts'
import { runNormalizer } from '../services/normalizer/run.ts'
import { openTimeline, type Timeline } from '../services/timeline.ts'
import { clustered, lacksEngines } from './support/cluster.ts'
import { recordSpans, type Recorded } from './support/spans.ts'

const LINES = 1000
const spans = recordSpans()
const data = t.testdir()
const path = join(data, 'app.log')
const logger = pino({ level: 'silent' })

writeFileSync(
  path,
  Array.from(
    { length: LINES },
    (_, n) =>
      `${new Date(Date.UTC(2024, 4, 1) + n * 1000).toISOString()} INFO number ${n} of ${process.pid}.${Date.now()}\n`,
  ).join(''),
)

async function importFile(timeline: Timeline, workspace: string): Promise<void> {
  const ledger = await timeline.importFiles(workspace, {
    async *inputs() {
      yield await fileInput(path, 'app.log')
    },
    nowMs: Date.UTC(2024, 4, 2),
  })
  if (ledger.events !== LINES) throw new Error(`the test lacks events: ${ledger.events}`)
}

const named = (name: string): Recorded[] => spans.filter((s) => s.name === name)
const isBelow = (span: Recorded, above: Recorded): boolean => {
  const parent = spans.find(({ id }) => id === span.parent)
  return parent !== undefined && (parent === above || isBelow(parent, above))
}

await t.test(
  'in one process: files, messages and writes have spans, records have none',
  async (t) => {
    spans.length = 0
    const timeline = openTimeline(join(data, 'embedded'), logger)
    await importFile(timeline, 'main')
    await timeline.close()
    const [whole, ...more] = named('import')
    t.match(whole, { kind: 'INTERNAL', attributes: { 'recount.workspace': 'main' } })
    t.strictSame(more, [])
    const [read] = named('read logs/stamped-lines')
    t.match(read, {
      parent: whole!.id,
      attributes: { 'file.path': 'app.log', 'recount.lines': LINES, 'recount.rejected': 0 },
    })
    const appends = spans.filter((s) => s.attributes['db.collection.name'] === 'log')
    t.match(appends[0], {
      name: 'INSERT log',
      kind: 'CLIENT',
      attributes: { 'db.system.name': 'sqlite', 'db.operation.name': 'INSERT' },
    })
    t.ok(
      appends.some((s) => isBelow(s, read!)),
      'what is sent of a file is below its span',
    )
    t.ok(
      spans.every((s) => s.ended && !s.failed),
      'all are ended',
    )
    t.ok(spans.length < 20, `${spans.length} spans of ${LINES} records`)
  },
)

await t.test('the normalizer and what it writes', async (t) => {
  spans.length = 0
  // In a process it has a thread of its own, where this test could not look.
  const bus = embeddedBus(join(data, 'embedded'))
  const index = embeddedEventIndex(join(data, 'again'))
  const from = { after: null }
  const failed = (error: Error): void => void t.fail(error.message)
  const normalizer = runNormalizer({ bus, index, workspace: 'main', from, failed })
  await normalizer.indexed((await bus.end('main'))!)
  await normalizer.stop()
  const [normalize] = named('normalize')
  t.match(normalize, { kind: 'INTERNAL', attributes: { 'recount.workspace': 'main' } })
  const [write] = named('BATCH INSERT events')
  t.match(write, {
    kind: 'CLIENT',
    parent: normalize!.id,
    attributes: { 'db.operation.name': 'BATCH INSERT', 'db.operation.batch.size': LINES },
  })
  spans.length = 0
  const broken = { ...index, write: () => Promise.reject(new TypeError('broken')) }
  await new Promise<void>((stopped) => {
    runNormalizer({ bus, index: broken, workspace: 'main', from, failed: () => stopped() })
  })
  t.match(named('normalize'), [
    { failed: true, ended: true, attributes: { 'error.type': 'TypeError' } },
  ])
  await index.close()
  await bus.close()
})

await t.test(
  'through Kafka: the normalizer is linked to who sent',
  { skip: lacksEngines },
  async (t) => {
    spans.length = 0
    const { cluster, workspace } = clustered(t)
    const topic = `recount-${workspace}-records`
    cluster.normalize(workspace)
    await importFile(cluster, workspace)
    await cluster.close()
    const [read] = named('read logs/stamped-lines')
    const sends = named(`send ${topic}`).filter((s) => isBelow(s, read!))
    t.match(sends[0], {
      kind: 'PRODUCER',
      attributes: {
        'messaging.system': 'kafka',
        'messaging.operation.name': 'send',
        'messaging.operation.type': 'send',
        'messaging.destination.name': topic,
      },
    })
    const processes = named(`process ${topic}`)
    t.match(processes[0], {
      kind: 'CONSUMER',
      parent: undefined,
      attributes: {
        'messaging.operation.type': 'process',
        'messaging.consumer.group.name': `recount-${workspace}-normalizer`,
        'messaging.destination.partition.id': /^\d$/,
      },
    })
    const linked = new Set(processes.flatMap((s) => s.links))
    t.strictSame(
      sends.filter(({ id }) => !linked.has(id)),
      [],
      'every send is linked to',
    )
    const normalizes = named('normalize')
    t.ok(normalizes.every((s) => processes.some((p) => isBelow(s, p))))
    const bulks = named('bulk').filter((s) => normalizes.some((n) => isBelow(s, n)))
    t.match(bulks[0], { kind: 'CLIENT', attributes: { 'db.system': 'elasticsearch' } })
    t.ok(
      spans.every((s) => s.ended),
      'all are ended',
    )
  },
)
