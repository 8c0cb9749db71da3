import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import type { SourceRecord, Stamp } from '../schemas/source-record.ts'
import type { TimelineEvent } from '../schemas/timeline-event.ts'
import { surveyClocks } from '../services/ingest/clock-survey.ts'
import { contradictions } from '../services/source-time/contradictions.ts'
import { datedSources } from '../services/source-time/dated-sources.ts'
import { openTimeline, type Timeline } from '../services/timeline.ts'
import { inputOf } from './support/generated.ts'

const main = 'main'

function opened(t: Test): Timeline {
  const data = mkdtempSync(join(tmpdir(), 'recount-contradicted-'))
  const timeline = openTimeline(data, pino({ level: 'silent' }))
  t.teardown(async () => {
    await timeline.close()
    rmSync(data, { recursive: true, force: true })
  })
  return timeline
}

const importText = (timeline: Timeline, path: string, lines: readonly string[]) =>
  timeline.importFiles(main, {
    async *inputs() {
      yield inputOf(path, [Buffer.from(lines.map((line) => `${line}\n`).join(''))])
    },
    nowMs: Date.UTC(2025, 0, 1),
  })

async function events({ eventIndex }: Timeline): Promise<TimelineEvent[]> {
  const { events } = await eventIndex.page(main, { limit: 1000, order: 'asc' })
  return JSON.parse(`[${Buffer.from(events).toString()}]`) as TimelineEvent[]
}

/** How an event is dated: its instant, its basis, whether it is contradicted, and the better reading. */
const dated = ({ '@timestamp': at, timeline: { time } }: TimelineEvent): string =>
  [
    at,
    time.basis,
    time.flags.includes('contradicted') ? 'contradicted' : '',
    time.contradiction?.suggested ?? '',
  ]
    .join(' ')
    .trim()

/** A log of Windows whose stamps are of the zone -07:00 under a false Z; what Sysmon wrote also says UTC. */
function windowsLog(count: number, host = 'ws1'): string[] {
  const iso = (seconds: number): string =>
    new Date(Date.UTC(2024, 2, 4, 9) + seconds * 1000).toISOString()
  return Array.from({ length: count }, (_, n) => {
    const isSysmon = n % 4 !== 0
    return JSON.stringify({
      Hostname: host,
      Channel: isSysmon ? 'Sysmon' : 'Security',
      SourceName: isSysmon ? 'Microsoft-Windows-Sysmon' : 'Microsoft-Windows-Security-Auditing',
      EventID: 1,
      TimeCreated: iso(n),
      Message: `number ${n}`,
      ...(isSysmon && {
        UtcTime: iso(n + 7 * 3600)
          .replace('T', ' ')
          .slice(0, -1),
      }),
    })
  })
}

t.test('stamps that other records of the source contradict', async (t) => {
  const timeline = opened(t)
  await importText(timeline, 'ws1.json', windowsLog(40))
  const of = async (n: number): Promise<TimelineEvent> =>
    (await events(timeline)).find(({ message }) => message === `number ${n}`)!
  const security = await of(8)
  t.equal(
    dated(security),
    '2024-03-04T09:00:08.000Z explicit contradicted 2024-03-04T16:00:08.000Z',
  )
  t.match(security.timeline.time, {
    earliest: '2024-03-04T09:00:08.000Z',
    latest: '2024-03-04T16:00:08.000Z',
    contradiction: {
      because: 'other records of the source carry a second stamp, which is 7 h later',
    },
  })
  t.equal(dated(await of(9)), '2024-03-04T16:00:09.000Z explicit', 'the better one is not doubted')
  t.strictSame(await contradictions(timeline, main), [
    { source: 'ws1', add: [25_200], records: 30 },
  ])
  const ids = (await events(timeline)).map(({ event }) => event.id).sort()

  t.equal(await timeline.correct(main, { source: 'ws1' }, { suggested: true }), 1)
  t.equal(dated(await of(8)), '2024-03-04T16:00:08.000Z inferred contradicted')
  t.equal((await of(8)).timeline.time.original, '2024-03-04T09:00:08.000Z')
  t.equal(dated(await of(9)), '2024-03-04T16:00:09.000Z explicit')
  t.strictSame(await contradictions(timeline, main), [])
  t.match(await datedSources(timeline, main, { source: 'ws1' }), [
    { streams: [{ secondStamp: { add: [25_200], records: 30, applied: true } }] },
  ])
  await timeline.rebuild(main)
  t.equal(dated(await of(8)), '2024-03-04T16:00:08.000Z inferred contradicted', 'after a rebuild')
  t.strictSame((await events(timeline)).map(({ event }) => event.id).sort(), ids, 'the same ids')

  t.equal(await timeline.correct(main, { source: 'ws1' }, { suggested: null }), 1)
  t.strictSame(await of(8), security, 'taken back')
})

t.test('the order in which parts of a log come does not matter', async (t) => {
  const lines = windowsLog(48)
  const parts = [lines.slice(0, 4), lines.slice(0, 20), lines.slice(12, 48), lines]
  const whole = opened(t)
  await importText(whole, 'ws1.json', lines)
  const expected = (await events(whole)).map(dated)
  t.equal(expected.filter((each) => each.includes('contradicted')).length, 12)
  for (const order of [
    [0, 1, 3],
    [3, 0],
    [0, 2, 3],
    [2, 1, 3],
  ]) {
    const timeline = opened(t)
    for (const part of order) await importText(timeline, 'ws1.json', parts[part]!)
    t.strictSame((await events(timeline)).map(dated), expected, order.join())
  }
})

