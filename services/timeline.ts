import type { Logger } from 'pino'
import { loadAdapters } from '../ingest-adapters/load.ts'
import type { Ledger } from '../schemas/ledger.ts'
import type { Bus } from './bus/bus.ts'
import { embeddedBus } from './bus/embedded.ts'
import { embeddedEventIndex } from './event-index/embedded.ts'
import type { EventIndex, Removal } from './event-index/event-index.ts'
import { importFiles, type ImportOptions } from './ingest/import.ts'
import { startThread, type Thread } from './thread.ts'

/** Everything that commands and the API need of a data folder, wired together. */
export interface Timeline {
  bus: Bus
  eventIndex: EventIndex
  importFiles(workspace: string, options: ImportOptions): Promise<Ledger>
  /** Takes back what was seen under a path or from a source; resolves to how many events are gone. */
  remove(workspace: string, removal: Removal): Promise<void>
  /** Builds the index anew from the log; reads go on meanwhile. */
  rebuild(workspace: string): Promise<void>
  /** Resolves when everything that was acknowledged before is in the index. */
  settled(workspace: string): Promise<void>
  close(): Promise<void>
}

/** Enough for a few messages of the largest size; more would be a leak. */
const LIMITS = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 32 }

/** The composition root: with normalizer-thread.ts the only place that knows which implementation stands behind a port. */
export function openTimeline(data: string, logger: Logger): Timeline {
  const bus = embeddedBus(data)
  const eventIndex = embeddedEventIndex(data)
  const normalizers = new Map<string, Promise<Thread>>()
  const normalizer = (workspace: string): Promise<Thread> => {
    let running = normalizers.get(workspace)
    if (!running) {
      running = eventIndex.position(workspace).then((after) =>
        startThread(new URL(`./normalizer-thread${import.meta.url.slice(-3)}`, import.meta.url), {
          data: { data, workspace, after },
          limits: LIMITS,
          failed: (error) => logger.fatal(error, 'the normalizer has stopped'),
        }),
      )
      normalizers.set(workspace, running)
    }
    return running
  }
  const indexed = async (workspace: string, position: string): Promise<void> =>
    (await normalizer(workspace)).call('indexed', position)
  const settled = async (workspace: string): Promise<void> => {
    const end = await bus.end(workspace)
    if (end !== null) await indexed(workspace, end)
  }
  return {
    bus,
    eventIndex,
    settled,
    async importFiles(workspace, options) {
      await normalizer(workspace)
      return importFiles(
        {
          bus,
          adapters: await loadAdapters(),
          workspace,
          logger,
          indexed: (position) => indexed(workspace, position),
          event: (id) => eventIndex.event(workspace, id),
          created: (importId) => eventIndex.created(workspace, importId),
        },
        options,
      )
    },
    async remove(workspace, removal) {
      await normalizer(workspace)
      await bus.append(workspace, [{ topic: 'removals', key: 'removals', value: removal }])
      await settled(workspace)
    },
    async rebuild(workspace) {
      await settled(workspace)
      const running = await normalizer(workspace)
      const { publish } = await eventIndex.renew(workspace)
      await running.call('replay')
      await running.close()
      normalizers.delete(workspace)
      await publish()
      await settled(workspace)
    },
    async close() {
      for (const running of normalizers.values()) await (await running).close()
      await eventIndex.close()
      await bus.close()
    },
  }
}
