import { deepStrictEqual } from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import pino from 'pino'
import t, { type Test } from 'tap'
import type { Item, LineAdapter } from '../ingest-adapters/adapter.ts'
import { loadAdapters, type Loaded } from '../ingest-adapters/load.ts'
import type { RejectionBatch } from '../schemas/bus-record.ts'
import type { Ledger } from '../schemas/ledger.ts'
import type { TimelineEvent } from '../schemas/timeline-event.ts'
import { embeddedBus } from '../services/bus/embedded.ts'
import { openLetters } from '../services/ingest/dead-letters.ts'
import { importFiles, type ImportPorts } from '../services/ingest/import.ts'
import type { Input } from '../services/ingest/input.ts'
import { replayLetters, type Replay } from '../services/ingest/replay.ts'
import { openTimeline, type Timeline } from '../services/timeline.ts'
import { clustered, lacksEngines } from './support/cluster.ts'
import { file, logOf } from './support/generated.ts'
import { folder, imported, line, LOG, recount, serving } from './support/recount.ts'

const NOW_MS = Date.UTC(2026, 0, 15, 12)
const logger = pino({ level: 'silent' })
const root = t.testdir()
const mended = await loadAdapters()

/** The adapters of a version that refuses every line of a record in which this stands. */
const broken = (pattern: RegExp): Loaded[] =>
  mended.map((loaded) => {
    const { name, adapter } = loaded
    if (adapter.unit !== 'lines') return loaded
    const parse: LineAdapter['parse'] = (of) => {
      const read = adapter.parse(of)
      return function* (lines, first): Generator<Item> {
        for (const item of read(lines, first)) {
          if (!('time' in item) || !pattern.test(item.original)) yield item
          else
            for (const [i, rejected] of item.original.split('\n').entries())
              yield { rejected, reason: 'not-a-record', line: item.line + i }
        }
      }
    }
    return { name, adapter: { ...adapter, parse } }
  })

/** A timeline of which imports and replays are told the adapters. */
class Told {
  readonly timeline: Timeline
  readonly workspace: string
  readonly #ports: (adapters: readonly Loaded[]) => ImportPorts

  constructor(timeline: Timeline, workspace: string) {
    this.timeline = timeline
    this.workspace = workspace
    const { bus, eventIndex, settled } = timeline
    this.#ports = (adapters) => ({
      bus,
      adapters,
      workspace,
      logger,
      indexed: () => settled(workspace),
      events: (ids) => eventIndex.events(workspace, ids),
      created: (importId) => eventIndex.created(workspace, importId),
    })
  }

  async import(adapters: readonly Loaded[], ...inputs: Input[]): Promise<Ledger> {
    return importFiles(this.#ports(adapters), {
      nowMs: NOW_MS,
      async *inputs() {
        yield* inputs
      },
    })
  }

  replay(adapters: readonly Loaded[] = mended): Promise<Replay> {
    return replayLetters(this.#ports(adapters), NOW_MS)
  }

  async events(): Promise<TimelineEvent[]> {
    const { events } = await this.timeline.eventIndex.page(this.workspace, {
      limit: 1000,
      order: 'asc',
    })
    return JSON.parse(`[${Buffer.from(events).toString()}]`) as TimelineEvent[]
  }

  async letters(): Promise<string[]> {
    const listed = new Map<string, string>()
    for await (const { letter } of openLetters(this.timeline.bus, this.workspace))
      listed.set(letter.id, letter.raw)
    return [...listed.values()]
  }
}

async function embedded<T>(look: (told: Told) => Promise<T>): Promise<T> {
  const timeline = openTimeline(mkdtempSync(join(root, 'data-')), logger)
  try {
    return await look(new Told(timeline, 'main'))
  } finally {
    await timeline.close()
  }
}

/** So many lines by which a file is known again, whatever comes after them. */
const head = (nth: (n: number) => string): string[] => Array.from({ length: 64 }, (_, n) => nth(n))
const two = (n: number): string => String(n).padStart(2, '0')

