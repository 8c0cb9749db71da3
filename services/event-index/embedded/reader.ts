import type { DatabaseSyncInstance } from '@photostructure/sqlite'
import { decodeCursor, encodeCursor } from '../cursor.ts'
import type { Page, PageQuery } from '../event-index.ts'
import { matches, textOf } from '../text-query.ts'
import { BLOCK_BITS, meta } from './schema.ts'
import { select, type Selection } from './select.ts'

const KEY = `printf('%019d', at) at, stream, place, events.id`
const FROM = 'from events join facets on facets.id = facet'
/** Walks the order of time; left to itself SQLite may sort the whole table for a page without a window. */
const IN_ORDER = 'from events indexed by events_at cross join facets on facets.id = facet'

export type Row = {
  at: string
  stream: string
  place: number
  id: string
  level: string
  document: string
}

export function readPage(db: DatabaseSyncInstance, query: PageQuery): Page {
  const generation = Number(meta(db, 'generation'))
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, generation)
  const selection = select(db, query, after, query.order)
  const direction = query.order === 'desc' ? 'desc' : 'asc'
  const order = `order by events.at ${direction}, stream ${direction}, place ${direction}, events.id ${direction}`
  if (selection.terms.length === 0) return plainPage(db, selection, order, query.limit, generation)
  const rows = matching(db, selection, order, query.order, query.limit + 1)
  const page = rows.slice(0, query.limit)
  const last = page.at(-1)
  return {
    events: Buffer.from(page.map((r) => r.document).join(',\n')),
    count: page.length,
    next:
      rows.length > query.limit && last
        ? encodeCursor(generation, [last.at, last.stream, last.place, last.id])
        : null,
  }
}

/** A page that the columns decide: joined inside SQLite, no row becomes a JavaScript object. */
function plainPage(
  db: DatabaseSyncInstance,
  { where, values }: Selection,
  order: string,
  limit: number,
  generation: number,
): Page {
  const page = db
    .prepare(
      `select cast(group_concat(document, ',' || char(10)) as blob) events, count(*) count from (select document ${IN_ORDER} where ${where} ${order} limit ?)`,
    )
    .get(...values, limit) as { events: Uint8Array | null; count: number }
  let next: string | null = null
  if (page.count === limit) {
    const edge = db
      .prepare(`select ${KEY} ${IN_ORDER} where ${where} ${order} limit 2 offset ?`)
      .all(...values, limit - 1) as unknown as Row[]
    if (edge.length === 2)
      next = encodeCursor(generation, [edge[0]!.at, edge[0]!.stream, edge[0]!.place, edge[0]!.id])
  }
  return { events: page.events ?? new Uint8Array(), count: page.count, next }
}

/** The events that satisfy the terms of a query text, in order. */
export function matching(
  db: DatabaseSyncInstance,
  s: Selection,
  order: string,
  direction: 'asc' | 'desc',
  limit: number,
): Row[] {
  const found: Row[] = []
  const take = (row: Row): void => {
    const event = JSON.parse(row.document) as Record<string, unknown>
    if (matches(s.terms, event, textOf(event))) found.push(row)
  }
  if (!s.blocks) {
    const rows = db
      .prepare(
        `select ${KEY}, level, document ${order === '' ? FROM : IN_ORDER} where ${s.where} ${order}`,
      )
      .iterate(...s.values)
    for (const row of rows as IterableIterator<Row>) {
      take(row)
      if (found.length === limit) break
    }
    return found
  }
  const inBlock = db.prepare(
    `select ${KEY}, level, document ${FROM} where seq >= ? and seq < ? and ${s.where}`,
  )
  for (const block of s.blocks) {
    const first = block << BLOCK_BITS
    for (const row of inBlock.iterate(
      first,
      first + (1 << BLOCK_BITS),
      ...s.values,
    ) as IterableIterator<Row>)
      take(row)
  }
  found.sort(direction === 'asc' ? compare : (a, b) => compare(b, a))
  return found.slice(0, limit)
}

const compare = (a: Row, b: Row): number =>
  order(a.at, b.at) || order(a.stream, b.stream) || a.place - b.place || order(a.id, b.id)
/** As SQLite compares texts: by their bytes in UTF-8, which JavaScript's < does not. */
const order = (a: string, b: string): number =>
  a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b))
