import type { DatabaseSyncInstance } from '@photostructure/sqlite'
import type { Group } from '../../../schemas/group.ts'
import type { WindowFilter } from '../event-index.ts'
import { Groups, type Gathered } from '../groups.ts'
import { select } from './select.ts'

interface Facet {
  source: string
  kind: string
  host: string
  service: string
  level: string
}

type Row = [second: number, nanos: number, seq: number, facet: number, signature: string]

/** So many ids are answered in all: of small groups all that are kept, of the others the first few. */
const MOST_IDS = 20_000
const FIRST_FEW = 3

/** The groups of a window, without a text query. */
export function readGroups(db: DatabaseSyncInstance, filter: WindowFilter, keep: number): Group[] {
  const { where, values } = select(db, filter)
  const facets = new Map<number, Facet>()
  for (const row of db.prepare('select * from facets').all() as (Facet & { id: number })[])
    facets.set(row.id, row)
  // Of a million rows, arrays of small whole numbers are far cheaper to pass on than objects of texts.
  const statement = db.prepare(
    `select at / 1000000000, at % 1000000000, seq, facet, json_extract(document, '$.timeline.signature')
     from events indexed by events_at cross join facets on facets.id = facet where ${where} order by events.at, stream, place, events.id`,
  )
  statement.setReturnArrays(true)
  const rows = statement.iterate(...values) as unknown as IterableIterator<Row>
  const groups = new Groups<number>(keep)
  // There are few facets and many events: a name for each of these would take longer than reading them.
  const known = new Map<number, Map<string, Gathered<number>>>()
  for (const [second, nanos, seq, facet, signature] of rows) {
    let ofFacet = known.get(facet)
    if (!ofFacet) known.set(facet, (ofFacet = new Map()))
    let group = ofFacet.get(signature)
    if (!group) {
      const { source, kind, host, service, level } = facets.get(facet)!
      group = groups.of({ signature, source, kind, host, service, level })
      ofFacet.set(signature, group)
    }
    groups.add(group, second, nanos, seq)
  }
  return groups.all(
    idsOf(
      db,
      [...known.values()].flatMap((of) => [...of.values()]),
    ),
  )
}

/** Gives the ids of what was kept, of the smallest groups first. */
function idsOf(
  db: DatabaseSyncInstance,
  groups: readonly Gathered<number>[],
): (group: Gathered<number>) => string[] {
  const id = db.prepare('select id from events where seq = ?')
  const bySize = [...new Set(groups)].sort((a, b) => a.ids.length - b.ids.length)
  let left = MOST_IDS
  const whole = new Set(bySize.filter(({ ids }) => (left -= ids.length) >= 0))
  return (group) =>
    (whole.has(group) ? group.ids : group.ids.slice(0, FIRST_FEW)).map(
      (seq) => (id.get(seq) as { id: string }).id,
    )
}
