import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AddressInfo } from 'node:net'
import { Client } from '@elastic/elasticsearch'
import t, { type Test } from 'tap'
import {
  elasticsearchEventIndex,
  setUpElasticsearch,
} from '../services/event-index/elasticsearch.ts'
import { Builds } from '../services/event-index/elasticsearch/builds.ts'
import { bulk, type Action } from '../services/event-index/elasticsearch/bulk.ts'
import { Leases } from '../services/event-index/elasticsearch/leases.ts'
import { monthOf, Names } from '../services/event-index/elasticsearch/names.ts'
import { Server } from '../services/event-index/elasticsearch/server.ts'
import { Writer } from '../services/event-index/elasticsearch/writer.ts'
import type { EventIndex } from '../services/event-index/event-index.ts'
import { offsetsOf } from '../schemas/position.ts'
import { testEventIndex } from './contracts/test-event-index.ts'
import { testEventIndexLife } from './contracts/test-event-index-life.ts'
import { testEventSame } from './contracts/test-event-same.ts'
import { testEventQueries } from './contracts/test-event-queries.ts'
import { key, made, main, testWith, type Made } from './contracts/written-index.ts'
import { Unavailable } from '../services/unavailable.ts'

/** Without it the client takes the server for another product. */
const ELASTIC = { 'x-elastic-product': 'Elasticsearch' }

