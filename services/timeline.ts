import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { FormatFile } from '../schemas/format-file.ts'
import type { Ledger } from '../schemas/ledger.ts'
import type { ErasureBatch } from '../schemas/erasure.ts'
import type { Removal } from '../schemas/removal.ts'
import type { Sized } from './backup/decode.ts'
import { fill } from './backup/fill.ts'
import type { Bus } from './bus/bus.ts'
import { embeddedBus } from './bus/embedded.ts'
import { embeddedEventIndex } from './event-index/embedded.ts'
import type { EventIndex } from './event-index/event-index.ts'
import { importer } from './importer.ts'
import { turns } from './in-turn.ts'
import type { Told } from './ingest/correct.ts'
import type { ImportOptions } from './ingest/import.ts'
import type { Replay } from './ingest/replay.ts'
import { countedBus, Metrics } from './metrics.ts'
import { startThread, type Thread } from './thread.ts'
import { Newer, Unavailable } from './unavailable.ts'

/** Everything that commands and the API need, wired together. */
export interface Timeline {
  bus: Bus
  eventIndex: EventIndex
  importFiles(workspace: string, options: ImportOptions): Promise<Ledger>
  /** Takes back what was seen under a path or from a source; resolves to how many events are gone. */
  remove(workspace: string, removal: Removal): Promise<number>
  /** Tries once more what was refused; see ingest/replay.ts. */
  replay(workspace: string, nowMs: number, formats?: readonly FormatFile[]): Promise<Replay>
  /** Deletes and redacts for ever; resolves to whether the bytes are gone from the log of record too. */
  erase(workspace: string, batch: ErasureBatch): Promise<boolean>
  /** Dates a source, or what is under a path, by what a person tells of its time; resolves to how many of its streams got another time. */
  correct(workspace: string, of: Removal, told: Told): Promise<number>
  /** Builds the index anew from the log; reads go on meanwhile. */
  rebuild(workspace: string): Promise<void>
  /**
   * Puts everything of a backup into an empty workspace and onto the timeline; resolves to how many messages that were. `open` gives them from the first, maybe more than once;
   * when it throws, the workspace stays empty.
   */
  restore(workspace: string, open: () => AsyncIterable<Sized>): Promise<number>
  /** Resolves when everything that was acknowledged before is in the index. */
  settled(workspace: string): Promise<void>
  /** What is down, and what to do about it; undefined when all is well. What has stopped is begun again. */
  unready(workspaces: readonly string[]): Promise<string | undefined>
  metrics: Metrics
  /** Brings the metrics up to date that are computed when they are asked for. */
  measure(workspaces: readonly string[]): Promise<void>
  close(): Promise<void>
}

/** Enough for a few messages of the largest size; more would be a leak. */
const LIMITS = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 32 }

