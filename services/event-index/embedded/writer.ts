import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite'
import type { Change } from '../../../schemas/change.ts'
import type { Removal } from '../event-index.ts'
import { merge, without, type Stored } from '../merge.ts'
import { textOf, tokens } from '../text-query.ts'
import { BLOCK_BITS, meta, openForWriting } from './schema.ts'

/** Rows of one INSERT: binding many at once saves a third. */
const ROWS = 50
const COLUMNS = 'seq, id, at, source, place, rank, file, origin, kind, host, service, level, document'
const MARKS = `(${COLUMNS.replace(/\w+/g, '?')})`

type Row = Stored & Pick<Change, 'id' | 'origin' | 'kind' | 'host' | 'service' | 'level'> & { seq: number }

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
  readonly #minutes = new Map<string, number>()
  readonly #created = new Map<string, number>()
  #next: number
  #block: number
  #words = new Set<string>()

  constructor(path: string) {
    this.#db = openForWriting(path)
    this.#insertMany = this.#db.prepare(
      `insert or ignore into events (${COLUMNS}) values ${Array(ROWS).fill(MARKS).join(',')}`,
    )
    this.#insertOne = this.#db.prepare(`insert or ignore into events (${COLUMNS}) values ${MARKS}`)
    this.#find = this.#db.prepare(
      `select seq, id, printf('%019d', at) at, source, place, rank, file, origin, kind, host, service, level, document from events where id = ?`,
    )
    this.#addMinute = this.#db.prepare(
      'insert into minutes values (?, ?, ?, ?, ?, ?, ?) on conflict do update set events = events + excluded.events',
    )
    this.#addCreated = this.#db.prepare(
      'insert into created values (?, ?) on conflict do update set events = events + excluded.events',
    )
    this.#addWords = this.#db.prepare('insert into words (rowid, text) values (?, ?)')
    this.#setPosition = this.#db.prepare("insert or replace into meta values ('position', ?), ('next', ?)")
    const last = this.#db.prepare('select max(seq) seq from events').get() as { seq: number | null }
    this.#next = Math.max((last.seq ?? -1) + 1, Number(meta(this.#db, 'next') ?? 0))
    this.#block = this.#next >> BLOCK_BITS
    this.#readBlock()
  }

  /** The words of the block that is not full yet, after a restart. */
  #readBlock(): void {
    const rows = this.#db.prepare('select document from events where seq >= ?').all(this.#block << BLOCK_BITS)
    for (const row of rows as { document: string }[]) {
      for (const token of tokens(textOf(JSON.parse(row.document) as Record<string, unknown>))) this.#words.add(token)
    }
  }

  write(changes: readonly Change[], position: string): void {
    this.#transaction(position, () => {
      for (let i = 0; i < changes.length; i += ROWS) this.#chunk(changes.slice(i, i + ROWS))
    })
  }

  remove(removal: Removal, position: string): number {
    let gone = 0
    const needle = JSON.stringify('path' in removal ? { path: removal.path } : { source: removal.source }).slice(1, -1)
    this.#transaction(position, () => {
      const rows = this.#db.prepare(
        `select seq, id, printf('%019d', at) at, source, place, rank, file, origin, kind, host, service, level, document from events where instr(document, ?) > 0`,
      )
      for (const row of rows.all(needle) as unknown as Row[]) {
        const document = without(row.document, removal)
        if (document === null) continue
        this.#count(row, -1)
        if (document === undefined) {
          this.#db.prepare('delete from events where seq = ?').run(row.seq)
          this.#created.set(row.origin, (this.#created.get(row.origin) ?? 0) - 1)
          gone++
          continue
        }
        const seen = (JSON.parse(document) as { timeline: { seen: { source: string }[] } }).timeline.seen
        const kept = { ...row, document, source: seen[0]!.source }
        this.#db.prepare('update events set document = ?, source = ? where seq = ?').run(document, kept.source, row.seq)
        this.#count(kept, 1)
      }
      this.#raiseGeneration()
    })
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
      this.#setPosition.run(position, this.#next)
      this.#db.exec('commit')
    } catch (error) {
      this.#db.exec('rollback')
      throw error
    }
  }

  #chunk(changes: readonly Change[]): void {
    const first = this.#next
    this.#next += changes.length
    const values: (string | number)[] = []
    for (const [i, c] of changes.entries()) {
      values.push(first + i, c.id, c.at, c.source, c.place, c.rank, c.file, c.origin, c.kind, c.host, c.service, c.level, c.document)
    }
    let inserted = 0
    if (changes.length === ROWS) inserted = Number(this.#insertMany.run(...values).changes)
    else {
      for (let i = 0; i < changes.length; i++) {
        inserted += Number(this.#insertOne.run(...values.slice(i * 13, i * 13 + 13)).changes)
      }
    }
    for (const [i, change] of changes.entries()) {
      if (inserted === changes.length) this.#added(change, first + i)
      else {
        const row = this.#find.get(change.id) as unknown as Row
        if (row.seq === first + i) this.#added(change, row.seq)
        else this.#merged(row, change)
      }
    }
  }

  #added(change: Change, seq: number): void {
    this.#count(change, 1)
    this.#created.set(change.origin, (this.#created.get(change.origin) ?? 0) + 1)
    if (seq >> BLOCK_BITS !== this.#block) this.#endBlock(seq >> BLOCK_BITS)
    for (const token of tokens(change.text)) this.#words.add(token)
  }

  #endBlock(next: number): void {
    if (this.#words.size > 0) {
      this.#addWords.run(this.#block, [...this.#words].join(' '))
    }
    this.#block = next
    this.#words = new Set()
  }

  #merged(row: Row, change: Change): void {
    if (row.document === change.document && row.rank === change.rank) return
    const merged = merge(row, change)
    if (!merged) return
    const moved = merged.at !== row.at || merged.source !== row.source || merged.place !== row.place
    this.#count(row, -1)
    // A row with a new text goes to the end, where its words are indexed.
    const seq = this.#next++
    this.#db.prepare('delete from events where seq = ?').run(row.seq)
    const next = { ...row, ...merged, ...(merged.file === change.file && merged.at === change.at ? pick(change) : {}) }
    this.#insertOne.run(
      seq, row.id, next.at, next.source, next.place, next.rank, next.file, row.origin, next.kind, next.host, next.service, next.level, next.document,
    )
    this.#count(next, 1)
    if (seq >> BLOCK_BITS !== this.#block) this.#endBlock(seq >> BLOCK_BITS)
    for (const token of tokens(change.text)) this.#words.add(token)
    for (const token of tokens(textOf(JSON.parse(row.document) as Record<string, unknown>))) this.#words.add(token)
    if (moved && merged.at !== row.at) this.#raiseGeneration()
  }

  #raiseGeneration(): void {
    this.#db.exec("update meta set value = value + 1 where key = 'generation'")
  }

  #count(row: Pick<Row, 'at' | 'source' | 'kind' | 'host' | 'service' | 'level'>, by: number): void {
    const minute = Math.floor(Number(row.at.slice(0, 10)) / 60)
    const key = `${minute}\0${row.source}\0${row.kind}\0${row.host}\0${row.service}\0${row.level}`
    this.#minutes.set(key, (this.#minutes.get(key) ?? 0) + by)
  }

  #flush(): void {
    for (const [key, by] of this.#minutes) {
      if (by !== 0) this.#addMinute.run(...key.split('\0').map((v, i) => (i === 0 ? Number(v) : v)), by)
    }
    if ([...this.#minutes.values()].some((by) => by < 0)) this.#db.exec('delete from minutes where events <= 0')
    this.#minutes.clear()
    for (const [origin, by] of this.#created) this.#addCreated.run(origin, by)
    this.#created.clear()
  }
}

const pick = ({ kind, host, service, level }: Change): Pick<Change, 'kind' | 'host' | 'service' | 'level'> => ({ kind, host, service, level })
