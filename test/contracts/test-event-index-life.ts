import type { Test } from 'tap'
import { offsetsOf } from '../../schemas/position.ts'
import type { Removal } from '../../schemas/removal.ts'
import { TimelineChanged } from '../../services/event-index/event-index.ts'
import { made, main, refused, testWith, type Made, type Open } from './written-index.ts'

/** How what is in an event index is taken away, counted, built anew and found again. */
export async function testEventIndexLife(t: Test, open: Open): Promise<void> {
  const test = testWith(t, open)

  await test('removing takes away places, then events; importing again brings them back', async (t, on) => {
    const both: Made = { id: 'both', source: 'web', path: '/web.log' }
    const events: Made[] = [
      { id: 'web', source: 'web', path: '/web.log' },
      both,
      { ...both, source: 'db', path: '/db.log' },
      { id: 'db', source: 'db', path: '/db.log' },
    ]
    await on.write(...events)
    const { next } = await on.index.page(main, { limit: 1, order: 'asc' })
    t.equal(await on.index.remove(main, { path: '/web.log' }, '101'), 1)
    await refused(t, on, next!, TimelineChanged)
    t.strictSame([await on.ids(), await on.ids({ source: ['web'] })], [['both', 'db'], []])
    t.equal(await on.index.remove(main, { path: '/web.log' }, '102'), 0, 'again there is nothing')
    t.equal(await on.index.remove(main, { source: 'db' }, '103'), 2)
    t.strictSame([await on.ids(), await on.counted(), await on.index.sources(main)], [[], [], []])
    t.strictSame(
      [...(await on.index.created(main, 'i1')).values()].reduce((a, b) => a + b, 0),
      0,
    )
    t.strictSame(offsetsOf(await on.index.position(main)), offsetsOf('103'))
    t.equal(await on.write(...events.map((e) => ({ ...e, origin: 'i2/0' }))), 3, 'are new')
    t.equal(await on.write(...events), 0, 'are new of what is there')
    t.strictSame(await on.ids({ q: 'message' }), ['both', 'db', 'web'])
    t.strictSame([...(await on.index.created(main, 'i2'))], [['i2/0', 3]])
  })

  await test('what is erased is not found, counted or paged any more, and nothing else is touched', async (t, on) => {
    const events = Array.from({ length: 1200 }, (_, i): Made => ({
      id: `e${i}`,
      after: i,
      message: i % 2 === 0 ? `kept w${i}` : `secret w${i}`,
      source: i % 2 === 0 ? 'a' : 'b',
    }))
    const odd = new Set(events.map(({ id }) => id).filter((_, i) => i % 2 === 1))
    await on.write(...events)
    const { next } = await on.index.page(main, { limit: 1, order: 'asc' })
    t.equal(await on.index.erase(main, new Set([...odd, 'nobody']), '201'), 600)
    await refused(t, on, next!, TimelineChanged)
    const even = events.map(({ id }) => id).filter((id) => !odd.has(id))
    const isLeft = async (): Promise<void> => {
      t.strictSame(await on.ids({ limit: 100 }), even)
      t.strictSame(await on.ids({ q: 'kept' }), even)
      t.strictSame(await on.ids({ q: 'w600' }), ['e600'])
      t.strictSame([await on.ids({ q: 'secret' }), await on.ids({ q: 'w601' })], [[], []])
      t.strictSame(
        (await on.index.sources(main)).map((s) => [s.source, s.events]),
        [['a', 600]],
      )
      t.strictSame(
        (await on.counted()).map((b) => b.count),
        [600],
      )
      t.strictSame([...(await on.index.created(main, 'i1'))], [['i1/0', 600]])
      t.equal(await on.event('e1'), undefined)
      t.strictSame(await on.index.check(main), [])
    }
    await isLeft()
    t.strictSame(offsetsOf(await on.index.position(main)), offsetsOf('201'))
    t.equal(await on.index.erase(main, odd, '202'), 0, 'again there is nothing')
    await on.reopen()
    await isLeft()
    t.equal(
      await on.write(
        { id: 'e1', after: 1, message: 'masked' },
        { id: 'new', after: 5000, message: 'kept' },
      ),
      2,
    )
    t.strictSame(await on.ids({ q: 'masked' }), ['e1'], 'what is left of an event comes in again')
    t.strictSame(await on.ids({ q: 'kept' }), [...even, 'new'])
    const { index, publish } = await on.index.renew(main)
    await index.write(main, [made({ id: 'x' }), made({ id: 'y' })], '900')
    t.equal(await index.erase(main, new Set(['x']), '901'), 1)
    await publish()
    t.strictSame(await on.ids(), ['y'])
  })

  await test('streams are found by where their events were seen', async (t, on) => {
    await on.write(
      { id: 'a', source: 'web', path: '/logs/web.log', file: 'f1' },
      { id: 'b', source: 'db', path: '/logs/db/db.log', file: 'f2' },
      { id: 'c', source: 'db', path: '/logs2/db.log', file: 'f3' },
      { id: 'c', source: 'db "2"', path: '/copy.log', file: 'f3' },
    )
    const streams = async (seen: Removal): Promise<string[]> =>
      (await on.index.streams(main, seen)).sort()
    t.strictSame(await streams({ source: 'db' }), ['f2', 'f3'])
    t.strictSame(await streams({ source: 'db "2"' }), ['f3'], 'also the place of a copy')
    t.strictSame(await streams({ path: '/logs' }), ['f1', 'f2'])
    t.strictSame(await streams({ path: '/logs/web.log' }), ['f1'])
    t.strictSame(await streams({ source: 'd' }), [])
  })

  await test('events are counted by source, file stream and how their instants are known', async (t, on) => {
    const long = 'x'.repeat(2000)
    await on.write(
      { id: 'a', source: 'web', file: 'f1' },
      { id: 'b', source: 'web', file: 'f1' },
      { id: 'c', source: 'web', file: 'f1', time: { basis: 'assumed' } },
      { id: 'd', source: 'web', file: 'f2', time: { basis: 'assumed' } },
      { id: 'e', source: long, file: 'f3', time: { basis: 'inferred' } },
    )
    t.strictSame(
      (await on.index.bases(main))
        .map(({ source, file, basis, events }) => [source, file, basis, events].join(' '))
        .sort(),
      ['web f1 assumed 1', 'web f1 explicit 2', 'web f2 assumed 1', `${long} f3 inferred 1`],
    )
  })

  await test('events are counted by the origin that created them', async (t, on) => {
    const origins = ['i1/0', 'i1/1', 'i1/10', 'i10/0', 'i1']
    await on.write(...origins.map((origin, i) => ({ id: `e${i}`, origin })))
    await on.write({ id: 'e0', origin: 'i2/0', path: '/copy' }, { id: 'new', origin: 'i2/0' })
    t.strictSame([...(await on.index.created(main, 'i1'))].sort(), [
      ['i1/0', 1],
      ['i1/1', 1],
      ['i1/10', 1],
    ])
    t.strictSame([...(await on.index.created(main, 'i2'))], [['i2/0', 1]])
    t.equal((await on.index.created(main, 'i3')).size, 0)
  })

  await test('a renewed index takes the place of the old one when it is published', async (t, on) => {
    await on.write({ id: 'old' })
    const { next } = await on.index.page(main, { limit: 1, order: 'asc' })
    t.equal(next, null)
    const { index, publish } = await on.index.renew(main)
    await index.write(main, [made({ id: 'new' }), made({ id: 'newer', after: 1 })], '900')
    t.strictSame(await on.ids(), ['old'])
    await publish()
    t.strictSame(await on.ids(), ['new', 'newer'])
    t.strictSame(offsetsOf(await on.index.position(main)), offsetsOf('900'))
    await on.write({ id: 'newest', after: 2 })
    await on.reopen()
    t.strictSame(await on.ids({ q: 'message' }), ['new', 'newer', 'newest'])
    const abandoned = await on.index.renew(main)
    await abandoned.index.write(main, [made({ id: 'never' })], '901')
    await on.reopen()
    t.strictSame(
      await on.ids(),
      ['new', 'newer', 'newest'],
      'one that was never published leaves nothing',
    )
  })

  await test('the position is the highest one written, also after a restart', async (t, on) => {
    await on.write({ id: 'a' })
    await on.index.write(main, [], '777777')
    t.strictSame(offsetsOf(await on.index.position(main)), offsetsOf('777777'))
    await on.reopen()
    t.strictSame(offsetsOf(await on.index.position(main)), offsetsOf('777777'))
    t.strictSame(await on.ids(), ['a'])
    t.strictSame(await on.index.check(main), [])
  })

  await test('workspaces are apart', async (t, on) => {
    await on.write({ id: 'a' })
    await on.index.write('other', [made({ id: 'b' })], '1')
    t.strictSame(await on.ids(), ['a'])
    t.equal((await on.index.page('other', { limit: 9, order: 'asc' })).count, 1)
  })
}
