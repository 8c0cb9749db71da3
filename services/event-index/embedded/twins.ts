import type { DatabaseSyncInstance } from '@photostructure/sqlite'
import { askedOf, MANY, sameOf, type Candidate } from '../same.ts'
import { MINUTE } from './schema.ts'

const others = (minute: string): string =>
  `select 1 from events other where other.twin = event.twin and other.at / 60000000000 = ${minute}`
const HERE = 'event.at / 60000000000'
/**
 * Whether an event may have a twin: in its minute, or in the one beside it where that begins or ends within four seconds. Most have none, and for these it is one look
 * into the index; for repeats of one facet three, however many there are.
 */
const MAY_BE_TWIN = `event.twin is not null and (
  (exists (${others(HERE)} limit 1 offset 1)
    and (exists (${others(HERE)} and other.facet < event.facet) or exists (${others(HERE)} and other.facet > event.facet)))
  or (event.at % 60000000000 < 4000000000 and exists (${others(`${HERE} - 1`)}))
  or (event.at % 60000000000 >= 56000000000 and exists (${others(`${HERE} + 1`)})))`

/** The condition of SQL for what may be a twin, where `event` has seq, at, twin and facet. Nothing is where all came through one channel. */
export function mayBeTwin(db: DatabaseSyncInstance): string {
  const { many } = db
    .prepare(
      "select count(*) many from (select distinct channel from facets where channel <> '' limit 2)",
    )
    .get() as { many: number }
  return many > 1 ? MAY_BE_TWIN : 'false'
}

interface InMinute {
  seq: number
  channel: string
  second: number
}

/** The ids of what the events of these numbers are the same as, by their ids. */
export function readSame(db: DatabaseSyncInstance, seqs: readonly number[]): Map<string, string[]> {
  if (seqs.length === 0) return new Map()
  const found = db
    .prepare(
      `select id, printf('%019d', at) at, twin from events event where seq in (select value from json_each(?)) and ${mayBeTwin(db)}`,
    )
    .all(JSON.stringify(seqs)) as { id: string; at: string; twin: number }[]
  const inMinute = db.prepare(
    `select seq, channel, at / 1000000000 second from events join facets on facets.id = facet where ${MINUTE} = ? and twin = ? limit ${MANY + 1}`,
  )
  const read = db.prepare(
    `select events.id, printf('%019d', at) at, stream, place, twin, channel, document from events join facets on facets.id = facet where seq = ?`,
  )
  const same = new Map<string, string[]>()
  for (const { twin, ids, minutes, seconds } of askedOf(found)) {
    const there = minutes
      .map((minute) => inMinute.all(minute, twin) as InMinute[])
      .filter((all) => all.length <= MANY)
      .flatMap((all) => all.filter(({ second }) => seconds.has(second)))
    // Only of what came through two channels the documents are read.
    if (new Set(there.map(({ channel }) => channel)).size < 2) continue
    for (const [id, others] of sameOf(there.map(({ seq }) => read.get(seq) as Candidate)))
      if (ids.has(id)) same.set(id, others)
  }
  return same
}
