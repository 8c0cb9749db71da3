import type { estypes } from '@elastic/elasticsearch'
import type { Server } from './server.ts'

/** Searches all of the shards or fails: part of an answer would be a lie. An alias without an index is empty. */
export const search = <D, A = unknown>(
  server: Server,
  request: estypes.SearchRequest,
): Promise<estypes.SearchResponse<D, Record<string, A>>> =>
  server.call((client) =>
    client.search<D, Record<string, A>>({
      track_total_hits: false,
      ...request,
      allow_partial_search_results: false,
      ignore_unavailable: true,
      allow_no_indices: true,
    }),
  )

/** The order of the timeline. As numbers, nanoseconds would be rounded on their way through JSON. */
export const inOrder = (order: 'asc' | 'desc'): estypes.SortCombinations[] => [
  { '@timestamp': { order, format: 'strict_date_optional_time_nanos' } },
  { order: { order } },
]
