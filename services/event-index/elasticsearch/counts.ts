import type { estypes } from '@elastic/elasticsearch'
import type { Bucket, KnownBy, SourceSummary, WindowFilter } from '../event-index.ts'
import type { Removal } from '../../../schemas/removal.ts'
import { Basis } from '../../../schemas/timeline-event.ts'
import { isCut, seenIn, term, type Source } from './fields.ts'
import type { Names } from './names.ts'
import { search } from './search.ts'
import { select } from './select.ts'
import type { Server } from './server.ts'

/** Combinations of values are read in pages of so many, until there are no more. */
const PAGE = 5000

type Sources = Record<string, estypes.AggregationsCompositeAggregationSource>
interface Minutes {
  first: { value: number }
  last: { value: number }
}
type Combination<K, A> = A & { key: K; doc_count: number }

/** Every combination of values of these fields that some event of a query has. */
export async function* combinations<K, A = unknown>(
  server: Server,
  names: Names,
  query: estypes.QueryDslQueryContainer,
  sources: Sources,
  aggregations: Record<string, estypes.AggregationsAggregationContainer> = {},
): AsyncGenerator<Combination<K, A>> {
  let after: { after?: Record<string, string> } = {}
  do {
    const found = await search<
      Source,
      { after_key?: Record<string, string>; buckets: Combination<K, A>[] }
    >(server, {
      index: names.events,
      size: 0,
      query,
      aggregations: {
        all: {
          composite: {
            size: PAGE,
            sources: Object.entries(sources).map(([name, source]) => ({ [name]: source })),
            ...after,
          },
          aggregations,
        },
      },
    })
    // There is no answer where there is no index.
    const { buckets = [], after_key } = found.aggregations?.['all'] ?? {}
    yield* buckets
    after = buckets.length === PAGE && after_key ? { after: after_key } : {}
  } while (after.after)
}

export async function readHistogram(
  server: Server,
  names: Names,
  filter: WindowFilter,
  intervalSeconds: number,
): Promise<Bucket[]> {
  const buckets = new Map<number, Bucket>()
  const sources: Sources = {
    minute: { histogram: { field: 'minute', interval: intervalSeconds / 60 } },
    level: { terms: { field: 'level' } },
  }
  const found = combinations<{ minute: number; level: string }>(
    server,
    names,
    select(filter),
    sources,
  )
  for await (const { key, doc_count } of found) {
    const bucket = buckets.get(key.minute) ?? { at: minuteOf(key.minute), count: 0, levels: {} }
    bucket.count += doc_count
    bucket.levels[key.level] = doc_count
    buckets.set(key.minute, bucket)
  }
  return [...buckets.values()]
}

export async function readSources(server: Server, names: Names): Promise<SourceSummary[]> {
  const sources = new Map<string, SourceSummary>()
  const found = combinations<{ source: string; kind: string }, Minutes>(
    server,
    names,
    { match_all: {} },
    { source: { terms: { field: 'source' } }, kind: { terms: { field: 'kind' } } },
    { first: { min: { field: 'minute' } }, last: { max: { field: 'minute' } } },
  )
  for await (const { key, doc_count, ...minutes } of found) {
    const [first, last] = [minuteOf(minutes.first.value), minuteOf(minutes.last.value)]
    const one = sources.get(key.source) ?? {
      source: isCut(key.source) ? await wholeName(server, names, key.source) : key.source,
      events: 0,
      first,
      last,
      kinds: {},
    }
    one.events += doc_count
    if (first < one.first) one.first = first
    if (last > one.last) one.last = last
    one.kinds[key.kind] = doc_count
    sources.set(key.source, one)
  }
  return [...sources.values()]
}

/** How many events each origin of an import created. */
export async function readCreated(
  server: Server,
  names: Names,
  importId: string,
): Promise<Map<string, number>> {
  const created = new Map<string, number>()
  const found = combinations<{ origin: string }>(
    server,
    names,
    { prefix: { origin: `${importId}/` } },
    { origin: { terms: { field: 'origin' } } },
  )
  for await (const { key, doc_count } of found) created.set(key.origin, doc_count)
  return created
}

export async function readBases(server: Server, names: Names): Promise<KnownBy[]> {
  const known: KnownBy[] = []
  const sources: Sources = {
    source: { terms: { field: 'source' } },
    file: { terms: { field: 'file' } },
  }
  // A basis is no column: it is counted by what a query finds it by.
  const filters = Object.fromEntries(
    Basis.enum.map((basis) => [basis, { term: { terms: term('timeline.time.basis', basis) } }]),
  )
  type Found = { key: { source: string; file: string } } & {
    bases: { buckets: Record<Basis, { doc_count: number }> }
  }
  for await (const each of combinations<Found['key']>(server, names, { match_all: {} }, sources, {
    bases: { filters: { filters } },
  })) {
    const { key, bases } = each as unknown as Found
    const source = isCut(key.source) ? await wholeName(server, names, key.source) : key.source
    for (const basis of Basis.enum) {
      const { doc_count: events } = bases.buckets[basis]
      if (events > 0) known.push({ source, file: key.file, basis, events })
    }
  }
  return known
}

export async function readStreams(server: Server, names: Names, seen: Removal): Promise<string[]> {
  const streams: string[] = []
  const found = combinations<{ file: string }>(
    server,
    names,
    { term: { terms: seenIn(seen) } },
    { file: { terms: { field: 'file' } } },
  )
  for await (const { key } of found) streams.push(key.file)
  return streams
}

/** A source whose name is too long for a keyword stands in every event of it. */
async function wholeName(server: Server, names: Names, source: string): Promise<string> {
  const { hits } = await search<Source>(server, {
    index: names.events,
    query: { term: { source } },
    size: 1,
  })
  return hits.hits[0]?._source?.columns.source ?? source
}

const minuteOf = (minute: number): string =>
  new Date(minute * 60_000).toISOString().replace('.000', '')
