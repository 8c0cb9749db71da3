import { randomBytes } from 'node:crypto'
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { DatabaseSync } from '@photostructure/sqlite'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { maskFor } from '../schemas/erasure.ts'
import type { Ledger } from '../schemas/ledger.ts'
import type { TimelineEvent } from '../schemas/timeline-event.ts'
import type { Sized } from '../services/backup/decode.ts'
import { inForce } from '../services/backup/in-force.ts'
import type { Topic } from '../services/bus/bus.ts'
import { embeddedBus } from '../services/bus/embedded.ts'
import type { Command, Setting } from '../services/commands/command.ts'
import { deadLettersListCommand } from '../services/commands/dead-letters.ts'
import { deleteCommand, redactCommand } from '../services/commands/erase.ts'
import { timelineCommand } from '../services/commands/timeline.ts'
import { TimelineChanged } from '../services/event-index/event-index.ts'
import { openTimeline, type Timeline } from '../services/timeline.ts'
import { inputOf } from './support/generated.ts'
import { folder, imported, line, LOG, recount, serving, wrongSums } from './support/recount.ts'

const main = 'main'
const open = (t: Test, data: string): Timeline => {
  const timeline = openTimeline(data, pino({ level: 'silent' }))
  t.teardown(() => timeline.close())
  return timeline
}

const importFiles = (
  timeline: Timeline,
  files: Readonly<Record<string, string>>,
  workspace = main,
): Promise<Ledger> =>
  timeline.importFiles(workspace, {
    async *inputs() {
      for (const [path, text] of Object.entries(files)) yield inputOf(path, [Buffer.from(text)])
    },
    nowMs: Date.UTC(2024, 5, 1),
  })

/** Runs a command in this process; resolves to what it printed. */
async function run<O>(timeline: Timeline, command: Command<O>, options: O): Promise<string> {
  let printed = ''
  const setting: Setting = {
    timeline,
    workspace: main,
    nowMs: 0,
    terminal: false,
    async *files() {},
    out: async (text) => void (printed += String(text)),
    notes: async (text) => void (printed += text),
  }
  const status = await command(setting, options)
  if (status !== 0) throw new Error(`${status}: ${printed}`)
  return printed
}

async function events({ eventIndex }: Timeline): Promise<TimelineEvent[]> {
  const { events } = await eventIndex.page(main, { limit: 1000, order: 'asc' })
  return JSON.parse(`[${Buffer.from(events).toString()}]`) as TimelineEvent[]
}

/** A log that names no host, a second a line: only its place among known files tells its stream. */
const logOf = (lines: number): string[] =>
  Array.from({ length: lines }, (_, n) => {
    const clock = new Date(Date.UTC(2024, 4, 1, 10) + n * 1000).toISOString().slice(0, 19)
    return `${clock.replace('T', ' ')} INFO line ${n}\n`
  })