/** A timeline in a data folder: with cluster.ts and normalizer-thread.ts the only place that knows which implementation stands behind a port. */
export function openTimeline(data: string, logger: Logger): Timeline {
  const metrics = new Metrics()
  const embedded = embeddedBus(data)
  const bus = countedBus(embedded, metrics)
  const eventIndex = embeddedEventIndex(data, (path) =>
    logger.warn(
      `${path} is of an older version, or damaged: it is made anew from the log, which takes a while for a large one`,
    ),
  )
  const normalizers = new Map<string, Promise<Thread>>()
  /** Why normalizers stopped, until they have caught up again. */
  const stopped = new Map<string, Error>()
  const stop = (workspace: string, error: Error): void => {
    normalizers.delete(workspace)
    stopped.set(workspace, error)
  }
  const start = async (workspace: string): Promise<Thread> => {
    let after = await eventIndex.position(workspace)
    if (Number(after ?? 0) > Number((await bus.end(workspace)) ?? 0)) {
      // The log was restored from a backup: what the index holds beyond it is not to be trusted.
      await (await eventIndex.renew(workspace)).publish()
      after = null
    }
    return startThread(
      new URL(`./normalizer-thread${import.meta.url.slice(-3)}`, import.meta.url),
      {
        data: { data, workspace, after },
        limits: LIMITS,
        failed(error) {
          logger.fatal(error, 'the normalizer has stopped; the next import starts it again')
          stop(workspace, error)
        },
      },
    )
  }
  const normalizer = (workspace: string): Promise<Thread> => {
    let running = normalizers.get(workspace)
    if (!running) {
      normalizers.set(workspace, (running = start(workspace)))
      running.catch((error: Error) => stop(workspace, error))
    }
    return running
  }
  /** Imports, removals and rebuilds of a workspace come one after the other: each stands on what the one before it left in the catalogue and the index. */
  const inTurn = turns()
  const indexed = async (workspace: string, position: string): Promise<void> => {
    try {
      await (await normalizer(workspace)).call('indexed', position)
    } catch (error) {
      throw error instanceof Newer ? error : new Unavailable(whyStopped(workspace, error as Error))
    }
    stopped.delete(workspace)
  }
  const onto = importer({ bus, eventIndex, logger, indexed })
  const { settled } = onto
  return {
    bus,
    eventIndex,
    metrics,
    settled,
    importFiles: (workspace, options) =>
      inTurn(workspace, async () => {
        await normalizer(workspace)
        return onto.importFiles(workspace, options)
      }),
    async unready(workspaces) {
      for (const workspace of workspaces) {
        const error = stopped.get(workspace)
        if (error) {
          // Who waits until all is well sends no import that would begin it.
          settled(workspace).catch(() => undefined)
          return whyStopped(workspace, error)
        }
        try {
          await eventIndex.position(workspace)
        } catch (failed) {
          return `the index of ${workspace} cannot be read: ${(failed as Error).message}. Run: recount doctor`
        }
      }
      return undefined
    },
    async measure(workspaces) {
      for (const workspace of workspaces) {
        const backlog = eventIndex.position(workspace).then((at) => bus.backlog(workspace, at))
        metrics.setBacklog(workspace, await backlog.catch(unknown))
        const created = normalizers.get(workspace)?.then((thread) => thread.call<number>('created'))
        metrics.set('recount_events_total', await created?.catch(unknown), { workspace })
      }
    },
    remove: (workspace, removal) => inTurn(workspace, () => onto.remove(workspace, removal)),
    replay: (workspace, nowMs, formats) =>
      inTurn(workspace, () => onto.replay(workspace, nowMs, formats)),
    erase: (workspace, batch) => inTurn(workspace, () => onto.erase(workspace, batch)),
    correct: (workspace, of, told) => inTurn(workspace, () => onto.correct(workspace, of, told)),
    rebuild: (workspace) =>
      inTurn(workspace, async () => {
        await settled(workspace)
        const running = await normalizer(workspace)
        const { publish } = await eventIndex.renew(workspace)
        await running.call('replay')
        await running.close()
        normalizers.delete(workspace)
        await publish()
        await settled(workspace)
      }),
    restore: (workspace, open) =>
      inTurn(workspace, async () => {
        // One that begins now sees whether the index is of a log that is gone.
        await normalizer(workspace)
        // The owner of a data folder throws away what is in here when it begins.
        const folder = join(data, 'uploads', randomUUID())
        const aside = embeddedBus(folder)
        try {
          const { count } = await fill(aside, workspace, open())
          await embedded.adopt(workspace, join(folder, workspace, 'log.sqlite'))
          await settled(workspace)
          return count
        } finally {
          await aside.close()
          rmSync(folder, { recursive: true, force: true })
        }
      }),
    async close() {
      // The last to close an index must be who may write it: it clears the file's write-ahead log away.
      await eventIndex.close()
      for (const running of normalizers.values())
        await running.then(
          (thread) => thread.close(),
          () => undefined,
        )
      await bus.close()
    },
  }
}

const unknown = (): undefined => undefined

const whyStopped = (workspace: string, { message }: Error): string =>
  `the workspace ${workspace} takes nothing onto its timeline: ${message}. Nothing that was acknowledged is lost. Mend the cause (a full disk wants room): it goes on by itself with the next import or look at /readyz`
