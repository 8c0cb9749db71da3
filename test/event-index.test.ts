import { join } from 'node:path'
import t from 'tap'
import { embeddedEventIndex } from '../services/event-index/embedded.ts'
import { testEventIndex } from './contracts/test-event-index.ts'
import { testEventIndexLife } from './contracts/test-event-index-life.ts'
import { testEventSame } from './contracts/test-event-same.ts'
import { testEventQueries } from './contracts/test-event-queries.ts'

const data = t.testdir()

const open = async (place: string) => embeddedEventIndex(join(data, place))

await testEventIndex(t, open)
await testEventIndexLife(t, open)
await testEventQueries(t, open)
await testEventSame(t, open)