t.test('of 1,000 deleted events none comes back', async (t) => {
  const data = t.testdir()
  const timeline = open(t, data)
  const lines = logOf(1500)
  await importFiles(timeline, { 'app.log': lines.join('') })
  const before = await events(timeline)
  const to = (await events(timeline))[999]!['@timestamp']
  t.match(
    await run(timeline, deleteCommand, { to, kind: ['log'], yes: true }),
    /^999 events will be deleted for ever:\n(?: {2}\S+~ .*\n){10} {2}…\n999 events deleted\.\n$/,
  )
  await run(timeline, deleteCommand, { id: [before[999]!.event.id], yes: true })
  const isGone = async (why: string): Promise<void> => {
    const { eventIndex } = timeline
    const found = await events(timeline)
    t.equal(found.length, 500, why)
    t.equal(found[0]!.message, 'line 1000', why)
    t.equal((await eventIndex.page(main, { limit: 9, order: 'asc', q: 'line -1000' })).count, 9)
    t.equal((await eventIndex.page(main, { limit: 9, order: 'asc', q: '"line 7"' })).count, 0, why)
    t.equal((await eventIndex.events(main, [before[0]!.event.id])).size, 0)
  }
  await isGone('deleted')
  const again = async (path: string, text: string[], deleted: number): Promise<void> => {
    const ledger = await importFiles(timeline, { [path]: text.join('') })
    t.strictSame(wrongSums(ledger), [], path)
    t.match(ledger, { events: 0, merged: text.length - deleted, rejected: deleted }, path)
    t.strictSame(ledger.files[0]!.reasons, deleted > 0 ? { deleted } : {})
    await isGone(path)
  }
  await again('app.log', lines, 1000)
  await again('copy/messages', lines, 1000)
  await again('beginning', lines.slice(0, 300), 300)
  await again('tail of what is gone', lines.slice(700), 300)
  await again('only what is gone', lines.slice(400, 900), 500)
  await timeline.remove(main, { path: 'app.log' })
  await again('app.log', lines, 1000)
  await timeline.rebuild(main)
  await isGone('rebuilt')
  t.equal(
    await run(timeline, deleteCommand, { to, yes: true }),
    'There is nothing to be deleted.\n',
  )
  t.equal(
    await run(timeline, deadLettersListCommand, { format: 'jsonl' }),
    '',
    'and none is kept as refused',
  )
  const backup: Sized[] = []
  for await (const message of inForce(timeline.bus, main)) backup.push({ ...message, size: 1 })
  await timeline.restore('other', async function* () {
    yield* backup
  })
  const { count } = await timeline.eventIndex.page('other', { limit: 1000, order: 'asc' })
  t.equal(count, 500, 'from a backup')
  const sentAgain = await importFiles(timeline, { 'app.log': lines.join('') }, 'other')
  t.match(sentAgain, { events: 0, rejected: 1000 })
  await timeline.close()
  mkdirSync(join(data, 'restored/main'), { recursive: true })
  cpSync(join(data, 'main/log.sqlite'), join(data, 'restored/main/log.sqlite'))
  const restored = open(t, join(data, 'restored'))
  await restored.settled(main)
  t.equal((await events(restored)).length, 500, 'from the log alone')
  t.match(await importFiles(restored, { 'app.log': lines.join('') }), { events: 0, rejected: 1000 })
})

/** Random letters: what is compressed has them nowhere else. */
const CANARY = `Zq${randomBytes(12).toString('hex')}`
const said = (text: string, edited?: string): string =>
  JSON.stringify({
    ok: true,
    messages: [
      {
        type: 'message',
        user: 'U1',
        text,
        ts: '1714557650.000400',
        channel: 'C0INCIDEN',
        ...(edited && { edited: { user: 'U1', ts: edited } }),
      },
      {
        type: 'message',
        user: 'U2',
        text: 'nothing to hide',
        ts: '1714557651.000400',
        channel: 'C0INCIDEN',
      },
    ],
  })
const FILES: Record<string, string> = {
  'app.log': `${line(0)}\n${line(1, `login with ${CANARY} from 10.0.0.1`)}\n${line(2)}\n2024-02-30T00:00:00Z INFO ${CANARY}\n2024-02-31T00:00:00Z INFO other\n`,
  'app.jsonl': `${JSON.stringify({ time: '2024-05-01T10:00:03Z', level: 'info', msg: 'hello', user: CANARY, url: `http://x/?t=${CANARY}`, [CANARY]: 1 })}\n${JSON.stringify({ time: '2024-05-01T10:00:04Z', level: 'info', msg: 'bye', user: 'ada' })}\n`,
  syslog: `May  1 10:00:05 ${CANARY} app[7]: up\nMay  1 10:00:06 web01 app[7]: up\n`,
  'a.json': said(`the password is ${CANARY}`),
  'b.json': said('(removed)', '1714557700.000000'),
}

