import type { estypes } from '@elastic/elasticsearch'
import { decodeCursor, encodeCursor, type OrderKey } from '../cursor.ts'
import { TimelineChanged, type Page, type PageQuery } from '../event-index.ts'
import type { Builds } from './builds.ts'
import { instantOf, keyOf, orderOf, type Source } from './fields.ts'
import { documentId, type Names } from './names.ts'
import { inOrder, search } from './search.ts'
import { select } from './select.ts'
import { orNone, type Server } from './server.ts'

type Query = estypes.QueryDslQueryContainer

export async function readPage(
  server: Server,
  names: Names,
  builds: Builds,
  query: PageQuery,
): Promise<Page> {
  const generation = await builds.generation()
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, generation)
  const selected = select(query)
  const end = await endOfPage(server, names, query, selected, after)
  const { hits } = await search<Source>(server, {
    index: names.events,
    query: { bool: { filter: [selected, ...end] } },
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

/**
 * An instant that the page does not go beyond. Of what is sorted by its order key, Elasticsearch looks up the key of every event that it meets, from the newest segment to the oldest;
 * by time alone it skips through. So it is asked for the time first, and sorts only the events until then.
 */
async function endOfPage(
  server: Server,
  names: Names,
  { limit, order }: PageQuery,
  selected: Query,
  after?: OrderKey,
): Promise<Query[]> {
  const within: Query[] = after
    ? [{ range: { '@timestamp': { [order === 'asc' ? 'gt' : 'lt']: searchAfter(after)[0] } } }]
    : []
  const { hits } = await search(server, {
    index: names.events,
    query: { bool: { filter: [selected, ...within] } },
    sort: inOrder(order).slice(0, 1),
    from: limit,
    size: 1,
    _source: false,
  })
  const end = hits.hits[0]?.sort?.[0]
  if (end === undefined) return []
  return [{ range: { '@timestamp': { [order === 'asc' ? 'lte' : 'gte']: end } } }]
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
  const index = names.all
  const health = await orNone(server.call((c) => c.cluster.health({ index, level: 'indices' })))
  return Object.entries(health?.indices ?? {})
    .filter(([, { status }]) => status.toLowerCase() === 'red')
    .map(([name]) => `${name}: a shard is missing; see GET _cluster/allocation/explain`)
}

/** A place in the order as `inOrder` compares it. */
const searchAfter = ([at, stream, place, id]: OrderKey): [string, string] => [
  // No event is later than the last instant.
  instantOf(at) ?? instantOf('9223372036854775807')!,
  orderOf({ stream, place, id }),
]
