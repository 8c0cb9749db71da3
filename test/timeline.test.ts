import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseSync } from '@photostructure/sqlite'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import type { Ledger } from '../schemas/ledger.ts'
import type { TimelineEvent } from '../schemas/timeline-event.ts'
import { timelineCommand } from '../services/commands/timeline.ts'
import type { ImportOptions } from '../services/ingest/import.ts'
import type { Setting } from '../services/commands/command.ts'
import type { EventIndex } from '../services/event-index/event-index.ts'
import { embeddedBus } from '../services/bus/embedded.ts'
import { datedSources } from '../services/source-time/dated-sources.ts'
import { openTimeline, type Timeline } from '../services/timeline.ts'
import { inputOf } from './support/generated.ts'
import { Unavailable } from '../services/unavailable.ts'

const logger = pino({ level: 'silent' })
const main = 'main'

/** A log without zones, so many lines long, a second apart. */
const log = (lines: number): string =>
  Array.from({ length: lines }, (_, n) => {
    const clock = new Date(Date.UTC(2024, 4, 1, 10) + n * 1000).toISOString().slice(0, 19)
    return `${clock.replace('T', ' ')} INFO line ${n}\n`
  }).join('')

const open = (t: Test, data: string): Timeline => {
  const timeline = openTimeline(data, logger)
  t.teardown(() => timeline.close())
  return timeline
}

const importText = (
  timeline: Timeline,
  path: string,
  text: string,
  options: Partial<ImportOptions> = {},
): Promise<Ledger> =>
  timeline.importFiles(main, {
    async *inputs() {
      yield inputOf(path, [Buffer.from(text)])
    },
    nowMs: Date.UTC(2024, 5, 1),
    ...options,
  })

async function events({ eventIndex }: Timeline): Promise<TimelineEvent[]> {
  const { events } = await eventIndex.page(main, { limit: 1000, order: 'asc' })
  return JSON.parse(`[${Buffer.from(events).toString()}]`) as TimelineEvent[]
}

/** What is on the timeline, and that a rebuild makes the same of the log. */
async function live(t: Test, timeline: Timeline): Promise<TimelineEvent[]> {
  const before = await events(timeline)
  await timeline.rebuild(main)
  t.strictSame(await events(timeline), before, 'a rebuild gives the same timeline')
  return before
}

t.test('two imports at once of a file and of its beginning double nothing', async (t) => {
  const timeline = open(t, t.testdir())
  const [first, second] = await Promise.all([
    importText(timeline, 'a/app.log', log(20)),
    importText(timeline, 'b/app.log', log(40)),
  ])
  t.equal(first.events + second.events, 40)
  t.equal((await live(t, timeline)).length, 40)
})

t.test('an import, a rebuild and another import at once all end', async (t) => {
  const timeline = open(t, t.testdir())
  await Promise.all([
    importText(timeline, 'a.log', log(500)),
    timeline.rebuild(main),
    importText(timeline, 'b.log', log(600)),
    timeline.rebuild(main),
  ])
  t.equal((await live(t, timeline)).length, 600)
})

t.test('what was taken back stays away when its stream is dated anew', async (t) => {
  const timeline = open(t, t.testdir())
  await importText(timeline, 'a.log', log(5))
  await timeline.remove(main, { path: 'a.log' })
  await importText(timeline, 'part.log', log(3), { zone: 'Europe/Berlin' })
  const found = await live(t, timeline)
  t.strictSame(
    found.map((e) => [e['@timestamp'], e.timeline.seen.map((s) => s.path)]),
    [0, 1, 2].map((n) => [`2024-05-01T08:00:0${n}Z`, ['part.log']]),
  )
})