t.test('what was redacted is nowhere in the data folder, and stays away', async (t) => {
  const data = t.testdir()
  const timeline = open(t, data)
  await importFiles(timeline, FILES)
  // Moved rows leave copies behind in pages of the index that are free.
  await importFiles(timeline, { 'copies/app.log': FILES['app.log']! })
  const before = await events(timeline)
  const chat = before.find(({ timeline }) => timeline.history)
  t.match(chat?.timeline.history, [`the password is ${CANARY}`])
  const cursor = (await timeline.eventIndex.page(main, { limit: 1, order: 'asc' })).next!
  const where = async (): Promise<string[]> => {
    const topics: Topic[] = ['records', 'rejections', 'contexts', 'removals', 'erasures', 'imports']
    const found: string[] = []
    for await (const { topic, value } of timeline.bus.read(main, topics))
      if (JSON.stringify(value).includes(CANARY)) found.push(topic)
    for (const format of ['text', 'jsonl', 'csv', 'md'] as const)
      if ((await run(timeline, timelineCommand, { format, fold: true })).includes(CANARY))
        found.push(format)
    for (const q of [CANARY, `user:${CANARY}`, `host:${CANARY}`])
      if ((await timeline.eventIndex.page(main, { limit: 1, order: 'asc', q })).count > 0)
        found.push(q)
    if (JSON.stringify(await timeline.eventIndex.sources(main)).includes(CANARY))
      found.push('sources')
    for (const format of ['text', 'jsonl'] as const)
      if ((await run(timeline, deadLettersListCommand, { format })).includes(CANARY))
        found.push('dead letters')
    for (const name of readdirSync(join(data, main))) {
      const bytes = readFileSync(join(data, main, name))
        .toString('latin1')
        .toLowerCase()
      if (bytes.includes(CANARY.toLowerCase())) found.push(name)
      if (bodies.some((body) => bytes.includes(body.toLowerCase())))
        found.push(`compressed in ${name}`)
    }
    return [...new Set(found)].sort()
  }
  const bodies = compressed(join(data, main, 'log.sqlite'))
  const everywhere = await where()
  for (const name of [
    'records',
    'rejections',
    'text',
    'jsonl',
    'csv',
    'md',
    'sources',
    'dead letters',
  ])
    t.ok(everywhere.includes(name), `it is in ${name} before`)
  for (const name of [`user:${CANARY}`, `host:${CANARY}`, CANARY]) t.ok(everywhere.includes(name))
  for (const name of [/^index\.sqlite/, /^compressed in log\.sqlite/])
    t.ok(
      everywhere.some((each) => name.test(each)),
      `it is in ${name} before`,
    )
  const preview = run(timeline, redactCommand, { text: CANARY })
  t.match(await preview.catch((error: Error) => error.message), /^Nothing was redacted: add --yes/)
  const printed = await run(timeline, redactCommand, { text: CANARY, yes: true })
  t.match(printed, /^4 events and 1 dead letter will be redacted for ever:\n/)
  t.match(printed, /app\.log {2}info: login with \[redacted\] from 10\.0\.0\.1\n/)
  t.match(printed, /app\.log:4: impossible-time: .* INFO \[redacted\]\n/)
  t.match(printed, /\n4 events and 1 dead letter redacted\.\n$/)
  t.notMatch(printed, CANARY)
  t.strictSame(await where(), [])
  const page = timeline.eventIndex.page(main, { limit: 1, order: 'asc', cursor })
  t.ok((await page.catch((error: unknown) => error)) instanceof TimelineChanged)
  const after = await events(timeline)
  t.strictSame(
    after.map(({ event }) => event.id).sort(),
    before.map(({ event }) => event.id).sort(),
    'the events are still there',
  )
  const text = (all: unknown): string => JSON.stringify(all)
  for (const event of before) {
    const now = after.find((e) => e.event.id === event.event.id)
    if (!text(event).includes(CANARY)) t.strictSame(now, event, 'others are as they were')
    else t.match(text(now), '[redacted]')
  }
  t.strictSame(after.find(({ timeline }) => timeline.history)?.timeline.history, [
    'the password is [redacted]',
  ])
  const ledger = await importFiles(timeline, { ...FILES, 'other/name.log': FILES['app.log']! })
  t.strictSame(wrongSums(ledger), [])
  t.match(ledger, { events: 0, rejected: 4 })
  t.strictSame(await where(), [], 'imported again')
  t.equal((await events(timeline)).length, before.length)
  const seen = await events(timeline)
  await timeline.rebuild(main)
  t.strictSame(await events(timeline), seen, 'a rebuild gives the same')
  t.strictSame(await where(), [])
  t.match(await run(timeline, redactCommand, { text: '10.0.0.1', yes: true }), /^1 event will/)
  await importFiles(timeline, FILES)
  const [login] = (await events(timeline)).filter(({ message }) => message.startsWith('login'))
  t.equal(login?.message, 'login with [redacted] from [redacted]', 'a second text in the same line')
  t.strictSame(await where(), [])
  t.strictSame((await timeline.bus.check(main)).wrong, [])
  t.strictSame(await timeline.eventIndex.check(main), [])
})

