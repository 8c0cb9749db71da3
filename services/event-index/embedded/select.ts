import type { DatabaseSyncInstance } from '@photostructure/sqlite'
import type { OrderKey } from '../cursor.ts'
import type { WindowFilter } from '../event-index.ts'
import { parseText, type Term } from '../text-query.ts'
import { BLOCK_BITS, meta } from './schema.ts'

/** Up to so many blocks are read one by one; above, the time order is walked, which meets a page of common words early. */
const FEW_BLOCKS = 400

/** So many words are looked for by SQLite before a document is read: its expressions may not be deeper than 1000. */
const HINTS = 50
const HINT_LENGTH = 1000
const SEEN_IN =
  "exists (select 1 from json_each(document, '$.timeline.seen') where json_extract(value, '$.source') = ?)"

export interface Selection {
  where: string
  values: (string | number)[]
  /** What only reading the document can decide. */
  terms: Term[]
  /** Blocks that hold all words, where there are few. */
  blocks?: number[]
}

const FACETS = ['kind', 'host', 'service', 'level'] as const

/** The part of a filter that facets decide; undefined where there is none. */
export function facetsOf(filter: WindowFilter): { where: string; values: string[] } | undefined {
  const named = FACETS.filter((name) => filter[name])
  if (named.length === 0) return undefined
  return {
    where: named
      .map((name) => `${name} in (${filter[name]!.map(() => '?').join(',')})`)
      .join(' and '),
    values: named.flatMap((name) => filter[name]!),
  }
}

/** The WHERE of a filter; of a text query also what SQL cannot decide, and where to look. */
export function select(
  db: DatabaseSyncInstance,
  filter: WindowFilter,
  after?: OrderKey,
  direction: 'asc' | 'desc' = 'asc',
): Selection {
  const parts: string[] = []
  const values: (string | number)[] = []
  const add = (sql: string, ...of: (string | number)[]): void => {
    parts.push(sql)
    values.push(...of)
  }
  add('at >= cast(? as integer)', filter.from ?? 0)
  if (filter.to) add('at < cast(? as integer)', filter.to)
  if (after) {
    const [at, ...rest] = after
    const beyond = direction === 'asc' ? '>' : '<'
    add(
      `at ${beyond}= cast(? as integer) and (at ${beyond} cast(? as integer) or (stream, place, events.id) ${beyond} (?, ?, ?))`,
      at,
      at,
      ...rest,
    )
  }
  const facets = facetsOf(filter)
  if (facets) add(`facet in (select id from facets where ${facets.where})`, ...facets.values)
  if (filter.source) {
    const each = filter.source.map(() => `(source = ? or (instr(document, ?) > 0 and ${SEEN_IN}))`)
    add(
      `(${each.join(' or ')})`,
      ...filter.source.flatMap((s) => [s, JSON.stringify({ source: s }).slice(1, -1), s]),
    )
  }
  const terms = filter.q === undefined ? [] : parseText(filter.q)
  const hints = new Set<string>()
  for (const term of terms) {
    if (term.not) continue
    if (term.phrase)
      for (const token of term.phrase) if (/^[a-z0-9]+$/.test(token)) hints.add(token)
    if (term.field && term.value && /^[\w.:-]+$/.test(term.value)) hints.add(term.value)
  }
  for (const hint of [...hints].slice(0, HINTS))
    add("document like ? escape '!'", `%${hint.slice(0, HINT_LENGTH).replaceAll('_', '!_')}%`)
  const blocks = fewEvents(db, filter) ? undefined : blocksOf(db, terms)
  if (blocks && blocks.length > FEW_BLOCKS) {
    add(
      '((seq >> ?) in (select rowid from words where words match ?) or seq >= ?)',
      BLOCK_BITS,
      ftsQuery(terms),
      indexedUpTo(db),
    )
  }
  const selection: Selection = {
    where: parts.length > 0 ? parts.join(' and ') : 'true',
    values,
    terms,
  }
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
const indexedUpTo = (db: DatabaseSyncInstance): number =>
  Number(meta(db, 'block') ?? 0) << BLOCK_BITS

/** A window with so few events is read through faster than its words are looked up. */
const FEW_EVENTS = 20_000

function fewEvents(db: DatabaseSyncInstance, { from, to }: WindowFilter): boolean {
  if (!from || !to) return false
  const minute = (key: string): number => Math.floor(Number(key.slice(0, 10)) / 60)
  const row = db
    .prepare('select sum(events) events from minutes where minute >= ? and minute <= ?')
    .get(minute(from), minute(to))
  return ((row as { events: number | null }).events ?? 0) <= FEW_EVENTS
}

/** The blocks that hold all words, one more than few at most; undefined where no word narrows the search. */
function blocksOf(db: DatabaseSyncInstance, terms: readonly Term[]): number[] | undefined {
  const words = ftsQuery(terms)
  if (words === '') return undefined
  const rows = db
    .prepare('select rowid block from words where words match ? limit ?')
    .all(words, FEW_BLOCKS + 1)
  return (rows as { block: number }[]).map((r) => r.block)
}
