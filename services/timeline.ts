import type { Logger } from 'pino'
import { loadAdapters } from '../ingest-adapters/load.ts'
import type { Ledger } from '../schemas/ledger.ts'
import type { Bus } from './bus/bus.ts'
import { embeddedBus } from './bus/embedded.ts'
import { embeddedEventIndex } from './event-index/embedded.ts'
import type { EventIndex, Removal } from './event-index/event-index.ts'
import { importFiles, type ImportOptions } from './ingest/import.ts'
import { replay, runNormalizer, type Normalizer } from './normalizer/run.ts'

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

/** The composition root: the only place that knows which implementation stands behind a port. */
export function openTimeline(data: string, logger: Logger): Timeline {
  const bus = embeddedBus(data)
  const eventIndex = embeddedEventIndex(data)
  const normalizers = new Map<string, Promise<Normalizer>>()
  const normalizer = (workspace: string): Promise<Normalizer> => {
    let running = normalizers.get(workspace)
    if (!running) {
      running = eventIndex
        .position(workspace)
        .then((after) => runNormalizer({ bus, index: eventIndex, workspace, logger, after }))
      normalizers.set(workspace, running)
    }
    return running
  }
  const settled = async (workspace: string): Promise<void> => {
    const end = await bus.end(workspace)
    if (end !== null) await (await normalizer(workspace)).indexed(end)
  }
  return {
    bus,
    eventIndex,
    settled,
    async importFiles(workspace, options) {
      const { indexed } = await normalizer(workspace)
      return importFiles(
        {
          bus,
          adapters: await loadAdapters(),
          workspace,
          logger,
          indexed,
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
      const { index, publish } = await eventIndex.renew(workspace)
      await replay({ bus, index, workspace })
      await running.stop()
      normalizers.delete(workspace)
      await publish()
      await settled(workspace)
    },
    async close() {
      for (const running of normalizers.values()) await (await running).stop()
      await eventIndex.close()
      await bus.close()
    },
  }
}
