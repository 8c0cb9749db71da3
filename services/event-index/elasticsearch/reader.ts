import { decodeCursor, encodeCursor } from '../cursor.ts'
import { TimelineChanged, type Page, type PageQuery } from '../event-index.ts'
import type { Builds } from './builds.ts'
import { instantOf, keyOf, orderOf, type Source } from './fields.ts'
import { documentId, type Names } from './names.ts'
import { inOrder, search } from './search.ts'
import { select } from './select.ts'
import { orNone, type Server } from './server.ts'

export async function readPage(
  server: Server,
  names: Names,
  builds: Builds,
  query: PageQuery,
): Promise<Page> {
  const generation = await builds.generation()
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, generation)
  const { hits } = await search<Source>(server, {
    index: names.events,
    query: select(query),
    sort: inOrder(query.order),
    // One more tells whether there is a next page.
    size: query.limit + 1,
    _source: ['document', 'columns'],
    ...(after && { search_after: searchAfter(after) }),
  })
  if (after && (await builds.generation()) !== generation)
    throw new TimelineChanged('the timeline was changed while this page was read')
  const page = hits.hits.slice(0, query.limit).map((hit) => hit._source!)
  const last = page.at(-1)
  return {
    events: Buffer.from(page.map(({ document }) => document).join(',\n')),
    count: page.length,
    next:
      last && hits.hits.length > query.limit ? encodeCursor(generation, keyOf(last.columns)) : null,
  }
}

export async function readEvent(
  server: Server,
  names: Names,
  id: string,
): Promise<string | undefined> {
  const { hits } = await search<Source>(server, {
    index: names.events,
    query: { ids: { values: [documentId(id)] } },
    _source: ['document'],
  })
  return hits.hits[0]?._source?.document
}

/** What is wrong with the indices of a workspace. */
export async function readHealth(server: Server, names: Names): Promise<string[]> {
  const aliases = await server.call((c) => c.indices.getAlias({ name: names.all }))
  const index = Object.keys(aliases)
  if (index.length === 0) return []
  const health = await orNone(server.call((c) => c.cluster.health({ index, level: 'indices' })))
  return Object.entries(health?.indices ?? {})
    .filter(([, { status }]) => status.toLowerCase() === 'red')
    .map(([name]) => `${name}: a shard is missing; see GET _cluster/allocation/explain`)
}

/** A place in the order as `inOrder` compares it. */
const searchAfter = ([at, stream, place, id]: ReturnType<typeof keyOf>): string[] => [
  // No event is later than the last instant.
  instantOf(at) ?? instantOf('9223372036854775807')!,
  orderOf({ stream, place, id }),
]
