import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import type { ClockFact, ClockFacts, ClockSpan, Context } from '../schemas/context.ts'
import type { SourceRecord, Stamp } from '../schemas/source-record.ts'
import type { TimelineEvent } from '../schemas/timeline-event.ts'
import { shownBy, united } from '../services/ingest/clock-facts.ts'
import { surveyClocks } from '../services/ingest/clock-survey.ts'
import { shownZone } from '../services/normalizer/doubt.ts'
import { contradictions, secondStamp } from '../services/source-time/contradictions.ts'
import { datedSources } from '../services/source-time/dated-sources.ts'
import { openTimeline, type Timeline } from '../services/timeline.ts'
import { file as fileOf, inputOf } from './support/generated.ts'
import { content, timelineOf } from './support/in-process.ts'

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
    return [...new Set(shownBy(survey.finish()).map(({ add }) => add))]
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

/** Every order of some things. */
const orders = <T>(things: readonly T[]): T[][] =>
  things.length === 0
    ? [[]]
    : things.flatMap((thing, n) => orders(things.toSpliced(n, 1)).map((rest) => [thing, ...rest]))

/** A log of a host in Berlin: its stamps say no zone, those of most records have one in UTC beside them. */
function berlinLog(): { line: string; month: number; utc: number; hasSecond: boolean }[] {
  return [0, 6, 11].flatMap((month) =>
    Array.from({ length: month === 6 ? 75 : 70 }, (_, n) => {
      const utc = Date.UTC(2025, month, 1, 12) + n * 1000
      const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 19)
      const hasSecond = n < 70
      const line = JSON.stringify({
        host: 'ber1',
        message: `number ${n} of ${month}`,
        timestamp: iso(utc + (month === 6 ? 2 : 1) * 3_600_000).replace('T', ' '),
        ...(hasSecond && { eventTime: `${iso(utc)}Z` }),
      })
      return { line, month, utc, hasSecond }
    }),
  )
}

const times = (all: readonly TimelineEvent[]): string[] =>
  all
    .map(({ '@timestamp': at, timeline: { time }, message }) =>
      [message, at, time.basis, time.earliest, time.latest, time.flags.join()].join(' '),
    )
    .sort()

t.test('a zone that is shown does not depend on the order of imports', async (t) => {
  const log = berlinLog()
  const linesOf = (some: readonly { line: string }[]): string[] => some.map(({ line }) => line)
  const all = fileOf('all.json', linesOf(log))
  const winter = fileOf('winter.json', linesOf(log.filter(({ month }) => month !== 6)))
  const cut = fileOf('cut.json', linesOf(log.slice(0, 90)))
  const expected = await timelineOf([[all]], content)
  const july = expected.filter(({ message }) => /^number 7\d of 6$/.test(message))
  t.strictSame(
    july.map(({ '@timestamp': at, timeline: { time } }) => [at, time.basis]),
    [10, 11, 12, 13, 14].map((n) => [`2025-07-01T12:01:${n}Z`, 'inferred']),
  )
  for (const order of orders([all, winter, cut])) {
    const made = await timelineOf(
      order.map((file) => [file]),
      content,
    )
    t.strictSame(times(made), times(expected), order.map(({ path }) => path).join())
  }
  const timeline = opened(t)
  for (const file of [winter, all])
    await timeline.importFiles(main, {
      async *inputs() {
        yield file
      },
      nowMs: Date.UTC(2026, 0, 15),
    })
  await timeline.rebuild(main)
  t.strictSame(times(await events(timeline)), times(expected), 'after a rebuild')
  await timeline.remove(main, { path: 'all.json' })
  const alone = await timelineOf([[winter]], content)
  t.strictSame(times(await events(timeline)), times(alone), 'what the whole told is gone')
})

t.test('a zone far from where it was shown is not certain to the hour', async (t) => {
  const log = berlinLog().filter(({ month, hasSecond }) => month === 0 || !hasSecond)
  const file = fileOf(
    'january.json',
    log.map(({ line }) => line),
  )
  const [january, ...july] = (await timelineOf([[file]], content)).slice(69)
  t.match(january!.timeline.time, { earliest: '2025-01-01T12:01:09Z', latest: /12:01:09Z$/ })
  t.equal(july.length, 5)
  for (const { timeline } of july) {
    const { basis, earliest, latest } = timeline.time
    t.match([basis, earliest, latest], ['inferred', /T12:01:1/, /T14:01:1/])
  }
})

