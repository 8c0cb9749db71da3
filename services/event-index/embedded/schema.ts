import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite'
import { scrubOwed } from '../../scrub.ts'
import { Newer } from '../../unavailable.ts'

/** Raised with every change of the tables; an index of another version is thrown away and filled again from the log. */
export const VERSION = 4
/** Full text is kept per block of so many consecutive events: logs repeat themselves, so a block has few words of its own. */
export const BLOCK_BITS = 7

/** The minute of an event: what may be the same is looked for by it and the twin, so that what is imported in order is indexed in order. */
export const MINUTE = 'at / 60000000000'

/** A facet is what many events have in common: a row has one number instead of eight texts. */
const TABLES = `
  create table meta (key text primary key, value) without rowid;
  create table facets (
    id integer primary key, source text not null, stream text not null, kind text not null, host text not null, service text not null, level text not null,
    file text not null, context integer not null, origin text not null, rank integer not null, channel text not null
  );
  create table events (
    seq integer primary key, id text not null, at integer not null, place integer not null, facet integer not null,
    signature text not null, twin integer, document text not null
  );
  create unique index events_id on events (id);
  create index events_at on events (at);
  create index events_twin on events (${MINUTE}, twin, facet) where twin is not null;
  create virtual table words using fts5 (text, content = '', tokenize = 'ascii', detail = none);
  create table created (origin text primary key, events integer not null) without rowid;
  create table minutes (minute integer, facet integer, events integer not null, primary key (minute, facet)) without rowid;
`

/** Opens an index for writing, made anew where there is none or one of another version. */
export function openForWriting(path: string): DatabaseSyncInstance {
  const db = new DatabaseSync(path)
  // The index may lose its last transactions in a power loss: it resumes from the position that it stores.
  db.exec(`pragma busy_timeout = 10000; pragma page_size = 16384; pragma journal_mode = wal; pragma synchronous = normal; pragma wal_autocheckpoint = 4000;
    pragma cache_size = -65536; pragma temp_store = memory`)
  const has = db.prepare("select 1 from sqlite_master where name = 'meta'").get()
  if (has) {
    scrubOwed(db, 'index.sqlite')
    return db
  }
  db.exec(`begin; ${TABLES} commit`)
  db.prepare("insert into meta values ('version', ?), ('generation', ?), ('changes', 0)").run(
    VERSION,
    Date.now(),
  )
  return db
}

/** Ends a transaction that failed. After a full disk SQLite has ended it already, and the error to see is the first. */
export function rollBack(db: DatabaseSyncInstance): void {
  try {
    db.exec('rollback')
  } catch {
    // There is none any more.
  }
}

/** Reads under one state of the index, whatever is written meanwhile. */
export function reading<T>(db: DatabaseSyncInstance, read: () => T): T {
  db.exec('begin')
  try {
    return read()
  } finally {
    rollBack(db)
  }
}

/** SQLITE_ERROR (no such table), SQLITE_CORRUPT and SQLITE_NOTADB: https://www.sqlite.org/rescode.html */
const NO_INDEX = [1, 11, 26]

/**
 * Whether an index can be gone on with; one that cannot is made anew. An error of the machine says nothing about it.
 * @throws Newer for one of a newer version
 */
export function isCurrent(path: string): boolean {
  try {
    const db = openForReading(path)
    const version = Number(meta(db, 'version') ?? 0)
    db.close()
    if (version > VERSION)
      throw new Newer(
        `${path} was written by a newer recount (index version ${version}, this one reads ${VERSION}): use that version, or delete the file, which is filled again from the log`,
      )
    return version === VERSION
  } catch (error) {
    if (NO_INDEX.includes((error as { sqliteCode?: number }).sqliteCode ?? 0)) return false
    throw error
  }
}

export function openForReading(path: string): DatabaseSyncInstance {
  const db = new DatabaseSync(path, { readOnly: true })
  db.exec(
    'pragma busy_timeout = 10000; pragma cache_size = -32768; pragma temp_store = memory; pragma mmap_size = 268435456',
  )
  return db
}

export function meta(db: DatabaseSyncInstance, key: string): string | number | undefined {
  const row = db.prepare('select value from meta where key = ?').get(key) as
    | { value: string | number }
    | undefined
  return row?.value
}