const LOGS: Record<string, string[]> = {
  // Ties, of which the order is that of the lines, and equal texts.
  'app.log': [
    ...head((n) => `2025-05-01 10:00:${two(n % 60)} INFO worker begins ${n}`),
    '2025-05-01 10:02:00 INFO one',
    '2025-05-01 10:02:00 ERROR odd between',
    '2025-05-01 10:02:00 INFO two',
    '2025-05-01 10:02:00 ERROR odd between',
    '2025-05-01 10:02:00 INFO three',
    '2025-05-01 10:02:09 ERROR odd and late',
    'java.lang.IllegalStateException: no',
    '\tat a.b.C.d(C.java:7)',
    '2025-05-01 10:02:05 INFO four',
  ],
  // No year is written, and one passes; the first of the year is refused.
  syslog: [
    ...head((n) => `Nov 30 10:00:${two(n % 60)} web1 app[1]: begins ${n}`),
    'Dec 31 23:59:58 web1 app[1]: last',
    'Jan  1 00:00:01 web1 app[1]: odd first',
    'Jan  1 00:00:01 web1 app[1]: second',
    'Mar  3 00:00:01 web1 app[1]: odd last',
  ],
  // No date is written, but told by lines between.
  'channel.log': [
    '--- Log opened Wed Jan 14 09:00:00 2009',
    ...head((n) => `10:${two(n % 60)} <ann> begins ${n}`),
    '23:58 <bob> late',
    '00:01 <bob> odd after midnight',
    '00:02 <ann> yes',
    '--- Day changed Sat Jan 17 2009',
    '08:00 <ann> odd in the morning',
  ],
}
const files = Object.entries(LOGS).map(([path, lines]) => file(path, lines))

async function replayed(t: Test, told: Told): Promise<void> {
  const { rejected } = await told.import(broken(/odd/), ...files)
  t.equal(rejected, 9, 'lines are refused')
  const before = await told.events()
  t.match(await told.replay(broken(/odd/)), { tried: 9, replayed: 0, refused: 9, events: 0 })
  t.strictSame(await told.events(), before, 'what is refused again changes nothing')
  t.match(await told.replay(), { tried: 9, replayed: 9, events: 7, refused: 0, importAgain: [] })
  t.strictSame(await told.letters(), [])
  const after = await told.events()
  const whole = await embedded(async (other) => {
    await other.import(mended, ...files)
    return other.events()
  })
  t.strictSame(after, whole, 'as if all had been imported with the mended adapters')
  t.match(await told.replay(), { tried: 0, replayed: 0, events: 0 })
  t.match(await told.import(mended, ...files), { events: 0, rejected: 0 })
  t.strictSame(await told.events(), after)
  await told.timeline.rebuild(told.workspace)
  t.strictSame(await told.events(), after, 'after a rebuild')
  t.ok((await told.timeline.remove(told.workspace, { path: 'syslog' })) > 0)
  t.equal((await told.events()).filter(({ message }) => /odd (first|last)/.test(message)).length, 0)
}

t.test('what a mended adapter reads is replayed as if it had never been refused', async (t) =>
  embedded((told) => replayed(t, told)),
)

t.test(
  'what a mended adapter reads is replayed on Kafka and Elasticsearch',
  { skip: lacksEngines },
  async (t) => {
    const { cluster, workspace } = clustered(t)
    await cluster.setUp(workspace)
    cluster.normalize(workspace)
    await replayed(t, new Told(cluster, workspace))
  },
)