/** The compressed messages that hold the canary, but for their heads. */
function compressed(path: string): string[] {
  const db = new DatabaseSync(path, { readOnly: true })
  const rows = db.prepare('select body from log').all() as { body: Uint8Array }[]
  db.close()
  return rows
    .filter(({ body }) => brotliDecompressSync(body).includes(CANARY))
    .map(({ body }) => Buffer.from(body).subarray(40).toString('latin1'))
}

t.test('filters narrow what is redacted, and dead letters go by id', async (t) => {
  const timeline = open(t, t.testdir())
  await importFiles(timeline, FILES)
  const { level: _, ...window } = { level: 0, to: '2024-05-01T10:00:02Z', yes: true }
  t.match(await run(timeline, redactCommand, { text: CANARY, ...window }), /^1 event will be/)
  t.match(await run(timeline, redactCommand, { text: CANARY, ...window }), /^There is nothing/)
  const letters = async (): Promise<{ id: string; raw: string }[]> =>
    (await run(timeline, deadLettersListCommand, { format: 'jsonl' }))
      .split('\n')
      .flatMap((l) => (l === '' ? [] : [JSON.parse(l) as { id: string; raw: string }]))
  const [first, second] = await letters()
  t.match(first?.raw, CANARY, 'with a filter dead letters stay')
  t.match(
    await run(timeline, deleteCommand, { id: [first!.id], yes: true }),
    /\n1 dead letter deleted\.\n$/,
  )
  t.strictSame(await letters(), [second])
  const ledger = await importFiles(timeline, FILES)
  t.match(ledger, { events: 0, rejected: 2 })
  t.strictSame(wrongSums(ledger), [])
  t.strictSame(await letters(), [second], 'it is counted, and not kept again')
  const gone = await events(timeline)
  await timeline.remove(main, { path: 'app.jsonl' })
  const id = gone.find(({ message }) => message === 'bye')!.event.id
  t.match(await run(timeline, deleteCommand, { id: [id], yes: true }), /\n {2}bye\n1 event deleted/)
  t.match(await importFiles(timeline, { 'app.jsonl': FILES['app.jsonl']! }), {
    events: 1,
    rejected: 1,
  })
})

t.test('a removed row that an edit or a copy has moved leaves nothing behind either', async (t) => {
  const data = t.testdir()
  const timeline = open(t, data)
  const many = Array.from({ length: 800 }, (_, n) => {
    const at = new Date(Date.UTC(2024, 4, 1, 10) + n * 1000).toISOString()
    return `${at} INFO ${n % 3 === 0 ? `${CANARY} ` : ''}${'x'.repeat(n % 90)} ${n}\n`
  }).join('')
  // Every copy moves all rows to the end of the index.
  for (const n of [1, 2, 3]) await importFiles(timeline, { [`${n}/app.log`]: many })
  for (let part = 0; part < 3; part++) {
    const from =
      new Date(Date.UTC(2024, 4, 1, 10) + part * 300_000).toISOString().slice(0, 19) + 'Z'
    await run(timeline, deleteCommand, { query: CANARY, from, yes: true }).catch(() => undefined)
  }
  await run(timeline, deleteCommand, { query: CANARY, yes: true })
  for (const name of readdirSync(join(data, main)))
    t.notOk(readFileSync(join(data, main, name)).includes(CANARY), name)
  t.equal((await timeline.eventIndex.page(main, { limit: 1000, order: 'asc' })).count, 533)
})

