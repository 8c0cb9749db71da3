import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import type { Test } from 'tap'
import type { TimelineEvent } from '../../schemas/timeline-event.ts'
import type { PageQuery } from '../../services/event-index/event-index.ts'
import { MANY, sameOf } from '../../services/event-index/same.ts'
import { key, main, made, testWith, WrittenIndex, type Made, type Open } from './written-index.ts'

interface Met extends Omit<Made, 'id'> {
  /** Seconds after the beginning. */
  s: number
  host?: string
  program?: string
  pid?: number
  /** The stamp has no fraction. */
  whole?: true
  labels?: Record<string, string>
}

/** An event that came through a channel: `syslog`, `journal`, `runtime` or `file`. */
function met(id: string, channel: string, { s, program, pid, whole, labels, ...more }: Met): Made {
  const process = { ...(program && { name: program }), ...(pid !== undefined && { pid }) }
  const stamp = new Date(Date.UTC(2024, 4, 1, 10) + Math.floor(s) * 1000).toISOString()
  return {
    id,
    channel,
    twin: 7,
    path: `/${channel}`,
    source: channel,
    after: Math.round(s * 1e9),
    ...more,
    fields: {
      process,
      ...(more.host !== undefined && { host: { name: more.host } }),
      ...(labels && { labels }),
      ...(whole && { '@timestamp': stamp.replace('.000', '') }),
    },
  }
}

/** What each event that has twins is the same as, page by page. */
async function links(
  on: WrittenIndex,
  query: Partial<PageQuery> = {},
): Promise<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {}
  let cursor: string | null | undefined
  do {
    const asked: PageQuery = { limit: 1000, order: 'asc', ...query, ...(cursor && { cursor }) }
    const page = await on.index.page(main, asked)
    for (const { event, timeline } of JSON.parse(
      `[${Buffer.from(page.events).toString()}]`,
    ) as TimelineEvent[])
      if (timeline.same) found[event.id] = timeline.same
    cursor = page.next
  } while (cursor)
  return found
}

