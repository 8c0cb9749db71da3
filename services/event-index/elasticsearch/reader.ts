import type { estypes } from '@elastic/elasticsearch'
import { decodeCursor, encodeCursor } from '../cursor.ts'
import { BadCursor, TimelineChanged, type Page, type PageQuery } from '../event-index.ts'
import { withSame } from '../same.ts'
import type { Builds } from './builds.ts'
import { instantOf, orderOf, type Source } from './fields.ts'
import { documentId, type Names } from './names.ts'
import { inOrder, search } from './search.ts'
import { select } from './select.ts'
import { readSame } from './twins.ts'
import { orNone, type Server } from './server.ts'

type Query = estypes.QueryDslQueryContainer

/** A query names so many events; a server answers with at most 10,000. */
const IDS = 2000

export async function readPage(
  server: Server,
  names: Names,
  builds: Builds,
  query: PageQuery,
): Promise<Page> {
  const selected = select(query)
  const { generation, after, end } = await bounds(server, names, builds, query, selected)
  const { hits } = await search<Source>(server, {
    index: names.events,
    query: { bool: { filter: [selected, ...end] } },
    sort: inOrder(query.order),
    // One more tells whether there is a next page.
    size: query.limit + 1,
    _source: ['document', 'columns.id', 'columns.at', 'columns.twin'],
    ...(after && { search_after: after }),
  })
  if (after && (await builds.generation()) !== generation)
    throw new TimelineChanged('the timeline was changed while this page was read')
  const page = hits.hits.slice(0, query.limit).map((hit) => hit._source!)
  const last = page.at(-1)
  const columns = page.map((source) => source.columns)
  const same = await readSame(server, names, columns)
  const documents = page.map(({ document, columns: { id } }) => withSame(document, same.get(id)))
  return {
    events: Buffer.from(documents.join(',\n')),
    count: page.length,
    next:
      last !== undefined && hits.hits.length > query.limit
        ? encodeCursor(generation, last.columns.id)
        : null,
  }
}

/** Between what a page lies, and of which generation its place is. Of the first page both are asked for at once: the search itself comes after them. */
async function bounds(
  server: Server,
  names: Names,
  builds: Builds,
  query: PageQuery,
  selected: Query,
): Promise<{ generation: number; after?: [at: string, order: string]; end: Query[] }> {
  if (query.cursor === undefined) {
    const [generation, end] = await Promise.all([
      builds.generation(),
      endOfPage(server, names, query, selected),
    ])
    return { generation, end }
  }
  const generation = await builds.generation()
  const after = await placeOf(server, names, decodeCursor(query.cursor, generation))
  return { generation, after, end: await endOfPage(server, names, query, selected, after[0]) }
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
  after?: string,
): Promise<Query[]> {
  const within: Query[] = after
    ? [{ range: { '@timestamp': { [order === 'asc' ? 'gt' : 'lt']: after } } }]
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
  const found = (await sourcesOf(server, names, [id])).get(id)
  if (!found) return undefined
  return withSame(found.document, (await readSame(server, names, [found.columns])).get(id))
}

export async function readEvents(
  server: Server,
  names: Names,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const sources = await sourcesOf(server, names, ids)
  return new Map([...sources].map(([id, { document }]) => [id, document]))
}

async function sourcesOf(
  server: Server,
  names: Names,
  ids: readonly string[],
): Promise<Map<string, Source>> {
  const found = new Map<string, Source>()
  for (let i = 0; i < ids.length; i += IDS) {
    const byDocument = new Map(ids.slice(i, i + IDS).map((id) => [documentId(id), id]))
    const { hits } = await search<Source>(server, {
      index: names.events,
      query: { ids: { values: [...byDocument.keys()] } },
      size: byDocument.size,
      _source: ['document', 'columns'],
    })
    for (const { _id, _source } of hits.hits) found.set(byDocument.get(_id!)!, _source!)
  }
  return found
}

/** The place of an event in the order as `inOrder` compares it. */
async function placeOf(
  server: Server,
  names: Names,
  id: string,
): Promise<[at: string, order: string]> {
  const found = (await sourcesOf(server, names, [id])).get(id)
  if (!found) throw new BadCursor('this cursor was not made here')
  return [instantOf(found.columns.at)!, orderOf(found.columns)]
}

/** What is wrong with the indices of a workspace. */
export async function readHealth(server: Server, names: Names): Promise<string[]> {
  const index = names.all
  const health = await orNone(server.call((c) => c.cluster.health({ index, level: 'indices' })))
  return Object.entries(health?.indices ?? {})
    .filter(([, { status }]) => status.toLowerCase() === 'red')
    .map(([name]) => `${name}: a shard is missing; see GET _cluster/allocation/explain`)
}
