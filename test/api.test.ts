import { gzipSync } from 'node:zlib'
import type { InjectOptions } from 'fastify'
import pino from 'pino'
import t from 'tap'
import type { Ledger } from '../schemas/ledger.ts'
import type { TimelineEvent } from '../schemas/timeline-event.ts'
import { Unavailable } from '../services/bus/bus.ts'
import { buildServer, type ServerPorts } from '../services/api/build-server.ts'
import { PROBLEMS } from '../services/api/problems.ts'
import { importUpload } from '../services/commands/import-upload.ts'
import { openTimeline } from '../services/timeline.ts'

interface Page {
  events: TimelineEvent[]
  next: string | null
}

const data = t.testdir()
const logger = pino({ level: 'silent' })
const timeline = openTimeline(data, logger)
const ports: ServerPorts = {
  eventIndex: timeline.eventIndex,
  logger,
  workspaces: ['main', 'other'],
  importUpload: (workspace, upload) => importUpload(timeline, data, workspace, upload),
  unready: async () => undefined,
  version: '1.2.3',
}
const app = await buildServer(ports)
t.teardown(async () => {
  await app.close()
  await timeline.close()
})

const ask = async <T>(
  url: string,
  more: InjectOptions = {},
): Promise<{ status: number; body: T; headers: Record<string, unknown> }> => {
  const answer = await app.inject({ url, ...more })
  return { status: answer.statusCode, body: answer.json<T>(), headers: answer.headers }
}
const post = (query: string, payload?: Buffer | string, headers = {}) =>
  ask<Ledger>(`/v1/imports?${query}`, {
    method: 'POST',
    headers,
    ...(payload !== undefined && { payload }),
  })

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
    workspaces: ['main', 'other'],
    default: 'main',
  })
  t.match((await ask('/v1/sources')).body, {
    sources: [{ source: 'copy.log', events: 25, kinds: { log: 25 } }],
  })
  t.match((await ask('/livez')).body, { status: 'ok', version: '1.2.3' })
  t.match((await ask('/readyz')).body, { status: 'ok' })
})

const reached = new Set<string>()

await t.test('what is wrong is answered with a code of the table', async (t) => {
  const { body: page } = await ask<Page>('/v1/timeline?limit=1')
  // A better zone for the stamps of this source moves them: old cursors are of another timeline.
  await post(
    'workspace=other&name=moved',
    '2024-08-01 10:00:00 INFO moved\n2024-08-01 10:00:01 INFO moved too\n',
  )
  const { body: old } = await ask<Page>('/v1/timeline?workspace=other&limit=1')
  await post(
    `workspace=other&name=moved&zone=${encodeURIComponent('-04:00')}`,
    '2024-08-01 10:00:00 INFO moved\n2024-08-01 10:00:01 INFO moved too\n',
  )
  const table: [string, string, InjectOptions?][] = [
    ['/v1/timeline?limit=0', 'invalid-request'],
    ['/v1/timeline?limit=1001', 'invalid-request'],
    ['/v1/timeline?limit=x', 'invalid-request'],
    ['/v1/timeline?limit=1.5', 'invalid-request'],
    ['/v1/timeline?order=up', 'invalid-request'],
    ['/v1/timeline?workspace=../x', 'invalid-request'],
    ['/v1/timeline?workspace=nobody', 'unknown-workspace'],
    [`/v1/timeline?q=${'x'.repeat(2001)}`, 'invalid-request'],
    ['/v1/timeline?from=yesterday', 'invalid-request'],
    ['/v1/timeline?from=2024-02-30', 'invalid-instant'],
    ['/v1/timeline/histogram?to=2024-05-01T25:00:00Z', 'invalid-instant'],
    ['/v1/timeline/histogram?interval=90', 'invalid-interval'],
    ['/v1/timeline/histogram?interval=0', 'invalid-request'],
    ['/v1/timeline?cursor=nonsense', 'invalid-cursor'],
    [`/v1/timeline?cursor=${page.next!.slice(3)}`, 'invalid-cursor'],
    [`/v1/timeline?workspace=other&cursor=${old.next!}`, 'timeline-changed'],
    ['/v1/events/nobody', 'unknown-event'],
    [`/v1/events/${encodeURIComponent("' or 1=1 --\0")}`, 'unknown-event'],
    ['/v1/events/x?workspace=nobody', 'unknown-workspace'],
    ['/v1/nothing', 'not-found'],
    ['/v1/timeline', 'not-found', { method: 'DELETE' }],
    ['/v1/imports', 'invalid-request', { method: 'POST' }],
    ['/v1/imports?zone=Mars/Base', 'invalid-zone', { method: 'POST', payload: 'x' }],
    ['/v1/imports?workspace=nobody', 'unknown-workspace', { method: 'POST', payload: 'x' }],
    [`/v1/imports?name=${'x'.repeat(1001)}`, 'invalid-request', { method: 'POST', payload: 'x' }],
    ['/v1/imports?source=', 'invalid-request', { method: 'POST', payload: 'x' }],
    ['/%', 'invalid-request'],
  ]
  for (const [url, code, more] of table) {
    const { status, body, headers } = await ask<Record<string, unknown>>(url, more)
    const [expected, title] = PROBLEMS[code as keyof typeof PROBLEMS]
    const name = `${more?.method ?? 'GET'} ${url.slice(0, 60)}`
    t.strictSame(
      [status, body['code'], body['status'], body['title']],
      [expected, code, expected, title],
      name,
    )
    t.match(headers['content-type'], /^application\/problem\+json/, name)
    t.match(body, { type: `urn:recount:problem:${code}`, detail: /\w/ }, name)
    reached.add(code)
  }
})

