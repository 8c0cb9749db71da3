import { deepStrictEqual } from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import pino from 'pino'
import t from 'tap'
import type { Item, LineAdapter } from '../ingest-adapters/adapter.ts'
import { loadAdapters } from '../ingest-adapters/load.ts'
import type { TimelineEvent } from '../schemas/timeline-event.ts'
import type { Bus, Message } from '../services/bus/bus.ts'
import { decode } from '../services/ingest/decode.ts'
import { importFiles } from '../services/ingest/import.ts'
import { placeOf, type Input } from '../services/ingest/input.ts'
import { readItems } from '../services/ingest/read-items.ts'
import { openTimeline, type Timeline } from '../services/timeline.ts'
import { wrongSums } from './support/recount.ts'

const NOW_MS = Date.UTC(2026, 0, 15, 12)
const logger = pino({ level: 'silent' })
const adapters = await loadAdapters()
const root = t.testdir()

/** The fixtures of an adapter as bytes. */
function fixturesOf(name: string): Buffer[] {
  const folder = join('test/fixtures', name)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) =>
    join(folder, file),
  )
  return files
    .filter((file) => /\.input/.test(file) && statSync(file).isFile())
    .map((file) => readFileSync(file))
}

/** Bytes that come in pieces cut at these places, each a share of the whole. */
const cut = (bytes: Buffer, shares: readonly number[]): Buffer[] => {
  const places = [0, ...shares.map((share) => Math.floor(share * bytes.length)), bytes.length].sort(
    (a, b) => a - b,
  )
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end))
}

const inputOf = (path: string, pieces: readonly Buffer[]): Input => ({
  path,
  ...placeOf(path),
  async *open() {
    yield* pieces
  },
})

async function itemsOf(
  pieces: readonly Buffer[],
  adapter: (typeof adapters)[number]['adapter'],
): Promise<Item[]> {
  const items: Item[] = []
  const file = { name: 'x', folder: '', companions: [] }
  for await (const some of readItems(inputOf('x', pieces), adapter, file)) items.push(...some)
  return items
}

const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 })
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    ' ',
    '\t',
    '\0',
    '"',
    '{',
    '[',
    '}',
    '<',
    '(',
    '-',
    '\\',
    '2024-02-30T25:61:61Z',
    '9'.repeat(400),
    '\u2028',
    'é',
    '{"a":'.repeat(80),
    '\r',
  ),
)

/** Lines of a fixture with some of them changed, repeated, moved or replaced. */
const mutated = (lines: readonly string[]): fc.Arbitrary<string> =>
  fc
    .array(
      fc
        .tuple(
          fc.constantFrom(...lines),
          fc.nat(),
          fc.nat(20),
          hostile,
          fc.constantFrom('keep', 'keep', 'cut', 'put', 'replace'),
        )
        .map(([line, at, length, text, how]) => {
          const i = at % (line.length + 1)
          if (how === 'replace') return text
          return how === 'keep'
            ? line
            : `${line.slice(0, i)}${how === 'put' ? text : ''}${line.slice(i + (how === 'cut' ? length : 0))}`
        }),
      { maxLength: 30 },
    )
    .map((all) => all.join('\n'))

/** How many physical lines items account for. */
const physical = (items: readonly Item[]): number =>
  items.reduce(
    (sum, item) =>
      sum +
      ('context' in item
        ? item.context
        : 'rejected' in item
          ? 1
          : item.original.split('\n').length),
    0,
  )

for (const { name, adapter } of adapters) {
  t.test(`${name} never throws and reads the same however the bytes are cut`, async (t) => {
    const fixtures = fixturesOf(name)
    const lines = fixtures.flatMap((bytes) => bytes.toString().split('\n'))
    const texts = fc.oneof(
      fc.constantFrom(...fixtures),
      mutated(lines).map((text) => Buffer.from(text)),
    )
    await fc.assert(
      fc.asyncProperty(texts, shares, async (bytes, places) => {
        const whole = await itemsOf([bytes], adapter)
        deepStrictEqual(await itemsOf(cut(bytes, places), adapter), whole)
        if (adapter.unit === 'lines') conserved(adapter, bytes, whole)
      }),
      { numRuns: 25 },
    )
    t.pass('for all')
  })
}

function conserved(_: LineAdapter, bytes: Buffer, items: readonly Item[]): void {
  const text = decode(bytes)
  const lines = text === '' ? 0 : text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
  if (physical(items) !== lines)
    throw new Error(`${lines} lines went in, ${physical(items)} came out`)
}

/** Everything on a timeline, without the paths of copies. */
async function content(timeline: Timeline): Promise<TimelineEvent[]> {
  const { events } = await timeline.eventIndex.page('main', { limit: 1000, order: 'asc' })
  return JSON.parse(`[${Buffer.from(events).toString()}]`) as TimelineEvent[]
}

async function timelineOf<T>(
  imports: readonly (readonly Input[])[],
  look: (timeline: Timeline) => Promise<T>,
): Promise<T> {
  const data = mkdtempSync(join(root, 'data-'))
  const timeline = openTimeline(data, logger)
  try {
    for (const inputs of imports) {
      const ledger = await timeline.importFiles('main', {
        nowMs: NOW_MS,
        async *inputs() {
          yield* inputs
        },
      })
      const wrong = wrongSums(ledger)
      if (wrong.length > 0) throw new Error(wrong.join('; '))
    }
    return await look(timeline)
  } finally {
    await timeline.close()
    rmSync(data, { recursive: true })
  }
}

const words = fc.constantFrom('started', 'stopped', 'refused', 'db1', 'é 💥')
const two = (n: number): string => String(n).padStart(2, '0')

