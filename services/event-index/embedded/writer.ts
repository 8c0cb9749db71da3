import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite'
import type { Change } from '../../../schemas/change.ts'
import type { Removal } from '../../../schemas/removal.ts'
import { isRepeat, merge, without, type Stored } from '../merge.ts'
import { textOf, tokens } from '../text-query.ts'
import { openFacets, type Facet } from './facets.ts'
import { oweScrub, scrubOwed } from '../../scrub.ts'
import { BLOCK_BITS, meta, openForWriting, rollBack } from './schema.ts'

/** Rows of one INSERT: binding many at once saves a third. */
const ROWS = 100
const INSERT =
  'insert or ignore into events (seq, id, at, place, facet, signature, twin, document) values'
const MARKS = '(?, ?, ?, ?, ?, ?, ?, ?)'
const COLUMNS = 8
const SELECT = `select seq, events.id, printf('%019d', at) at, place, source, stream, kind, host, service, level, file, context, origin, rank, channel, signature, twin, document
  from events join facets on facets.id = facet`
/** Minutes of one facet are counted under one number. */
const FACETS = 2 ** 24

type Kept = Stored & Pick<Change, 'signature'>
type Found = Kept & Facet & { seq: number; id: string }

/** The one writer of an index file. Every call is one transaction. */
export class Writer {
  readonly #db: DatabaseSyncInstance
  readonly #insertMany: StatementSyncInstance
  readonly #insertOne: StatementSyncInstance
  readonly #find: StatementSyncInstance
  readonly #addMinute: StatementSyncInstance
  readonly #addCreated: StatementSyncInstance
  readonly #addWords: StatementSyncInstance
  readonly #setPosition: StatementSyncInstance
  readonly #minutes = new Map<number, number>()
  readonly #created = new Map<string, number>()
  #facet: (facet: Facet) => number
  #next: number
  #block: number
  #words = new Set<string>()

