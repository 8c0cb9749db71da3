import type { estypes } from '@elastic/elasticsearch'
import type { Group } from '../../../schemas/group.ts'
import type { WindowFilter } from '../event-index.ts'
import { inOrder } from '../groups.ts'
import { combinations } from './counts.ts'
import { isCut, type Source } from './fields.ts'
import type { Names } from './names.ts'
import { inOrder as sortedInOrder } from './search.ts'
import { select } from './select.ts'
import type { Server } from './server.ts'

const COLUMNS = ['signature', 'source', 'kind', 'host', 'service', 'level'] as const
type Key = Record<(typeof COLUMNS)[number], string>

type Hits = estypes.SearchHitsMetadata<Pick<Source, 'columns'>>
interface Counted {
  per_minute: { buckets: { key: number; doc_count: number }[] }
  first: { hits: Hits }
  last: { hits: Hits }
}

/** So many hits a bucket are answered at most, whatever is asked. */
const MOST_HITS = 100

/** The groups of a window, without a text query, from aggregations: no event is read but those that are named. */
export async function readGroups(
  server: Server,
  names: Names,
  filter: WindowFilter,
  keep: number,
): Promise<Group[]> {
  const sources = Object.fromEntries(COLUMNS.map((field) => [field, { terms: { field } }] as const))
  const hits = (order: 'asc' | 'desc', size: number): estypes.AggregationsAggregationContainer => ({
    top_hits: { size, sort: sortedInOrder(order), _source: ['columns'] },
  })
  const found = combinations<Key, Counted>(server, names, select(filter), sources, {
    per_minute: { histogram: { field: 'minute', interval: 1, min_doc_count: 1 } },
    first: hits('asc', Math.min(Math.max(keep, 1), MOST_HITS)),
    last: hits('desc', 1),
  })
  const groups: Group[] = []
  for await (const { key, doc_count, per_minute, first, last } of found) {
    const firsts = first.hits.hits.map((hit) => hit._source!.columns)
    const { source } = firsts[0]!
    groups.push({
      ...key,
      // Of a name that is too long for a keyword only the beginning is one.
      ...(isCut(key.source) && { source }),
      count: doc_count,
      first: firsts[0]!.at,
      last: last.hits.hits[0]!._source!.columns.at,
      minutes: per_minute.buckets.map((bucket) => [bucket.key, bucket.doc_count]),
      ids: firsts.slice(0, keep).map(({ id }) => id),
    })
  }
  return inOrder(groups)
}