t.test('a zone goes with the import that told it, however that is taken back', async (t) => {
  const timeline = open(t, t.testdir())
  const hours = async (): Promise<string[]> =>
    (await events(timeline)).map((e) => e['@timestamp'].slice(11, 13))
  for (const removal of [{ path: 'b.log' }, { source: 'b.log' }]) {
    await importText(timeline, 'a.log', log(2))
    await importText(timeline, 'b.log', log(3), { zone: 'Asia/Tokyo' })
    t.strictSame(await hours(), ['01', '01', '01'])
    t.equal(await timeline.remove(main, removal), 1)
    t.strictSame(await hours(), ['10', '10'], 'a.log is as if b.log had never come')
    await importText(timeline, 'b.log', log(3))
    t.strictSame(await hours(), ['10', '10', '10'])
    await timeline.remove(main, { path: 'b.log' })
  }
  await importText(timeline, 'c/b.log', log(3), { zone: 'Asia/Tokyo' })
  await importText(timeline, 'c/d/b.log', log(3), { zone: '+02:00' })
  t.strictSame(await hours(), ['08', '08', '08'])
  await timeline.remove(main, { path: 'c/d' })
  t.strictSame(await hours(), ['01', '01', '01'], 'the one that was told before')
  await importText(timeline, 'cc/b.log', log(3), { zone: 'Asia/Tokyo' })
  await timeline.remove(main, { path: 'c' })
  t.strictSame(await hours(), ['01', '01', '01'], 'another file tells it too')
  await live(t, timeline)
  await timeline.remove(main, { path: 'cc' })
  t.strictSame(await hours(), ['10', '10'])
  await live(t, timeline)
})

t.test('a zone goes with its file when all the sources that it names are taken back', async (t) => {
  const timeline = open(t, t.testdir())
  const syslog = ['web1', 'db1'].map((host, n) => `May  1 10:00:0${n} ${host} app: x\n`).join('')
  await importText(timeline, 'messages', syslog, { zone: 'Asia/Tokyo' })
  await timeline.remove(main, { source: 'web1' })
  t.match(await events(timeline), [{ '@timestamp': '2024-05-01T01:00:01Z' }])
  await timeline.remove(main, { source: 'db1' })
  await importText(timeline, 'messages', syslog)
  t.match(await live(t, timeline), [{ timeline: { time: { basis: 'assumed' } } }, {}])
})

t.test(
  'a source is corrected by hand, in files that are there and in those that come, until that is taken back',
  async (t) => {
    const timeline = open(t, t.testdir())
    const syslog = (day: number): string =>
      ['web1', 'db1'].map((host, n) => `May  ${day} 10:00:0${n} ${host} app: x${day}\n`).join('')
    await importText(timeline, 'messages', syslog(1))
    const before = await events(timeline)
    t.equal(await timeline.correct(main, { source: 'db1' }, { zone: 'Asia/Tokyo' }), 1)
    t.equal(await timeline.correct(main, { source: 'db1' }, { zone: 'Asia/Tokyo' }), 0, 'again')
    const db1 = {
      '@timestamp': '2024-05-01T01:00:01Z',
      timeline: { time: { basis: 'configured' } },
    }
    t.match(await live(t, timeline), [db1, { '@timestamp': '2024-05-01T10:00:00Z' }])
    await importText(timeline, 'messages.2', syslog(2))
    t.match(
      (await live(t, timeline)).map((e) => e['@timestamp']),
      [
        '2024-05-01T01:00:01Z',
        '2024-05-01T10:00:00Z',
        '2024-05-02T01:00:01Z',
        '2024-05-02T10:00:00Z',
      ],
      'also of a file that comes later',
    )
    // A clock that is 7 minutes and a quarter of a second ahead, and gains a minute a day.
    const clock = {
      addMs: -420_250,
      drift: { from: Date.UTC(2024, 4, 1) / 1000, msPerDay: -60_000 },
    }
    t.equal(await timeline.correct(main, { source: 'db1' }, { clock }), 2)
    t.match(
      (await live(t, timeline)).filter((e) => e.timeline.seen[0]!.source === 'db1'),
      [
        {
          '@timestamp': '2024-05-01T00:52:58.249Z',
          timeline: {
            time: {
              original: 'May  1 10:00:01',
              zone: 'Asia/Tokyo',
              flags: ['year-inferred', 'clock-offset-applied'],
            },
          },
        },
        { '@timestamp': '2024-05-02T00:51:58.249Z' },
      ],
    )
    t.match(await datedSources(timeline, main, { source: 'db1' }), [
      {
        events: 2,
        bases: { configured: 2 },
        streams: [{ zone: { known: 'corrected' }, clock }, { clock }],
      },
    ])
    await timeline.correct(main, { source: 'db1' }, { zone: null })
    await timeline.correct(main, { source: 'db1' }, { clock: null })
    await timeline.remove(main, { path: 'messages.2' })
    t.strictSame(await live(t, timeline), before, 'as if nothing had been told')

    t.equal(await timeline.correct(main, { path: 'messages' }, { zone: '+02:00' }), 1)
    await timeline.correct(main, { source: 'web1' }, { zone: '+03:00' })
    t.match(
      (await live(t, timeline)).map((e) => [e.timeline.seen[0]!.source, e['@timestamp']]),
      [
        ['web1', '2024-05-01T07:00:00Z'],
        ['db1', '2024-05-01T08:00:01Z'],
      ],
      'a source goes before its file',
    )
    await importText(timeline, 'messages', syslog(1), { zone: 'Asia/Tokyo' })
    t.match(await live(t, timeline), [{ '@timestamp': '2024-05-01T07:00:00Z' }, {}])
  },
)

