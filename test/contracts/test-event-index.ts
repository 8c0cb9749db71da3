import fc from 'fast-check'
import type { Test } from 'tap'
import { ENDS_RANK } from '../../schemas/change.ts'
import { BadCursor, TimelineChanged } from '../../services/event-index/event-index.ts'
import {
  made,
  main,
  refused,
  testWith,
  WrittenIndex,
  type Made,
  type Open,
} from './written-index.ts'

/** What every event index does. `open` gives the index of a place: opened again, the same place holds what was written there. */
export async function testEventIndex(t: Test, open: Open): Promise<void> {
  const test = testWith(t, open)

  await test('an empty index answers', async (t, on) => {
    t.strictSame(await on.ids(), [])
    t.equal(await on.index.position(main), null)
    t.strictSame(await on.counted(), [])
    t.strictSame(await on.index.sources(main), [])
    t.equal((await on.index.events(main, ['x'])).size, 0)
    t.strictSame(await on.index.check(main), [])
  })

  // Instants that differ by a nanosecond, sources that UTF-16 and UTF-8 order differently, equal stamps.
  const sources = ['a', 'A', 'é', '～', '💥', 'a b', '']
  const tied: Made[] = Array.from({ length: 60 }, (_, i) => ({
    id: `e${String((i * 37) % 60).padStart(2, '0')}`,
    after: i % 5,
    source: sources[i % 7]!,
    place: i % 3,
    message: 'the same words',
  }))
  const compareBytes = (a: string, b: string): number =>
    Buffer.compare(Buffer.from(a), Buffer.from(b))
  const ordered = [...tied]
    .sort(
      (a, b) =>
        Number(a.after) - Number(b.after) ||
        compareBytes(a.source!, b.source!) ||
        a.place! - b.place! ||
        compareBytes(a.id, b.id),
    )
    .map((e) => e.id)

  await test('the order is instant, source, place, id, whatever the arrival', async (t, on) => {
    await on.write(...tied)
    t.strictSame(await on.ids(), ordered)
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(tied, { minLength: tied.length }), async (shuffled) => {
        const other = await new WrittenIndex(open).reopen()
        await on.write(...shuffled.slice(0, 20))
        await other.write(...shuffled.slice(0, 30))
        await other.write(...shuffled.slice(30))
        t.strictSame(await other.ids(), ordered)
        await other.index.close()
      }),
      { numRuns: 5 },
    )
  })

  await test('pages of any size, forward and backward, give the whole', async (t, on) => {
    await on.write(...tied)
    for (const q of [undefined, 'same', 'same -nothing', 'source:a']) {
      const all =
        q === 'source:a'
          ? ordered.filter((id) => tied.find((e) => e.id === id)!.source === 'a')
          : ordered
      for (const limit of [1, 2, 7, 59, 60, 61]) {
        const query = { limit, ...(q !== undefined && { q }) }
        t.strictSame(await on.ids({ ...query, order: 'asc' }), all, `${q}, ${limit} forward`)
        t.strictSame(
          await on.ids({ ...query, order: 'desc' }),
          all.toReversed(),
          `${q}, ${limit} backward`,
        )
      }
    }
  })

  await test('what is written behind a cursor is neither repeated nor does it move the pages', async (t, on) => {
    await on.write(...tied)
    let n = 0
    const seen = await on.ids({ limit: 7 }, () =>
      on.write({ id: `early${n}`, after: -1 - n++ }, { id: `late${n}`, after: 1000 + n }),
    )
    t.strictSame(seen, [...ordered, ...Array.from({ length: n }, (_, i) => `late${i + 1}`)])
  })

  await test('a cursor of a timeline that was re-dated is refused, and one that was not made here', async (t, on) => {
    await on.write({ id: 'a' }, { id: 'b', after: 5 }, { id: 'c', after: 9 })
    const { next } = await on.index.page(main, { limit: 1, order: 'asc' })
    await on.write({ id: 'd', after: 7 })
    t.strictSame(await on.ids({ cursor: next! }), ['b', 'd', 'c'])
    await on.write({ id: 'c', after: 2 })
    await refused(t, on, next!, TimelineChanged)
    for (const cursor of [
      '',
      'x',
      next!.slice(2),
      Buffer.from('[1,2,3,4,5]').toString('base64url'),
      Buffer.from('null').toString('base64url'),
    ]) {
      await refused(t, on, cursor, BadCursor)
    }
  })

  await test('of many events that are asked for by id, those that are there are given', async (t, on) => {
    // More than a query of Elasticsearch names, and ids that stand in no document as they are.
    const ids = Array.from({ length: 4500 }, (_, i) => `20250501T100000-${i}`)
    const there = ['20250501T100000-0', '20250501T100000-4499', '20240229T000000-💥 "']
    await on.write(...there.map((id, i) => ({ id, after: i })))
    const found = await on.index.events(main, [...ids, ...there.slice(2), there[0]!])
    t.strictSame([...found.keys()].sort(), there.toSorted())
    for (const [id, document] of found)
      t.equal((JSON.parse(document) as { event: { id: string } }).event.id, id)
    t.equal((await on.index.events(main, [])).size, 0)
  })

  await test('a repeat adds the place where it was seen, once', async (t, on) => {
    const seen = [
      ['web', '/b', 2],
      ['db', '/z', 9],
      ['db', '/a', 10],
      ['db', '/a', 9],
      ['web', '/b', 2],
    ] as const
    for (const [source, path, line] of seen)
      await on.write({ id: 'e', source, path, line, place: line })
    const { timeline } = (await on.event('e'))!
    t.strictSame(
      timeline.seen.map((s) => [s.source, s.path, s.line]),
      [
        ['db', '/a', 9],
        ['db', '/a', 10],
        ['db', '/z', 9],
        ['web', '/b', 2],
      ],
    )
    await on.write(
      { id: 'f', source: 'db', place: 9 },
      { id: 'g', source: 'db', place: 11 },
      { id: 'h', source: 'e' },
    )
    t.strictSame(
      await on.ids(),
      ['f', 'e', 'g', 'h'],
      'the smallest source and the largest place give the order',
    )
    await on.write({ id: 'f', source: 'db', place: 12 })
    t.strictSame(await on.ids(), ['e', 'g', 'f', 'h'], 'also where nothing else is new')
    t.strictSame(await on.ids({ source: ['web'] }), ['e'])
    t.strictSame(
      (await on.counted()).map((b) => b.count),
      [4],
    )
    t.strictSame([...(await on.index.created(main, 'i1'))], [['i1/0', 4]])
  })

  await test('an edited message stays one event with its history, whatever the arrival', async (t, on) => {
    const versions: Made[] = [
      { id: 'm', message: 'db is fine', path: 'b' },
      { id: 'm', message: 'db is slow', path: 'a', fields: { labels: { edited: '1.5' } } },
      { id: 'm', message: 'db is DOWN', path: 'c', fields: { labels: { edited: '2.5' } } },
    ]
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0, 1, 2],
      [0, 2, 0, 1],
    ]) {
      const other = await new WrittenIndex(open).reopen()
      for (const n of order) await other.write(versions[n]!)
      const event = await other.event('m')
      t.equal(event?.message, 'db is DOWN')
      t.strictSame(event?.timeline.history, ['db is fine', 'db is slow'])
      t.strictSame(await other.ids({ q: 'down' }), ['m'])
      await other.index.close()
    }
    await on.write(versions[2]!, { ...versions[0]!, fields: { labels: { deleted: '3' } } })
    t.equal((await on.event('m'))?.message, 'db is fine', 'deleted beats edited')
  })

  await test('a record that was broken off gives way to the whole one, whatever the arrival', async (t, on) => {
    const broken: Made = { id: 'r', message: 'db is', stream: 'b', place: 3, rank: 99 }
    const whole: Made = { id: 'r', message: 'db is slow\n  since ten', after: 1, stream: 'c' }
    const copy: Made = { ...whole, path: '/mnt/copy' }
    const tooMuch: Made = { id: 'r', message: 'db is slow\n  since ten\n2024-0', rank: 59 }
    const ended: Made = { ...whole, rank: 59 + ENDS_RANK }
    for (const order of [
      [broken, whole, copy],
      [copy, whole, broken],
      [whole, broken, copy, broken, whole],
      [tooMuch, broken, copy, ended],
      [ended, copy, tooMuch, broken],
    ]) {
      const other = await new WrittenIndex(open).reopen()
      for (const each of order) await other.write(each)
      const event = await other.event('r')
      t.equal(event?.event.original, whole.message)
      t.equal(event?.['@timestamp'], JSON.parse(made(whole).document)['@timestamp'])
      t.equal(event?.timeline.history, undefined, 'it was never another text')
      t.strictSame(
        event?.timeline.seen.map(({ path }) => path),
        ['/mnt/copy', '/var/log/a'],
      )
      t.strictSame(await other.ids({ q: 'since' }), ['r'])
      await other.index.close()
    }
    await on.write({ ...whole, id: 'x' }, broken, whole)
    t.strictSame(await on.ids(), ['r', 'x'], 'in the place of the whole one')
  })

  await test('of two records of one event the first place wins, also when they are read again', async (t, on) => {
    const fired: Made = { id: 'alert', message: 'fired', line: 3 }
    const repeated: Made = { id: 'alert', message: 'resolved', line: 9 }
    for (const some of [
      [fired, repeated],
      [repeated, fired],
      [fired, repeated, fired, repeated],
      [repeated, repeated, fired, repeated],
    ]) {
      const other = await new WrittenIndex(open).reopen()
      for (const one of some) await other.write(one)
      const event = await other.event('alert')
      t.equal(event?.event.original, 'fired')
      t.strictSame(
        event?.timeline.seen.map((s) => s.line),
        [3, 9],
      )
      await other.index.close()
    }
    await on.write(fired, repeated)
    t.strictSame(await on.ids(), ['alert'])
  })

  await test('of two readings the better known wins, of one stream the newer, whatever the arrival', async (t, on) => {
    const guess: Made = { id: 'e', file: 'f1', rank: 21, after: 100, time: { basis: 'inferred' } }
    const told: Made = { id: 'e', file: 'f2', rank: 39, after: 5, time: { basis: 'configured' } }
    const late: Made = { id: 'e', file: 'f3', rank: 39, after: 7, time: { basis: 'configured' } }
    for (const some of [
      [guess, told, late],
      [late, told, guess],
      [told, guess, late],
      [late, guess, told],
    ]) {
      const other = await new WrittenIndex(open).reopen()
      for (const one of some) await other.write(one)
      t.match(await other.event('e'), {
        '@timestamp': '2024-05-01T10:00:00.000000005Z',
        timeline: { time: { basis: 'configured' } },
      })
      await other.index.close()
    }
    await on.write(guess, { id: 'x', after: 50 })
    await on.write({ ...guess, after: 30, rank: 11, context: 2 })
    t.strictSame(await on.ids(), ['e', 'x'], 're-dated by its own stream')
    await on.write({ ...guess, rank: 11 })
    t.strictSame(await on.ids(), ['e', 'x'], 'who writes late does so under an older context')
    t.strictSame(await on.ids({ q: 'message' }), ['e', 'x'])
    t.strictSame(
      (await on.counted()).map((b) => b.count),
      [2],
    )
  })
}
