import { askedOf, MANY, sameOf, secondOf } from '../same.ts'
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
  events: readonly Pick<Source['columns'], 'id' | 'at' | 'twin'>[],
): Promise<Map<string, string[]>> {
  const asked = askedOf(events).map((one) => ({
    ...one,
    keys: one.minutes.map((minute) => twinKey(minute, one.twin)),
  }))
  const channels = new Map<string, string[]>()
  for (const some of parts([...new Set(asked.flatMap(({ keys }) => keys))], KEYS))
    for (const counted of await countOf(server, names, some))
      if (counted.doc_count <= MANY)
        channels.set(
          counted.key,
          counted.channels.buckets.map(({ key }) => key),
        )
  const same = new Map<string, string[]>()
  // Only of what came through two channels the documents are read.
  const linked = asked
    .map((one) => ({ ...one, keys: one.keys.filter((key) => channels.has(key)) }))
    .filter(({ keys }) => new Set(keys.flatMap((key) => channels.get(key)!)).size > 1)
  for (const some of together(linked)) {
    const { hits } = await search<Source>(server, {
      index: names.events,
      query: { terms: { twin: [...new Set(some.flatMap(({ keys }) => keys))] } },
      size: DOCUMENTS,
      _source: ['document', 'columns'],
    })
    const found = hits.hits.map(({ _source: source }) => ({
      ...source!.columns,
      document: source!.document,
    }))
    for (const { twin, ids, seconds } of some) {
      const near = found.filter((one) => one.twin === twin && seconds.has(secondOf(one.at)))
      for (const [id, others] of sameOf(near)) if (ids.has(id)) same.set(id, others)
    }
  }
  return same
}

/** As many as one answer can hold the documents of. */
function* together<T extends { keys: readonly string[] }>(all: readonly T[]): Generator<T[]> {
  let some: T[] = []
  let keys = 0
  for (const one of all) {
    if (keys + one.keys.length > DOCUMENTS / MANY) {
      yield some
      some = []
      keys = 0
    }
    some.push(one)
    keys += one.keys.length
  }
  if (some.length > 0) yield some
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