t.test(
  'a corrected source is so in all files that have it, also in those that have it later, and after a rebuild',
  async (t) => {
    const timeline = open(t, t.testdir())
    const of = (host: string, second: number): string =>
      `2024-05-01T10:00:0${second}Z ${host} app[1]: x\n`
    const db1 = [of('db1', 1), of('db1', 2), of('db1', 3)].join('')
    await importText(timeline, 'db1.log', db1)
    await importText(timeline, 'all.log', `${of('web1', 0)}${db1}`)
    await importText(timeline, 'web.log', of('web2', 5))
    await timeline.correct(main, { source: 'db1' }, { clock: { addMs: 60_000 } })
    const times = (all: readonly TimelineEvent[]): string[] =>
      all.filter((e) => e.message === 'x').map((e) => e['@timestamp'].slice(14, 19))
    t.strictSame(times(await live(t, timeline)), ['00:00', '00:05', '01:01', '01:02', '01:03'])
    await importText(timeline, 'web.log', `${of('web2', 5)}${of('db1', 7)}`)
    t.strictSame(times(await live(t, timeline)), [
      '00:00',
      '00:05',
      '01:01',
      '01:02',
      '01:03',
      '01:07',
    ])
  },
)

t.test('a corrected clock does not move the year of a file that goes on', async (t) => {
  const timeline = open(t, t.testdir())
  const lines = (from: number, to: number): string =>
    Array.from(
      { length: to - from },
      (_, i) => `Jun 10 10:00:${String(from + i).padStart(2, '0')} app: x${from + i}\n`,
    ).join('')
  await importText(timeline, 'x.log', lines(10, 30))
  await timeline.correct(main, { path: 'x.log' }, { clock: { addMs: 275 * 86_400_000 } })
  await importText(timeline, 'tail.log', lines(20, 40))
  const years = new Set((await live(t, timeline)).map((e) => e['@timestamp'].slice(0, 10)))
  t.equal(years.size, 1, [...years].join())
})

t.test('a heading dates what stands below it, not what is kept back above it', async (t) => {
  const timeline = open(t, t.testdir())
  const begin = (day: string): string => `**** BEGIN LOGGING AT ${day}\n`
  const said = (clock: string, words: string): string => `${clock} <ann>\t${words}\n`
  const night = said('May 07 22:00:00', 'good night') + said('May 07 22:00:01', 'see you')
  const morning = (words: string): string => said('May 08 08:00:00', words)
  // So begins a stream of its own: of the log after it two records may be the same ones, until the third is another.
  await importText(
    timeline,
    'b.log',
    begin('Tue May  7 22:00:00 2019') + night + morning('coffee') + morning('work'),
  )
  const days = Array.from({ length: 4 }, (_, i) => said(`May 06 09:0${i}:00`, `alpha ${i}`))
  await importText(
    timeline,
    'a.log',
    begin('Mon May  6 09:00:00 2019') +
      days.join('') +
      night +
      begin('Fri May  8 08:00:00 2020') +
      morning('tea'),
  )
  const years = (await live(t, timeline)).map((e) => `${e['@timestamp'].slice(0, 4)} ${e.message}`)
  t.equal(years.filter((said) => said.startsWith('2020')).join(), '2020 tea')
})

