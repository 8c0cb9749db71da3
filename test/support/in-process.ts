import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import type { Ledger } from '../../schemas/ledger.ts'
import type { TimelineEvent } from '../../schemas/timeline-event.ts'
import { embeddedBus } from '../../services/bus/embedded.ts'
import { embeddedEventIndex } from '../../services/event-index/embedded.ts'
import { readings } from '../../services/event-index/embedded/readings.ts'
import type { EventIndex } from '../../services/event-index/event-index.ts'
import { importer } from '../../services/importer.ts'
import type { Input } from '../../services/ingest/input.ts'
import { runNormalizer } from '../../services/normalizer/run.ts'
import type { Thread } from '../../services/thread.ts'
import { wrongSums } from './recount.ts'

const NOW_MS = Date.UTC(2026, 0, 15, 12)
const logger = pino({ level: 'silent' })

export interface Made {
  eventIndex: EventIndex
  /** Of each import. */
  ledgers: Ledger[]
  /** The same from the log, in an index of its own. */
  rebuilt<T>(look: (made: Pick<Made, 'eventIndex'>) => Promise<T>): Promise<T>
}

/** Everything on a timeline, of at most 1000 events. */
export async function content({ eventIndex }: Pick<Made, 'eventIndex'>): Promise<TimelineEvent[]> {
  const { events } = await eventIndex.page('main', { limit: 1000, order: 'asc' })
  return JSON.parse(`[${Buffer.from(events).toString()}]`) as TimelineEvent[]
}

/** The calls of a reader in this thread: starting one takes longer than a whole run. */
function reader(path: string): Thread {
  const calls = readings(path)
  return {
    call: async <T>(name: string, ...args: unknown[]) => calls[name]!(...(args as never[])) as T,
    close: async () => void calls['close']!(),
  }
}

/** A timeline in this thread, after these imports one after the other, and gone after the look. Every ledger adds up. */
export async function timelineOf<T>(
  imports: readonly (readonly Input[])[],
  look: (made: Made) => Promise<T>,
): Promise<T> {
  const data = mkdtempSync(join(tmpdir(), 'recount-timeline-'))
  const bus = embeddedBus(data)
  const eventIndex = embeddedEventIndex(data, undefined, reader)
  const failed = (error: Error): void => {
    throw error
  }
  const from = { after: null }
  const normalizer = runNormalizer({ bus, index: eventIndex, workspace: 'main', from, failed })
  const indexed = (_: string, position: string): Promise<void> => normalizer.indexed(position)
  const { importFiles } = importer({ bus, eventIndex, logger, indexed })
  const ledgers: Ledger[] = []
  try {
    for (const inputs of imports) {
      const ledger = await importFiles('main', {
        nowMs: NOW_MS,
        async *inputs() {
          yield* inputs
        },
      })
      const wrong = wrongSums(ledger)
      if (wrong.length > 0) throw new Error(wrong.join('; '))
      ledgers.push(ledger)
    }
    const rebuilt: Made['rebuilt'] = async (lookAt) => {
      const folder = join(data, 'rebuilt')
      mkdirSync(folder)
      const index = embeddedEventIndex(folder, undefined, reader)
      const run = runNormalizer({ bus, index, workspace: 'main', from, failed })
      try {
        await run.indexed((await bus.end('main'))!)
        return await lookAt({ eventIndex: index })
      } finally {
        await run.stop()
        await index.close()
      }
    }
    return await look({ eventIndex, ledgers, rebuilt })
  } finally {
    await normalizer.stop()
    await eventIndex.close()
    await bus.close()
    rmSync(data, { recursive: true })
  }
}
