import type { Logger } from 'pino'
import { loadAdapters } from '../ingest-adapters/load.ts'
import type { Ledger } from '../schemas/ledger.ts'
import type { Bus } from './bus/bus.ts'
import type { EventIndex } from './event-index/event-index.ts'
import { importFiles, type ImportOptions } from './ingest/import.ts'

/** Reads files onto a bus, and waits for what they become in an index. */
export const importer =
  (ports: {
    bus: Bus
    eventIndex: EventIndex
    logger: Logger
    /** Resolves when everything up to a position is in the index. */
    indexed(workspace: string, position: string): Promise<void>
  }) =>
  async (workspace: string, options: ImportOptions): Promise<Ledger> => {
    const { bus, eventIndex, logger, indexed } = ports
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
  }

/** How many events are on a timeline. */
export const countEvents = async (eventIndex: EventIndex, workspace: string): Promise<number> =>
  (await eventIndex.sources(workspace)).reduce((sum, each) => sum + each.events, 0)
