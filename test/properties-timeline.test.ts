import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { TimelineEvent } from '../schemas/timeline-event.ts'
import { IN_A_ROW } from '../services/ingest/passages.ts'
import { file, logOf } from './support/generated.ts'
import { content, timelineOf } from './support/in-process.ts'

/** 10,000 are run now and then: docs/benchmarks.md. */
const RUNS = Number(process.env['RECOUNT_TEST_RUNS'] ?? 12)
const timeout = 60_000 + RUNS * 1000
t.setTimeout(timeout)

/** Lines of one of the logs. */
interface Cut {
  i: number
  begin: number
  end: number
}

/** Of parts that share less than that many lines nobody can say that they are of one log: two hosts may have said the same. */
const isClear = (one: Cut, other: Cut): boolean => {
  const shared = Math.min(one.end, other.end) - Math.max(one.begin, other.begin)
  return one.i !== other.i || shared <= 0 || shared >= IN_A_ROW
}

t.test(
  'any order of imports, with copies and parts of the files, gives the timeline of the whole',
  { timeout },
  async () => {
    const scene = fc.record({
      logs: fc.tuple(logOf('web1', true), logOf('web2', false)),
      parts: fc.array(
        fc.tuple(fc.nat(1), fc.constantFrom(0, 0, 1, 2, 3), fc.integer({ min: 4, max: 14 })),
        { maxLength: 4 },
      ),
      order: fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
      together: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(scene, async ({ logs, parts, order, together }) => {
        const whole = logs.map((lines, i) => file(`whole/${i}.log`, lines))
        // A part that begins amid equal lines cannot be told from one that begins with the first of them.
        const cuts = parts
          .map(([i, from, length]): Cut => {
            const begin = logs[i]!.slice(from).some((l) => logs[i]!.indexOf(l) < from) ? 0 : from
            return { i, begin, end: Math.min(begin + length, logs[i]!.length) }
          })
          .filter((one, n, all) => all.slice(0, n).every((other) => isClear(one, other)))
        const copies = cuts.map(({ i, begin, end }, n) =>
          file(`copy${n}.log`, logs[i]!.slice(begin, end)),
        )
        const all = [...whole, ...copies]
          .map((input, i) => ({ input, by: order[i]! }))
          .sort((a, b) => a.by - b.by)
          .map(({ input }) => input)
        // Left out: ids, because a stream is named by the file of it that came first, and bounds, which the other files of the same import narrow.
        const simple = (events: readonly TimelineEvent[]): unknown[][] =>
          events.map((e) => {
            const { path, line } = e.timeline.seen.find((s) => s.path.startsWith('whole'))!
            return [path, line, e['@timestamp'], e.message, e.timeline.time.flags]
          })
        const expected = simple(await timelineOf([whole], content))
        for (const [i, lines] of logs.entries()) {
          const numbers = expected
            .filter(([path]) => path === `whole/${i}.log`)
            .map(([, line]) => line)
          deepStrictEqual(
            numbers,
            lines.map((_, n) => n + 1),
            'every line once, in the order of the file',
          )
        }
        deepStrictEqual(
          simple(await timelineOf(together ? [all] : all.map((input) => [input]), content)),
          expected,
        )
      }),
      { numRuns: RUNS, endOnFailure: true },
    )
  },
)

t.test('parts of a log that half overlap, in any order, make the log', async () => {
  const lines = Array.from({ length: 300 }, (_, n) => {
    const at = new Date(Date.UTC(2025, 4, 1, 10, 0, n)).toISOString()
    return `${at.slice(0, 19).replace('T', ' ')} INFO worker step ${n % 7}`
  })
  const parts = [0, 50, 100, 150, 200].map((from) =>
    file(`from-${from}.log`, lines.slice(from, from + 100)),
  )
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(parts, { minLength: 5 }), async (shuffled) => {
      const found = await timelineOf(
        shuffled.map((part) => [part]),
        content,
      )
      deepStrictEqual(
        found.map((e) => e.event.original),
        lines,
      )
    }),
    { numRuns: 8, examples: [[[3, 1, 2, 0, 4].map((i) => parts[i]!)]], endOnFailure: true },
  )
})

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
