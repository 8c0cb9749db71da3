import type { DatabaseSyncInstance } from '@photostructure/sqlite'
import { Unavailable } from './unavailable.ts'

const LATER = 'Make room, and start again: what opens the data folder next does it'

/** Said in the transaction that erases, so that a scrub that fails after it is made up for. */
export const oweScrub = (db: DatabaseSyncInstance): void =>
  db.exec('create table if not exists unscrubbed (since)')

/** Whether what was erased may still stand in the files of a database. */
export const owesScrub = (db: DatabaseSyncInstance): boolean =>
  db.prepare("select 1 from sqlite_master where name = 'unscrubbed'").get() !== undefined

/** Makes up for a scrub that failed. What fails again is owed still: nobody is kept from what is there by what is not. */
export function scrubOwed(db: DatabaseSyncInstance, file: string): void {
  if (!owesScrub(db)) return
  try {
    scrub(db, file)
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
  }
}

/**
 * Leaves nothing in the files of a database of what was deleted or overwritten in it: SQLite keeps copies in pages and parts of pages that are free.
 * It wants as much room again as the database has. @throws Unavailable
 */
export function scrub(db: DatabaseSyncInstance, file: string): void {
  const { temp_store: store } = db.prepare('pragma temp_store').get() as { temp_store: number }
  try {
    db.exec(`pragma temp_store = file; vacuum; pragma temp_store = ${store}`)
  } catch (error) {
    throw new Unavailable(
      `what was erased is gone from the timeline, but ${file} cannot be written anew without it: ${(error as Error).message}. ${LATER}`,
    )
  }
  const { busy } = db.prepare('pragma wal_checkpoint(truncate)').get() as { busy: number }
  if (busy !== 0)
    throw new Unavailable(
      `what was erased is gone from the timeline, but not from ${file}, which is being read. ${LATER}`,
    )
  db.exec('drop table if exists unscrubbed')
}