t.test('a year goes with the import that told it', async (t) => {
  const timeline = open(t, t.testdir())
  const syslog = 'May  1 10:00:00 web1 app: x\n'
  await importText(timeline, 'messages-20190502', syslog)
  await timeline.remove(main, { path: 'messages-20190502' })
  await importText(timeline, 'messages', syslog)
  t.match(await live(t, timeline), [{ '@timestamp': '2024-05-01T10:00:00Z' }])
})

t.test('the ledger says what was assumed about time, and what changed', async (t) => {
  const timeline = open(t, t.testdir())
  const syslog = 'May  1 10:00:00 web1 app: x\n'
  const table: [string, string, string | undefined, RegExp | undefined][] = [
    [
      'a.log',
      log(3),
      undefined,
      /^stamps without a zone count as UTC, which nothing tells: recount sources set-zone a\.log ZONE$/,
    ],
    ['a.log', log(3), 'Asia/Tokyo', /count as Asia\/Tokyo, no longer as UTC: what was imported/],
    ['a.log', log(3), 'Asia/Tokyo', undefined],
    [
      'b.log',
      log(3),
      undefined,
      /count as Asia\/Tokyo, as was told before: recount sources set-zone b\.log/,
    ],
    ['z.log', '2024-05-01T10:00:00Z INFO x\n', undefined, undefined],
    ['z.log', '2024-05-01T10:00:00Z INFO x\n', 'Asia/Tokyo', /--zone Asia\/Tokyo changes nothing/],
    [
      's.log',
      syslog,
      '+01:00',
      /^stamps without a year begin in 2024 \(it was imported on 2024-06-01\), though from 1970 on is possible: a date in the name/,
    ],
    ['s-20230502.log', syslog, undefined, /begin in 2023, no longer 2024 \(the date in s-2023/],
  ]
  for (const [path, text, zone, says] of table) {
    const { files } = await importText(timeline, path, text, zone === undefined ? {} : { zone })
    const name = `${path} ${zone ?? ''}`
    if (says) t.match(files[0]!.time, says, name)
    else t.equal(files[0]!.time, undefined, name)
  }
})

t.test(
  'a timeline that changes while it is printed is printed anew, or ends with an error',
  async (t) => {
    for (const [width, status] of [
      [0, 0],
      [4000, 1],
    ] as const) {
      const timeline = open(t, t.testdir())
      const text = log(2500).replaceAll('\n', ` ${'x'.repeat(width)}\n`)
      await importText(timeline, 'a.log', text)
      const printed: string[] = []
      const notes: string[] = []
      let moved = false
      const move = async (): Promise<void> => {
        if (!moved) await importText(timeline, 'a.log', text, { zone: 'Asia/Tokyo' })
        moved = true
      }
      const eventIndex: EventIndex = {
        ...timeline.eventIndex,
        async page(workspace, query) {
          const page = await timeline.eventIndex.page(workspace, query)
          if (width === 0) await move()
          return page
        },
      }
      const setting: Setting = {
        timeline: { ...timeline, eventIndex },
        workspace: main,
        nowMs: 0,
        terminal: false,
        async *files() {},
        async out(text) {
          printed.push(String(text))
          await move()
        },
        notes: async (text) => void notes.push(text),
      }
      t.equal(await timelineCommand(setting, { format: 'jsonl', fold: true }), status)
      const hours = printed
        .join('')
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as TimelineEvent)['@timestamp'].slice(11, 13))
      t.strictSame([...new Set(hours)], [status === 0 ? '01' : '10'])
      if (status === 0) t.equal(hours.length, 2500)
      else t.match(notes.join(''), /^recount: .* has moved events: .* run the command again\n$/)
    }
  },
)

