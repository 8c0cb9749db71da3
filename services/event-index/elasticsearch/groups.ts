import type { estypes } from '@elastic/elasticsearch'
import type { Group } from '../../../schemas/group.ts'
import type { WindowFilter } from '../event-index.ts'
import { inOrder, nameOf } from '../groups.ts'
import { combinations } from './counts.ts'
import { isCut, type Source } from './fields.ts'
import type { Names } from './names.ts'
import { search, inOrder as sortedInOrder } from './search.ts'
import { select } from './select.ts'
import type { Server } from './server.ts'

const COLUMNS = ['signature', 'source', 'kind', 'host', 'service', 'level'] as const
type Key = Record<(typeof COLUMNS)[number], string>

const SOURCES = Object.fromEntries(COLUMNS.map((field) => [field, { terms: { field } }] as const))

type Found = Pick<Source, 'columns'>
type Hits = estypes.SearchHitsMetadata<Found>

/** So many hits of a bucket are answered at most, whatever is asked. */
const MOST_HITS = 100
/** So many large groups are read at a time. */
const LANES = 4

/** The groups of a window, without a text query, from aggregations: no event is read but those that are named. */
export async function readGroups(
  server: Server,
  names: Names,
  filter: WindowFilter,
  keep: number,
): Promise<Group[]> {
  const query = select(filter)
  const minutes = await readMinutes(server, names, query)
  const hits = (order: 'asc' | 'desc', size: number): estypes.AggregationsAggregationContainer => ({
    top_hits: { size, sort: sortedInOrder(order), _source: ['columns'] },
  })
  const found = combinations<Key, Record<'first' | 'last', { hits: Hits }>>(
    server,
    names,
    query,
    SOURCES,
    { first: hits('asc', Math.min(Math.max(keep, 1), MOST_HITS)), last: hits('desc', 1) },
  )
  const groups: Group[] = []
  const large: { group: Group; key: Key }[] = []
  for await (const { key, first, last } of found) {
    const of = minutes.get(nameOf(key))
    // It came between the two questions.
    if (!of) continue
    const firsts = columnsOf(first.hits)
    const { source } = firsts[0]!
    const group: Group = {
      ...key,
      // Of a name that is too long for a keyword only the beginning is one.
      ...(isCut(key.source) && { source }),
      count: of.reduce((sum, [, count]) => sum + count, 0),
      first: firsts[0]!.at,
      last: columnsOf(last.hits)[0]!.at,
      minutes: of,
      ids: firsts.slice(0, keep).map(({ id }) => id),
    }
    groups.push(group)
    if (group.count > MOST_HITS && keep > MOST_HITS) large.push({ group, key })
  }
  const lane = async (): Promise<void> => {
    for (let next = large.pop(); next; next = large.pop())
      next.group.ids = await readFirst(server, names, query, next.key, keep)
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return inOrder(groups)
}

/** How many events of each group stand in each minute, in their order. Within the groups the minutes would be more buckets than one answer may have. */
async function readMinutes(
  server: Server,
  names: Names,
  query: estypes.QueryDslQueryContainer,
): Promise<Map<string, Group['minutes']>> {
  const groups = new Map<string, Group['minutes']>()
  const found = combinations<Key & { minute: number }>(server, names, query, {
    ...SOURCES,
    minute: { histogram: { field: 'minute', interval: 1 } },
  })
  for await (const { key, doc_count } of found) {
    const minutes = groups.get(nameOf(key))
    if (minutes) minutes.push([key.minute, doc_count])
    else groups.set(nameOf(key), [[key.minute, doc_count]])
  }
  return groups
}

/** The ids of the first events of a group. */
async function readFirst(
  server: Server,
  names: Names,
  query: estypes.QueryDslQueryContainer,
  key: Key,
  size: number,
): Promise<string[]> {
  const isOfGroup = COLUMNS.map((field) => ({ term: { [field]: key[field] } }))
  const { hits } = await search<Found>(server, {
    index: names.events,
    query: { bool: { filter: [query, ...isOfGroup] } },
    size,
    sort: sortedInOrder('asc'),
    _source: ['columns'],
  })
  return columnsOf(hits).map(({ id }) => id)
}

const columnsOf = ({ hits }: Hits): Source['columns'][] => hits.map((hit) => hit._source!.columns)
