import { readdir, stat } from 'node:fs/promises'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { loadAdapters, type Loaded } from '../../ingest-adapters/load.ts'
import type { RecordBatch, RejectionBatch } from '../../schemas/bus-record.ts'
import type { Context } from '../../schemas/context.ts'
import type { Ledger } from '../../schemas/ledger.ts'
import { embeddedBus } from '../../services/bus/embedded.ts'
import { openHead } from '../../services/ingest/head.ts'
import { importFiles } from '../../services/ingest/import.ts'
import type { Input } from '../../services/ingest/input.ts'
import { expanded, walk } from '../../services/ingest/walk.ts'
import { normalize } from '../../services/normalizer/normalize.ts'

export const FIXTURES = 'test/fixtures'
/** The clock of all fixtures. */
const NOW_MS = Date.UTC(2026, 0, 15, 12)

export interface Fixture {
  /** `<kind>/<adapter>/<case>`. */
  name: string
  dataset: string
  input: string
  expected: string
}

/** Every `<kind>/<adapter>/<case>.input`, a file or a folder. */
export async function fixtures(): Promise<Fixture[]> {
  const found: Fixture[] = []
  for (const kind of await readdir(FIXTURES)) {
    if (kind === 'near-misses') continue
    for (const adapter of await readdir(join(FIXTURES, kind))) {
      const folder = join(FIXTURES, kind, adapter)
      for (const file of (await readdir(folder)).sort()) {
        if (!file.endsWith('.input')) continue
        const name = file.slice(0, -6)
        found.push({
          name: `${kind}/${adapter}/${name}`,
          dataset: `${kind}/${adapter}`,
          input: join(folder, file),
          expected: join(folder, `${name}.expected.jsonl`),
        })
      }
    }
  }
  return found
}

/** The files of a fixture, shown under their names inside it; when they were checked out says nothing. */
async function* filesOf(path: string): AsyncGenerator<Input> {
  const base = (await stat(path)).isDirectory() ? path.length + 1 : path.lastIndexOf('/') + 1
  for await (const file of expanded(walk([path], ''))) {
    if ('unreadable' in file) throw new Error(file.unreadable)
    const { modifiedMs: _, ...input } = file
    const shown = file.path.slice(base)
    yield { ...input, path: shown, folder: shown.split('/').at(-2) ?? '' }
  }
}

/** The names of the adapters that recognize the files of a path, fallbacks only where no other does. */
export async function recognizers(path: string, adapters: readonly Loaded[]): Promise<Set<string>> {
  const names = new Set<string>()
  for await (const input of filesOf(path)) {
    const head = await openHead(input, { name: input.name, folder: input.folder, companions: [] })
    const able = adapters.filter((a) => a.adapter.recognizes(head))
    const first = able.filter((a) => !a.adapter.fallback)
    for (const { name } of first.length > 0 ? first : able.slice(0, 1)) names.add(name)
  }
  return names
}

/** What comes out of a fixture: its events as the timeline has them, then its rejections, a JSON object a line. */
export async function outcome(path: string): Promise<{ text: string; ledger: Ledger }> {
  const data = mkdtempSync(join(tmpdir(), 'recount-golden-'))
  const bus = embeddedBus(data)
  try {
    const ledger = await importFiles(
      {
        bus,
        adapters: await loadAdapters(),
        workspace: 'main',
        logger: pino({ level: 'silent' }),
        events: async () => new Map(),
        indexed: async () => undefined,
        created: async () => new Map(),
      },
      { inputs: () => filesOf(path), nowMs: NOW_MS },
    )
    const contexts = new Map<string, Context>()
    for await (const { value } of bus.read('main', ['contexts']))
      contexts.set((value as Context).file, value as Context)
    const lines: string[] = []
    for await (const { value } of bus.read('main', ['records'])) {
      const batch = value as RecordBatch
      for (const record of batch.records)
        lines.push(normalize(record, batch, contexts.get(batch.file)!).document)
    }
    for await (const { value } of bus.read('main', ['rejections'])) {
      for (const { path, first, last, reason, raw } of (value as RejectionBatch).rejections)
        lines.push(JSON.stringify({ path, first, last, reason, raw }))
    }
    return { text: lines.map((line) => `${line}\n`).join(''), ledger }
  } finally {
    await bus.close()
    rmSync(data, { recursive: true, force: true })
  }
}