t.test('records of 1970 are doubted whatever the order in which later ones come', async (t) => {
  const at = (ms: number, n: number): string => `${new Date(ms).toISOString()} line ${n}`
  const unset = Array.from({ length: 70 }, (_, n) => at(n * 1000, n))
  const first = [at(Date.UTC(2024, 5, 1), 100), ...unset]
  const whole = [
    ...Array.from({ length: 100 }, (_, n) => at(Date.UTC(2024, 4, 1) + n * 1000, 200 + n)),
    ...first,
  ]
  const isDoubted = ({ timeline: { time } }: TimelineEvent): boolean =>
    time.flags.includes('contradicted')
  const timeline = opened(t)
  await importText(timeline, 'a.log', first)
  t.equal((await events(timeline)).filter(isDoubted).length, 0)
  await importText(timeline, 'z.log', whole)
  const live = await events(timeline)
  t.equal(live.filter(isDoubted).length, 70)
  await timeline.rebuild(main)
  t.strictSame(times(await events(timeline)), times(live), 'after a rebuild')
  await timeline.remove(main, { path: 'z.log' })
  t.equal((await events(timeline)).filter(isDoubted).length, 0, 'what told it is gone')

  const grown = [...unset.slice(0, 10), ...whole.slice(0, 100)]
  const flags = (imports: Parameters<typeof timelineOf>[0]): Promise<number> =>
    timelineOf(imports, async (made) => (await content(made)).filter(isDoubted).length)
  t.equal(await flags([[fileOf('v.log', grown)]]), 10)
  t.equal(await flags([[fileOf('v.log', grown.slice(0, 10))], [fileOf('v.log', grown)]]), 10)
  t.equal(await flags([[fileOf('z.log', whole)], [fileOf('a.log', first)]]), 70)
})

const DAY = 86_400
const fact = (from: number, more: Partial<ClockFact> = {}): ClockFact => ({
  stream: '',
  from,
  to: from + 100,
  add: -3600,
  pairs: 1,
  ...more,
})
const contextWith = (clocks: ClockSpan[]): Context => ({
  file: 'f',
  number: 1,
  dataset: 'd',
  head: [],
  evidence: [],
  first: 0,
  clocks,
})
const written = (seconds: number): { time: Stamp } => ({
  time: { original: '', seconds, nanos: 0, digits: 0 },
})

t.test('what files show of clocks is united in any order and grouping', (t) => {
  const few = (n: number): ClockFacts => ({ clocks: [fact(n * DAY, { pairs: 4 })] })
  t.strictSame(shownBy(few(0)), [], 'too few in one file')
  const ten = united(Array.from({ length: 10 }, (_, n) => few(n)))
  t.match(shownBy(ten), [{ add: -3600, pairs: 40, from: 0, to: 9 * DAY + 100 }])
  const right: ClockFacts = { clocks: [fact(0, { pairs: 5 })] }
  const doubtful: ClockFacts = {
    clocks: [fact(0, { pairs: 5 }), fact(0, { add: 0, pairs: 95, wild: true })],
  }
  t.equal(shownBy(right).length, 1)
  t.strictSame(shownBy(united([right, doubtful])), [], 'the whole has too many others')

  const many = (stream: string, add: number): ClockFacts => ({
    clocks: Array.from({ length: 6000 }, (_, n) => fact(n * DAY, { stream, add, pairs: n % 7 })),
  })
  const parts = [many('a', 0), many('a', 3600), many('b', 7200)]
  const whole = united(parts)
  t.ok(whole.clocks!.length <= 10_000 && whole.clocks!.length > 2500, 'a bound, and no less')
  for (const [a, b, c] of orders(parts)) {
    t.strictSame(united([united([a!, b!]), c!]), whole)
    t.strictSame(united([a!, united([b!, c!]), a!]), whole)
  }
  const hosts: ClockFacts = {
    clocks: Array.from({ length: 10_001 }, (_, n) => fact(0, { stream: `host${n}` })),
  }
  t.notOk(united([hosts]).clocks, 'what has no room tells nothing')
  t.notOk(united([united([hosts]), right]).clocks, 'and goes on telling nothing')
  t.end()
})

t.test('spans of a clock', (t) => {
  const agreeing = contextWith([fact(0, { to: 200 }), fact(100, { to: 400 })])
  t.match(shownZone(written(150), agreeing), { zone: '+01:00', slack: 0 })
  const turned = contextWith([fact(0), fact(90 * DAY, { add: -7200 })])
  t.strictSame(
    [50, 30 * DAY, 90 * DAY].map((at) => shownZone(written(at), turned)),
    [
      { zone: '+01:00', slack: 0 },
      { zone: '+01:00', slack: 3600 },
      { zone: '+02:00', slack: 0 },
    ],
  )
  const spans = Array.from({ length: 300_000 }, (_, n) =>
    fact(n * 4000, { add: n % 2 === 0 ? -3600 : -7200 }),
  )
  const long = contextWith(spans)
  const beginMs = performance.now()
  for (let n = 0; n < 20_000; n++)
    if (shownZone(written(n * 4000 + 50), long)?.zone !== (n % 2 === 0 ? '+01:00' : '+02:00'))
      t.fail(`span ${n}`)
  t.ok(performance.now() - beginMs < 20_000, 'not every span is looked at for every record')
  const two = contextWith([
    fact(0, { stream: 'a', pairs: 100 }),
    fact(0, { stream: 'b', pairs: 7 }),
  ])
  t.match(
    secondStamp(two, 'x', () => false),
    { add: [-3600], records: 107 },
  )
  t.end()
})