await t.test('what fails below is answered without its innards', async (t) => {
  const failing = async (
    error: Error,
  ): Promise<{ status: number; body: Record<string, unknown> }> => {
    const eventIndex = { ...timeline.eventIndex, sources: () => Promise.reject(error) }
    const broken = await buildServer({
      ...ports,
      eventIndex,
      unready: async () => 'the index: gone',
    })
    const answer = await broken.inject(error instanceof Unavailable ? '/readyz' : '/v1/sources')
    await broken.close()
    reached.add(answer.json<{ code: string }>().code)
    return { status: answer.statusCode, body: answer.json() }
  }
  t.match(await failing(new Unavailable('')), {
    status: 503,
    body: { code: 'unavailable', detail: 'the index: gone' },
  })
  const { status, body } = await failing(new Error('secret /path'))
  t.match({ status, body }, { status: 500, body: { code: 'internal-error' } })
  t.notMatch(JSON.stringify(body), /secret/)
  const rest = Object.keys(PROBLEMS).filter((code) => !reached.has(code))
  // 10 GiB are too much for a test, and /v1/imports, the only route with a body, takes every type.
  t.strictSame(rest, ['too-large', 'unsupported-media-type'], 'all other codes were reached')
})

await t.test('the description names every route, and nothing that is not there', async (t) => {
  interface OpenApi {
    openapi: string
    paths: Record<string, Record<string, { summary?: string; responses: Record<string, unknown> }>>
  }
  const { body } = await ask<OpenApi>('/openapi.json')
  t.match(body.openapi, /^3\.1/)
  const routes = Object.entries(body.paths).flatMap(([path, of]) =>
    Object.keys(of).map((method) => `${method} ${path}`),
  )
  t.strictSame(routes.sort(), [
    'get /livez',
    'get /readyz',
    'get /v1/events/{id}',
    'get /v1/sources',
    'get /v1/timeline',
    'get /v1/timeline/histogram',
    'get /v1/workspaces',
    'post /v1/imports',
  ])
  for (const [path, of] of Object.entries(body.paths))
    for (const { summary, responses } of Object.values(of)) {
      t.ok(summary, `${path} has a summary`)
      t.ok(Object.keys(responses).length > 0, `${path} has a response`)
    }
  const at = (pointer: string): unknown =>
    pointer
      .slice(2)
      .split('/')
      .reduce<unknown>(
        (here, key) => (here as Record<string, unknown> | undefined)?.[key.replaceAll('~1', '/')],
        body,
      )
  for (const [, ref] of JSON.stringify(body).matchAll(/"\$ref":"([^"]+)"/g)) t.ok(at(ref!), ref!)
})

await t.test('every answer forbids what a page could do with it', async (t) => {
  for (const url of ['/v1/timeline', '/livez', '/v1/nothing', '/openapi.json']) {
    const { headers } = await app.inject(url)
    t.equal(headers['x-content-type-options'], 'nosniff', url)
    t.match(headers['content-security-policy'], /default-src 'none'.*frame-ancestors 'none'/, url)
    t.notMatch(headers['content-security-policy'], /unsafe|\*/, url)
  }
})
