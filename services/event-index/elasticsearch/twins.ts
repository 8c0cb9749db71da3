import { MANY, minutesAround, sameOf } from '../same.ts'
import { twinKey, type Source } from './fields.ts'
import type { Names } from './names.ts'
import { search } from './search.ts'
import type { Server } from './server.ts'

/** A query names so many keys. */
const KEYS = 2000
/** A server answers with so many documents. */
const DOCUMENTS = 10_000
/** An event comes through a few channels; syslog has some forms of its own. */
const CHANNELS = 20

interface Counted {
  key: string
  doc_count: number
  channels: { buckets: { key: string }[] }
}

/** The ids of what these events are the same as, by their ids. */
export async function readSame(
  server: Server,
  names: Names,
  events: readonly Pick<Source['columns'], 'at' | 'twin'>[],
): Promise<Map<string, string[]>> {
  const keys = new Map<string, number>()
  for (const { at, twin } of events)
    if (twin !== null) for (const minute of minutesAround(at)) keys.set(twinKey(minute, twin), twin)
  const counted = new Map<number, { keys: string[]; channels: Set<string> }>()
  for (const some of parts([...keys.keys()], KEYS))
    for (const { key, doc_count, channels } of await countOf(server, names, some)) {
      if (doc_count > MANY) continue
      const twin = keys.get(key)!
      const known = counted.get(twin) ?? { keys: [], channels: new Set() }
      known.keys.push(key)
      for (const channel of channels.buckets) known.channels.add(channel.key)
      counted.set(twin, known)
    }
  // Only of what came through two channels the documents are read.
  const linked = [...counted.values()].flatMap((twin) => (twin.channels.size > 1 ? twin.keys : []))
  const found: Source[] = []
  for (const few of parts(linked, DOCUMENTS / MANY)) {
    const { hits } = await search<Source>(server, {
      index: names.events,
      query: { terms: { twin: few } },
      size: DOCUMENTS,
      _source: ['document', 'columns'],
    })
    for (const hit of hits.hits) found.push(hit._source!)
  }
  return sameOf(found.map(({ document, columns }) => ({ ...columns, document })))
}

/** How many events have each key, and through which channels they came. */
async function countOf(server: Server, names: Names, keys: readonly string[]): Promise<Counted[]> {
  const { aggregations } = await search<Source, { buckets: Counted[] }>(server, {
    index: names.events,
    query: { terms: { twin: [...keys] } },
    size: 0,
    aggregations: {
      keys: {
        // Without a table of all the keys of an index, which has nearly as many as events.
        terms: { field: 'twin', size: keys.length, execution_hint: 'map' },
        aggregations: { channels: { terms: { field: 'channel', size: CHANNELS } } },
      },
    },
  })
  // There is no answer where there is no index.
  return aggregations?.['keys']?.buckets ?? []
}

function* parts<T>(all: readonly T[], size: number): Generator<T[]> {
  for (let i = 0; i < all.length; i += size) yield all.slice(i, i + size)
}
