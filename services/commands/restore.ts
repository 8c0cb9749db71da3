import type { BackupHead } from '../../schemas/backup.ts'
import { BadBackup, decoded, type Sized } from '../backup/decode.ts'
import { TOPICS } from '../bus/bus.ts'
import type { FileInput } from '../ingest/files.ts'
import { WrongUse, type Command, type Setting } from './command.ts'
import { SAMPLE_WORKSPACE } from './sample.ts'
import { counted, printable } from './table.ts'

/** Fills an empty workspace with a backup, whichever implementation of the bus that was taken from. */
export const restoreCommand: Command<object> = async (setting) => {
  const { timeline, workspace, out } = setting
  if (workspace === SAMPLE_WORKSPACE)
    throw new WrongUse(
      `the workspace ${SAMPLE_WORKSPACE} is the sample's: choose another with --workspace`,
    )
  const file = await onlyFile(setting)
  let head: BackupHead | undefined
  const open = async function* (): AsyncGenerator<Sized> {
    // Here, where nobody else imports meanwhile.
    if (!(await isEmpty(setting)))
      throw new WrongUse(
        `the workspace ${workspace} is not empty: it has ${counted(await eventsOf(setting), 'event')} and what was imported before; restore into another one with --workspace, or into another data folder with --data`,
      )
    yield* decoded(file.open(), (begins) => (head = begins))
  }
  let count: number
  try {
    count = await timeline.restore(workspace, open)
  } catch (error) {
    if (!(error instanceof BadBackup)) throw error
    throw new WrongUse(`${printable(file.path)} ${error.message}. Nothing was restored`)
  }
  const events = await eventsOf(setting)
  await out(
    `Restored the workspace ${head!.workspace} as it was at ${head!.at}: ${counted(count, 'message')}, ${counted(events, 'event')}.\n`,
  )
  return 0
}

async function onlyFile({ files }: Setting): Promise<FileInput> {
  for await (const file of files()) {
    if (!('unreadable' in file)) return file
    throw new WrongUse(`${printable(file.path)}: ${file.unreadable}`)
  }
  throw new WrongUse('that is a folder without files: name the file of a backup')
}

async function isEmpty(setting: Setting): Promise<boolean> {
  const { timeline, workspace } = setting
  for await (const _ of timeline.bus.read(workspace, TOPICS)) return false
  return (await eventsOf(setting)) === 0
}

async function eventsOf({ timeline, workspace }: Setting): Promise<number> {
  const sources = await timeline.eventIndex.sources(workspace)
  return sources.reduce((sum, { events }) => sum + events, 0)
}
