import type { DatabaseSyncInstance } from '@photostructure/sqlite'
import { decodeCursor, encodeCursor, type OrderKey } from '../cursor.ts'
import { BadCursor, type Page, type PageQuery } from '../event-index.ts'
import { withSame } from '../same.ts'
import { matches, textOf } from '../text-query.ts'
import { BLOCK_BITS, meta } from './schema.ts'
import { select, type Selection } from './select.ts'
import { mayBeTwin, readSame } from './twins.ts'

const KEY = `printf('%019d', at) at, stream, place, events.id`
const FROM = 'from events join facets on facets.id = facet'
/** Walks the order of time; left to itself SQLite may sort the whole table for a page without a window. */
const IN_ORDER = 'from events indexed by events_at cross join facets on facets.id = facet'

interface Key {
  at: string
  stream: string
  place: number
  id: string
}

/** An event whose text matched; its document is not kept. */
export interface Match extends Key {
  seq: number
  level: string
}

export function readPage(db: DatabaseSyncInstance, query: PageQuery): Page {
  const generation = Number(meta(db, 'generation'))
  const after =
    query.cursor === undefined ? undefined : keyOf(db, decodeCursor(query.cursor, generation))
  const selection = select(db, query, after, query.order)
  const direction = query.order === 'desc' ? 'desc' : 'asc'
  const order = `order by events.at ${direction}, stream ${direction}, place ${direction}, events.id ${direction}`
  if (selection.terms.length === 0) return plainPage(db, selection, order, query.limit, generation)
  const found: Match[] = []
  matching(db, selection, order, (match) => {
    found.push(match)
    return selection.blocks !== undefined || found.length <= query.limit
  })
  if (selection.blocks) found.sort(query.order === 'asc' ? compare : (a, b) => compare(b, a))
  const page = found.slice(0, query.limit)
  const last = page.at(-1)
  const document = db.prepare('select document from events where seq = ?')
  const same = readSame(
    db,
    page.map(({ seq }) => seq),
  )
  const documents = page.map(({ seq, id }) =>
    withSame((document.get(seq) as { document: string }).document, same.get(id)),
  )
  return {
    events: Buffer.from(documents.join(',\n')),
    count: page.length,
    next: found.length > query.limit && last ? encodeCursor(generation, last.id) : null,
  }
}

/** The document of an event, with what it is the same as; undefined where there is none. */
export function readEvent(db: DatabaseSyncInstance, id: string): string | undefined {
  const found = db.prepare('select seq, document from events where id = ?').get(id) as
    | { seq: number; document: string }
    | undefined
  return found && withSame(found.document, readSame(db, [found.seq]).get(id))
}

function keyOf(db: DatabaseSyncInstance, event: string): OrderKey {
  const key = db.prepare(`select ${KEY} ${FROM} where events.id = ?`).get(event) as Key | undefined
  if (!key) throw new BadCursor('this cursor was not made here')
  return [key.at, key.stream, key.place, key.id]
}

/** A page that the columns decide: joined inside SQLite, no row becomes a JavaScript object where nothing is linked. */
function plainPage(
  db: DatabaseSyncInstance,
  { where, values }: Selection,
  order: string,
  limit: number,
  generation: number,
): Page {
  const part = `select seq, at, twin, facet, document ${IN_ORDER} where ${where} ${order} limit ?`
  const page = db
    .prepare(
      `select cast(group_concat(document, ',' || char(10)) as blob) events, count(*) count,
        group_concat(case when ${mayBeTwin(db)} then seq end) twins from (${part}) event`,
    )
    .get(...values, limit) as { events: Uint8Array | null; count: number; twins: string | null }
  let next: string | null = null
  if (page.count === limit) {
    const edge = db
      .prepare(`select events.id ${IN_ORDER} where ${where} ${order} limit 2 offset ?`)
      .all(...values, limit - 1) as { id: string }[]
    if (edge.length === 2) next = encodeCursor(generation, edge[0]!.id)
  }
  const events = page.events ?? new Uint8Array()
  const same = readSame(db, page.twins?.split(',').map(Number) ?? [])
  if (same.size === 0) return { events, count: page.count, next }
  const rows = db
    .prepare(`select events.id, document ${IN_ORDER} where ${where} ${order} limit ?`)
    .all(...values, limit) as { id: string; document: string }[]
  const documents = rows.map(({ id, document }) => withSame(document, same.get(id)))
  return { events: Buffer.from(documents.join(',\n')), count: page.count, next }
}

/** Shows the events that satisfy the terms of a query text one after the other, until `take` has enough; in order where it does not go by blocks. */
export function matching(
  db: DatabaseSyncInstance,
  { where, values, terms, blocks }: Selection,
  order: string,
  take: (match: Match) => boolean,
): void {
  const select = `select seq, ${KEY}, level, document`
  const offer = ({ document, ...match }: Match & { document: string }): boolean => {
    const event = JSON.parse(document) as Record<string, unknown>
    return !matches(terms, event, textOf(event)) || take(match)
  }
  if (!blocks) {
    const rows = db
      .prepare(`${select} ${order === '' ? FROM : IN_ORDER} where ${where} ${order}`)
      .iterate(...values) as IterableIterator<Match & { document: string }>
    for (const row of rows) if (!offer(row)) return
    return
  }
  const inBlock = db.prepare(`${select} ${FROM} where seq >= ? and seq < ? and ${where}`)
  for (const block of blocks) {
    const first = block << BLOCK_BITS
    const rows = inBlock.iterate(first, first + (1 << BLOCK_BITS), ...values) as IterableIterator<
      Match & { document: string }
    >
    for (const row of rows) if (!offer(row)) return
  }
}

const compare = (a: Key, b: Key): number =>
  order(a.at, b.at) || order(a.stream, b.stream) || a.place - b.place || order(a.id, b.id)
/** As SQLite compares texts: by their bytes in UTF-8, which JavaScript's < does not. */
const order = (a: string, b: string): number =>
  a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b))
