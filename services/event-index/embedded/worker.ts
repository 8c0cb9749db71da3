import { existsSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import type { DatabaseSyncInstance } from '@photostructure/sqlite'
import type { PageQuery, Removal, WindowFilter } from '../event-index.ts'
import { readHistogram, readSources } from './counts.ts'
import { readPage } from './reader.ts'
import { meta, openForReading } from './schema.ts'
import type { Packed } from './transfer.ts'
import { Writer } from './writer.ts'

/** One thread writes an index file, another reads it, so that reads do not wait for writes. */
const { path, role } = workerData as { path: string; role: 'writer' | 'reader' }
const writer = role === 'writer' ? new Writer(path) : undefined
let reading: DatabaseSyncInstance | undefined

const db = (): DatabaseSyncInstance => (reading ??= openForReading(path))

const calls: Record<string, (...args: never[]) => unknown> = {
  write: (packed: Packed, position: string) => writer!.write(packed, position),
  remove: (removal: Removal, position: string) => writer!.remove(removal, position),
  page: (query: PageQuery) => readPage(db(), query),
  histogram: (filter: WindowFilter, seconds: number) => readHistogram(db(), filter, seconds),
  sources: () => readSources(db()),
  position: () => meta(db(), 'position') ?? null,
  version: () => (existsSync(path) ? meta(db(), 'version') : undefined),
  event: (id: string) =>
    (
      db().prepare('select document from events where id = ?').get(id) as
        | { document: string }
        | undefined
    )?.document,
  created: (importId: string) =>
    db()
      .prepare("select origin, events from created where origin >= ? || '/' and origin < ? || '0'")
      .all(importId, importId),
  check: () =>
    (db().prepare('pragma integrity_check').all() as { integrity_check: string }[])
      .map((row) => row.integrity_check)
      .filter((text) => text !== 'ok'),
  close: () => {
    writer?.close()
    reading?.close()
  },
}

parentPort!.on('message', ({ id, call, args }: { id: number; call: string; args: never[] }) => {
  try {
    const result = calls[call]!(...args)
    const events = (result as { events?: Uint8Array } | undefined)?.events
    // Small buffers share one piece of memory, which must stay here.
    const whole = events?.buffer.byteLength === events?.byteLength
    parentPort!.postMessage(
      { id, result },
      call === 'page' && whole && events!.buffer instanceof ArrayBuffer ? [events!.buffer] : [],
    )
  } catch (error) {
    const { name, message } = error as Error
    parentPort!.postMessage({
      id,
      error: { type: (error as Error).constructor.name, name, message },
    })
  }
  if (call === 'close') parentPort!.close()
})
