import { deepStrictEqual } from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import pino from 'pino'
import t from 'tap'
import type { TimelineEvent } from '../schemas/timeline-event.ts'
import type { Input } from '../services/ingest/input.ts'
import { folding } from '../services/commands/fold.ts'
import { askedOf, sameOf, secondOf, type Candidate } from '../services/event-index/same.ts'
import { createFold } from '../services/web/page/fold.ts'
import type { TimelineEvent as PageEvent } from '../services/web/page/timeline-event.ts'
import { openTimeline, type Timeline } from '../services/timeline.ts'
import { file } from './support/generated.ts'

const NOW_MS = Date.UTC(2026, 0, 15, 12)
const BEGIN_MS = Date.UTC(2025, 10, 20, 10)
const root = t.testdir()

const stampOf = (ms: number): string => new Date(BEGIN_MS + ms).toISOString()
const bsd = (ms: number): string => `Nov 20 ${stampOf(ms).slice(11, 19)}`

/** What programs said, so many milliseconds after ten: on two hosts, with repeats. */
const SAID: readonly [ms: number, host: string, program: string, pid: number, text: string][] = [
  [400, 'db1', 'sshd', 12, 'Accepted publickey for ana from 203.0.113.9 port 4022 ssh2'],
  [1100, 'db1', 'pool', 77, 'connection refused'],
  [1500, 'db1', 'pool', 77, 'connection refused'],
  [1600, 'db2', 'pool', 77, 'connection refused'],
  [2200, 'db1', 'pool', 77, 'connection refused'],
  [59_900, 'db1', 'pool', 77, 'pool is empty'],
  [61_000, 'db1', 'cron', 91, 'a line\n  and another'],
]
const REPEATED = 'connection refused'

/** rsyslog writes control characters as `#012`; the stamp is the second. */
const syslog = SAID.map(
  ([ms, host, program, pid, text]) =>
    `${bsd(ms)} ${host} ${program}[${pid}]: ${text.replaceAll('\n', '#012')}`,
)
const relayed = SAID.map(
  ([ms, host, program, pid, text]) =>
    `<30>1 ${stampOf(ms)} ${host} ${program} ${pid} - - ${text.replaceAll('\n', '#012')}`,
)
/** The journal gets it a little later, knows the host with its domain, and colours. */
const entryOf = (
  [ms, host, program, pid, text]: (typeof SAID)[number],
  i: number,
): Record<string, string> => ({
  __CURSOR: `s=0a;i=${i}`,
  __REALTIME_TIMESTAMP: String((BEGIN_MS + ms) * 1000 + 90),
  _HOSTNAME: `${host}.example.com`,
  SYSLOG_IDENTIFIER: program,
  // A program that has forked calls itself by the pid from before.
  ...(program === 'cron' ? { _PID: '92', SYSLOG_PID: String(pid) } : { _PID: String(pid) }),
  MESSAGE: `\u001b[1m${text}\u001b[0m`,
})
const journal = SAID.map((said, i) => JSON.stringify(entryOf(said, i)))
const exported = SAID.map((said, i) =>
  Object.entries(entryOf(said, i))
    .map(([name, value]) =>
      // What has control characters comes with its length, in eight bytes.
      name === 'MESSAGE'
        ? `${name}\n${String.fromCharCode(value.length)}${'\0'.repeat(7)}${value}`
        : `${name}=${value}`,
    )
    .join('\n'),
).join('\n\n')

