import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import t from 'tap'
import { embeddedEventIndex } from '../services/event-index/embedded.ts'
import { testEventIndex } from './contracts/test-event-index.ts'
import { testEventIndexLife } from './contracts/test-event-index-life.ts'
import { testEventSame } from './contracts/test-event-same.ts'
import { testEventQueries } from './contracts/test-event-queries.ts'
import { made, main } from './contracts/written-index.ts'

const data = t.testdir()

const open = async (place: string) => embeddedEventIndex(join(data, place))

await testEventIndex(t, open)
await testEventIndexLife(t, open)
await testEventQueries(t, open)
await testEventSame(t, open)

t.test('an erasure whose file cannot be written anew is done, and made up for later', async (t) => {
  const folder = join(data, 'scrubbed')
  const path = join(folder, 'main/index.sqlite')
  const index = embeddedEventIndex(folder)
  const canary = made({ id: 'e1', message: 'the canary' })
  await index.write(main, [canary, made({ id: 'e2', after: 1 })], '1')
  const reader = new DatabaseSync(path)
  reader.exec('pragma wal_checkpoint(truncate); begin')
  reader.prepare('select document from events').get()
  const holds = (): boolean => readFileSync(path).includes('the canary')
  t.ok(holds())
  t.equal(await index.erase(main, new Set(['e1']), '2'), 1)
  t.equal(await index.position(main), '2', 'it does not come again')
  t.ok(holds(), 'the test can tell')
  t.match(await index.check(main), [/what was erased still stands in free pages/])
  reader.exec('rollback')
  reader.close()
  await index.close()
  const again = embeddedEventIndex(folder)
  await again.write(main, [], '3')
  t.strictSame(await again.check(main), [])
  t.notOk(holds())
  await again.close()
})
