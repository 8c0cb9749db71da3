import type { Ledger } from '../../schemas/ledger.ts'
import type { Removal } from '../event-index/event-index.ts'
import { WrongUse, type Command, type Setting } from './command.ts'
import { table } from './table.ts'

interface ImportedFile {
  path: string
  adapter: string | null
  /** Imports of it. */
  times: number
  lines: number
  events: number
  rejected: number
}

/** Every source on the timeline, and every file that was imported and not taken back since. */
export const sourcesListCommand: Command<{ json?: boolean }> = async (setting, { json }) => {
  await setting.timeline.settled(setting.workspace)
  const sources = await setting.timeline.eventIndex.sources(setting.workspace)
  const files = await importedFiles(setting)
  if (json) {
    await setting.out(`${JSON.stringify({ sources, files })}\n`)
    return 0
  }
  await setting.out(
    table(
      ['source', 'kind', 'events', 'first', 'last'],
      sources.map((s) => [s.source, Object.keys(s.kinds).join(', '), s.events, s.first, s.last]),
    ),
  )
  await setting.out('\n')
  await setting.out(
    table(
      ['file', 'read as', 'records', 'new', 'rejected'],
      files.map((f) => [f.path, f.adapter ?? 'not recognized', f.lines, f.events, f.rejected]),
    ),
  )
  return 0
}

async function importedFiles({ timeline, workspace }: Setting): Promise<ImportedFile[]> {
  const files = new Map<string, ImportedFile>()
  for await (const { topic, value } of timeline.bus.read(workspace, ['imports', 'removals'])) {
    if (topic === 'removals') {
      if ('path' in (value as Removal)) files.delete((value as { path: string }).path)
      continue
    }
    for (const { path, adapter, lines, events, rejected } of (value as Ledger).files) {
      const known = files.get(path)
      files.set(path, {
        path,
        adapter,
        times: (known?.times ?? 0) + 1,
        lines,
        events: (known?.events ?? 0) + events,
        rejected,
      })
    }
  }
  return [...files.values()]
}

/** Takes back everything that was seen in a source or under a path. */
export const sourcesRemoveCommand: Command<{ name: string }> = async (setting, { name }) => {
  const { timeline, workspace } = setting
  await timeline.settled(workspace)
  const sources = await timeline.eventIndex.sources(workspace)
  const files = await importedFiles(setting)
  const removal: Removal | undefined = files.some((f) => f.path === name)
    ? { path: name }
    : sources.some((s) => s.source === name)
      ? { source: name }
      : undefined
  if (!removal)
    throw new WrongUse(`there is no source and no imported file ${name}; see: recount sources list`)
  const count = async (): Promise<number> =>
    (await timeline.eventIndex.sources(workspace)).reduce((sum, s) => sum + s.events, 0)
  const before = await count()
  await timeline.remove(workspace, removal)
  const gone = before - (await count())
  await setting.out(
    `${gone.toLocaleString('en')} events taken back. Importing ${name} again brings them back.\n`,
  )
  return 0
}