t.test('a server that is not there, too busy or something else is named', async (t) => {
  const answers: [status: number, type: string, expected: RegExp][] = [
    [429, 'es_rejected_execution_exception', /does not take requests \(es_rejected/],
    [503, 'cluster_block_exception', /does not take requests \(cluster_block/],
    [401, 'security_exception', /refuses access \(security_exception/],
  ]
  let asked = 0
  let answer = answers[0]!
  const stub = createServer((_, response) => {
    asked++
    response.writeHead(answer[0], {
      'content-type': 'application/vnd.elasticsearch+json;compatible-with=8',
      ...ELASTIC,
    })
    response.end(JSON.stringify({ error: { type: answer[1], reason: 'why' }, status: answer[0] }))
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => stub.once('listening', resolve))
  const url = `http://127.0.0.1:${(stub.address() as AddressInfo).port}`
  const index = elasticsearchEventIndex({ url, patienceMs: 800 })
  for (answer of answers) {
    asked = 0
    const error = await index.write(main, [made({ id: 'a' })], '1').catch((e: unknown) => e)
    t.ok(error instanceof Unavailable)
    t.match((error as Error).message, answer[2])
    t.match((error as Error).message, url.slice(7))
    t.equal(asked > 1, answer[0] !== 401, 'what may pass is tried again')
  }
  await new Promise((resolve) => stub.close(resolve))
  stub.closeAllConnections()
  const error = await index.position(main).catch((e: unknown) => e)
  t.ok(error instanceof Unavailable)
  t.match((error as Error).message, /does not take requests .*: start it/)
  await index.close()
})

t.test('years that are far away have one index on each side', async (t) => {
  const months: Record<string, string> = {
    '19991231T235959-a': 'before-2000',
    '00010101T000000-a': 'before-2000',
    '20000101T000000-a': '200001',
    '20391231T235959-a': '203912',
    '20400101T000000-a': 'after-2039',
    '99991231T235959-a': 'after-2039',
    '00000501T100000-a': 'undated',
    '20241301T000000-a': 'undated',
    'a message id': 'undated',
  }
  for (const [id, month] of Object.entries(months)) t.equal(monthOf(id), month, id)
})

t.test('of a bulk request each change is done, in conflict, tried again or refused', async (t) => {
  const requests: string[][] = []
  let statuses: Record<string, number[]> = {}
  const stub = createServer((request, response) => {
    let body = ''
    request.on('data', (some: Buffer) => (body += some.toString()))
    request.on('end', () => {
      const lines = body
        .trim()
        .split('\n')
        .filter((line) => line.startsWith('{"create"'))
      const ids = lines.map((l) => (JSON.parse(l) as { create: { _id: string } }).create._id)
      requests.push(ids)
      const items = ids.map((id) => {
        const status = statuses[id]?.shift() ?? 201
        const error = status > 201 && { error: { type: `type_${status}`, reason: 'why' } }
        return { create: { status, ...error } }
      })
      response.writeHead(200, { 'content-type': 'application/json', ...ELASTIC })
      response.end(JSON.stringify({ errors: true, items }))
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => stub.once('listening', resolve))
  const server = new Server(
    { url: `http://127.0.0.1:${(stub.address() as AddressInfo).port}` },
    500,
  )
  t.teardown(async () => {
    await server.close()
    stub.close()
  })
  const actions = ['a', 'b', 'c', 'd'].map((id): Action => ({
    index: 'i',
    id,
    type: 'create',
    body: '{}',
  }))
  const refused: string[] = []
  const refuse = (id: string, reason: string): void => void refused.push(`${id}: ${reason}`)
  statuses = { b: [409], c: [429, 503, 201], d: [429, 409] }
  t.strictSame(
    (await bulk(server, actions, refuse)).map(({ id }) => id),
    ['b', 'd'],
  )
  t.strictSame(requests, [['a', 'b', 'c', 'd'], ['c', 'd'], ['c']])
  statuses = { c: [400] }
  await bulk(server, actions, refuse)
  t.strictSame(refused, ['c: Elasticsearch refuses event c in i: type_400: why'])
  statuses = { c: [403] }
  await t.rejects(bulk(server, actions, refuse), /refuses event c in i: type_403: why/)
  statuses = { c: Array<number>(20).fill(429) }
  await t.rejects(bulk(server, actions, refuse), /does not take requests \(why\)/)
  statuses = {}
  const large = actions.map((action) => ({ ...action, body: `"${'x'.repeat(5_000_000)}"` }))
  requests.length = 0
  await bulk(server, large, refuse)
  t.strictSame(requests.sort(), [['a'], ['b'], ['c'], ['d']], 'requests are bounded')
})

const url = process.env['RECOUNT_TEST_ELASTICSEARCH_URL']

if (url === undefined) {
  t.test(
    'the contract of an event index',
    { skip: 'RECOUNT_TEST_ELASTICSEARCH_URL is not set' },
    async () => undefined,
  )
} else {
  const prefix = `test${process.pid.toString(36)}${Date.now().toString(36)}-`
  const client = new Client({ node: url })
  const indices = async (): Promise<string[]> =>
    Object.keys(await client.indices.get({ index: `${prefix}*` })).sort()
  t.teardown(async () => {
    const actions = (await indices()).map((index) => ({ remove_index: { index } }))
    if (actions.length > 0) await client.indices.updateAliases({ actions })
    await client.indices.deleteIndexTemplate({ name: `${prefix}*` })
    await client.close()
  })
  const open = async (place: string): Promise<EventIndex> =>
    elasticsearchEventIndex({ url, prefix: prefix + place })

  await testEventIndex(t, open)
  await testEventIndexLife(t, open)
  await testEventQueries(t, open)
  await testEventSame(t, open)

  const test = testWith(t, open)
  let shared = 0
  /** Two processes on one index. */
  const pair = async (t: Test): Promise<[EventIndex, EventIndex, string[]]> => {
    const place = `shared-${shared++}`
    const two: [EventIndex, EventIndex] = [await open(place), await open(place)]
    t.teardown(async () => {
      for (const one of two) await one.close()
    })
    return [...two, [`${prefix}${place}-main`]]
  }

  await test('an event is in the index of the month that its id begins with', async (t, on) => {
    const ids = ['20240501T100000-a', '20240630T235959-b', '00000501T100000-c', '20241301T-d']
    await on.write(...ids.map((id, i) => ({ id, after: i })))
    t.strictSame(await on.ids(), ids)
    await on.write({ id: ids[0]!, after: 9, rank: 60 })
    t.strictSame(await on.ids({ limit: 1 }), [...ids.slice(1), ids[0]], 'in place when re-dated')
    const years = Array.from({ length: 25 }, (_, i): Made => ({ id: `${2000 + i}0101T0-e` }))
    await on.write(...years)
    t.equal(
      (await on.ids()).length,
      ids.length + years.length,
      'of more months than one line names',
    )
    t.strictSame(await on.index.check(main), [])
    await on.index.renew(main)
    await (await on.index.renew(main)).publish()
    t.strictSame(await on.ids(), [])
  })

  await test('ids and streams of any length and letters keep the order', async (t, on) => {
    const long = 'x'.repeat(9000)
    const streams = ['', '\0', '\0\0', '\x01', '\x02', 'a', 'a\0', 'a\x01b', 'ab', long, `${long}é`]
    const events = streams.flatMap((source, i): Made[] => [
      { id: `/${long} ${i}`, source, place: 2 },
      { id: `~ ${i}`, source, place: 10 },
    ])
    await on.write(...events.toReversed())
    const ids = events.map(({ id }) => id)
    for (const limit of [3, 1000]) t.strictSame(await on.ids({ limit }), ids)
    for (const { id } of events) t.equal((await on.event(id))?.event.id, id)
    t.same(
      (await on.index.sources(main)).map(({ source, events }) => [source, events]).sort(),
      streams.map((source) => [source, 2]).sort(),
    )
  })

  await test('nothing is cut at ten thousand', async (t, on) => {
    const many = Array.from({ length: 12_000 }, (_, i): Made => ({
      id: `20240501T100000-${i}`,
      after: BigInt(i) * 60_000_000_000n,
      source: `s${i % 6000}`,
      origin: `i1/${i}`,
      path: '/one',
      message: 'same',
    }))
    await on.write(...many)
    t.equal((await on.ids({ q: 'same' })).length, many.length)
    t.equal((await on.counted()).length, many.length)
    t.equal((await on.index.sources(main)).length, 6000)
    const groups = await on.index.groups(main, {}, 0)
    t.equal(groups.length, 6000)
    t.ok(groups.every(({ count, minutes }) => count === 2 && minutes.length === 2))
    t.equal((await on.index.created(main, 'i1')).size, many.length)
    t.equal(await on.index.remove(main, { path: '/one' }, '5'), many.length)
    t.strictSame(await on.ids(), [])
  })

  await test('groups may have more minutes together than one answer has buckets', async (t, on) => {
    const [sources, minutes] = [70, 1000]
    const events = Array.from({ length: sources * minutes }, (_, i): Made => ({
      id: `e${i}`,
      after: BigInt(Math.floor(i / sources)) * 60_000_000_000n,
      source: `s${String(i % sources).padStart(2, '0')}`,
    }))
    await on.write(...events)
    const groups = await on.index.groups(main, {}, 1)
    t.strictSame(
      groups.map((group) => [group.count, group.minutes.length, group.ids]),
      Array.from({ length: sources }, (_, i) => [minutes, minutes, [`e${i}`]]),
    )
  })

  await test('instants up to the last that can be told', async (t, on) => {
    const last = 9_223_372_036_854_775_807n - BigInt(key(0))
    await on.write({ id: 'first', after: -BigInt(key(0)) }, { id: 'last', after: last })
    t.strictSame(await on.ids({ limit: 1 }), ['first', 'last'])
    t.strictSame(await on.ids({ from: key(0), to: '9'.repeat(19) }), ['last'])
    t.strictSame(await on.ids({ from: '9'.repeat(19) }), [])
  })

  await test('repeats in one write are merged one after the other', async (t, on) => {
    await on.write(
      { id: 'e', path: '/b' },
      { id: 'e', path: '/a' },
      { id: 'e', path: '/b' },
      { id: 'e', path: '/c', after: 3, rank: 60 },
    )
    t.match(await on.event('e'), {
      '@timestamp': '2024-05-01T10:00:00.000000003Z',
      timeline: { seen: [{ path: '/a' }, { path: '/b' }, { path: '/c' }] },
    })
  })

  t.test('a write that ended before its position is harmless', async (t) => {
    const [one, two, [name]] = await pair(t)
    const changes = ['a', 'b'].map((id) => made({ id }))
    await one.write(main, changes, '1')
    await one.write(main, [...changes, made({ id: 'b', path: '/copy' })], '')
    t.strictSame(offsetsOf(await two.position(main)), offsetsOf('1'))
    const count = async (): Promise<unknown> => {
      const { indices } = await client.indices.stats({ index: name!, metric: 'indexing' })
      return indices![`${name}-undated.1`]!.primaries!.indexing!.index_total
    }
    const { next } = await two.page(main, { limit: 1, order: 'asc' })
    const before = await count()
    await two.write(main, [...changes, made({ id: 'b', path: '/copy' })], '2')
    t.equal(await count(), before, 'nothing was written again')
    t.equal((await one.page(main, { limit: 1, order: 'asc', cursor: next! })).count, 1)
  })

  t.test('writers of the same events lose no place', async (t) => {
    const [one, two] = await pair(t)
    const ids = Array.from({ length: 40 }, (_, i) => `e${i}`)
    const paths = Array.from({ length: 8 }, (_, i) => `/${i}`)
    await Promise.all(
      paths.map((path, i) =>
        (i % 2 ? one : two).write(
          main,
          ids.map((id) => made({ id, path })),
          String(i),
        ),
      ),
    )
    const page = await one.page(main, { limit: 1000, order: 'asc' })
    const events = JSON.parse(`[${Buffer.from(page.events).toString()}]`) as {
      timeline: { seen: { path: string }[] }
    }[]
    t.equal(events.length, ids.length)
    for (const { timeline } of events)
      t.strictSame(
        timeline.seen.map((s) => s.path),
        paths,
      )
  })

  t.test('who writes to a build that was replaced goes on in the new one', async (t) => {
    const [one, two, [name]] = await pair(t)
    await one.write(main, [made({ id: '20240501T1-old' })], '1')
    const server = new Server({ url }, 5000)
    t.teardown(() => server.close())
    const prefix = name!.slice(0, -main.length - 1)
    const names = new Names(prefix, main)
    const builds = new Builds(server, prefix, names)
    const build = await builds.current()
    const abandoned = await one.renew(main)
    const { index, publish } = await two.renew(main)
    await index.write(main, [made({ id: 'new' })], '1')
    await t.rejects(abandoned.index.write(main, [made({ id: 'lost' })], '1'))
    await t.rejects(abandoned.publish(), { message: /another rebuild has begun/ })
    await publish()
    const stale = new Writer(server, names, builds, build)
    await t.rejects(stale.write([made({ id: '20240701T1-stale', after: 5 })]))
    const seen = await one.page(main, { limit: 9, order: 'asc' })
    t.equal(seen.count, 1, 'one that ends there leaves nothing to be seen')
    await two.write(main, [made({ id: '20240601T1-later', after: 1 })], '2')
    await one.renew(main)
    await one.write(main, [made({ id: '20240601T1-last', after: 2 })], '3')
    const { events } = await two.page(main, { limit: 9, order: 'asc' })
    t.match(Buffer.from(events).toString(), /new.*later.*last/s)
    t.notMatch(Buffer.from(events).toString(), /old/)
    await two.renew(main)
    t.strictSame(
      (await indices()).filter((index) => index.startsWith(name!)),
      ['202406.3', 'meta.3', 'meta.5', 'undated.3'].map((rest) => `${name}-${rest}`),
    )
    t.strictSame(await one.check(main), [])
  })

  t.test('one process at a time holds a lease, and one that is gone loses it', async (t) => {
    const [, , [name]] = await pair(t)
    const server = new Server({ url }, 5000)
    t.teardown(() => server.close())
    const prefix = name!.slice(0, -main.length - 1)
    t.teardown(() => server.call((c) => c.indices.delete({ index: `${prefix}-.leases` })))
    const leases = new Leases(server, prefix, 2000)
    const said: string[] = []
    let inside = 0
    await Promise.all(
      [1, 2, 3].map((n) =>
        leases.hold(
          'work',
          async (lease) => {
            t.equal(++inside, 1, 'alone')
            await sleep(1200)
            lease.held()
            inside--
          },
          (by) => said.push(`${n} waits for ${by}`),
        ),
      ),
    )
    t.equal(said.length, 2)
    t.match(said[0], new RegExp(`process ${process.pid}`))

    // Its beats do not come through any more.
    const cut = new Server({ url }, 5000)
    let began!: () => void
    const begun = new Promise<void>((resolve) => (began = resolve))
    const zombie = new Leases(cut, prefix, 2000).hold(
      'work',
      async (lease) => {
        lease.held()
        await cut.close()
        began()
        await sleep(3000)
        lease.held()
      },
      () => t.fail('nobody else works'),
    )
    zombie.catch(() => undefined)
    await begun
    const startedMs = performance.now()
    await leases.hold(
      'work',
      async () => undefined,
      () => undefined,
    )
    t.ok(performance.now() - startedMs > 1000, 'it is waited for')
    await t.rejects(zombie, { message: /another process may have begun an import/ })
    await t.rejects(
      leases.hold(
        'work',
        () => Promise.reject(new Error('failed')),
        () => undefined,
      ),
      { message: 'failed' },
    )
    await leases.hold(
      'work',
      async () => t.pass('free again'),
      () => t.fail('nobody works'),
    )
  })

  t.test('each partition has the highest position that was written', async (t) => {
    const [one, two] = await pair(t)
    const positions = ['0:3', '11:7', '2:0', '0:5', '0:4', '2:1,11:6']
    await Promise.all(positions.map((position, i) => (i % 2 ? one : two).write(main, [], position)))
    t.equal(await one.position(main), '0:5,11:7,2:1')
    await two.remove(main, { path: '/nowhere' }, '0:6')
    t.equal(await one.position(main), '0:6,11:7,2:1')
    const { index, publish } = await one.renew(main)
    await index.write(main, [], '0:1')
    t.equal(await two.position(main), '0:6,11:7,2:1', 'until it is published')
    await publish()
    t.equal(await two.position(main), '0:1')
  })

  t.test('an index of another form is refused until it is built anew', async (t) => {
    const forms: [number, RegExp][] = [
      [0, /made by an older recount .*\. Run: recount rebuild$/],
      [99, /made by a newer recount .*: use that version/],
    ]
    for (const [form, says] of forms) {
      const [one, two, [name]] = await pair(t)
      await one.write(main, [made({ id: 'a' })], '1')
      const document = { value: form === 0 ? 7 : { generation: 7, form } }
      await client.index({ index: `${name}.meta`, id: 'generation', document })
      const calls: Record<string, (index: EventIndex) => Promise<unknown>> = {
        page: (i) => i.page(main, { limit: 1, order: 'asc' }),
        events: (i) => i.events(main, ['a']),
        histogram: (i) => i.histogram(main, {}, 60),
        sources: (i) => i.sources(main),
        created: (i) => i.created(main, 'i1'),
        check: (i) => i.check(main),
        position: (i) => i.position(main),
        write: (i) => i.write(main, [made({ id: 'b' })], '2'),
        remove: (i) => i.remove(main, { source: 'a' }, '2'),
      }
      for (const [call, ask] of Object.entries(calls)) {
        const error = await ask(two).catch((e: unknown) => e)
        t.ok(error instanceof Unavailable, `${call} with form ${form}`)
        t.match((error as Error).message, says)
      }
      const { index, publish } = await two.renew(main)
      await index.write(main, [made({ id: 'c' })], '3')
      await publish()
      await two.write(main, [made({ id: 'd' })], '4')
      t.equal((await one.page(main, { limit: 9, order: 'asc' })).count, 2)
    }
  })

  t.test('an installation has a template of its own', async (t) => {
    const own = `${prefix}own`
    for (const _ of [1, 2]) await setUpElasticsearch({ url, prefix: own })
    const { index_templates: found } = await client.indices.getIndexTemplate({ name: own })
    t.strictSame(found[0]!.index_template.index_patterns, [`${own}-*`])
  })
}
