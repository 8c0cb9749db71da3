import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite'
import { Newer, Unavailable } from '../unavailable.ts'

/** Raised with every change of the tables. */
const VERSION = 1

const TABLES = `
  create table if not exists log (position integer primary key, topic text not null, key text not null, body blob not null, digest blob not null);
  create index if not exists log_topic on log (topic, key);
  create table if not exists groups (name text primary key, position integer not null) without rowid;
  create table if not exists commits (position integer primary key, at_ms integer not null);
`

/**
 * Opens the file of a log of record, made where there is none.
 * @throws Unavailable for one of a newer version, and for a file of others: neither is written to.
 */
export function openLogFile(path: string): DatabaseSyncInstance {
  const db = new DatabaseSync(path)
  try {
    db.exec('pragma busy_timeout = 10000')
    const isNew = checked(db, path)
    // Acknowledged means on disk: with synchronous = normal a power loss takes acknowledged rows.
    db.exec(
      'pragma journal_mode = wal; pragma synchronous = full; pragma secure_delete = on; pragma wal_autocheckpoint = 4000',
    )
    // At once, so that a file with tables and no version is none of ours.
    if (isNew) db.exec(`begin immediate; ${TABLES} pragma user_version = ${VERSION}; commit`)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Whether nothing is in the file yet. */
function checked(db: DatabaseSyncInstance, path: string): boolean {
  // In one statement, because another thread may make the tables now.
  const { version, tables, logs } = db
    .prepare(
      `select user_version version, (select count(*) from sqlite_master) tables,
        (select count(*) from sqlite_master where type = 'table' and name = 'log') logs from pragma_user_version`,
    )
    .get() as { version: number; tables: number; logs: number }
  if (version === 0 && tables === 0) return true
  if (version === 0 || logs === 0)
    throw new Unavailable(
      `${path} is no log of recount, but another SQLite file: move it away, or choose another data folder`,
    )
  if (version > VERSION)
    throw new Newer(
      `${path} was written by a newer recount (log version ${version}, this one reads ${VERSION}): use that version`,
    )
  return false
}
