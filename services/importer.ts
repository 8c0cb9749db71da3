import type { Logger } from 'pino'
import { loadAdapters } from '../ingest-adapters/load.ts'
import type { FormatFile } from '../schemas/format-file.ts'
import type { Bus } from './bus/bus.ts'
import type { EventIndex } from './event-index/event-index.ts'
import { correct } from './ingest/correct.ts'
import { importFiles, type ImportPorts } from './ingest/import.ts'
import { replayLetters } from './ingest/replay.ts'
import { takeBack } from './ingest/take-back.ts'
import type { Timeline } from './timeline.ts'

interface Ports {
  bus: Bus
  eventIndex: EventIndex
  logger: Logger
  /** Resolves when everything up to a position is in the index. */
  indexed(workspace: string, position: string): Promise<void>
}

/** What puts something on a bus, and waits for what it becomes in an index: the same wherever these are. */
export function importer({
  bus,
  eventIndex,
  logger,
  indexed,
}: Ports): Pick<Timeline, 'importFiles' | 'remove' | 'replay' | 'erase' | 'correct' | 'settled'> {
  const settled = async (workspace: string): Promise<void> => {
    const end = await bus.end(workspace)
    if (end !== null) await indexed(workspace, end)
  }
  const portsOf = async (
    workspace: string,
    formats?: readonly FormatFile[],
  ): Promise<ImportPorts> => ({
    bus,
    adapters: await loadAdapters(formats),
    workspace,
    logger,
    indexed: (position) => indexed(workspace, position),
    events: (ids) => eventIndex.events(workspace, ids),
    created: (importId) => eventIndex.created(workspace, importId),
  })
  const count = async (workspace: string): Promise<number> =>
    (await eventIndex.sources(workspace)).reduce((sum, each) => sum + each.events, 0)
  return {
    settled,
    importFiles: async (workspace, options) =>
      importFiles(await portsOf(workspace, options.formats), options),
    async replay(workspace, nowMs, formats) {
      await settled(workspace)
      return replayLetters(await portsOf(workspace, formats), nowMs)
    },
    async correct(workspace, of, told) {
      await settled(workspace)
      const streams = await eventIndex.streams(workspace, of)
      const done = await correct(bus, workspace, { of, streams, told })
      if (done.position !== undefined) await indexed(workspace, done.position)
      return done.streams
    },
    async remove(workspace, removal) {
      await settled(workspace)
      const before = await count(workspace)
      await indexed(workspace, await takeBack(bus, workspace, removal))
      return before - (await count(workspace))
    },
    async erase(workspace, batch) {
      // What was sent before is on the timeline, and what could not go there among the dead letters.
      await settled(workspace)
      const { position, overwritten } = await bus.erase(workspace, batch)
      await indexed(workspace, position)
      return overwritten
    },
  }
}
