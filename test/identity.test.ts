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

async function files(): Promise<Fixture[]> {
  const found: Fixture[] = []
  for (const each of all) if ((await stat(each.input)).isFile()) found.push(each)
  return found
}
