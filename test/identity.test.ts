import { readFile, stat } from 'node:fs/promises'
import t from 'tap'
import { loadAdapters } from '../ingest-adapters/load.ts'
import type { TimelineEvent } from '../schemas/timeline-event.ts'
import type { Input } from '../services/ingest/input.ts'
import { inputOf } from './support/generated.ts'
import { fixtures, type Fixture } from './support/golden.ts'
import { content, timelineOf } from './support/in-process.ts'

const adapters = await loadAdapters()
const all = await fixtures()
/** So much of a file is there at first. */
const SHARE = 0.6
/** So much of one that is broken off, in the middle of a line or not. */
const CUTS = [0.47, 0.83]

/** What is the same however a file came. Its name, and with it the source of what names none, may be another. */
const simple = (events: readonly TimelineEvent[]): unknown[] =>
  events.map(({ '@timestamp': at, message, event, timeline }) => [
    at,
    message,
    event.original,
    timeline.time.basis,
    timeline.time.flags,
  ])

const timeline = (input: Input): Promise<unknown[]> =>
  timelineOf([[input]], async (made) => simple(await content(made)))

t.test('a file again, and a copy of it under another name, add nothing', async (t) => {
  for (const { name, input } of await files()) {
    const bytes = await readFile(input)
    const whole = inputOf('logs/whole', [bytes])
    const copy = inputOf('elsewhere/copy', [bytes])
    await timelineOf([[whole], [whole], [copy]], async (made) => {
      const [first, again, copied] = made.ledgers
      for (const { events, merged, rejected } of [again!, copied!]) {
        t.strictSame(
          [events, merged, rejected],
          [0, first!.events + first!.merged, first!.rejected],
          name,
        )
      }
      t.strictSame(simple(await content(made)), await timeline(whole), name)
    })
  }
})

t.test('a file that has grown adds what is new, whatever was there at first', async (t) => {
  let grown = 0
  const byName = new Map(adapters.map(({ name, adapter }) => [name, adapter]))
  for (const { name, input, dataset } of await files()) {
    const adapter = byName.get(dataset)!
    if (adapter.unit !== 'lines') continue
    const lines = (await readFile(input, 'latin1')).split('\n')
    const share = Math.ceil(lines.length * SHARE)
    // A record that is half written is another one than the whole of it.
    const end = lines.findIndex((line, i) => i >= share && (adapter.begins?.(line) ?? true))
    const begin = lines.slice(0, end)
    const part = inputOf('logs/whole', [Buffer.from(`${begin.join('\n')}\n`, 'latin1')])
    const whole = inputOf('logs/whole', [Buffer.from(lines.join('\n'), 'latin1')])
    await timelineOf([[part], [whole]], async (made) => {
      // Of a few lines nobody knows the format.
      if (made.ledgers[0]!.files[0]!.adapter !== dataset) return
      grown++
      t.strictSame(simple(await content(made)), await timeline(whole), name)
    })
  }
  t.ok(grown > 80, `${grown} files grew`)
})

t.test(
  'a file that was cut off within a line adds no more than what is left of that line',
  async (t) => {
    const lines = Array.from({ length: 60 }, (_, i) => {
      const clock = new Date(Date.UTC(2024, 4, 1, 10) + i * 7000).toISOString().slice(11, 19)
      return `10.0.${i % 7}.${i + 10} - - [01/May/2024:${clock} +0000] "GET /item/${i} HTTP/1.1" 200 ${i}\n`
    })
    const whole = inputOf('logs/access.log', [Buffer.from(lines.join(''))])
    const cut = (keep: number): Input =>
      inputOf('tail/access.log', [Buffer.from(lines.slice(-keep).join('').slice(4))])
    for (const imports of [
      [[whole], [cut(30)]],
      [[cut(30)], [whole]],
      [[whole, cut(30)]],
      [[cut(30), whole]],
      [[whole], [cut(4)]],
      [[cut(4)], [whole]],
    ]) {
      await timelineOf(imports, async (made) => {
        const names = imports.map((inputs) => inputs.map(({ path }) => path))
        t.equal((await content(made)).length, lines.length + 1, JSON.stringify(names))
      })
    }
    const edited = inputOf('copy/access.log', [Buffer.from(`7${lines.join('')}`)])
    await timelineOf([[whole], [edited]], async (made) => {
      t.equal((await content(made)).length, lines.length + 1, 'or whose first line is another')
    })
  },
)

