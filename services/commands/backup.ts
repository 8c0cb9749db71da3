import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { BACKUP_VERSION, type BackupHead } from '../../schemas/backup.ts'
import { encoded } from '../backup/encode.ts'
import { inForce } from '../backup/in-force.ts'
import { WrongUse, type Command } from './command.ts'
import { packageVersion } from './package-version.ts'
import { counted } from './table.ts'

const CHUNK = 256 * 1024
/** A third of the time of the usual level, for a seventh more bytes. */
const LEVEL = 3

/** Prints everything of a workspace that is in force as one compressed file. */
export const backupCommand: Command<object> = async (setting) => {
  const { timeline, workspace, nowMs, out, notes } = setting
  const head: BackupHead = {
    format: 'recount-backup',
    version: BACKUP_VERSION,
    workspace,
    at: new Date(nowMs).toISOString(),
    recount: await packageVersion(),
  }
  let count = 0
  const messages = async function* (): ReturnType<typeof inForce> {
    for await (const message of inForce(timeline.bus, workspace)) {
      count++
      yield message
    }
    if (count === 0)
      throw new WrongUse(`the workspace ${workspace} is empty: there is nothing to back up`)
  }
  await pipeline(
    encoded(head, messages()),
    createGzip({ level: LEVEL, chunkSize: CHUNK }),
    async (compressed: AsyncIterable<Uint8Array>) => {
      for await (const chunk of compressed) await out(chunk)
    },
  )
  await notes(`Backed up the workspace ${workspace}: ${counted(count, 'message')}.\n`)
  return 0
}
