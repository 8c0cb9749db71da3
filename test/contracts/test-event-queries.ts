import type { Test } from 'tap'
import { EVENTS, MINUTE, QUERIES } from './queries.ts'
import { key, main, testWith, type Made, type Open, type WrittenIndex } from './written-index.ts'

/** How every event index selects and counts. */
export async function testEventQueries(t: Test, open: Open): Promise<void> {
  const test = testWith(t, open)

  const answers = async (t: Test, on: WrittenIndex, when: string): Promise<void> => {
    for (const [query, ids] of QUERIES) {
      const name = `${when}: ${JSON.stringify(query).slice(0, 100)}`
      t.equal((await on.ids(query)).join(''), ids, name)
      t.equal(
        (await on.ids({ ...query, limit: 1, order: 'desc' })).toReversed().join(''),
        ids,
        `${name}, backward`,
      )
      const counted = await on.counted(query)
      t.equal(
        counted.reduce((sum, b) => sum + b.count, 0),
        ids.length,
        `${name}, counted`,
      )
    }
  }

  await test('filters, windows and words select', async (t, on) => {
    await on.write(...EVENTS)
    await answers(t, on, 'fresh')
    await on.reopen()
    await answers(t, on, 'reopened')
  })

  await test('words are found wherever they were written, before and after a restart', async (t, on) => {
    // The embedded index keeps words for every 128 events, of which repeats use up numbers.
    const found: Made[] = []
    const add = async (size: number, ...more: Made[]): Promise<Made[]> => {
      const made = Array.from({ length: size }, (_, i): Made => ({
        id: `e${found.length + i}`,
        after: i,
        message: `number ${found.length + i} of many`,
      }))
      found.push(...made)
      await on.write(...made.slice(0, 3), ...more, ...made.slice(3))
      return made
    }
    await add(128)
    await on.reopen()
    const some = await add(10)
    for (let n = 0; n < 40; n++) await on.write(...some)
    await on.reopen()
    await add(300, ...some.map((e) => ({ ...e, path: '/copy' })))
    await on.reopen()
    await add(100, ...some.map((e) => ({ ...e, path: '/another' })))
    const old: Made = { id: 'old', message: 'quetzal', path: '/first' }
    await on.write(old)
    await add(200)
    await on.write({ ...old, message: 'another reading, less known', path: '/second', rank: 1 })
    await add(300)
    t.strictSame([await on.ids({ q: 'quetzal' }), await on.ids({ q: 'another' })], [['old'], []])
    for (const { id } of found) t.strictSame(await on.ids({ q: id.slice(1) }), [id])
    t.equal((await on.ids({ q: 'number of many' })).length, found.length)
    t.equal((await on.counted({ q: 'many' }, 3600))[0]?.count, found.length)
  })

  await test('a histogram counts what the page of the same filter gives', async (t, on) => {
    await on.write(...EVENTS)
    const bucket = (at: string, count: number, levels: object): object => ({
      at: `2024-05-01T${at}:00Z`,
      count,
      levels,
    })
    const whole = [
      bucket('10:00', 4, { '': 1, error: 1, info: 1, warn: 1 }),
      bucket('10:01', 2, { '': 2 }),
      bucket('11:01', 1, { '': 1 }),
    ]
    t.same(await on.counted(), whole)
    t.same(await on.counted({ q: '-nothing' }), whole, 'the same, of a text query')
    t.same(await on.counted({ source: ['web', 'db', 'chat'] }), whole, 'the same, of sources')
    t.same(await on.counted({}, 3600), [
      bucket('10:00', 6, { '': 3, error: 1, info: 1, warn: 1 }),
      bucket('11:00', 1, { '': 1 }),
    ])
    t.same(await on.counted({ from: key(1), to: key(MINUTE + 1) }), [
      bucket('10:00', 3, { '': 1, info: 1, warn: 1 }),
      bucket('10:01', 1, { '': 1 }),
    ])
    t.same(await on.counted({ from: key(MINUTE), kind: ['log'] }), [
      bucket('10:01', 1, { '': 1 }),
      bucket('11:01', 1, { '': 1 }),
    ])
  })

  await test('groups stand for the events of a window, the first of each named', async (t, on) => {
    const more: Made[] = [
      { id: 'h', after: 2 * MINUTE, source: 'web', host: 'web01', service: 'api', level: 'error' },
      { id: 'i', after: 2 * MINUTE, source: 'web', host: 'web01', service: 'api', level: 'error' },
      { id: 'j', after: 5, source: 'web', host: 'web01', service: 'api', signature: 'other' },
    ]
    // In another order than that of the timeline, and one of them twice.
    await on.write(...more.toReversed(), ...EVENTS, more[0]!)
    const groups = await on.index.groups(main, {}, 2)
    t.equal(
      groups.reduce((sum, { count }) => sum + count, 0),
      EVENTS.length + more.length,
    )
    const firsts = groups.map(({ first }) => first)
    t.strictSame(firsts, [...firsts].sort(), 'in the order of their first events')
    const minute = Number(key(0).slice(0, 10)) / 60
    t.strictSame(groups[0], {
      signature: 's',
      source: 'web',
      kind: 'log',
      host: 'web01',
      service: 'api',
      level: 'error',
      count: 3,
      first: key(0),
      last: key(2 * MINUTE),
      minutes: [
        [minute, 1],
        [minute + 2, 2],
      ],
      ids: ['a', 'h'],
    })
    const part = await on.index.groups(main, { from: key(1), to: key(MINUTE), kind: ['log'] }, 0)
    t.strictSame(
      part.map(({ source, signature, count, ids }) => [source, signature, count, ids]),
      [
        ['web', 's', 1, []],
        ['db', 's', 1, []],
        ['web', 'other', 1, []],
      ],
    )
    t.strictSame(await on.index.groups('empty', {}, 2), [])
  })

  await test('of a large group as many events are named as are asked for', async (t, on) => {
    const many = Array.from({ length: 150 }, (_, i): Made => ({ id: `m${i}`, after: 150 - i }))
    await on.write(...many, { id: 'another', signature: 'other', after: 7 })
    const ids = many.map(({ id }) => id).toReversed()
    for (const keep of [1, 100, 101, 500])
      t.strictSame(
        (await on.index.groups(main, {}, keep)).map((group) => group.ids),
        [ids.slice(0, keep), ['another']],
      )
  })

  await test('sources are summed with their kinds, first and last minute', async (t, on) => {
    await on.write(...EVENTS)
    const at = (minute: string): string => `2024-05-01T${minute}:00Z`
    t.strictSame(await on.index.sources(main), [
      {
        source: 'chat',
        events: 2,
        first: at('10:01'),
        last: at('10:01'),
        kinds: { chat: 1, log: 1 },
      },
      {
        source: 'db',
        events: 2,
        first: at('10:00'),
        last: at('10:00'),
        kinds: { alert: 1, log: 1 },
      },
      { source: 'web', events: 3, first: at('10:00'), last: at('11:01'), kinds: { log: 3 } },
    ])
  })

  await test('hostile text survives, selects and is found', async (t, on) => {
    const hostile = [
      '"',
      "'",
      '\\',
      'a\0b',
      'a\nb\r\nc\u2028d',
      '__proto__',
      '\ud800',
      '%_*?',
      '<script>',
      '💥',
      'x'.repeat(300_000),
      `"source":"web"`,
    ]
    const events = hostile.map((text, i): Made => ({
      id: `e${i}`,
      message: `${text} marker${i}`,
      source: text,
      path: text,
      host: text,
      service: text,
      fields: { labels: JSON.parse(`{${JSON.stringify(text)}:1}`) as object },
    }))
    await on.write(...events)
    for (const [i, text] of hostile.entries()) {
      const stored = await on.event(`e${i}`)
      const name = `text ${i}`
      t.match(
        stored,
        {
          message: `${text} marker${i}`,
          host: { name: text },
          service: { name: text },
          timeline: { seen: [{ source: text, path: text, line: 1 }] },
        },
        name,
      )
      t.strictSame(Object.keys(stored!['labels'] as object), [text], name)
      t.strictSame(await on.ids({ q: `marker${i}` }), [`e${i}`], `${name} is found`)
      t.strictSame(await on.ids({ source: [text] }), [`e${i}`], `${name} selects as source`)
      t.strictSame(await on.ids({ host: [text] }), [`e${i}`], `${name} selects as host`)
      if (!/[\s"]/.test(text))
        t.strictSame(await on.ids({ q: `host:${text}` }), [`e${i}`], `${name} is found as host`)
    }
    for (const limit of [1, 5])
      t.strictSame(new Set(await on.ids({ limit })), new Set(events.map((e) => e.id)))
    t.equal((await on.counted())[0]?.count, hostile.length)
    t.equal(
      (await on.index.sources(main)).reduce((sum, s) => sum + s.events, 0),
      hostile.length,
    )
    for (const [i, text] of hostile.entries())
      t.equal(
        await on.index.remove(main, i % 2 ? { path: text } : { source: text }, String(10_000 + i)),
        1,
        `${i} is taken back`,
      )
    t.strictSame(await on.ids(), [])
  })
}
