import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Draft } from '../schemas/draft.ts'
import type { Window } from '../schemas/window.ts'
import { readConfig } from '../services/config.ts'
import { on, type Run } from './support/eventful.ts'
import { folder } from './support/recount.ts'
import { served } from './support/served.ts'

const line = (n: number, level: string, text: string): string =>
  `2024-05-01T10:${String(Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}Z ${level} ${text}\n`
const LINES = Array.from({ length: 600 }, (_, n) =>
  n === 400 ? line(n, 'ERROR', 'ledger is not writable') : line(n, 'INFO', `posted ${n}`),
).join('')
const WINDOW = ['--from', '2024-05-01T10:00:00Z', '--to', '2024-05-01T10:20:00Z']

/** A data folder that holds these files, and a way to run commands on it in this process. */
async function filled(
  t: Test,
  files: Record<string, string>,
): Promise<{ cwd: string; run: Run; env: Record<string, string> }> {
  const cwd = folder(t, files)
  const env = { RECOUNT_DATA: join(cwd, 'data') }
  const run = on(env)
  for (const name in files) t.equal((await run('import', join(cwd, name))).status, 0)
  return { cwd, run, env }
}

t.test('draft prints Markdown, JSON and HTML, and says what is wrong with a wish', async (t) => {
  const { cwd, run } = await filled(t, { 'app.log': LINES })
  const controls = [
    { title: 'the nightly check', query: 'checked' },
    { title: 'any posting', query: 'posted' },
  ]
  writeFileSync(join(cwd, 'controls.json'), JSON.stringify(controls))
  const json = await run(
    'draft',
    ...WINDOW,
    '--format',
    'json',
    '--controls',
    join(cwd, 'controls.json'),
  )
  t.equal(json.status, 0)
  const made = JSON.parse(json.out) as Draft
  t.match(made.entries, [
    { at: '2024-05-01T10:06:40Z', claim: 'failure', evidence: [{ source: 'app.log' }] },
  ])
  t.match(made.coverage.questions, [{ code: 'expected-but-absent', text: /nightly check/ }])
  t.equal(made.coverage.questions.length, 1)
  t.match(
    (await run('draft', ...WINDOW)).out,
    /^\* 2024-05-01 10:06:40 UTC – .*ledger is not writable/m,
  )
  t.match((await run('draft', ...WINDOW, '--format', 'html')).out, /^<!doctype html>/)
  t.match(
    (await run('draft', '--from', '2030-01-01', '--to', '2030-01-02')).out,
    'Nothing in this window',
  )
  for (const [args, says] of [
    [['draft', '--from', 'x', '--to', 'y'], /--from x is no instant/],
    [['draft', ...WINDOW, '--entries', '0'], /--entries 0 is no whole number from 1/],
    [['draft', ...WINDOW, '--controls', join(cwd, 'none.json')], /none\.json cannot be read/],
    [['draft', ...WINDOW, '--controls', join(cwd, 'app.log')], /app\.log cannot be read/],
    [['draft', ...WINDOW, '--reword'], /RECOUNT_MODEL_URL/],
  ] as const) {
    const { status, err } = await run(...args)
    t.equal(status, 2)
    t.match(err, says)
  }
})

t.test('what led up to a window and came after goes with it, as far as is asked for', async (t) => {
  const commit = (day: string, n: number): string =>
    `commit ${String(n).repeat(40)}\nAuthor: Ada Quill <ada@shop.example>\nDate:   ${day} 2024 +0000\n\n    deploy the ledger ${n}\n\n`
  const { run } = await filled(t, {
    'app.log': LINES,
    'git.log':
      commit('Thu May 2 09:00:00', 3) +
      commit('Wed May 1 09:00:00', 2) +
      commit('Tue Apr 30 09:00:00', 1),
  })
  const phases = async (...args: string[]): Promise<string[]> => {
    const { status, out } = await run('draft', ...WINDOW, '--format', 'json', ...args)
    t.equal(status, 0)
    return (JSON.parse(out) as Draft).entries.map(({ phase, at }) => `${phase} ${at.slice(0, 10)}`)
  }
  const during = 'during 2024-05-01'
  t.strictSame(await phases('--lead', '59', '--trail', '0'), [during])
  t.strictSame(await phases(), ['before 2024-05-01', during, 'after 2024-05-02'])
  t.strictSame(await phases('--lead', '2000', '--trail', '60'), [
    'before 2024-04-30',
    'before 2024-05-01',
    during,
  ])
  const { status, err } = await run('draft', ...WINDOW, '--lead', '1h')
  t.equal(status, 2)
  t.match(err, '--lead 1h is no whole number')
})

