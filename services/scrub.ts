import type { DatabaseSyncInstance } from '@photostructure/sqlite'
import { Unavailable } from './unavailable.ts'

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
      `${file} cannot be written anew without what was erased: ${(error as Error).message}. Make room, and do the same again`,
    )
  }
  const { busy } = db.prepare('pragma wal_checkpoint(truncate)').get() as { busy: number }
  if (busy !== 0)
    throw new Unavailable(`${file} is read all the time: do the same again a little later`)
}