/** What a program writes itself, with its own stamp, and what keeps its output. */
const app = [
  `${stampOf(3100)} INFO shop started`,
  `${stampOf(3500)} ERROR shop failed: timeout`,
  `${stampOf(3500)} ERROR shop failed: timeout`,
]
const docker = app.map((text, i) =>
  JSON.stringify({ log: `${text}\n`, stream: 'stdout', time: stampOf(3520 + i) }),
)
const pino_ = [1, 2].map((n) =>
  JSON.stringify({ level: 30, time: BEGIN_MS + 4000, pid: 1, hostname: 'api', msg: `order ${n}` }),
)
/** The first line comes in two parts. */
const cri = pino_.flatMap((text, i) =>
  i === 0
    ? [
        `${stampOf(4010)} stdout P ${text.slice(0, 30)}`,
        `${stampOf(4010)} stdout F ${text.slice(30)}`,
      ]
    : [`${stampOf(4011)} stdout F ${text}`],
)

const FILES = {
  syslog: file('syslog', syslog),
  relayed: file('relayed', relayed),
  journal: file('journal.json', journal),
  exported: file('journal.export', [exported, '']),
  app: file('app.log', app),
  docker: file('docker.log', docker),
  pino: file('pino.log', pino_),
  cri: file('cri.log', cri),
}

async function timelineOf<T>(
  inputs: readonly Input[],
  look: (timeline: Timeline) => Promise<T>,
): Promise<T> {
  const timeline = openTimeline(mkdtempSync(join(root, 'data-')), pino({ level: 'silent' }))
  try {
    for (const input of inputs)
      await timeline.importFiles('main', {
        nowMs: NOW_MS,
        async *inputs() {
          yield input
        },
      })
    return await look(timeline)
  } finally {
    await timeline.close()
  }
}

async function eventsOf(timeline: Timeline): Promise<TimelineEvent[]> {
  const { events } = await timeline.eventIndex.page('main', { limit: 1000, order: 'asc' })
  return JSON.parse(`[${Buffer.from(events).toString()}]`) as TimelineEvent[]
}

/** Each event as file and line, and what it is the same as, also so. */
async function linksOf(timeline: Timeline): Promise<string[]> {
  const events = await eventsOf(timeline)
  const nameOf = ({ timeline: { seen } }: TimelineEvent): string =>
    `${seen[0]!.path}:${seen[0]!.line}`
  const names = new Map(events.map((event) => [event.event.id, nameOf(event)]))
  return events
    .map((event) => {
      const same = (event.timeline.same ?? []).map((id) => names.get(id)!).sort()
      return `${nameOf(event)} = ${same.join(', ')}`
    })
    .sort()
}

/** What is expected of files of which line n is the same in each. */
const each = (paths: readonly string[], lines: readonly number[]): string[] =>
  paths
    .flatMap((path) =>
      lines.map((n) => {
        const others = paths.filter((other) => other !== path).map((other) => `${other}:${n}`)
        return `${path}:${n} = ${others.sort().join(', ')}`
      }),
    )
    .sort()

const ALL = SAID.map((_, i) => i + 1)

t.test('a log is linked to itself through every channel', async (t) => {
  const cases: [name: string, inputs: Input[], expected: string[]][] = [
    ['file and journal', [FILES.syslog, FILES.journal], each(['journal.json', 'syslog'], ALL)],
    [
      'file, relay and journal',
      [FILES.journal, FILES.syslog, FILES.relayed],
      each(['journal.json', 'relayed', 'syslog'], ALL),
    ],
    ['file and docker', [FILES.app, FILES.docker], each(['app.log', 'docker.log'], [1, 2, 3])],
  ]
  for (const [name, inputs, expected] of cases)
    t.strictSame(await timelineOf(inputs, linksOf), expected, name)
  t.strictSame(
    await timelineOf([FILES.pino, FILES.cri], linksOf),
    [
      'cri.log:1 = pino.log:1',
      'cri.log:3 = pino.log:2',
      'pino.log:1 = cri.log:1',
      'pino.log:2 = cri.log:3',
    ],
    'JSON lines in containers, also in parts',
  )
  t.strictSame(
    (await timelineOf([FILES.journal, FILES.exported], linksOf))
      .map((link) => link.split(' ')[2]!.split(':')[0])
      .sort(),
    [...ALL.map(() => 'journal.export'), ...ALL.map(() => 'journal.json')],
    'one journal, exported in two formats',
  )
})