t.test('whatever is refused of a log, replayed it makes the log', async () => {
  const scene = fc.record({
    logs: fc.tuple(logOf('web1', true), logOf('web2', false)),
    odd: fc.constantFrom('started', 'stopped', 'refused', 'db1', '💥'),
    copy: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(scene, async ({ logs, odd, copy }) => {
      const all = logs.map((lines, i) => file(`${i}.log`, lines))
      if (copy) all.push(file('copy.log', logs[0]))
      // A stream is named by its first records, so its ids are others where these were refused.
      const simple = (events: readonly TimelineEvent[]): unknown[] =>
        events.map((e) => [e['@timestamp'], e.event.original, e.timeline.seen, e.timeline.time])
      const [found, lost] = await embedded(async (told) => {
        await told.import(broken(new RegExp(odd, 'u')), ...all)
        const { importAgain } = await told.replay()
        const events = simple(await told.events())
        if (importAgain.length === 0)
          deepStrictEqual((await told.import(mended, ...all)).events, 0, 'nothing is new')
        return [events, importAgain.length > 0] as const
      })
      // Of a file of which nothing was read there is nothing to go by.
      if (lost) return
      const whole = await embedded(async (told) => {
        await told.import(mended, ...all)
        return simple(await told.events())
      })
      deepStrictEqual(found, whole)
    }),
    { numRuns: 5, endOnFailure: true },
  )
})

t.test('a file that is imported again and read well has no dead letters any more', async (t) =>
  embedded(async (told) => {
    await told.import(broken(/odd/), ...files)
    t.equal((await told.letters()).length, 9)
    await told.import(broken(/odd (?!between)/), files[0]!)
    t.equal((await told.letters()).length, 7, 'those that are refused again are kept')
    await told.import(mended, ...files)
    t.strictSame(await told.letters(), [])
    await told.import(broken(/odd/), files[1]!)
    t.equal((await told.letters()).length, 2, 'what is refused once more is there once more')
  }),
)

t.test('what is not kept whole, or was never recognized, is to be imported again', async (t) =>
  embedded(async (told) => {
    const long = `2025-05-01 10:02:00 ERROR odd ${'x'.repeat(70_000)}`
    const inputs = [
      file('long.log', [...LOGS['app.log']!, long]),
      file('unknown.txt', ['nobody', 'knows this']),
    ]
    await told.import(broken(/odd/), ...inputs)
    const { replayed, importAgain } = await told.replay()
    t.equal(replayed, 5)
    t.strictSame(importAgain, [
      { path: 'long.log', letters: 1 },
      { path: 'unknown.txt', letters: 2 },
    ])
    t.equal((await told.letters()).length, 3)
    t.match(await told.import(mended, inputs[0]!), { events: 1, rejected: 0 })
    t.equal((await told.letters()).length, 2)
  }),
)

t.test('what the index refused is tried again from the log of record', async (t) =>
  embedded(async (told) => {
    const { timeline, workspace } = told
    await told.import(mended, files[0]!)
    const [first] = await told.events()
    const { id, original } = first!.event
    let stream = ''
    for await (const { key, value } of timeline.bus.read(workspace, ['records']))
      if ((value as { records: { id: string }[] }).records.some((r) => r.id === id)) stream = key
    const letter = { id: `parked ${id}`, path: 'app.log', first: 1, last: 1, raw: original }
    const value: RejectionBatch = {
      origin: 'i0/0',
      file: stream,
      source: 'app.log',
      rejections: [{ ...letter, reason: 'not-indexed' }],
    }
    await timeline.bus.append(workspace, [{ topic: 'rejections', key: stream, value }])
    t.equal((await told.letters()).length, 1)
    t.match(await told.replay(), { tried: 1, replayed: 1, events: 0 })
    t.strictSame(await told.letters(), [])
    const lost: RejectionBatch = {
      ...value,
      rejections: [{ ...letter, id: 'parked nothing', reason: 'not-indexed' }],
    }
    await timeline.bus.append(workspace, [{ topic: 'rejections', key: stream, value: lost }])
    t.match(await told.replay(), { tried: 1, replayed: 0, reasons: { 'not-indexed': 1 } })
  }),
)

t.test('the command replays, alone and beside the server that owns the folder', async (t) => {
  const cwd = folder(t, { 'a.log': LOG, 'unknown.txt': 'nobody\nknows this\n' })
  await imported(['a.log', 'unknown.txt'], cwd)
  /** What an older version could not read of a.log. */
  const refuse = async (line: number, raw: string): Promise<void> => {
    const bus = embeddedBus(join(cwd, 'recount-data'))
    for await (const { key } of bus.read('main', ['contexts'])) {
      const reason = 'not-a-record' as const
      const rejection = { id: `${line}.0`, path: 'a.log', first: line, last: line, reason, raw }
      const value: RejectionBatch = {
        origin: 'i0/0',
        file: key,
        source: 'a.log',
        rejections: [rejection],
      }
      await bus.append('main', [{ topic: 'rejections', key, value }])
    }
    await bus.close()
  }
  await refuse(4, line(3, 'mended'))
  const first = await recount(['dead-letters', 'replay'], cwd)
  t.equal(first.status, 1, 'something is left')
  t.equal(
    first.out,
    '3 dead letters: 1 letter replayed (1 new event), 0 still refused, 2 to be imported again\n' +
      'unknown.txt: 2 letters cannot be read from what is kept: recount sources remove unknown.txt, then import it again\n',
  )
  t.match((await recount(['timeline'], cwd)).out, /mended/)
  await recount(['sources', 'remove', 'unknown.txt'], cwd)
  await refuse(5, line(4, 'mended beside a server'))
  await refuse(8, 'no record for any version')
  const server = await serving(cwd)
  const second = await recount(['dead-letters', 'replay', '--json'], cwd)
  t.equal(second.status, 1)
  t.strictSame(JSON.parse(second.out), {
    tried: 2,
    replayed: 1,
    events: 1,
    refused: 1,
    reasons: { 'not-a-record': 1 },
    importAgain: [],
  })
  t.match((await recount(['timeline'], cwd)).out, /mended beside a server/)
  t.match((await recount(['dead-letters', 'list'], cwd)).out, /^a\.log:8: not-a-record: .*\n$/)
  t.match((await recount(['dead-letters', 'replay'], cwd)).out, /^still refused: 1 not-a-record;/m)
  await recount(['sources', 'remove', 'a.log'], cwd)
  t.strictSame(
    [await recount(['timeline'], cwd), await recount(['dead-letters', 'replay'], cwd)].map(
      ({ status, out }) => [status, out],
    ),
    [
      [0, ''],
      [
        0,
        '0 dead letters: 0 letters replayed (0 new events), 0 still refused, 0 to be imported again\n',
      ],
    ],
    'what is taken back takes along what was replayed',
  )
  await server.end('SIGTERM')
})