t.test('what a file told goes with it', async (t) => {
  const timeline = opened(t)
  const lines = windowsLog(40)
  const security = lines.filter((line) => line.includes('Security'))
  await importText(timeline, 'security.json', security)
  t.notOk((await events(timeline)).some((event) => dated(event).includes('contradicted')))
  await importText(timeline, 'ws1.json', [...security, ...lines])
  t.ok((await events(timeline)).some((event) => dated(event).includes('contradicted')))
  await timeline.remove(main, { path: 'ws1.json' })
  t.strictSame(
    (await events(timeline)).map(dated),
    security.map((_, n) => `2024-03-04T09:00:${String(n * 4).padStart(2, '0')}.000Z explicit`),
  )
})

t.test('two stamps in JSON of any program', async (t) => {
  const timeline = opened(t)
  const clock = (n: number, hours: number): string =>
    new Date(Date.UTC(2024, 2, 4, 9 + hours, 0, n)).toISOString()
  const lines = (make: (n: number) => object): string[] =>
    Array.from({ length: 8 }, (_, n) => JSON.stringify({ message: `number ${n}`, ...make(n) }))
  await importText(
    timeline,
    'false-z.json',
    lines((n) => ({ host: 'a', timestamp: clock(n, 0), epoch: Date.parse(clock(n, 5)) / 1000 })),
  )
  await importText(
    timeline,
    'no-zone.json',
    lines((n) => ({
      host: 'b',
      timestamp: clock(n, 1).slice(0, 19).replace('T', ' '),
      epoch: Date.parse(clock(n, 0)) / 1000,
    })),
  )
  await importText(
    timeline,
    'received-later.json',
    lines((n) => ({ host: 'c', timestamp: clock(n, 0), time: clock(n * 7, 0.1) })),
  )
  const at = async (host: string): Promise<string> =>
    dated(
      (await events(timeline)).find(
        (event) => event['host'] && JSON.stringify(event['host']).includes(`"${host}"`),
      )!,
    )
  t.equal(await at('a'), '2024-03-04T09:00:00.000Z explicit contradicted 2024-03-04T14:00:00.000Z')
  t.equal(await at('b'), '2024-03-04T09:00:00Z inferred', 'the zone +01:00 is worked out')
  t.equal(await at('c'), '2024-03-04T09:00:00.000Z explicit', 'a delay contradicts nothing')
})

t.test('a stamp of 1970 among others', async (t) => {
  const timeline = opened(t)
  const line = (stamp: string, n: number): string => `${stamp} host1 app: line ${n}`
  for (const [path, place] of [
    ['first.log', 0],
    ['middle.log', 5],
    ['late.log', 90],
  ] as const) {
    const stamps = Array.from({ length: 100 }, (_, n) =>
      n === place
        ? '1970-01-01T00:00:07Z'
        : new Date(Date.UTC(2024, 2, 4) + n * 1000).toISOString(),
    )
    await importText(
      timeline,
      path,
      stamps.map((stamp, n) => line(stamp, n + place * 1000)),
    )
  }
  const all = await events(timeline)
  const flagged = all.filter(({ timeline: { time } }) => time.flags.includes('contradicted'))
  t.strictSame(
    flagged.map((event) => event['@timestamp']),
    Array<string>(3).fill('1970-01-01T00:00:07Z'),
  )
  t.match(flagged[0]!.timeline.time.contradiction?.because, /not set counts from 1970/)
})

t.test('ways in which two stamps are apart', (t) => {
  const stamp = (seconds: number): Stamp => ({
    original: '',
    seconds,
    nanos: 0,
    digits: 0,
    offset: 0,
  })
  const begin = Date.UTC(2024, 2, 4) / 1000
  const found = (apart: readonly number[]): number[] => {
    const survey = surveyClocks()
    for (const [n, seconds] of apart.entries()) {
      const usual = stamp(begin + n * 60)
      const record: SourceRecord = {
        time: stamp(begin + n * 60 + seconds),
        usual,
        message: '',
        original: '',
        line: n + 1,
        fields: {},
      }
      survey.add(record)
    }
    return [...new Set(survey.finish().map(({ add }) => add))]
  }
  const many = (seconds: number, n = 20): number[] => Array<number>(n).fill(seconds)
  t.strictSame(found(many(3600)), [3600], 'a zone')
  t.strictSame(found(many(3600).map((s, n) => s - (n % 90))), [3600], 'with delays')
  t.strictSame(found(many(433)), [433], 'a clock that is wrong')
  t.strictSame(found([...many(25_200), ...many(68_400)]), [25_200, 68_400], 'twelve hours')
  t.strictSame(found([...many(3600), ...many(7200)]), [3600, 7200], 'summer')
  t.strictSame(found([...many(19_800), ...many(0)]), [19_800, 0], 'put right')
  t.strictSame(found([...many(3600), ...many(-400_000, 2)]), [3600], 'a wild one')
  t.strictSame(found(many(3600, 4)), [], 'too few')
  t.strictSame(found([...many(3600), ...many(4 * 3600)]), [], 'of two kinds')
  t.strictSame(found(many(1).map((_, n) => 130 + n * 37)), [], 'mere delays')
  t.strictSame(found(many(0)), [0], 'nothing wrong')
  t.end()
})