t.test(
  'what could be of another machine, or is a line of the same file, is not linked',
  async (t) => {
    const line = (host: string): string => `${bsd(400)} ${host} app[7]: ready`
    const none = async (name: string, ...inputs: Input[]): Promise<void> => {
      const links = await timelineOf(inputs, linksOf)
      t.ok(links.length > 1, name)
      t.strictSame(
        links.filter((link) => !link.endsWith(' = ')),
        [],
        name,
      )
    }
    const entry = { ...entryOf([400, 'db9', 'app', 7, 'ready'], 0) }
    await none(
      'two hosts',
      file('a', [line('db1'), line('db2')]),
      file('journal.json', [JSON.stringify(entry)]),
    )
    await none('repeats in one file', file('a', [line('db1'), line('db1'), line('db1')]))
    await none(
      'the end of one part and the beginning of the next',
      file('a.1', [`${bsd(-9000)} db1 app[7]: started`, line('db1')]),
      file('a', [`${bsd(1400)} db1 app[7]: ready`, `${bsd(9000)} db1 app[7]: stopped`]),
    )
    await none(
      'two copies of a file on two machines',
      file('a.log', app),
      file('b.log', [...app, `${stampOf(9000)} INFO b`]),
    )
    await none(
      'a container without a host and a text without a time',
      file('docker.log', [
        JSON.stringify({ log: 'ready\n', stream: 'stdout', time: stampOf(400) }),
      ]),
      file('journal.json', [JSON.stringify(entry)]),
    )
    const number = 'order 4100000001 took 0:10:31'
    await none(
      'a container without a host and numbers that are no time',
      file('docker.log', [
        JSON.stringify({ log: `${number}\n`, stream: 'stdout', time: stampOf(400) }),
      ]),
      file('journal.json', [JSON.stringify({ ...entry, MESSAGE: number })]),
    )
  },
)

t.test('any order of imports links the same', async () => {
  const names = Object.keys(FILES) as (keyof typeof FILES)[]
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(names, { minLength: 2 }),
      fc.shuffledSubarray(names, { minLength: names.length }),
      async (some, order) => {
        const inOrder = order.filter((name) => some.includes(name))
        const [one, other] = [some, inOrder].map((all) =>
          timelineOf(
            all.map((name) => FILES[name]),
            linksOf,
          ),
        )
        deepStrictEqual(await one, await other)
      },
    ),
    { numRuns: 6, endOnFailure: true },
  )
})

t.test('a link goes with what is taken back, and a rebuild gives the same bytes', async (t) => {
  await timelineOf([FILES.syslog, FILES.journal], async (timeline) => {
    const bytes = async (): Promise<string> => JSON.stringify(await eventsOf(timeline))
    const before = await bytes()
    await timeline.rebuild('main')
    t.equal(await bytes(), before)
    await timeline.remove('main', { path: 'syslog' })
    const left = await eventsOf(timeline)
    t.equal(left.length, SAID.length)
    t.ok(left.every((event) => !('same' in event.timeline)))
  })
  const { length } = SAID.filter(([, , , , text]) => text === REPEATED)
  t.equal(length, 4, 'there are repeats among them')
})

const candidate = fc.record({
  ms: fc.integer({ min: 0, max: 90_000 }),
  channel: fc.constantFrom('file', 'journal', 'runtime', 'syslog year', 'syslog .z'),
  host: fc.constantFrom('', 'db1', 'db2'),
  pid: fc.constantFrom(undefined, 1, 2),
  hasFraction: fc.boolean(),
})

