import { gzipSync } from 'node:zlib'
import t from 'tap'
import { zipOf, type Member } from './support/archives.ts'
import { served, type Page } from './support/served.ts'

const { ask, post } = await served(t)

/** Asks for every page, and gives the messages. */
async function walk(query: string): Promise<string[]> {
  const messages: string[] = []
  for (let next: string | null = ''; next !== null;) {
    const { body }: { body: Page } = await ask<Page>(
      `/v1/timeline?${query}${next && `&cursor=${next}`}`,
    )
    messages.push(...body.events.map((e) => e.message))
    next = body.next
  }
  return messages
}

const MESSAGES = Array.from({ length: 25 }, (_, i) => `message ${i}`)
const LINES = MESSAGES.map(
  (m, i) =>
    `2024-05-01T10:0${Math.floor(i / 10)}:${10 + (i % 10)}Z ${i % 5 ? 'INFO' : 'ERROR'} ${m}\n`,
).join('')

await t.test('an import is answered with its ledger when it is on the timeline', async (t) => {
  const { status, body } = await post('name=folder/app.log', LINES)
  t.equal(status, 201)
  t.match(body, {
    events: 25,
    merged: 0,
    rejected: 0,
    files: [{ path: 'folder/app.log', adapter: 'logs/stamped-lines', lines: 25, reasons: {} }],
  })
  t.strictSame(await walk(''), MESSAGES)
  const again = await post('name=copy.log', LINES)
  t.match(again.body, { events: 0, merged: 25, rejected: 0 }, 'the same bytes merge')
})

await t.test('archives, binary files and garbage come in by the same door', async (t) => {
  const table: [string, Buffer | string, object][] = [
    [
      'name=old.log.gz',
      gzipSync(LINES),
      { files: [{ path: 'old.log.gz' }], merged: 25, rejected: 0 },
    ],
    [
      'name=image',
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 1]),
      { files: [{ adapter: null, lines: 1, reasons: { binary: 1 } }], rejected: 1 },
    ],
    [
      'name=letter',
      'Dear all,\nnothing here\n',
      { files: [{ adapter: null, lines: 2, reasons: { unrecognized: 2 } }], rejected: 2 },
    ],
    ['name=broken.gz', gzipSync(LINES).subarray(0, 30), { rejected: 1 }],
    ['name=../../etc/passwd', 'x\n', { files: [{ path: '../../etc/passwd' }] }],
    ['', 'x\n', { files: [{ path: 'upload' }] }],
  ]
  for (const [query, payload, expected] of table) {
    for (const type of [
      'application/octet-stream',
      'text/plain',
      'application/json',
      'multipart/form-data; boundary=x',
    ]) {
      const { status, body } = await post(`${query}&workspace=other`, payload, {
        'content-type': type,
      })
      t.equal(status, 201, `${query} as ${type}`)
      if (!query.includes('old')) t.match(body, expected, query)
      for (const file of body.files)
        t.equal(file.lines, file.events + file.merged + file.rejected, `${file.path} adds up`)
    }
  }
})

await t.test('an archive with too many members is refused from there on', async (t) => {
  const folders = Array.from({ length: 10_000 }, (_, i): Member => [`${i}/`, ''])
  const archive = zipOf([['a.log', LINES], ...folders, ['b.log', LINES]])
  const { status, body } = await post('name=a.zip&workspace=other', archive)
  t.equal(status, 201)
  t.match(body.files, [
    { path: 'a.zip/a.log', lines: 25, rejected: 0 },
    { path: 'a.zip', lines: 1, reasons: { 'archive-too-large': 1 } },
  ])
  t.equal(body.files.length, 2)
})

await t.test('a zone and a source are applied', async (t) => {
  const query = `workspace=other&zone=${encodeURIComponent('America/New_York')}&source=told`
  t.match((await post(query, '2024-07-01 10:00:00 INFO zoned\n')).body, { events: 1 })
  const { body } = await ask<Page>('/v1/timeline?workspace=other&source=told')
  t.match(body.events, [
    {
      '@timestamp': '2024-07-01T14:00:00Z',
      timeline: { time: { basis: 'configured', zone: 'America/New_York' } },
    },
  ])
})

await t.test('pages of any size give the whole, in both directions', async (t) => {
  for (const limit of [1, 7, 24, 25, 1000]) {
    t.strictSame(await walk(`limit=${limit}`), MESSAGES)
    t.strictSame(await walk(`limit=${limit}&order=desc`), MESSAGES.toReversed())
  }
  t.strictSame((await ask('/v1/timeline?workspace=other&from=2030-01-01')).body, {
    events: [],
    next: null,
  })
})

await t.test('names of any length can be paged past', async (t) => {
  const lines = [1, 2, 3].map((n) =>
    JSON.stringify({
      time: `2024-09-01T10:00:0${n}Z`,
      level: 'info',
      hostname: `h${n}`.padEnd(20_000, 'x'),
      message: `host ${n}`,
    }),
  )
  t.match((await post('workspace=other', lines.join('\n'))).body, { events: 3 })
  for (const query of ['', '&q=host']) {
    const found = await walk(`workspace=other&from=2024-09-01&to=2024-09-02&limit=1${query}`)
    t.strictSame(found, ['host 1', 'host 2', 'host 3'], query)
  }
})

