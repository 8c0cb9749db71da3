import type { DatabaseSyncInstance } from '@photostructure/sqlite'
import type { OrderKey } from '../cursor.ts'
import type { WindowFilter } from '../event-index.ts'
import { parseText, type Term } from '../text-query.ts'
import { BLOCK_BITS, meta } from './schema.ts'

/** Up to so many blocks are read one by one; above, the time order is walked, which meets a page of common words early. */
const FEW_BLOCKS = 400

export interface Selection {
  where: string
  values: (string | number)[]
  /** What only reading the document can decide. */
  terms: Term[]
  /** Blocks that hold all words, where there are few. */
  blocks?: number[]
}

export const COLUMNS = { kind: 'kind', host: 'host', service: 'service', level: 'level' } as const

/** The WHERE of a filter; of a text query also what SQL cannot decide, and where to look. */
export function select(db: DatabaseSyncInstance, filter: WindowFilter, after?: OrderKey, direction: 'asc' | 'desc' = 'asc'): Selection {
  const parts: string[] = []
  const values: (string | number)[] = []
  const add = (sql: string, ...of: (string | number)[]): void => {
    parts.push(sql)
    values.push(...of)
  }
  if (filter.from) add('at >= cast(? as integer)', filter.from)
  if (filter.to) add('at < cast(? as integer)', filter.to)
  if (after) add(`(at, source, place, id) ${direction === 'asc' ? '>' : '<'} (cast(? as integer), ?, ?, ?)`, ...after)
  for (const [name, column] of Object.entries(COLUMNS)) {
    const list = filter[name as keyof typeof COLUMNS]
    if (list) add(`${column} in (${list.map(() => '?').join(',')})`, ...list)
  }
  if (filter.source) {
    const each = filter.source.map(() => '(source = ? or instr(document, ?) > 0)')
    add(`(${each.join(' or ')})`, ...filter.source.flatMap((s) => [s, JSON.stringify({ source: s }).slice(1, -1)]))
  }
  const terms = filter.q === undefined ? [] : parseText(filter.q)
  for (const term of terms) {
    if (term.not) continue
    if (term.phrase) for (const token of term.phrase) if (/^[a-z0-9]+$/.test(token)) add("document like ?", `%${token}%`)
    if (term.field && term.value && /^[\w.:-]+$/.test(term.value)) add('instr(document, ?) > 0', term.value)
  }
  const blocks = blocksOf(db, terms)
  if (blocks && blocks.length > FEW_BLOCKS) {
    add('((seq >> ?) in (select rowid from words where words match ?) or seq >= ?)', BLOCK_BITS, ftsQuery(terms), indexedUpTo(db))
  }
  const selection: Selection = { where: parts.length > 0 ? parts.join(' and ') : 'true', values, terms }
  if (blocks && blocks.length <= FEW_BLOCKS) {
    const open = indexedUpTo(db) >> BLOCK_BITS
    const last = Number(meta(db, 'next') ?? 0) >> BLOCK_BITS
    selection.blocks = blocks.filter((b) => b < open)
    for (let block = open; block <= last; block++) selection.blocks.push(block)
  }
  return selection
}

const ftsQuery = (terms: readonly Term[]): string =>
  terms.flatMap((t) => (t.phrase && !t.not ? t.phrase.map((token) => `"${token}"`) : [])).join(' ')

/** The first event whose words are not in `words` yet. */
function indexedUpTo(db: DatabaseSyncInstance): number {
  const row = db.prepare('select max(rowid) block from words').get() as { block: number | null }
  return row.block === null ? 0 : (row.block + 1) << BLOCK_BITS
}

/** The blocks that hold all words, one more than few at most; undefined where no word narrows the search. */
function blocksOf(db: DatabaseSyncInstance, terms: readonly Term[]): number[] | undefined {
  const words = ftsQuery(terms)
  if (words === '') return undefined
  const rows = db.prepare('select rowid block from words where words match ? limit ?').all(words, FEW_BLOCKS + 1)
  return (rows as { block: number }[]).map((r) => r.block)
}
