import { posix } from 'node:path'
import type { ImportBegun, ImportDone } from '../../schemas/import.ts'
import { type Removal, takes } from '../../schemas/removal.ts'
import { WrongUse, type Command, type Setting } from './command.ts'
import { counted, printable, table } from './table.ts'

interface ImportedFile {
  path: string
  adapter: string | null
  /** Imports of it. */
  times: number
  lines: number
  events: number
  rejected: number
  /** The last import of it has not come to its end: it runs, or broke off. */
  unfinished?: true
}

/** Every source on the timeline, and every file that was imported and not taken back since. */
export const sourcesListCommand: Command<{ json?: boolean }> = async (setting, { json }) => {
  await setting.timeline.settled(setting.workspace)
  const sources = await setting.timeline.eventIndex.sources(setting.workspace)
  const { files } = await importedFiles(setting)
  if (json) {
    await setting.out(`${JSON.stringify({ sources, files })}\n`)
    return 0
  }
  await setting.out(
    table(
      ['source', 'kind', 'events', 'first', 'last'],
      sources.map((s) => [
        s.source,
        Object.keys(s.kinds).join(', '),
        s.events,
        minuteOf(s.first),
        minuteOf(s.last),
      ]),
    ),
  )
  await setting.out('\n')
  await setting.out(
    table(
      ['file', 'read as', 'records', 'new', 'rejected'],
      files.map((f) => [
        f.path,
        `${f.adapter ?? 'not recognized'}${f.unfinished ? ' (not finished)' : ''}`,
        f.lines,
        f.events,
        f.rejected,
      ]),
    ),
  )
  return 0
}

/** Not an instant: `10:00:00` would promise seconds that nobody counted. */
const minuteOf = (start: string): string => start.replace(':00Z', 'Z')

/** What was imported and not taken back since; and every path that ever was, for what is left of it can be taken back too. */
async function importedFiles({
  timeline,
  workspace,
}: Setting): Promise<{ files: ImportedFile[]; paths: ReadonlySet<string> }> {
  const files = new Map<string, ImportedFile>()
  const paths = new Set<string>()
  const sources = new Map<string, string>()
  const begin = ({ files: begun }: ImportBegun): void => {
    for (const { path, adapter, source } of begun) {
      paths.add(path)
      sources.set(path, source)
      const known = files.get(path) ?? { times: 0, lines: 0, events: 0, rejected: 0 }
      files.set(path, { ...known, path, adapter, unfinished: true })
    }
  }
  const end = (ledger: ImportDone): void => {
    for (const { path, adapter, lines, events, rejected } of ledger.files) {
      // An archive that broke only when it was read again was not among those that it began with.
      paths.add(path)
      const { times, events: before } = files.get(path) ?? { times: 0, events: 0 }
      files.set(path, { path, adapter, times: times + 1, lines, events: before + events, rejected })
    }
  }
  const remove = (removal: Removal): void => {
    for (const path of files.keys())
      if (takes(removal, { path, source: sources.get(path) ?? '' })) files.delete(path)
  }
  for await (const { topic, value } of timeline.bus.read(workspace, ['imports', 'removals'])) {
    if (topic === 'removals') remove(value as Removal)
    else if ('events' in (value as object)) end(value as ImportDone)
    else begin(value as ImportBegun)
  }
  return { files: [...files.values()], paths }
}

/** What a name means: a file or folder that was imported, or a source. @throws WrongUse */
export async function namedOf(setting: Setting, name: string): Promise<Removal> {
  const { timeline, workspace } = setting
  await timeline.settled(workspace)
  const sources = await timeline.eventIndex.sources(workspace)
  const { paths } = await importedFiles(setting)
  if (paths.has(name)) return { path: name }
  if (sources.some((s) => s.source === name)) return { source: name }
  const folder = posix.normalize(name).replace(/\/+$/, '')
  if ([...paths].some((path) => takes({ path: folder }, { path }))) return { path: folder }
  throw new WrongUse(`there is no source and no imported file ${name}; see: recount sources list`)
}

/** Takes back everything that was seen in a source or under a path. */
export const sourcesRemoveCommand: Command<{ name: string }> = async (setting, { name }) => {
  const removal = await namedOf(setting, name)
  const gone = await setting.timeline.remove(setting.workspace, removal)
  await setting.out(
    `${counted(gone, 'event')} taken back. Importing ${printable(name)} again brings them back.\n`,
  )
  return 0
}
