import type { DatabaseSyncInstance } from '@photostructure/sqlite'
import type { Bucket, KnownBy, SourceSummary, WindowFilter } from '../event-index.ts'
import { type Removal, takes } from '../../../schemas/removal.ts'
import type { TimelineEvent } from '../../../schemas/timeline-event.ts'
import { matching } from './reader.ts'
import { facetsOf, select } from './select.ts'

export function readHistogram(
  db: DatabaseSyncInstance,
  filter: WindowFilter,
  intervalSeconds: number,
): Bucket[] {
  const buckets = new Map<number, Record<string, number>>()
  const add = (second: number, level: string, count: number): void => {
    const at = second - (second % intervalSeconds)
    const levels = buckets.get(at) ?? {}
    levels[level] = (levels[level] ?? 0) + count
    buckets.set(at, levels)
  }
  const wholeMinutes = (key?: string): boolean =>
    key === undefined || BigInt(key) % 60_000_000_000n === 0n
  if (!filter.q && !filter.source && wholeMinutes(filter.from) && wholeMinutes(filter.to)) {
    const parts = ['minute >= ?', 'minute < ?']
    const values: (string | number)[] = [
      filter.from ? Number(filter.from.slice(0, 10)) / 60 : 0,
      filter.to ? Number(filter.to.slice(0, 10)) / 60 : 1e12,
    ]
    const facets = facetsOf(filter)
    if (facets) {
      parts.push(facets.where)
      values.push(...facets.values)
    }
    const step = intervalSeconds / 60
    const rows = db
      .prepare(
        `select minute / ${step} * ${step} at, level, sum(events) count from minutes join facets on facets.id = facet where ${parts.join(' and ')} group by 1, 2`,
      )
      .all(...values)
    for (const row of rows as { at: number; level: string; count: number }[])
      add(row.at * 60, row.level, row.count)
  } else {
    const selection = select(db, filter)
    if (selection.terms.length > 0) {
      matching(db, selection, '', ({ at, level }) => {
        add(Number(at.slice(0, 10)), level, 1)
        return true
      })
    } else {
      const rows = db
        .prepare(
          `select at / 1000000000 second, level, count(*) count from events join facets on facets.id = facet where ${selection.where} group by at / 60000000000, level`,
        )
        .all(...selection.values)
      for (const row of rows as { second: number; level: string; count: number }[])
        add(row.second, row.level, row.count)
    }
  }
  return [...buckets.entries()]
    .sort(([a], [b]) => a - b)
    .map(([at, levels]) => ({
      at: new Date(at * 1000).toISOString().replace('.000', ''),
      count: Object.values(levels).reduce((sum, n) => sum + n, 0),
      levels,
    }))
}

export function readSources(db: DatabaseSyncInstance): SourceSummary[] {
  const rows = db
    .prepare(
      'select source, kind, sum(events) events, min(minute) first, max(minute) last from minutes join facets on facets.id = facet group by 1, 2 order by 1, 2',
    )
    .all() as { source: string; kind: string; events: number; first: number; last: number }[]
  const sources = new Map<string, SourceSummary>()
  for (const row of rows) {
    const first = new Date(row.first * 60_000).toISOString().replace('.000', '')
    const last = new Date(row.last * 60_000).toISOString().replace('.000', '')
    const s = sources.get(row.source) ?? { source: row.source, events: 0, first, last, kinds: {} }
    s.events += row.events
    if (first < s.first) s.first = first
    if (last > s.last) s.last = last
    s.kinds[row.kind] = row.events
    sources.set(row.source, s)
  }
  return [...sources.values()]
}

/** Every document is read: this is asked for when a person looks at what is taken for granted. */
export const readBases = (db: DatabaseSyncInstance): KnownBy[] =>
  db
    .prepare(
      `select source, file, document ->> '$.timeline.time.basis' basis, count(*) events
        from events join facets on facets.id = facet group by 1, 2, 3`,
    )
    .all() as KnownBy[]

/** Every document that may be meant is read: this is asked for when a person corrects something. */
export function readStreams(db: DatabaseSyncInstance, wanted: Removal): string[] {
  const streams = new Set<string>()
  // Without the closing quote, for what is below a path.
  const needle = JSON.stringify(wanted).slice(1, -2)
  const rows = db
    .prepare(
      'select file, document from events join facets on facets.id = facet where instr(document, ?) > 0',
    )
    .iterate(needle) as IterableIterator<{ file: string; document: string }>
  for (const { file, document } of rows) {
    if (streams.has(file)) continue
    const { timeline } = JSON.parse(document) as TimelineEvent
    if (timeline.seen.some((place) => takes(wanted, place))) streams.add(file)
  }
  return [...streams].sort()
}
