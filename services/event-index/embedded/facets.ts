import type { DatabaseSyncInstance } from '@photostructure/sqlite'
import type { Change } from '../../../schemas/change.ts'

/** What many events have in common. */
export type Facet = Pick<
  Change,
  | 'source'
  | 'stream'
  | 'kind'
  | 'host'
  | 'service'
  | 'level'
  | 'file'
  | 'context'
  | 'origin'
  | 'rank'
  | 'channel'
>

const NAMES = [
  'source',
  'stream',
  'kind',
  'host',
  'service',
  'level',
  'file',
  'context',
  'origin',
  'rank',
  'channel',
] as const
const keyOf = (facet: Facet): string => NAMES.map((name) => facet[name]).join('\0')

/** The numbers of facets, each made when it is first met. */
export function openFacets(db: DatabaseSyncInstance): (facet: Facet) => number {
  const numbers = new Map<string, number>()
  for (const row of db.prepare('select * from facets').all() as (Facet & { id: number })[])
    numbers.set(keyOf(row), row.id)
  const insert = db.prepare(
    `insert into facets (${NAMES.join(', ')}) values (${NAMES.map(() => '?').join(', ')})`,
  )
  let last: { facet: Facet; number: number } | undefined
  return (facet) => {
    // Neighbours mostly agree, and comparing is cheaper than making a key.
    if (last && NAMES.every((name) => last!.facet[name] === facet[name])) return last.number
    const key = keyOf(facet)
    let number = numbers.get(key)
    if (number === undefined) {
      number = Number(insert.run(...NAMES.map((name) => facet[name])).lastInsertRowid)
      numbers.set(key, number)
    }
    last = { facet, number }
    return number
  }
}
