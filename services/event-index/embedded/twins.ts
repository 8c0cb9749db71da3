import type { DatabaseSyncInstance } from '@photostructure/sqlite'
import { MANY, minutesAround, sameOf, type Candidate } from '../same.ts'
import { MINUTE } from './schema.ts'

const OTHERS = 'select 1 from events other where other.twin = event.twin and other.at / 60000000000'
/** Whether another facet has its twin in the minute: two looks into the index, however many there are. */
const inMinute = (minute: string): string =>
  `exists (${OTHERS} = ${minute} and other.facet < event.facet) or exists (${OTHERS} = ${minute} and other.facet > event.facet)`
const HERE = 'event.at / 60000000000'
/** Near the edge of a minute also in the next; a little more than the reach of same.ts, which decides. */
const SUSPECT = `twin is not null and (${inMinute(HERE)}
  or (event.at % 60000000000 < 11000000000 and (${inMinute(`${HERE} - 1`)}))
  or (event.at % 60000000000 > 49000000000 and (${inMinute(`${HERE} + 1`)})))`

/**
 * The ids of what events are the same as, by their ids. `page` selects facet, twin, seq and at of the events.
 */
export function readSame(
  db: DatabaseSyncInstance,
  page: string,
  values: readonly (string | number)[],
): Map<string, string[]> {
  const channels = db.prepare(
    "select count(*) many from (select distinct channel from facets where channel <> '' limit 2)",
  )
  if ((channels.get() as { many: number }).many < 2) return new Map()
  const suspects = db
    .prepare(
      `select distinct printf('%019d', at / 1000000000 * 1000000000) at, twin from (${page}) event where ${SUSPECT}`,
    )
    .all(...values) as { at: string; twin: number }[]
  const asked = new Set<string>()
  const candidates: Candidate[] = []
  const there = db.prepare(
    `select seq, channel from events join facets on facets.id = facet where ${MINUTE} = ? and twin = ? limit ${MANY + 1}`,
  )
  const read = db.prepare(
    `select events.id, printf('%019d', at) at, stream, place, twin, channel, document from events join facets on facets.id = facet where seq = ?`,
  )
  const byTwin = new Map<number, { seq: number; channel: string }[]>()
  for (const { at, twin } of suspects)
    for (const minute of minutesAround(at)) {
      const key = `${minute} ${twin}`
      if (asked.has(key)) continue
      asked.add(key)
      const found = there.all(minute, twin) as { seq: number; channel: string }[]
      if (found.length > MANY) continue
      const known = byTwin.get(twin)
      if (known) known.push(...found)
      else byTwin.set(twin, found)
    }
  for (const found of byTwin.values())
    // Only of what came through two channels the documents are read.
    if (new Set(found.map(({ channel }) => channel)).size > 1)
      for (const { seq } of found) candidates.push(read.get(seq) as Candidate)
  return sameOf(candidates)
}