/** One record is made of several lines with stamps: half of such a line looks like a record of its own, which it is not in the whole. */
const OF_STAMPED_LINES = new Set([
  'logs/cri/json-levels-and-stack-traces-inside',
  'logs/cri/long-line-in-parts',
  'logs/postgresql/deadlock-with-detail-and-statement',
  'logs/postgresql/stamp-alone-before-the-severity',
  'logs/python-logging/openstack-traceback-on-stamped-lines',
])

t.test('a file that was broken off anywhere and has grown is the whole', async (t) => {
  let grown = 0
  for (const { name, input, dataset } of await files()) {
    const isOfLines = adapters.some((a) => a.name === dataset && a.adapter.unit === 'lines')
    if (!isOfLines || OF_STAMPED_LINES.has(name)) continue
    const bytes = await readFile(input)
    const whole = inputOf('logs/whole', [bytes])
    const wanted = spoken(await timelineOf([[whole]], content))
    const parts = CUTS.map((share) =>
      inputOf('logs/whole', [bytes.subarray(0, place(bytes, share))]),
    )
    await timelineOf([...parts.map((part) => [part]), [whole], [parts[0]!]], async (made) => {
      const [first, second, then, again] = made.ledgers.map(({ files: [file] }) => file!)
      // Of a few lines nobody knows the format.
      if (first!.adapter !== dataset || second!.adapter !== dataset) return
      grown++
      t.strictSame(spoken(await content(made)), wanted, name)
      t.equal(first!.events + second!.events + then!.events, wanted.length, `${name}: counts`)
      t.equal(again!.events, 0, `${name}: again`)
      t.strictSame(spoken(await made.rebuilt(content)), wanted, `${name}: rebuilt`)
    })
  }
  t.ok(grown > 80, `${grown} files grew`)
})

t.test('a half line is completed, whatever else the file and the timeline hold', async (t) => {
  const line = (second: number, text: string): string =>
    `2024-05-01T10:00:0${second}Z INFO ${text}\n`
  const log = (...lines: string[]): Input => inputOf('logs/app.log', [Buffer.from(lines.join(''))])
  const first = line(0, 'started')
  const half = line(1, 'try 10').slice(0, -2)
  const whole = [first, line(1, 'try 10'), line(1, 'try 1'), line(1, 'try 1')]
  const trace = [first, ' at a()\n']
  const cases: [what: string, wanted: Input, imports: Input[][]][] = [
    ['the only record', log(first), [[log(first.slice(0, -3))], [log(first)]]],
    ['a line that is said again', log(...whole), [[log(first, half)], [log(...whole)]]],
    ['in one import', log(...whole), [[log(first, half), log(...whole)]]],
    [
      'several times, and the first again',
      log(...whole),
      [half.slice(0, -1), half, whole.slice(1).join(''), half.slice(0, -1)].map((rest) => [
        log(first, rest),
      ]),
    ],
    [
      'the half line of the next record',
      log(...trace, ...whole.slice(1)),
      [half.slice(0, 7), whole.slice(1).join(''), half.slice(0, 7)].map((rest) => [
        log(...trace, rest),
      ]),
    ],
  ]
  for (const [what, wanted, imports] of cases) {
    const copy: Input = { ...wanted, path: 'elsewhere/copy' }
    const events = spoken(await timelineOf([[wanted]], content))
    await timelineOf([...imports, [copy]], async (made) => {
      t.strictSame(spoken(await content(made)), events, what)
      t.equal(made.ledgers.at(-1)!.events, 0, `${what}: a copy adds nothing`)
      t.strictSame(spoken(await made.rebuilt(content)), events, `${what}: rebuilt`)
    })
  }
})

t.test('a longer line is not one that was complete', async (t) => {
  const job = (n: number): Input =>
    inputOf(`logs/job-${n}.log`, [Buffer.from(`2024-05-01T10:00:00Z INFO start job ${n}\n`)])
  const words = await timelineOf([[job(1)], [job(10)]], content)
  t.strictSame(
    words.map(({ message }) => message),
    ['start job 1', 'start job 10'],
  )
})

/** A place in a file that is not inside a character. */
function place(bytes: Buffer, share: number): number {
  let at = Math.floor(bytes.length * share)
  while ((bytes[at]! & 0xc0) === 0x80) at++
  return at
}

const spoken = (events: readonly TimelineEvent[]): string[] =>
  events.map(({ '@timestamp': at, event }) => `${at} ${event.original}`).sort()

async function files(): Promise<Fixture[]> {
  const found: Fixture[] = []
  for (const each of all) if ((await stat(each.input)).isFile()) found.push(each)
  return found
}