  constructor(path: string) {
    const db = openForWriting(path)
    this.#db = db
    this.#insertMany = db.prepare(`${INSERT} ${Array(ROWS).fill(MARKS).join(',')}`)
    this.#insertOne = db.prepare(`${INSERT} ${MARKS}`)
    this.#find = db.prepare(`${SELECT} where events.id = ?`)
    this.#addMinute = db.prepare(
      'insert into minutes values (?, ?, ?) on conflict do update set events = events + excluded.events',
    )
    this.#addCreated = db.prepare(
      'insert into created values (?, ?) on conflict do update set events = events + excluded.events',
    )
    this.#addWords = db.prepare('insert into words (rowid, text) values (?, ?)')
    this.#setPosition = db.prepare(
      "insert or replace into meta values ('position', ?), ('next', ?), ('block', ?)",
    )
    this.#facet = openFacets(db)
    const last = db.prepare('select max(seq) seq from events').get() as { seq: number | null }
    this.#next = Math.max((last.seq ?? -1) + 1, Number(meta(db, 'next') ?? 0))
    this.#block =
      (db.prepare('select coalesce(max(rowid), -1) done from words').get() as { done: number })
        .done + 1
    this.#readBlock()
  }

  /** The words of all blocks that are not finished: after a restart the last. */
  #readBlock(): void {
    const rows = this.#db
      .prepare('select seq, document from events where seq >= ? order by seq')
      .iterate(this.#block << BLOCK_BITS)
    for (const { seq, document } of rows as Iterable<{ seq: number; document: string }>) {
      this.#inBlock(seq)
      this.#addTokens(wordsOf(document))
    }
  }

  /** @returns how many events are new */
  write(changes: readonly Change[], position: string): number {
    let created = 0
    this.#transaction(position, () => {
      for (let i = 0; i < changes.length; i += ROWS)
        created += this.#chunk(changes.slice(i, i + ROWS))
    })
    return created
  }

  remove(removal: Removal, position: string): number {
    let gone = 0
    // Without the closing quote, for what is below a path; `without` decides.
    const needle = JSON.stringify(removal).slice(1, -2)
    this.#transaction(position, () => {
      const bySeq = this.#db.prepare(`${SELECT} where seq = ?`)
      const found = this.#db.prepare('select seq from events where instr(document, ?) > 0')
      // Documents one by one: those of a large source would not fit into memory.
      for (const { seq } of found.all(needle) as { seq: number }[]) {
        const row = bySeq.get(seq) as Found
        const document = without(row.document, removal)
        if (document === null) continue
        this.#count(row.at, this.#facet(row), -1)
        if (document === undefined) {
          this.#db.prepare('delete from events where seq = ?').run(row.seq)
          this.#created.set(row.origin, (this.#created.get(row.origin) ?? 0) - 1)
          gone++
          continue
        }
        const { timeline } = JSON.parse(document) as { timeline: { seen: { source: string }[] } }
        const facet = this.#facet({ ...row, source: timeline.seen[0]!.source })
        this.#db
          .prepare('update events set document = ?, facet = ? where seq = ?')
          .run(document, facet, row.seq)
        this.#count(row.at, facet, 1)
      }
      this.#raiseGeneration()
    })
    return gone
  }

  /** Words and facets do not tell whose they are, so all are gathered anew. */
  erase(ids: ReadonlySet<string>, position: string): number {
    let gone = 0
    const [block, words] = [this.#block, this.#words]
    try {
      this.#transaction(position, () => {
        const drop = this.#db.prepare('delete from events where seq = ?')
        for (const id of ids) {
          const row = this.#find.get(id) as Found | undefined
          if (!row) continue
          this.#count(row.at, this.#facet(row), -1)
          this.#created.set(row.origin, (this.#created.get(row.origin) ?? 0) - 1)
          drop.run(row.seq)
          gone++
        }
        this.#flush()
        this.#db.exec(`delete from facets where id not in (select facet from events);
          insert into words (words) values ('delete-all')`)
        this.#facet = openFacets(this.#db)
        this.#block = 0
        this.#words = new Set()
        this.#readBlock()
        this.#raiseGeneration()
        oweScrub(this.#db)
      })
    } catch (error) {
      this.#block = block
      this.#words = words
      throw error
    }
    // The erasure is done: were it to fail here, it would come again with every start, before all messages after it.
    scrubOwed(this.#db, 'index.sqlite')
    return gone
  }

  close(): void {
    this.#db.close()
  }

  #transaction(position: string, work: () => void): void {
    this.#db.exec('begin')
    try {
      work()
      this.#flush()
      this.#setPosition.run(position, this.#next, this.#block)
      this.#db.exec('commit')
    } catch (error) {
      rollBack(this.#db)
      // Facets and words of the transaction are gone with it.
      this.#facet = openFacets(this.#db)
      this.#minutes.clear()
      this.#created.clear()
      throw error
    }
  }

  #chunk(changes: readonly Change[]): number {
    const first = this.#next
    this.#next += changes.length
    const facets: number[] = []
    const values: (string | number | null)[] = []
    for (const [i, change] of changes.entries()) {
      const { id, at, place, signature, twin, document } = change
      const facet = this.#facet(change)
      facets.push(facet)
      values.push(first + i, id, at, place, facet, signature, twin, document)
    }
    let inserted = 0
    if (changes.length === ROWS) inserted = this.#insertMany.run(...values).changes
    else
      for (let i = 0; i < values.length; i += COLUMNS)
        inserted += this.#insertOne.run(...values.slice(i, i + COLUMNS)).changes
    const repeats: Change[] = []
    for (const [i, change] of changes.entries()) {
      const seq = first + i
      if (inserted === changes.length) this.#added(change, seq, facets[i]!)
      else {
        const found = this.#find.get(change.id) as Found
        if (found.seq === seq) this.#added(change, seq, facets[i]!)
        else if (!isRepeat(found, change)) repeats.push(change)
      }
    }
    // After the new ones, because what they change goes to the end: words are gathered in the order of seq.
    for (const change of repeats) this.#merged(this.#find.get(change.id) as Found, change)
    return inserted
  }

  #added(change: Change, seq: number, facet: number): void {
    this.#count(change.at, facet, 1)
    this.#created.set(change.origin, (this.#created.get(change.origin) ?? 0) + 1)
    this.#inBlock(seq)
    this.#addTokens(change.text)
  }

  #inBlock(seq: number): void {
    const block = seq >> BLOCK_BITS
    if (block === this.#block) return
    if (this.#words.size > 0) this.#addWords.run(this.#block, [...this.#words].join(' '))
    this.#block = block
    this.#words = new Set()
  }

  #addTokens(text: string): void {
    for (const token of tokens(text)) this.#words.add(token)
  }

  #merged(found: Found, change: Change): void {
    if (isRepeat(found, change)) return
    const merged = merge<Kept>(found, change)
    if (!merged) return
    this.#count(found.at, this.#facet(found), -1)
    this.#db.prepare('delete from events where seq = ?').run(found.seq)
    // It goes to the end, where its words, old and new, are indexed.
    const seq = this.#next++
    const number = this.#facet({
      ...(merged.file === change.file && merged.at === change.at ? change : found),
      rank: merged.rank,
      context: merged.context,
      channel: merged.channel,
      source: merged.source,
      stream: merged.stream,
      origin: found.origin,
    })
    const { at, place, signature, twin, document } = merged
    this.#insertOne.run(seq, found.id, at, place, number, signature, twin, document)
    this.#count(merged.at, number, 1)
    this.#inBlock(seq)
    this.#addTokens(change.text)
    this.#addTokens(wordsOf(found.document))
    if (merged.at !== found.at || merged.stream !== found.stream || merged.place !== found.place)
      this.#raiseGeneration()
  }

  #raiseGeneration(): void {
    this.#db.exec("update meta set value = value + 1 where key = 'generation'")
  }

  #count(at: string, facet: number, by: number): void {
    const key = Math.floor(Number(at.slice(0, 10)) / 60) * FACETS + facet
    this.#minutes.set(key, (this.#minutes.get(key) ?? 0) + by)
  }

  #flush(): void {
    let less = false
    for (const [key, by] of this.#minutes) {
      if (by !== 0) this.#addMinute.run(Math.floor(key / FACETS), key % FACETS, by)
      less ||= by < 0
    }
    if (less) this.#db.exec('delete from minutes where events <= 0')
    this.#minutes.clear()
    for (const [origin, by] of this.#created) this.#addCreated.run(origin, by)
    this.#created.clear()
  }
}

const wordsOf = (document: string): string =>
  textOf(JSON.parse(document) as Record<string, unknown>)
