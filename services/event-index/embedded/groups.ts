import type { DatabaseSyncInstance } from '@photostructure/sqlite'
import type { Group } from '../../../schemas/group.ts'
import type { WindowFilter } from '../event-index.ts'
import { Groups } from '../groups.ts'
import { select } from './select.ts'

interface Facet {
  source: string
  kind: string
  host: string
  service: string
  level: string
}

interface Row {
  at: string
  id: string
  facet: number
  signature: string
}

/** The groups of a window, without a text query. */
export function readGroups(db: DatabaseSyncInstance, filter: WindowFilter, keep: number): Group[] {
  const { where, values } = select(db, filter)
  const facets = new Map<number, Facet>()
  for (const row of db.prepare('select * from facets').all() as (Facet & { id: number })[])
    facets.set(row.id, row)
  const rows = db
    .prepare(
      `select printf('%019d', at) at, events.id id, facet, json_extract(document, '$.timeline.signature') signature
       from events indexed by events_at cross join facets on facets.id = facet where ${where} order by events.at, stream, place, events.id`,
    )
    .iterate(...values) as IterableIterator<Row>
  const groups = new Groups(keep)
  // There are few facets and many events: a name for each of these would take longer than reading them.
  const known = new Map<number, Map<string, Group>>()
  for (const { at, id, facet, signature } of rows) {
    let ofFacet = known.get(facet)
    if (!ofFacet) known.set(facet, (ofFacet = new Map()))
    let group = ofFacet.get(signature)
    if (!group) {
      const { source, kind, host, service, level } = facets.get(facet)!
      group = groups.of({ signature, source, kind, host, service, level })
      ofFacet.set(signature, group)
    }
    groups.add(group, at, id)
  }
  return groups.all()
}