/** A log of one host, in order, some of its lines equal; with a year in the stamp, or without. */
const logOf = (id: string, year: boolean): fc.Arbitrary<string[]> =>
  fc.array(fc.tuple(fc.nat(2), words), { minLength: 6, maxLength: 14 }).map((steps) => {
    let at = Date.UTC(2025, 11, 31, 23, 59, 50)
    return steps.map(([step, word]) => {
      const d = new Date((at += step * 1000))
      const clock = `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`
      return year
        ? `${d.toISOString().slice(0, 10)} ${clock} INFO ${id} ${word}`
        : `${d.getUTCMonth() === 0 ? 'Jan' : 'Dec'} ${String(d.getUTCDate()).padStart(2)} ${clock} ${id} app: ${word}`
    })
  })

const file = (path: string, lines: readonly string[]): Input =>
  inputOf(path, [Buffer.from(lines.map((line) => `${line}\n`).join(''))])

t.test(
  'any order of imports, with copies and beginnings of the files, gives the timeline of the whole',
  async () => {
    const scene = fc.record({
      logs: fc.tuple(logOf('web1', true), logOf('web2', false)),
      parts: fc.array(fc.tuple(fc.nat(1), fc.nat(100)), { maxLength: 4 }),
      order: fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
      together: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(scene, async ({ logs, parts, order, together }) => {
        const whole = logs.map((lines, i) => file(`whole/${i}.log`, lines))
        const copies = parts.map(([i, share], n) =>
          file(`copy${n}.log`, logs[i]!.slice(0, 4 + Math.floor((share / 100) * 10))),
        )
        const all = [...whole, ...copies]
          .map((input, i) => ({ input, by: order[i]! }))
          .sort((a, b) => a.by - b.by)
          .map(({ input }) => input)
        // Left out: ids, because a stream is named by the file of it that came first, and bounds, which the other files of the same import narrow.
        const simple = (events: readonly TimelineEvent[]): unknown[] =>
          events.map((e) => [
            e['@timestamp'],
            e.message,
            e.timeline.time.flags,
            e.timeline.seen.filter((s) => s.path.startsWith('whole')).map((s) => s.line),
          ])
        const expected = simple(await timelineOf([whole], content))
        if (expected.length !== logs[0].length + logs[1].length) throw new Error('lines were lost')
        deepStrictEqual(
          simple(await timelineOf(together ? [all] : all.map((input) => [input]), content)),
          expected,
        )
      }),
      { numRuns: 12 },
    )
  },
)

t.test('a window is a filter and a sort, and its parts make the whole', async (t) => {
  const logs = [logOf('a', true), logOf('b', true)].map(
    (log) => fc.sample(log, { numRuns: 1, seed: 7 })[0]!,
  )
  await timelineOf([logs.map((lines, i) => file(`${i}.log`, lines))], async ({ eventIndex }) => {
    const page = async (from: string, to: string): Promise<string[]> => {
      const { events } = await eventIndex.page('main', { limit: 1000, order: 'asc', from, to })
      return (JSON.parse(`[${Buffer.from(events).toString()}]`) as TimelineEvent[]).map(
        (e) => `${e['@timestamp']} ${e.event.id}`,
      )
    }
    const key = (second: number): string =>
      String(BigInt(Date.UTC(2025, 11, 31, 23, 59, 45) / 1000 + second) * 1_000_000_000n)
    const instant = (second: number): string =>
      `${new Date(Number(key(second)) / 1e6).toISOString().slice(0, 19)}Z`
    const all = await page(key(0), key(1000))
    t.equal(all.length, logs[0]!.length + logs[1]!.length)
    const edges = fc
      .tuple(fc.nat(40), fc.nat(40), fc.nat(40))
      .map((three) => three.sort((a, b) => a - b))
    await fc.assert(
      fc.asyncProperty(edges, async ([from, middle, to]) => {
        const window = await page(key(from), key(to))
        deepStrictEqual(
          window,
          all.filter((e) => e.slice(0, 20) >= instant(from) && e.slice(0, 20) < instant(to)),
        )
        deepStrictEqual(
          [...(await page(key(from), key(middle))), ...(await page(key(middle), key(to)))],
          window,
        )
      }),
      { numRuns: 30 },
    )
    t.pass('for all')
  })
})

t.test('the same input gives the same ids and places', async () => {
  const records = async (pieces: readonly Buffer[]): Promise<unknown[]> => {
    const messages: Message[] = []
    // A bus that only listens: what ingest sends is the result.
    const bus = {
      append: async (_: string, some: readonly Message[]) => (messages.push(...some), '1'),
      async *read() {},
    } as unknown as Bus
    const ports = {
      bus,
      adapters,
      workspace: 'main',
      logger,
      indexed: async () => undefined,
      event: async () => undefined,
      created: async () => new Map<string, number>(),
    }
    await importFiles(ports, {
      nowMs: NOW_MS,
      async *inputs() {
        yield inputOf('x.log', pieces)
      },
    })
    return messages
      .filter((m) => m.topic === 'records')
      .flatMap((m) => (m.value as { records: unknown[] }).records)
  }
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(logOf('w', true), logOf('w', false)),
      shares,
      async (lines, places) => {
        const bytes = Buffer.from(lines.join('\n'))
        const once = await records([bytes])
        deepStrictEqual(new Set(once.map((r) => (r as { id: string }).id)).size, lines.length)
        deepStrictEqual(await records(cut(bytes, places)), once)
      },
    ),
    { numRuns: 30 },
  )
})