/** How every event index links the events that were met through two channels. */
export async function testEventSame(t: Test, open: Open): Promise<void> {
  const test = testWith(t, open)

  await test('two that came through two channels are linked on every page, by every question', async (t, on) => {
    // The end of a minute and the beginning of the next, so that they are not looked for at one place only.
    const file = met('a', 'syslog', { s: 59, whole: true, message: 'gone away', host: 'db1' })
    const journal = met('b', 'journal', { s: 60.5, message: 'gone away', host: 'db1' })
    await on.write(journal, met('c', 'syslog', { s: 59, twin: 8 }))
    t.strictSame(await links(on), {}, 'one alone is linked to nothing')
    await on.write(file)
    const both = { a: ['b'], b: ['a'] }
    for (const query of [{}, { q: 'gone' }, { limit: 1 }, { order: 'desc' as const }])
      t.strictSame(await links(on, query), both, JSON.stringify(query))
    t.strictSame(await links(on, { source: ['journal'] }), { b: ['a'] })
    t.strictSame(await links(on, { to: '1714557660000000000' }), { a: ['b'] })
    const one = async (id: string): Promise<TimelineEvent> =>
      JSON.parse((await on.index.event(main, id))!) as TimelineEvent
    t.strictSame((await one('b')).timeline.same, ['a'])
    t.notOk('same' in (await one('c')).timeline)
    t.equal(await on.index.event(main, 'nobody'), undefined)
    t.equal((await on.counted())[0]!.count, 2, 'and two events they stay')

    await on.reopen()
    t.strictSame(await links(on), both)
    await on.index.remove(main, { path: '/syslog' }, '300')
    t.strictSame(await links(on), {}, 'with what was taken back goes the link')
    await on.write(file)
    t.strictSame(await links(on), both)
    await on.index.erase(main, new Set(['b']), '301')
    t.strictSame(await links(on), {})
    await on.write(journal)
    await on.write({ ...journal, after: 100e9, context: 2 })
    t.strictSame(await links(on), {}, 'what is re-dated is another moment')
    const { index, publish } = await on.index.renew(main)
    await index.write(main, [journal, file].map(made), '302')
    await publish()
    t.strictSame(await links(on), both, 'also built anew')
  })

  const syslog = { s: 5, host: 'db1', program: 'sshd', pid: 12, whole: true } as const
  const cases: [name: string, one: Made, other: Made, linked: boolean][] = [
    ['all agrees', met('a', 'syslog', syslog), met('b', 'journal', { ...syslog, s: 5.9 }), true],
    ['2 s', met('a', 'syslog', syslog), met('b', 'journal', { ...syslog, s: 7.9 }), true],
    ['3 s', met('a', 'syslog', syslog), met('b', 'journal', { ...syslog, s: 8 }), false],
    [
      'another text',
      met('a', 'syslog', syslog),
      met('b', 'journal', { ...syslog, twin: 8 }),
      false,
    ],
    ['no twin', met('a', 'syslog', { ...syslog, twin: null }), met('b', 'journal', syslog), false],
    ['one channel', met('a', 'journal', syslog), met('b', 'journal', syslog), false],
    [
      'another host',
      met('a', 'syslog', syslog),
      met('b', 'journal', { ...syslog, host: 'db2' }),
      false,
    ],
    [
      'a host with its domain',
      met('a', 'syslog', syslog),
      met('b', 'journal', { ...syslog, host: 'DB1.example.com' }),
      true,
    ],
    [
      'two domains',
      met('a', 'syslog', { ...syslog, host: 'db1.example.org' }),
      met('b', 'journal', { ...syslog, host: 'db1.example.com' }),
      false,
    ],
    ['no host on one side', met('a', 'file', { s: 5 }), met('b', 'journal', syslog), true],
    [
      'another program',
      met('a', 'syslog', syslog),
      met('b', 'journal', { ...syslog, program: 'su' }),
      false,
    ],
    ['another pid', met('a', 'syslog', syslog), met('b', 'journal', { ...syslog, pid: 13 }), false],
    [
      'the pid that the writer gave itself',
      met('a', 'syslog', syslog),
      met('b', 'journal', { ...syslog, pid: 13, labels: { syslog_pid: '12' } }),
      true,
    ],
    [
      'a program and a pid on one side',
      met('a', 'syslog', { s: 5, host: 'db1' }),
      met('b', 'journal', syslog),
      true,
    ],
    [
      'another pid inside the container',
      met('a', 'file', { s: 5, pid: 1 }),
      met('b', 'runtime', { s: 5, pid: 4711 }),
      true,
    ],
    [
      'relayed in another form',
      met('a', 'syslog year', syslog),
      met('b', 'syslog .z', { ...syslog, s: 5.5 }),
      true,
    ],
    [
      'two forms in one file',
      met('a', 'syslog year', { ...syslog, path: '/mixed' }),
      met('b', 'syslog .z', { ...syslog, path: '/mixed' }),
      false,
    ],
  ]
  await test('what must agree, and what where one side has it only', async (t, on) => {
    // Of every case its own twin, so that they do not meet.
    for (const [i, [, one, other]] of cases.entries())
      for (const each of [one, other])
        await on.write({
          ...each,
          id: `${i}${each.id}`,
          twin: typeof each.twin === 'number' ? i * 100 + each.twin : null,
        })
    const found = await links(on)
    for (const [i, [name, , , linked]] of cases.entries())
      t.strictSame(
        [found[`${i}a`], found[`${i}b`]],
        linked ? [[`${i}b`], [`${i}a`]] : [undefined, undefined],
        name,
      )
  })

  await test('repeats are paired one to one, in their order', async (t, on) => {
    const seconds = [1, 1, 1, 2, 4]
    await on.write(
      ...seconds.map((s, n) => met(`f${n}`, 'syslog', { s, place: n, whole: true })),
      ...[1.1, 1.4, 1.5, 2.2, 2.3, 4.9].map((s, n) => met(`j${n}`, 'journal', { s })),
    )
    t.strictSame(await links(on), {
      f0: ['j0'],
      j0: ['f0'],
      f1: ['j1'],
      j1: ['f1'],
      f2: ['j2'],
      j2: ['f2'],
      f3: ['j3'],
      j3: ['f3'],
      f4: ['j5'],
      j5: ['f4'],
    })
    const other = await new WrittenIndex(open).reopen()
    t.teardown(() => other.index.close())
    // Half a millisecond later, and one of them in the next second.
    const exact = [0.2, 0.4, 0.9998, 1.2, 1.4]
    await other.write(
      ...exact.map((s, n) => met(`f${n}`, 'file', { s })),
      ...exact.map((s, n) => met(`r${n}`, 'runtime', { s: s + 0.0005 })),
      met('k', 'journal', { s: 1.2 }),
    )
    const found = await links(other)
    for (const n of exact.keys())
      t.strictSame(found[`f${n}`], n === 3 ? ['k', 'r3'] : [`r${n}`], `${n}`)
    t.strictSame(found['k'], ['f3', 'r3'])
  })

  await test('of a line that comes very often in a minute nobody can tell which is which', async (t, on) => {
    const journal = { channel: 'journal', source: 'journal', path: '/journal' }
    const often = Array.from({ length: MANY * 0.6 }, (_, n) => met(`f${n}`, 'file', { s: n / 40 }))
    const again = often.slice(0, MANY * 0.4).map((e, n) => ({ ...e, id: `j${n}`, ...journal }))
    await on.write(...often, ...again)
    t.equal(Object.keys(await links(on)).length, MANY * 0.8)
    await on.write(met('one', 'journal', { s: 55 }))
    t.strictSame(await links(on), {})
  })

  const some = fc.array(
    fc.record({
      s: fc.integer({ min: 50_000, max: 75_000 }).map((ms) => ms / 1000),
      channel: fc.constantFrom('file', 'journal', 'runtime'),
      host: fc.constantFrom('', 'db1', 'db2'),
      whole: fc.boolean(),
    }),
    { minLength: 10, maxLength: 40 },
  )
  await test('any order of the writes, and pages of any size, give the same links', async (t, on) => {
    let n = 0
    await fc.assert(
      fc.asyncProperty(some, fc.integer({ min: 1, max: 7 }), fc.nat(), async (all, limit, seed) => {
        // Every run has a day and a twin of its own.
        const begin = ++n * 86_400
        const events = all.map(({ s, whole, channel, host }, i) =>
          met(`${n}-${i}`, channel, {
            s: begin + (whole ? Math.floor(s) : s),
            twin: n,
            host,
            ...(whole && { whole }),
          }),
        )
        const [shuffled] = fc.sample(fc.shuffledSubarray(events, { minLength: events.length }), {
          seed,
          numRuns: 1,
        })
        for (let i = 0; i < events.length; i += 15) await on.write(...shuffled!.slice(i, i + 15))
        const window = { from: key(begin * 1e9), to: key((begin + 86_400) * 1e9) }
        const expected = sameOf(events.map(made))
        deepStrictEqual(await links(on, { ...window, limit }), Object.fromEntries(expected))
      }),
      { numRuns: 8, endOnFailure: true },
    )
    t.pass('for all')
  })
}