await t.test('filters select', async (t) => {
  for (const [query, count] of [
    ['from=2024-05-01T10:01:00Z&to=2024-05-01T10:02:00Z', 10],
    ['from=2024-05-01T12:01:00%2B02:00', 15],
    ['to=2024-05-01', 0],
    ['level=error', 5],
    ['level=error,info&kind=log', 25],
    ['level=error&level=info', 25],
    ['kind=chat', 0],
    ['q=message%207', 1],
    ['q=%22message%207%22', 1],
    ['source=folder/app.log', 25],
    ['source=nothing', 0],
  ] as const)
    t.equal((await walk(query)).length, count, query)
})

await t.test('the histogram counts what the timeline gives', async (t) => {
  const { body } = await ask<{ intervalSeconds: number; buckets: object[] }>(
    '/v1/timeline/histogram?interval=60',
  )
  t.strictSame(body, {
    intervalSeconds: 60,
    buckets: [
      { at: '2024-05-01T10:00:00Z', count: 10, levels: { error: 2, info: 8 } },
      { at: '2024-05-01T10:01:00Z', count: 10, levels: { error: 2, info: 8 } },
      { at: '2024-05-01T10:02:00Z', count: 5, levels: { error: 1, info: 4 } },
    ],
  })
  t.match((await ask('/v1/timeline/histogram?interval=3600&level=error')).body, {
    buckets: [{ count: 5 }],
  })
})

await t.test('one event, the workspaces and the sources', async (t) => {
  const [event] = (await ask<Page>('/v1/timeline?limit=1')).body.events
  t.strictSame((await ask(`/v1/events/${encodeURIComponent(event!.event.id)}`)).body, event)
  t.strictSame((await ask('/v1/workspaces')).body, {
    workspaces: ['main', 'other', 'sample'],
    default: 'main',
  })
  t.match((await ask('/v1/sources')).body, {
    sources: [{ source: 'copy.log', events: 25, kinds: { log: 25 } }],
  })
  t.match((await ask('/livez')).body, { status: 'ok', version: '1.2.3' })
  t.match((await ask('/readyz')).body, { status: 'ok' })
})

await t.test('the time of a source is shown, told and taken back', async (t) => {
  await post('name=clockless.log&workspace=other', '2024-05-01 10:00:00 INFO a clockless line\n')
  const url = '/v1/sources/time?workspace=other&source=clockless.log'
  interface Dated {
    sources: { bases: object; streams: object[] }[]
  }
  const told = async (payload: object): Promise<unknown> =>
    (await ask<object>(url, { method: 'PUT', payload })).body
  const at = async (): Promise<unknown> =>
    (await ask<Page>('/v1/timeline?workspace=other&source=clockless.log')).body.events[0]![
      '@timestamp'
    ]
  t.match((await ask<Dated>(url)).body, {
    sources: [{ bases: { assumed: 1 }, streams: [{ zone: { value: 'UTC', known: 'assumed' } }] }],
  })
  t.strictSame(await told({ zone: 'Europe/Berlin' }), { streams: 1 })
  t.equal(await at(), '2024-05-01T08:00:00Z')
  t.strictSame(await told({ clock: { addMs: 60_000 } }), { streams: 1 })
  t.equal(await at(), '2024-05-01T08:01:00Z')
  t.match((await ask<Dated>(url)).body, {
    sources: [{ streams: [{ zone: { known: 'corrected' }, clock: { addMs: 60_000 } }] }],
  })
  t.strictSame(await told({ zone: null, clock: null }), { streams: 1 })
  t.equal(await at(), '2024-05-01T10:00:00Z')
  t.strictSame((await ask('/v1/sources/suggestions?workspace=other')).body, {
    suggestions: [],
    contradicted: [],
  })
})

await t.test('an event names the same one of another channel, in a page and alone', async (t) => {
  const text = '2024-06-01T10:00:00Z INFO stored'
  const container = { log: `${text}\n`, stream: 'stdout', time: '2024-06-01T10:00:00.2Z' }
  await post('name=stored.log&workspace=other', `${text}\n`)
  await post('name=container.log&workspace=other', `${JSON.stringify(container)}\n`)
  const { body } = await ask<Page>('/v1/timeline?workspace=other&from=2024-06-01&to=2024-06-02')
  const ids = body.events.map(({ event }) => event.id)
  t.strictSame(
    body.events.map(({ timeline }) => timeline.same),
    [[ids[1]], [ids[0]]],
  )
  for (const [i, id] of ids.entries())
    t.strictSame(
      (await ask(`/v1/events/${encodeURIComponent(id)}?workspace=other`)).body,
      body.events[i],
    )
})