t.test('what an event is the same as hangs on the seconds around it alone', async () => {
  fc.assert(
    fc.property(fc.array(candidate, { minLength: 2, maxLength: 40 }), (all) => {
      const events = all.map(({ ms, channel, host, pid, hasFraction }, i): Candidate => {
        const atMs = BEGIN_MS + (hasFraction ? ms : ms - (ms % 1000))
        const stamp = new Date(atMs).toISOString()
        return {
          id: `e${i}`,
          at: `${atMs}000000`,
          stream: channel,
          place: i,
          twin: 1,
          channel,
          document: JSON.stringify({
            '@timestamp': hasFraction ? stamp : stamp.replace('.000', ''),
            timeline: { seen: [{ source: channel, path: channel, line: i }] },
            ...(host && { host: { name: host } }),
            process: { pid },
          }),
        }
      })
      const whole = sameOf(events)
      for (const event of events) {
        const { seconds } = askedOf([event])[0]!
        const near = events.filter(({ at }) => seconds.has(secondOf(at)))
        deepStrictEqual(sameOf(near).get(event.id), whole.get(event.id))
        const same = whole.get(event.id) ?? []
        const channels = same.map((id) => events[Number(id.slice(1))]!.channel)
        deepStrictEqual(new Set([event.channel, ...channels]).size, same.length + 1)
      }
      deepStrictEqual(sameOf(events.toReversed()), new Map(whole))
    }),
    { numRuns: 200, endOnFailure: true },
  )
})

t.test('what is left out of a list leaves nothing out itself', async (t) => {
  // The one in the middle has no host, and is the same as each of the two, which have different ones.
  const event = (id: string, same: readonly string[]): TimelineEvent =>
    ({
      '@timestamp': '2025-11-20T10:00:00Z',
      message: 'ready',
      event: { id, dataset: `logs/${id}` },
      timeline: { seen: [{ source: 'all', path: id }], same },
    }) as unknown as TimelineEvent
  const events = [
    event('file', ['journal']),
    event('journal', ['file', 'runtime']),
    event('runtime', ['journal']),
  ]
  const shown = [
    ['file', 'logs/journal'],
    ['runtime', 'logs/journal'],
  ]
  const all = new Map(events.map((e) => [e.event.id, JSON.stringify(e)]))
  for (const size of [1, 2, 3]) {
    const fold = folding(async () => all)
    const folded = [...(await fold(events.slice(0, size))), ...(await fold(events.slice(size)))]
    t.strictSame(
      folded.map(({ event: { event: e }, alsoIn }) => [e.id, ...alsoIn]),
      shown,
    )
  }
  const page = createFold()
  const came = events as unknown as PageEvent[]
  page.came(came)
  t.strictSame(
    came.filter((e) => !page.isFolded(e)).map((e) => [e.event.id, page.elsewhere(e)]),
    shown,
  )
})

t.test('a line that is written all day long is looked at piece by piece', async (t) => {
  const begin = BEGIN_MS / 1000
  const events = Array.from({ length: 40_000 }, (_, i): Candidate => {
    const at = `${begin + (i >> 4)}${String((i % 16) * 50_000_000).padStart(9, '0')}`
    return {
      id: `e${i}`,
      at,
      stream: 's',
      place: i,
      twin: 1,
      channel: i % 2 === 0 ? 'file' : 'runtime',
      document: JSON.stringify({ '@timestamp': '2025-11-20T10:00:00.1Z', timeline: { seen: [] } }),
    }
  })
  const cpu = process.cpuUsage()
  t.equal(sameOf(events).size, events.length)
  t.ok(process.cpuUsage(cpu).user < 10_000_000, 'in a time that grows as they do')

  // One of each minute is asked for, the first at its beginning.
  const asked = askedOf([events[0]!, ...[1, 2, 3].map((n) => events[n * 960 + 480]!)])
  t.strictSame(
    asked.map(({ ids, minutes, seconds }) => [ids.size, minutes.length, seconds.size]),
    [
      [1, 2, 21],
      [1, 1, 21],
      [1, 1, 21],
      [1, 1, 21],
    ],
  )
  t.strictSame(askedOf([{ id: 'a', at: events[0]!.at, twin: null }]), [])
})
