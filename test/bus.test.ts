import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import t from 'tap'
import type { Delivered } from '../services/bus/bus.ts'
import { embeddedBus } from '../services/bus/embedded.ts'
import { testBus } from './contracts/test-bus.ts'

const data = t.testdir()

await testBus(t, async (place) => embeddedBus(join(data, place)))

t.test('check names the message that a changed byte made unreadable', async (t) => {
  const bus = embeddedBus(join(data, 'damaged'))
  await bus.append(
    'main',
    [1, 2, 3].map((n) => ({ topic: 'records', key: 'a', value: { n, text: 'x'.repeat(500) } })),
  )
  await bus.close()
  const db = new DatabaseSync(join(data, 'damaged/main/log.sqlite'))
  const { body } = db.prepare('select body from log where position = 2').get() as {
    body: Uint8Array
  }
  body[body.length - 3]! ^= 1
  db.prepare('update log set body = ? where position = 2').run(body)
  db.close()
  const again = embeddedBus(join(data, 'damaged'))
  t.strictSame((await again.check('main')).wrong, [
    'log.sqlite: message 2 (records) cannot be read. Restore it from a backup: what is damaged there cannot be worked out.',
  ])
  await t.rejects(async () => {
    for await (const { value } of again.read('main', ['records'])) t.ok(value)
  }, /message 2 of the log is damaged; restore log\.sqlite from a backup/)
  await again.close()
})

t.test('a log of a newer version is refused, and left as it is', async (t) => {
  const bus = embeddedBus(join(data, 'newer'))
  await bus.append('main', [{ topic: 'records', key: 'a', value: 1 }])
  await bus.close()
  const db = new DatabaseSync(join(data, 'newer/main/log.sqlite'))
  db.exec('pragma user_version = 99')
  db.close()
  await t.rejects(
    embeddedBus(join(data, 'newer')).end('main'),
    /written by a newer recount \(log version 99/,
  )
})

t.test('a file that is no log is refused', async (t) => {
  mkdirSync(join(data, 'no-log/main'), { recursive: true })
  writeFileSync(join(data, 'no-log/main/log.sqlite'), 'this is no database at all')
  await t.rejects(embeddedBus(join(data, 'no-log')).end('main'), /not a database/)
})

t.test('another log is taken over whole into an empty one, and told to who waits', async (t) => {
  const [from, to] = ['from', 'to'].map((place) => embeddedBus(join(data, `adopt-${place}`)))
  const messages = [1, 2, 3].map((value) => ({ topic: 'records' as const, key: 'a', value }))
  await from!.append('main', messages)
  const path = join(data, 'adopt-from/main/log.sqlite')
  const came: unknown[] = []
  const stopping = new AbortController()
  const take = async (some: readonly Delivered[]): Promise<void> => {
    came.push(...some.map((m) => m.value))
    if (came.length === 3) stopping.abort()
  }
  const consuming = to!.consume('main', { after: null }, take, stopping.signal)
  await to!.adopt('main', path)
  await consuming
  t.strictSame(came, [1, 2, 3])
  t.equal(await to!.append('main', messages), '6')
  await t.rejects(to!.adopt('main', path), /the log of record cannot be written: UNIQUE constraint/)
  t.equal(await to!.end('main'), '6', 'and nothing of it is in one that is not empty')
  await from!.close()
  await to!.close()
})

t.test(
  'what a reader keeps in the file of a log when it is erased is gone with the next start',
  async (t) => {
    const folder = join(data, 'scrubbed')
    const path = join(folder, 'main/log.sqlite')
    const bus = embeddedBus(folder)
    const key = 'stream'
    const value = { records: [{ id: 'e1', original: 'the canary', fields: {}, time: {} }] }
    await bus.append('main', [{ topic: 'records', key, value }])
    const reader = new DatabaseSync(path)
    const { body } = reader.prepare('select body from log').get() as { body: Uint8Array }
    reader.exec('pragma wal_checkpoint(truncate); begin; select * from log')
    reader.prepare('select * from log').get()
    const holds = (): boolean => readFileSync(path).includes(Buffer.from(body))
    t.ok(holds())
    await t.rejects(
      bus.erase('main', { erased: [{ id: 'e1' }], streams: [key] }),
      /^what was erased is gone from the timeline, but not from log\.sqlite, which is being read/,
    )
    t.match((await bus.check('main')).wrong, [/what was erased still stands in free pages/])
    t.ok(holds(), 'the test can tell')
    reader.exec('rollback')
    reader.close()
    await bus.close()
    const again = embeddedBus(folder)
    t.strictSame((await again.check('main')).wrong, [])
    t.notOk(holds())
    await again.close()
  },
)