t.test('a backup of a log that cannot be overwritten has nothing of what was erased', async (t) => {
  const bus = embeddedBus(t.testdir())
  t.teardown(() => bus.close())
  const original = `login with ${CANARY}`
  const ids = ['deleted', 'masked', 'other']
  const { of, ranges } = maskFor({ id: '', original }, [CANARY])!
  const erased = [{ id: 'deleted' }, { id: 'masked', masks: [{ of, ranges }] }, { id: 'letter' }]
  await bus.append(main, [
    {
      topic: 'records',
      key: 's',
      value: { file: 's', records: ids.map((id) => ({ id, original })) },
    },
    { topic: 'records', key: 's', value: null },
    {
      topic: 'rejections',
      key: 's',
      value: { file: 's', source: '', rejections: [{ id: 'letter', raw: original }] },
    },
    // As on Kafka: appended, and nothing overwritten.
    { topic: 'erasures', key: 'e', value: { erased, streams: ['s'] } },
  ])
  const values: unknown[] = []
  for await (const { value } of inForce(bus, main)) values.push(value)
  t.strictSame(values, [
    { erased, streams: [] },
    {
      file: 's',
      records: [
        { id: 'masked', original: 'login with [redacted]' },
        { id: 'other', original },
      ],
    },
    null,
    { file: 's', source: '', rejections: [] },
  ])
})

t.test('wrong use says what to do, and nothing is done', async (t) => {
  const cwd = folder(t, { 'a.log': LOG })
  const { end } = await serving(cwd)
  await imported(['a.log'], cwd)
  const table: [string[], RegExp][] = [
    [
      ['delete'],
      /say what to delete: either --id, or any of --query, --kind, --source, --from and --to/,
    ],
    [['delete', '--id', 'x', '--query', 'y'], /say what to delete/],
    [['delete', '--id', 'x'], /there is no event and no dead letter x in main/],
    [
      ['delete', '--id', ...Array.from({ length: 201 }, String)],
      /--id has 201 ids, but takes at most 200/,
    ],
    [['delete', '--from', 'noon', '--yes'], /--from noon is no instant/],
    [['delete', '--kind', 'logs'], /--kind logs is no kind/],
    [['delete', '--query', 'message'], /Nothing was deleted: add --yes to do it/],
    [['redact'], /missing required argument 'text'/],
    [['redact', 'abc', '--yes'], /the text has 3 characters: give one of 4 to 1000/],
    [['redact', 'redacted', '--yes'], /that is no part of \[redacted\]/],
    [['redact', 'message'], /Nothing was redacted: add --yes to do it/],
  ]
  const ended = await Promise.all(table.map(([args]) => recount(args, cwd)))
  for (const [n, { status, err }] of ended.entries()) {
    const [args, says] = table[n]!
    t.equal(status, 2, args.join(' ').slice(0, 60))
    t.match(err, says)
    t.notMatch(err, /^ +at /m)
  }
  t.equal((await recount(['timeline'], cwd)).out.split('\n').length, 4)
  t.match(await recount(['delete', '--query', 'nothing', '--yes'], cwd), {
    status: 0,
    out: '',
    err: 'There is nothing to be deleted.\n',
  })
  t.match(
    await recount(['redact', '-', '--source', 'a.log', '--yes'], cwd, { input: 'message 1\n' }),
    { status: 0, out: /\n1 event redacted\.\n$/ },
  )
  t.match(await recount(['delete', '--query', '"message 2"', '--yes'], cwd), {
    status: 0,
    out: /\n1 event deleted\.\n$/,
  })
  const again = await recount(['import', 'a.log'], cwd)
  t.equal(again.status, 1)
  t.match(again.out, /a\.log: rejected: 1 that recount delete took away for ever\n/)
  t.match(
    (await recount(['timeline'], cwd)).out,
    /^\S+ .*info: message 0\n\S+ .*info: \[redacted\]\n$/,
  )
  t.strictSame(await end('SIGTERM'), [0, null])
})
