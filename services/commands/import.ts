import type { FormatFile } from '../../schemas/format-file.ts'
import type { Ledger, LedgerFile } from '../../schemas/ledger.ts'
import { expanded } from '../ingest/walk.ts'
import { ZONE_WANTED, zoneRules } from '../normalizer/zones.ts'
import { WrongUse, type Command } from './command.ts'
import { SAMPLE_WORKSPACE } from './sample.ts'
import { counted, printable, table } from './table.ts'

export interface ImportCommandOptions {
  zone?: string
  source?: string
  json?: boolean
  formats?: readonly FormatFile[]
}

/** Reads files onto the timeline and prints the coverage ledger. */
export const importCommand: Command<ImportCommandOptions> = async (
  setting,
  { zone, source, json, formats },
) => {
  if (zone !== undefined && !zoneRules(zone)) {
    throw new WrongUse(`--zone ${zone} is no zone: ${ZONE_WANTED}`)
  }
  if (source === '') throw new WrongUse('--source is empty: give a name, or leave it out')
  const { timeline, workspace, nowMs, notes, terminal } = setting
  if (workspace === SAMPLE_WORKSPACE) {
    throw new WrongUse(
      `the workspace ${SAMPLE_WORKSPACE} is the sample's: choose another with --workspace`,
    )
  }
  let drawn = 0
  const ledger = await timeline.importFiles(workspace, {
    inputs: () => expanded(setting.files()),
    nowMs,
    ...(zone !== undefined && { zone }),
    ...(source !== undefined && { source }),
    ...(formats && { formats }),
    progress({ files, of, units }) {
      if (!terminal || json || (Date.now() - drawn < 100 && files < of)) return
      drawn = Date.now()
      void notes(
        `\r${bar(files, of)} ${files} of ${counted(of, 'file')}, ${counted(units, 'record')}\x1b[K`,
      )
    },
  })
  if (drawn > 0) await notes('\r\x1b[K')
  await setting.out(json ? `${JSON.stringify(ledger)}\n` : printed(ledger))
  for (const note of timeNotes(ledger)) await notes(note)
  if (ledger.files.length === 0)
    await notes('recount: there is no file in these paths, apart from the data folder itself\n')
  return ledger.files.some((file) => file.rejected > 0) ? 1 : 0
}

const bar = (done: number, of: number): string => {
  const full = Math.round((20 * done) / Math.max(of, 1))
  return `[${'#'.repeat(full)}${' '.repeat(20 - full)}]`
}

/** The ledger for people: one line a file, the reasons below it, the sum at the end. */
function printed(ledger: Ledger): string {
  const rows = ledger.files.map((f) => [
    f.path,
    f.adapter ?? 'not recognized',
    f.lines,
    f.events,
    f.merged,
    f.rejected,
  ])
  const lines = ledger.files.reduce((sum, f) => sum + f.lines, 0)
  rows.push(['sum', '', lines, ledger.events, ledger.merged, ledger.rejected])
  const text = table(['file', 'read as', 'records', 'new', 'merged', 'rejected'], rows)
  const notes = ledger.files.flatMap(explain)
  return `${text}${notes.length > 0 ? `\n${notes.join('\n')}\n` : ''}`
}

function explain(file: LedgerFile): string[] {
  const notes: string[] = []
  if (file.reason) notes.push(`${file.path}: not recognized: ${file.reason}`)
  const { deleted, ...reasons } = file.reasons
  const kept = Object.entries(reasons).map(([reason, count]) => `${count} ${reason}`)
  if (file.adapter !== null && kept.length > 0)
    notes.push(`${file.path}: rejected: ${kept.join(', ')}; see: recount dead-letters list`)
  if (deleted)
    notes.push(`${file.path}: rejected: ${deleted} that recount delete took away for ever`)
  return notes.map(printable)
}

/** What was assumed about time, one line for all files of which the same is said. */
function timeNotes({ files }: Ledger): string[] {
  const said = new Map<string, { path: string; time: string; more: number }>()
  for (const { path, time } of files) {
    if (time === undefined) continue
    // The same but for the name of the file in the command that tells better.
    const same = time.replaceAll(` ${path} `, ' ')
    const before = said.get(same)
    if (before) before.more++
    else said.set(same, { path, time, more: 0 })
  }
  return [...said.values()].map(({ path, time, more }) => {
    const others = more > 0 ? ` and ${counted(more, 'more file')}` : ''
    return `${printable(`${path}${others}: ${time}`)}\n`
  })
}