t.test('what came through two channels is one line of a draft, counted once', async (t) => {
  const entry = (n: number): string =>
    JSON.stringify({
      __CURSOR: `i=${n}`,
      __REALTIME_TIMESTAMP: String(Date.UTC(2024, 4, 1, 10, 8, n, 500) * 1000),
      _HOSTNAME: 'db1',
      SYSLOG_IDENTIFIER: 'ledgerd',
      _PID: '7',
      PRIORITY: '3',
      MESSAGE: `shelf ${n} is gone`,
    })
  const lines = Array.from({ length: 6 }, (_, n) => n)
  const { run } = await filled(t, {
    'app.log': LINES.replace('ERROR', 'INFO'),
    'db1.log': lines
      .map((n) => `2024-05-01T10:08:0${n}Z db1 ledgerd[7]: shelf ${n} is gone\n`)
      .join(''),
    'journal.json': lines.map((n) => `${entry(n)}\n`).join(''),
  })
  const { out } = await run('draft', ...WINDOW, '--format', 'json')
  const { entries, coverage } = JSON.parse(out) as Draft
  t.match(entries, [{ claim: 'failure', count: 6, text: /^ledgerd on db1 logged an error/ }])
  t.equal(entries.length, 1)
  t.equal(coverage.events, 612)
})

t.test('a language model words the lines where it is asked to', async (t) => {
  const { env: data } = await filled(t, { 'app.log': LINES })
  let asked: { model?: string; messages?: { content: string }[] } = {}
  let broken = false
  const model = createServer((request, response) => {
    void (async () => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      asked = JSON.parse(Buffer.concat(parts).toString()) as typeof asked
      const lines = JSON.parse(asked.messages?.[1]?.content ?? '[]') as string[]
      const content = JSON.stringify(lines.map((text) => text.replace('logged', 'wrote')))
      response.writeHead(broken ? 500 : 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ choices: [{ message: { content } }] }))
    })()
  }).listen(0, '127.0.0.1')
  await once(model, 'listening')
  t.teardown(() => model.close())
  const url = `http://127.0.0.1:${(model.address() as AddressInfo).port}/v1`
  const worded = on({ ...data, RECOUNT_MODEL_URL: url, RECOUNT_MODEL: 'small' })
  t.match((await worded('draft', ...WINDOW)).out, 'logged an error')
  t.strictSame(asked, {}, 'it is off until it is asked for')
  t.match((await worded('draft', ...WINDOW, '--reword')).out, 'wrote an error')
  t.equal(asked.model, 'small')
  broken = true
  const { status, out, err } = await worded('draft', ...WINDOW, '--reword')
  t.equal(status, 1)
  t.match(out, 'logged an error')
  t.match(err, /status 500: the draft is in its own words/)
  t.throws(() => readConfig({ RECOUNT_MODEL_URL: url }), /RECOUNT_MODEL is missing/)
  t.throws(
    () => readConfig({ RECOUNT_MODEL_URL: 'x', RECOUNT_MODEL: 'm' }),
    /RECOUNT_MODEL_URL must be like/,
  )
})

t.test('windows are made, listed and drafted over HTTP, and kept on the bus', async (t) => {
  const { ask, post, timeline } = await served(t)
  await post('name=app.log', LINES)
  const payload = { title: 'Ledger', from: '2024-05-01T10:00:00Z', to: '2024-05-01T10:20:00Z' }
  const put = async (body: object): Promise<{ status: number; body: Window & { code?: string } }> =>
    ask('/v1/windows', { method: 'POST', payload: body })
  const { status, body: window } = await put(payload)
  t.equal(status, 201)
  t.match(window, { ...payload, before: 1440, after: 1440 })
  t.strictSame((await ask('/v1/windows')).body, { windows: [window] })
  t.strictSame((await ask(`/v1/windows/${window.id}`)).body, window)
  const made = await ask<Draft>(`/v1/windows/${window.id}/draft`, {
    method: 'POST',
    payload: { entries: 3 },
  })
  t.equal(made.status, 200)
  t.match(made.body.entries, [{ claim: 'failure', at: '2024-05-01T10:06:40Z' }])
  t.match((await put({ ...payload, to: 'never' })).body, { code: 'invalid-instant' })
  t.match((await put({ ...payload, to: payload.from })).body, { code: 'invalid-request' })
  t.match((await ask('/v1/windows/none')).body, { code: 'unknown-window' })
  t.match((await ask('/v1/windows/none/draft', { method: 'POST', payload: {} })).body, {
    code: 'unknown-window',
  })
  t.strictSame((await ask('/v1/windows/proposals')).body, { windows: [] })
  // The normalizer reads past what is no record.
  await timeline.settled('main')
  t.equal((await ask<{ events: [] }>('/v1/timeline?limit=1')).status, 200)
})

t.test('windows proposes nothing for a quiet timeline, and a window for a burst', async (t) => {
  const burst = Array.from({ length: 40 }, (_, n) => line(500 + n, 'ERROR', `lost ${n}`)).join('')
  const { cwd, run } = await filled(t, { 'app.log': LINES })
  writeFileSync(join(cwd, 'b.log'), burst)
  t.match((await run('windows')).out, 'No alert fired')
  t.equal((await run('import', join(cwd, 'b.log'))).status, 0)
  t.match((await run('windows')).out, /^recount draft --from 2024-05-01T09:55:00Z --to /)
  const { windows } = JSON.parse((await run('windows', '--json')).out) as {
    windows: object[]
  }
  t.match(windows, [{ errors: 41, alerts: 0 }])
})
