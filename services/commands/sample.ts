import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expanded, walk } from '../ingest/walk.ts'
import type { FileInput } from '../ingest/files.ts'
import type { Unreadable } from '../ingest/walk.ts'
import type { Timeline } from '../timeline.ts'
import type { Output } from './command.ts'
import { counted } from './table.ts'

export const SAMPLE_WORKSPACE = 'sample'
const FOLDER = new URL('../../../deploy/sample/', import.meta.url)
/** The sample is of New Year 2026; the clock at import may not matter. */
const NOW_MS = Date.UTC(2026, 0, 5)

interface SampleImport {
  paths: string[]
  zone?: string
}

/** Imports the bundled incident into its own workspace, once; all of it again when that broke off, for what is there merges. */
export async function importSample(timeline: Timeline, { notes }: Output): Promise<void> {
  const imports = JSON.parse(
    await readFile(new URL('import.json', FOLDER), 'utf8'),
  ) as SampleImport[]
  if ((await ledgers(timeline)) >= imports.length) return
  let events = 0
  for (const { paths, zone } of imports) {
    const ledger = await timeline.importFiles(SAMPLE_WORKSPACE, {
      inputs: () => expanded(sampleFiles(paths)),
      nowMs: NOW_MS,
      ...(zone !== undefined && { zone }),
    })
    events += ledger.events
  }
  await notes(
    `Imported the sample incident, ${counted(events, 'event')}, into the workspace ${SAMPLE_WORKSPACE}.\n`,
  )
}

async function ledgers({ bus }: Timeline): Promise<number> {
  const complete = new Set<string>()
  for await (const { key, value } of bus.read(SAMPLE_WORKSPACE, ['imports']))
    if ('events' in (value as object)) complete.add(key)
  return complete.size
}

/** The files of the sample, shown under their paths inside it. When they were checked out says nothing about them. */
async function* sampleFiles(paths: readonly string[]): AsyncGenerator<FileInput | Unreadable> {
  const root = fileURLToPath(FOLDER)
  for await (const file of walk(paths.map((path) => root + path))) {
    if ('unreadable' in file) yield file
    else {
      const { modifiedMs: _, ...rest } = file
      yield { ...rest, path: file.path.slice(root.length) }
    }
  }
}
