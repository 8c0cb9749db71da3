import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import type { Ledger } from '../schemas/ledger.ts'
import type { TimelineEvent } from '../schemas/timeline-event.ts'
import type { ImportOptions } from '../services/ingest/import.ts'
import { openTimeline, type Timeline } from '../services/timeline.ts'
import { inputOf } from './support/generated.ts'

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
  await bus.append(main, [{ topic: 'records', key: 'x', value: { records: 'no list' } }])
  await t.rejects(timeline.settled(main))
  await t.rejects(timeline.settled(main), 'and to the next, not left waiting')
})
