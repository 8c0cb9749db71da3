import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { maskFor } from '../../schemas/erasure.ts'
import {
  covers,
  isAfter,
  type Bus,
  type Delivered,
  type From,
  type Topic,
} from '../../services/bus/bus.ts'
import { append, consumed, main, message, numbers, readAll, values } from './read-bus.ts'

/** What every bus does. `open` gives the bus of a place: opened again, the same place holds what was stored there. */
export async function testBus(t: Test, open: (place: string) => Promise<Bus>): Promise<void> {
  let places = 0
  const test = (
    name: string,
    body: (t: Test, bus: Bus, again: () => Promise<Bus>) => Promise<void>,
  ): Promise<unknown> =>
    t.test(name, async (t) => {
      const place = `place-${places++}`
      const again = async (): Promise<Bus> => {
        const bus = await open(place)
        t.teardown(() => bus.close())
        return bus
      }
      await body(t, await again(), again)
    })

  await test('an empty bus has no end and nothing to read', async (t, bus) => {
    t.equal(await bus.end(main), null)
    t.strictSame(await readAll(bus), [])
    t.strictSame((await bus.check(main)).wrong, [])
  })

  await test('what is acknowledged is there for whoever opens the place anew', async (t, bus, again) => {
    const position = await append(bus, 0, 40)
    t.equal(await bus.end(main), position)
    const second = await again()
    t.strictSame(values(await readAll(second)), numbers(0, 40))
    t.equal(await second.end(main), position)
    await second.close()
    await append(bus, 40, 41)
    await bus.close()
    const third = await again()
    await append(third, 41, 42)
    t.strictSame(values(await readAll(third)), numbers(0, 42))
    t.strictSame((await third.check(main)).wrong, [])
  })

  await test('what is behind a position is counted, and how old it is', async (t, bus) => {
    t.strictSame(await bus.backlog(main, null), { messages: 0, ageMs: 0 })
    const began = Date.now()
    const first = await append(bus, 0, 3)
    await sleep(2500)
    const last = await append(bus, 3, 7)
    const all = await bus.backlog(main, null)
    t.equal(all.messages, 7)
    t.ok(all.ageMs >= 2000 && all.ageMs <= Date.now() - began, `${all.ageMs}`)
    const some = await bus.backlog(main, first)
    t.equal(some.messages, 4)
    t.ok(some.ageMs < all.ageMs - 900, `${some.ageMs}`)
    t.strictSame(await bus.backlog(main, last), { messages: 0, ageMs: 0 })
  })

  await test('messages of one key stay in order when many append at once', async (t, bus) => {
    const keys = ['a', 'b', 'c']
    const got = await consumed(bus, null, 360, () =>
      Promise.all(
        numbers(0, 60).flatMap((n) =>
          keys.map((key) => bus.append(main, [message(2 * n, key), message(2 * n + 1, key)])),
        ),
      ),
    )
    const stored = await readAll(bus)
    for (const key of keys)
      t.strictSame([values(got, key), values(stored, key)], [numbers(0, 120), numbers(0, 120)], key)
  })

  await test('10,000 concurrent appends give 10,000 positions', async (t, bus) => {
    const positions = await Promise.all(numbers(0, 10_000).map((n) => append(bus, n, n + 1)))
    t.equal(new Set(positions).size, 10_000)
    const stored = await readAll(bus)
    t.strictSame(values(stored), numbers(0, 10_000))
    t.strictSame(
      stored.map((m) => m.position),
      positions,
    )
  })

  await test('a consumer gets everything after a position, then what comes', async (t, bus) => {
    const first = await append(bus, 0, 1)
    const middle = await append(bus, 1, 50)
    await append(bus, 50, 100)
    const live = async (): Promise<void> => {
      for (const n of numbers(100, 110)) await append(bus, n, n + 1)
    }
    const got = await Promise.all([
      consumed(bus, null, 110, live),
      consumed(bus, first, 109),
      consumed(bus, middle, 60),
    ])
    t.strictSame(
      got.map((some) => values(some)),
      [numbers(0, 110), numbers(1, 110), numbers(50, 110)],
    )
    t.strictSame(
      await consumed(bus, await bus.end(main), 0, () => sleep(30)),
      [],
      'after the end there is nothing',
    )
  })

  await test('what a handler could not take comes again', async (t, bus) => {
    const taken = await interrupted(t, bus, { after: null })
    t.ok(taken.length > 0 && taken.length < 40, 'it failed in the middle')
    const rest = await consumed(bus, taken.at(-1)!.position, 40 - taken.length)
    t.strictSame(values([...taken, ...rest]), numbers(0, 40))
  })

  await test('a group goes on behind what it has handled, whoever consumes for it', async (t, bus, again) => {
    t.equal(await bus.handled(main, 'normalizer'), null)
    const position = await append(bus, 0, 40)
    const first = await consumed(bus, { group: 'normalizer' }, 40)
    t.strictSame(values(first), numbers(0, 40))
    t.ok(covers(await bus.handled(main, 'normalizer'), position))
    const second = await append(bus, 40, 50)
    t.notOk(covers(await bus.handled(main, 'normalizer'), second))
    const rest = await consumed(await again(), { group: 'normalizer' }, 10)
    t.strictSame(values(rest), numbers(40, 50))
    t.strictSame(values(await consumed(bus, { group: 'other' }, 50)), numbers(0, 50))
  })

  await test('a group that is not known any more begins behind what was handled for sure', async (t, bus) => {
    const middle = await append(bus, 0, 40)
    const end = await append(bus, 40, 50)
    const rest = await consumed(bus, { group: 'g', after: middle }, 10)
    t.strictSame(values(rest), numbers(40, 50))
    t.ok(covers(await bus.handled(main, 'g'), end))
    await append(bus, 50, 60)
    const more = await consumed(bus, { group: 'g', after: middle }, 10)
    t.strictSame(values(more), numbers(50, 60), 'where it stands behind that, it goes on there')
    const all = (await bus.end(main))!
    const standing = async (): Promise<void> => {
      for (let i = 0; i < 400 && !covers(await bus.handled(main, 'h'), all); i++) await sleep(50)
    }
    t.strictSame(await consumed(bus, { group: 'h', after: all }, 0, standing), [])
    t.ok(covers(await bus.handled(main, 'h'), all), 'it stands there, though nothing came')
    const [last] = await consumed(bus, { group: 'h' }, 1, () => append(bus, 60, 61))
    t.equal(last!.value, 60)
    const beyond = end.replace(/\d+$/, '9999')
    const other = await consumed(bus, { group: 'i', after: beyond }, 61)
    t.strictSame(values(other), numbers(0, 61), 'what is beyond the end is of another log')
    t.strictSame(values(await consumed(bus, { group: 'j', after: null }, 61)), numbers(0, 61))
  })

  await test('what a member of a group could not take comes again', async (t, bus) => {
    const taken = await interrupted(t, bus, { group: 'g' })
    const handled = await bus.handled(main, 'g')
    t.ok(handled === null || !covers(handled, taken.at(-1)!.position) || taken.length < 40)
    const rest = await consumed(bus, { group: 'g' }, 40 - taken.length)
    t.strictSame([...new Set(values([...taken, ...rest]))], numbers(0, 40), 'none is left out')
  })

  await test('a removal stands behind and before the messages of every key', async (t, bus) => {
    const keys = ['a', 'b', 'c', 'd', 'e']
    for (const key of keys) await bus.append(main, [message('before', key)])
    await bus.append(main, [message('gone', 'removals', 'removals')])
    for (const key of keys) await bus.append(main, [message('after', key)])
    const all = await readAll(bus, ['records', 'removals'])
    for (const key of keys) {
      const [before, after] = all.filter((m) => m.key === key)
      t.ok(
        all.some(
          (m) =>
            m.topic === 'removals' &&
            isAfter(m.position, before!.position) &&
            isAfter(after!.position, m.position),
        ),
        key,
      )
    }
  })

  await test('a removal that is read alone tells what was before it', async (t, bus) => {
    const topics: Topic[] = ['records', 'rejections', 'contexts', 'imports']
    for (const topic of topics) await bus.append(main, [message('before', `1 ${topic}`, topic)])
    await bus.append(main, [message('gone', 'removals', 'removals')])
    for (const topic of topics) await bus.append(main, [message('after', `2 ${topic}`, topic)])
    const found = await readAll(bus, ['removals'])
    t.strictSame(
      found.map((m) => m.value),
      ['gone'],
    )
    for (const topic of topics) {
      for (const { value, position } of await readAll(bus, [topic]))
        t.equal(isAfter(found[0]!.position, position), value === 'before', topic)
    }
  })

  await test('an erasure comes to every consumer, and the log tells whether it forgot', async (t, bus, again) => {
    const keys = ['a', 'b', 'c', 'd', 'e']
    const original = 'the secret stays, not the rest'
    const batch = (key: string): object => ({
      file: key,
      records: [
        { id: `1${key}`, original },
        { id: `2${key}`, original },
      ],
    })
    for (const key of keys) await bus.append(main, [message(batch(key), key)])
    const letters = {
      file: 'a',
      rejections: [
        { id: 'parked 1a', raw: original },
        { id: 'r', raw: original },
      ],
    }
    await bus.append(main, [message(letters, 'a', 'rejections')])
    const { of } = maskFor({ id: '', original }, [original])!
    const value = {
      erased: [
        ...keys.map((key) => ({ id: `1${key}` })),
        { id: '2a', masks: [{ of, ranges: [[4, 10] as [number, number]] }] },
      ],
      streams: ['a'],
    }
    const { position, overwritten } = await bus.erase(main, value)
    t.ok(covers(await bus.end(main), position))
    for (const key of keys) await bus.append(main, [message('after', key)])
    const got = await consumed(bus, null, 2 * keys.length + 1)
    const opened = await again()
    t.strictSame(
      (await readAll(opened, ['erasures'])).map((m) => m.value),
      [value],
    )
    for (const key of keys) {
      const [before, after] = got.filter((m) => m.topic === 'records' && m.key === key)
      const erasure = got.find(
        (m) => m.topic === 'erasures' && isAfter(m.position, before!.position),
      )
      t.ok(erasure && isAfter(after!.position, erasure.position), `among the messages of ${key}`)
      t.strictSame(erasure?.value, value)
      const left = key === 'a' ? 'the [redacted] stays, not the rest' : original
      t.strictSame(
        before?.value,
        overwritten ? { file: key, records: [{ id: `2${key}`, original: left }] } : batch(key),
      )
    }
    t.strictSame(
      (await readAll(opened, ['rejections']))[0]?.value,
      overwritten ? { file: 'a', rejections: [{ id: 'r', raw: original }] } : letters,
    )
    t.strictSame((await bus.check(main)).wrong, [])
  })

  await test('the signal ends a consumer that waits, and one that works after its turn', async (t, bus) => {
    await consumed(bus, null, 0)
    await append(bus, 0, 1)
    const stopping = new AbortController()
    let finished = 0
    const slow = async (): Promise<void> => {
      stopping.abort()
      await sleep(20)
      finished++
    }
    await bus.consume(main, { after: null }, slow, stopping.signal)
    t.equal(finished, 1)
  })

  await test('read gives the messages of some topics, and of one key', async (t, bus) => {
    const topics: Topic[] = ['records', 'rejections', 'contexts', 'removals', 'imports']
    for (const n of numbers(0, 100))
      await bus.append(main, [message(n, n % 3 === 0 ? 'x' : 'y', topics[n % 5])])
    const each = async (of: Topic[], key?: string): Promise<unknown[]> =>
      (await readAll(bus, of, key)).map((m) => m.value)
    t.strictSame(
      await each(['contexts']),
      numbers(0, 100).filter((n) => n % 5 === 2),
    )
    t.strictSame(
      new Set(await each(['records', 'imports'])),
      new Set(numbers(0, 100).filter((n) => n % 5 === 0 || n % 5 === 4)),
    )
    t.strictSame(
      await each(['records'], 'x'),
      numbers(0, 100).filter((n) => n % 15 === 0),
    )
    t.strictSame(await each(['records'], 'z'), [])
    const rejections = await readAll(bus, ['rejections'])
    t.match(
      rejections.find((m) => m.value === 1),
      { topic: 'rejections', key: 'y' },
    )
  })

  await test('workspaces are apart', async (t, bus) => {
    await append(bus, 0, 1)
    const theirs = await consumed(
      bus,
      null,
      1,
      () => bus.append('other', [message('theirs')]),
      'other',
    )
    t.strictSame([values(theirs), values(await readAll(bus))], [['theirs'], [0]])
  })

  await test('values come back as they were, whatever is in them', async (t, bus, again) => {
    const hostile = [
      '',
      '\0',
      '\ud800 alone',
      'a\r\nb\u2028c',
      '💥',
      "'; drop table log; --",
      'x'.repeat(5_000_000),
    ]
    const value = {
      hostile,
      deep: JSON.parse('{"__proto__":{"polluted":1}}') as object,
      n: 2 ** 53,
      none: null,
    }
    const key = '__proto__ "\'\n💥'
    const [live] = await consumed(bus, null, 1, () => bus.append(main, [message(value, key)]))
    const [stored] = await readAll(await again(), ['records'], key)
    for (const got of [live, stored]) t.equal(JSON.stringify(got?.value), JSON.stringify(value))
    t.strictSame([live?.key, stored?.key], [key, key])
  })
}

/** What a handler got of forty messages before it failed: the first twenty, or some of them, for the others come while it has these. */
async function interrupted(t: Test, bus: Bus, from: From): Promise<Delivered[]> {
  await append(bus, 0, 20)
  const taken: Delivered[] = []
  const fail = async (messages: readonly Delivered[]): Promise<void> => {
    if (taken.length > 0) throw new Error('the index is full')
    taken.push(...messages)
    await append(bus, 20, 40)
  }
  await t.rejects(bus.consume(main, from, fail, new AbortController().signal), {
    message: 'the index is full',
  })
  return taken
}
