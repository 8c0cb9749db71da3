import type { DatabaseSyncInstance } from '@photostructure/sqlite'
import type { Group } from '../../../schemas/group.ts'
import type { OrderKey } from '../cursor.ts'
import type { WindowFilter } from '../event-index.ts'
import { Groups, type Gathered, type Key } from '../groups.ts'
import { select } from './select.ts'

type Facet = Omit<Key, 'signature'>

/** So many events are passed on as one text: as a row each they would take longer than reading them does. */
const ROWS = 100_000
const SPACE = 32
const ZERO = 48
/** So many ids are answered in all: of small groups all that are kept, of the others the first few. */
const MOST_IDS = 20_000
const FIRST_FEW = 3

/** The groups of a window, without a text query. */
export function readGroups(db: DatabaseSyncInstance, filter: WindowFilter, keep: number): Group[] {
  const facets = new Map(
    (
      db.prepare('select id, source, kind, host, service, level from facets').all() as ({
        id: number
      } & Facet)[]
    ).map(({ id, ...facet }) => [id, facet]),
  )
  const groups = new Groups<number>(keep)
  // There are few kinds of events and many events: a name for each of these would take longer than reading them.
  const known = new Map<string, Gathered<number>>()
  for (const text of textsOf(db, filter)) {
    let at = 0
    const number = (): number => {
      let n = 0
      for (let c = text.charCodeAt(at++); c !== SPACE; c = text.charCodeAt(at++))
        n = n * 10 + c - ZERO
      return n
    }
    while (at < text.length) {
      const second = number()
      const nanos = number()
      const seq = number()
      const end = text.indexOf('\n', at)
      const key = text.slice(at, end)
      at = end + 1
      let group = known.get(key)
      if (!group) {
        // A slice would keep the whole text in memory.
        const name = Buffer.from(key).toString()
        const [facet, signature] = name.split(' ') as [string, string]
        group = groups.of({ ...facets.get(Number(facet))!, signature })
        known.set(name, group)
      }
      groups.add(group, second, nanos, seq)
    }
  }
  return groups.all(idsOf(db, [...known.values()]))
}

/** The events of a window in the order of the timeline, a line each: second, nanosecond, number, facet and signature. */
function* textsOf(db: DatabaseSyncInstance, filter: WindowFilter): Generator<string> {
  const orderOf = db.prepare(
    "select printf('%019d', at) at, stream, place, events.id from events join facets on facets.id = facet where seq = ?",
  )
  orderOf.setReturnArrays(true)
  let after: OrderKey | undefined
  do {
    const { where, values } = select(db, after ? { ...filter, from: after[0] } : filter, after)
    const { count, text } = db
      .prepare(
        `select count(*) count, group_concat((at / 1000000000) || ' ' || (at % 1000000000) || ' ' || seq || ' ' || facet || ' ' || signature || char(10), '') text
         from (select at, seq, facet, signature from events indexed by events_at cross join facets on facets.id = facet
           where ${where} order by events.at, stream, place, events.id limit ?)`,
      )
      .get(...values, ROWS) as { count: number; text: string | null }
    if (text === null) return
    yield text
    const last = text.slice(text.lastIndexOf('\n', text.length - 2) + 1)
    after = count < ROWS ? undefined : (orderOf.get(Number(last.split(' ')[2])) as OrderKey)
  } while (after)
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
