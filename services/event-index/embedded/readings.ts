import type { Removal } from '../../../schemas/removal.ts'
import { owesScrub } from '../../scrub.ts'
import type { Calls } from '../../thread.ts'
import type { PageQuery, WindowFilter } from '../event-index.ts'
import { readBases, readHistogram, readSources, readStreams } from './counts.ts'
import { readGroups } from './groups.ts'
import { readEvent, readPage } from './reader.ts'
import { meta, openForReading, reading } from './schema.ts'

/** What is read of an index file, by the name of the call: its answers can go from one thread to another. */
export function readings(path: string): Calls {
  const db = openForReading(path)
  const documents = db.prepare(
    'select id, document from events where id in (select value from json_each(?))',
  )
  const created = db.prepare(
    "select origin, events from created where origin >= ? || '/' and origin < ? || '0'",
  )

  return {
    page: (query: PageQuery) => reading(db, () => readPage(db, query)),
    event: (id: string) => reading(db, () => readEvent(db, id)),
    histogram: (filter: WindowFilter, seconds: number) =>
      reading(db, () => readHistogram(db, filter, seconds)),
    groups: (filter: WindowFilter, keep: number) => reading(db, () => readGroups(db, filter, keep)),
    sources: () => readSources(db),
    bases: () => readBases(db),
    streams: (seen: Removal) => reading(db, () => readStreams(db, seen)),
    position: () => meta(db, 'position') ?? null,
    events: (ids: readonly string[]) =>
      (documents.all(JSON.stringify(ids)) as { id: string; document: string }[]).map(
        ({ id, document }) => [id, document],
      ),
    created: (importId: string) => created.all(importId, importId),
    check: () => [
      ...(owesScrub(db) ? ['index.sqlite: what was erased still stands in free pages'] : []),
      ...(db.prepare('pragma integrity_check').all() as { integrity_check: string }[])
        .map((row) => row.integrity_check)
        .filter((text) => text !== 'ok'),
    ],
    close: () => db.close(),
  }
}