t.test('a log that was restored from a backup is what the timeline follows', async (t) => {
  const data = t.testdir()
  const timeline = openTimeline(data, logger)
  await importText(timeline, 'a.log', log(3))
  const end = Number(await timeline.bus.end(main))
  await importText(timeline, 'b.log', `2024-05-01 11:00:00 INFO only later\n`)
  await timeline.close()
  const db = new DatabaseSync(join(data, main, 'log.sqlite'))
  db.prepare('delete from log where position > ?').run(end)
  db.close()
  const restored = open(t, data)
  const ledger = await importText(restored, 'c.log', `2024-05-01 12:00:00 INFO new\n`)
  t.match(ledger, { events: 1, merged: 0 })
  t.strictSame(
    (await live(t, restored)).map((e) => e.message),
    ['line 0', 'line 1', 'line 2', 'new'],
  )
})

t.test('a write that fails is told to the import that waits for it', async (t) => {
  const data = t.testdir()
  const timeline = open(t, data)
  await importText(timeline, 'a.log', log(3))
  const { bus } = timeline
  t.equal(await timeline.unready([main]), undefined)
  const db = new DatabaseSync(join(data, main, 'log.sqlite'))
  const position = Number(await bus.end(main)) + 1
  db.prepare("insert into log values (?, 'records', 'x', x'00', x'00')").run(position)
  await bus.append(main, [{ topic: 'removals', key: 'x', value: { path: 'nowhere' } }])
  await t.rejects(timeline.settled(main))
  const error = await timeline.settled(main).catch((e: unknown) => e)
  t.ok(error instanceof Unavailable, 'and to the next, not left waiting')
  t.match(await timeline.unready([main]), /^the workspace main takes nothing .*\. Mend the cause/)
  db.prepare('delete from log where position = ?').run(position)
  db.close()
  while ((await timeline.unready([main])) !== undefined) await sleep(20)
  t.match(await importText(timeline, 'b.log', log(4)), { events: 1 })
})

t.test(
  'a bus that refuses one message fails the import, which then can be done again',
  async (t) => {
    for (const nth of [1, 2, 3, 7, 12, 20, 21, 23]) {
      const timeline = open(t, t.testdir({ [`${nth}`]: {} }))
      const append = timeline.bus.append
      let count = 0
      timeline.bus.append = (workspace, messages) =>
        ++count === nth
          ? Promise.reject(new Error('the disk is full'))
          : append(workspace, messages)
      const reading = importText(timeline, 'a.log', log(5100))
      await t.rejects(reading, { message: 'the disk is full' }, `append ${nth} of 24`)
      timeline.bus.append = append
      const { events, merged, rejected } = await importText(timeline, 'a.log', log(5100))
      t.equal(events + merged, 5100)
      t.equal(rejected, 0)
      t.equal((await timeline.eventIndex.sources(main))[0]?.events, 5100)
      await timeline.close()
    }
  },
)

t.test(
  'what cannot be put onto the timeline is a dead letter, and what is beside it an event',
  async (t) => {
    const data = t.testdir()
    const timeline = open(t, data)
    const bus = embeddedBus(data)
    t.teardown(() => bus.close())
    await importText(timeline, 'a.log', log(3))
    const batches: { records: object[] }[] = []
    for await (const { value } of bus.read(main, ['records']))
      batches.push(value as { records: object[] })
    const batch = batches[0]!
    const [record] = batch.records
    const poison = { ...record, id: 'poison', time: null, original: 'poison' }
    const good = { ...record, id: '20240501T100009-good' }
    const values: unknown[] = [null, [], { records: 'no list' }]
    await bus.append(main, [
      ...values.map((value) => ({ topic: 'records' as const, key: 'x', value })),
      { topic: 'contexts', key: 'x', value: null },
      { topic: 'records', key: 'x', value: { ...batch, records: [poison, null, good] } },
    ])
    await timeline.settled(main)
    t.equal((await timeline.eventIndex.events(main, [good.id])).size, 1)
    t.match(await importText(timeline, 'b.log', log(5)), { rejected: 0 })
    const dead: string[] = []
    for await (const { value } of bus.read(main, ['rejections']))
      for (const { raw, reason } of (value as { rejections: { raw: string; reason: string }[] })
        .rejections)
        dead.push(`${reason}: ${raw}`)
    t.equal(dead.length, 6)
    t.ok(dead.includes('not-indexed: poison'))
  },
)
