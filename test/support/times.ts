import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { loadAdapters } from '../../ingest-adapters/load.ts'
import type { RecordBatch, RejectionBatch } from '../../schemas/bus-record.ts'
import type { Context } from '../../schemas/context.ts'
import { embeddedBus } from '../../services/bus/embedded.ts'
import { importFiles } from '../../services/ingest/import.ts'
import { placeOf } from '../../services/ingest/input.ts'
import { normalize } from '../../services/normalizer/normalize.ts'
import type { TimelineEvent } from '../../schemas/timeline-event.ts'

/** What is known of a file beside its lines. The clock stands at 2026-01-15T12:00:00Z if nothing else is said. */
export interface Known {
  path?: string
  zone?: string
  now?: string
  modified?: string
  archived?: string
}

/** The instants that lines get, one text a line: instant, bounds where they differ, basis, flags; or the reason of the rejection. */
export async function times(lines: readonly string[], known: Known = {}): Promise<string[]> {
  const data = mkdtempSync(join(tmpdir(), 'recount-times-'))
  const bus = embeddedBus(data)
  const { path = 'app.log', zone, now = '2026-01-15T12:00:00Z', modified, archived } = known
  try {
    const input = {
      path,
      ...placeOf(path),
      ...(modified && { modifiedMs: Date.parse(modified) }),
      ...(archived && { archivedMs: Date.parse(archived) }),
      open: async function* () {
        yield Buffer.from(lines.map((line) => `${line}\n`).join(''))
      },
    }
    await importFiles(
      {
        bus,
        adapters: await loadAdapters(),
        workspace: 'main',
        logger: pino({ level: 'silent' }),
        events: async () => new Map(),
        indexed: async () => undefined,
        created: async () => new Map(),
      },
      {
        inputs: async function* () {
          yield input
        },
        nowMs: Date.parse(now),
        ...(zone && { zone }),
      },
    )
    return await placed(bus, lines.length)
  } finally {
    await bus.close()
    rmSync(data, { recursive: true, force: true })
  }
}

async function placed(bus: ReturnType<typeof embeddedBus>, count: number): Promise<string[]> {
  const texts = Array.from({ length: count }, () => 'nothing')
  let context: Context | undefined
  for await (const { value } of bus.read('main', ['contexts'])) context = value as Context
  for await (const { value } of bus.read('main', ['records'])) {
    const batch = value as RecordBatch
    for (const record of batch.records) {
      const event = JSON.parse(normalize(record, batch, context!).document) as TimelineEvent
      texts[record.line - 1] = shown(event)
    }
  }
  for await (const { value } of bus.read('main', ['rejections'])) {
    for (const { first, reason } of (value as RejectionBatch).rejections) texts[first - 1] = reason
  }
  return texts
}

function shown(event: TimelineEvent): string {
  const at = event['@timestamp']
  const { earliest, latest, basis, flags } = event.timeline.time
  const bounds = earliest === at && latest === at ? [] : [`${earliest}..${latest}`]
  return [at, ...bounds, basis, ...flags].join(' ')
}
