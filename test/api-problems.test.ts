import t from 'tap'
import { buildServer } from '../services/api/build-server.ts'
import { PROBLEMS } from '../services/api/problems.ts'
import type { InjectOptions } from 'fastify'
import { served, type Page } from './support/served.ts'
import { Unavailable } from '../services/unavailable.ts'

const { app, ports, ask, post } = await served(t)

const reached = new Set<string>()

await t.test('what is wrong is answered with a code of the table', async (t) => {
  await post('', '2024-05-01T10:00:00Z INFO a\n2024-05-01T10:00:01Z INFO b\n')
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
    ['/v1/timeline?form=2024-05-01', 'invalid-request'],
    ['/v1/imports?sauce=x', 'invalid-request', { method: 'POST', payload: 'x' }],
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
    ['/v1/windows/nobody', 'unknown-window'],
    ['/v1/windows/nobody/draft', 'unknown-window', { method: 'POST', payload: {} }],
    [
      '/v1/windows',
      'forbidden-origin',
      { method: 'POST', payload: {}, headers: { origin: 'https://evil.example' } },
    ],
    ['/v1/nothing', 'not-found'],
    ['/v1/timeline', 'not-found', { method: 'DELETE' }],
    ['/v1/imports', 'invalid-request', { method: 'POST' }],
    ['/v1/imports?workspace=sample', 'unknown-workspace', { method: 'POST', payload: 'x' }],
    ['/v1/timeline', 'forbidden-origin', { headers: { host: 'evil.example' } }],
    ['/v1/timeline', 'forbidden-origin', { headers: { host: 'localhost.evil.example:80' } }],
    ['/livez', 'forbidden-origin', { headers: { host: 'recount.example', origin: 'null' } }],
    [
      '/v1/sources',
      'forbidden-origin',
      { headers: { host: 'recount.example', origin: 'https://recount.example.evil.example' } },
    ],
    ['/livez', 'forbidden-origin', { headers: { origin: 'https://evil.example' } }],
    [
      '/v1/imports',
      'forbidden-origin',
      { method: 'POST', payload: 'x', headers: { origin: 'null' } },
    ],
    ['/v1/imports?zone=Mars/Base', 'invalid-zone', { method: 'POST', payload: 'x' }],
    ['/v1/imports?workspace=nobody', 'unknown-workspace', { method: 'POST', payload: 'x' }],
    [`/v1/imports?name=${'x'.repeat(1001)}`, 'invalid-request', { method: 'POST', payload: 'x' }],
    ['/v1/imports?source=', 'invalid-request', { method: 'POST', payload: 'x' }],
    ['/v1/imports?zone=', 'invalid-request', { method: 'POST', payload: 'x' }],
    [
      '/v1/sources/time?source=nobody',
      'unknown-source',
      { method: 'PUT', payload: { zone: 'UTC' } },
    ],
    ['/v1/sources/time?source=x', 'invalid-request', { method: 'PUT', payload: {} }],
    ['/v1/sources/time?source=x', 'invalid-request', { method: 'PUT', payload: { clock: 7 } }],
    ['/v1/sources/time', 'invalid-request', { method: 'PUT', payload: { zone: 'UTC' } }],
    [
      '/v1/sources/time?workspace=other&source=moved',
      'invalid-zone',
      { method: 'PUT', payload: { zone: 'Mars/Base' } },
    ],
    [
      '/v1/sources/time?source=x',
      'unsupported-media-type',
      { method: 'PUT', payload: 'x', headers: { 'content-type': 'text/csv' } },
    ],
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

await t.test('a proxy asks under the name that is allowed, and probes under any', async (t) => {
  const status = async (url: string, headers: Record<string, string>): Promise<number> =>
    (await app.inject({ url, headers })).statusCode
  t.equal(await status('/v1/sources', { host: 'Recount.example' }), 200)
  const origin = 'https://recount.example'
  t.equal(await status('/v1/sources', { host: 'recount.example', origin }), 200)
  t.equal(await status('/readyz', { host: '10.0.0.5:8080' }), 200)
  t.equal(await status('/v1/sources', { host: '10.0.0.5:8080' }), 403)
})

await t.test('more imports than wait for one another are sent away for a while', async (t) => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      post('workspace=other', `2024-05-02T10:00:${10 + n}Z INFO x\n`),
    ),
  )
  const away = answers.filter((a) => a.status === 429)
  t.equal(answers.filter((a) => a.status === 201).length, 16)
  t.equal(away.length, 4)
  t.match(away[0], { body: { code: 'busy' }, headers: { 'retry-after': /^\d+$/ } })
  reached.add('busy')
})

await t.test('what fails below is answered without its innards', async (t) => {
  const failing = async (
    error: Error,
  ): Promise<{ status: number; body: Record<string, unknown> }> => {
    const eventIndex = { ...ports.eventIndex, sources: () => Promise.reject(error) }
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
  // 10 GiB are too much for a test.
  t.strictSame(rest, ['too-large'], 'all other codes were reached')
})

await t.test('the description names every route, and nothing that is not there', async (t) => {
  interface OpenApi {
    openapi: string
    paths: Record<
      string,
      Record<string, { summary?: string; requestBody?: object; responses: Record<string, unknown> }>
    >
  }
  const { body } = await ask<OpenApi>('/openapi.json')
  t.match(body.openapi, /^3\.1/)
  const routes = Object.entries(body.paths).flatMap(([path, of]) =>
    Object.keys(of).map((method) => `${method} ${path}`),
  )
  t.strictSame(routes.sort(), [
    'get /livez',
    'get /metrics',
    'get /readyz',
    'get /v1/events/{id}',
    'get /v1/sources',
    'get /v1/sources/suggestions',
    'get /v1/sources/time',
    'get /v1/timeline',
    'get /v1/timeline/histogram',
    'get /v1/windows',
    'get /v1/windows/proposals',
    'get /v1/windows/{id}',
    'get /v1/workspaces',
    'post /v1/imports',
    'post /v1/windows',
    'post /v1/windows/{id}/draft',
    'put /v1/sources/time',
  ])
  for (const [path, of] of Object.entries(body.paths))
    for (const { summary, responses } of Object.values(of)) {
      t.ok(summary, `${path} has a summary`)
      t.ok(Object.keys(responses).length > 1, `${path} has a response`)
      t.match(responses['default'], { content: { 'application/problem+json': {} } }, path)
    }
  t.ok(body.paths['/v1/imports']!['post']!.requestBody, 'an import has a body')
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
