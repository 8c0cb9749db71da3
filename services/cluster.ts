import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { loadAdapters } from '../ingest-adapters/load.ts'
import { consumed, covers, removals, Unavailable } from './bus/bus.ts'
import { kafkaBus } from './bus/kafka.ts'
import { elasticsearchEventIndex } from './event-index/elasticsearch.ts'
import { turns } from './in-turn.ts'
import { importFiles } from './ingest/import.ts'
import { takeBack } from './ingest/take-back.ts'
import { catchUp, runNormalizer, type Normalizer } from './normalizer/run.ts'
import type { Timeline } from './timeline.ts'

export interface ClusterSettings {
  brokers: readonly string[]
  elasticsearchUrl: string
  /** Of topics that are not there yet; without them six partitions, and as many replicas as the brokers think right. */
  partitions?: number
  replicas?: number
}

/** A timeline on Kafka and Elasticsearch: any number of processes import, normalize and answer. */
export interface Cluster extends Timeline {
  /** Makes this process one of the normalizers of a workspace, until it closes. */
  normalize(workspace: string): void
  /** Makes topics and index templates. */
  setUp(workspace: string): Promise<void>
}

const PREFIX = 'recount'
const GROUP = 'normalizer'
const LONGEST_WAIT_MS = 500
/** So long no normalizer may take anything before an import that waits for one gives up. */
const PATIENCE_MS = 60_000
/** After a failure of Kafka or Elasticsearch a normalizer begins again. */
const AGAIN_MS = 2000
/** A rebuild lets readers see the new index when so few rounds of catching up were needed, or after so many. */
const ROUNDS = 5

export function openCluster(settings: ClusterSettings, logger: Logger): Cluster {
  const { brokers, elasticsearchUrl, partitions = 6, replicas = -1 } = settings
  const bus = kafkaBus({ brokers, prefix: PREFIX, partitions, replicas }, logger)
  const eventIndex = elasticsearchEventIndex({ url: elasticsearchUrl })
  const inTurn = turns()
  const stopping = new AbortController()
  const normalizers: Promise<void>[] = []
  /** Why a normalizer of this process does nothing now. */
  const stopped = new Map<string, Error>()

  const indexed = async (workspace: string, position: string): Promise<void> => {
    let before: string | null = null
    let movedMs = performance.now()
    for (let waitMs = 20; ; waitMs = Math.min(waitMs * 1.5, LONGEST_WAIT_MS)) {
      const handled = await bus.handled(workspace, GROUP)
      if (covers(handled, position)) return
      if (stopping.signal.aborted)
        throw new Unavailable(
          'this process ends. Nothing is lost: what was sent is in Kafka and comes onto the timeline',
        )
      if (handled !== before) movedMs = performance.now()
      before = handled
      if (performance.now() - movedMs > PATIENCE_MS)
        throw new Unavailable(
          `no normalizer takes what was sent: start one with recount serve --roles normalizer. Nothing is lost: it is in Kafka and comes onto the timeline then`,
        )
      await sleep(waitMs)
    }
  }
  const settled = async (workspace: string): Promise<void> => {
    const end = await bus.end(workspace)
    if (end !== null) await indexed(workspace, end)
  }
  /** A file that is imported again must not meet its own removal. */
  const removed = async (workspace: string): Promise<void> => {
    const last = (await removals(bus, workspace)).all.at(-1)
    if (last) await indexed(workspace, consumed(last.position))
  }
  const events = async (workspace: string): Promise<number> =>
    (await eventIndex.sources(workspace)).reduce((sum, each) => sum + each.events, 0)

  const normalizing = async (workspace: string): Promise<void> => {
    while (!stopping.signal.aborted) {
      let normalizer: Normalizer | undefined
      const failure = await new Promise<Error | undefined>((resolve) => {
        normalizer = runNormalizer({
          bus,
          index: eventIndex,
          workspace,
          from: { group: GROUP },
          failed: resolve,
          wrote: () => stopped.delete(workspace),
        })
        stopping.signal.addEventListener('abort', () => resolve(undefined), { once: true })
      })
      await normalizer!.stop()
      if (!failure) return
      stopped.set(workspace, failure)
      logger.error(failure, 'the normalizer has stopped, and begins again')
      await sleep(AGAIN_MS, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }

  return {
    bus,
    eventIndex,
    settled,
    normalize: (workspace) => void normalizers.push(normalizing(workspace)),
    setUp: async (workspace) => {
      await bus.end(workspace)
      await eventIndex.position(workspace)
    },
    importFiles: (workspace, options) =>
      inTurn(workspace, async () => {
        await removed(workspace)
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
      }),
    remove: (workspace, removal) =>
      inTurn(workspace, async () => {
        await settled(workspace)
        const before = await events(workspace)
        await indexed(workspace, await takeBack(bus, workspace, removal))
        return before - (await events(workspace))
      }),
    rebuild: (workspace) =>
      inTurn(workspace, async () => {
        const { index, publish } = await eventIndex.renew(workspace)
        let after: string | null = null
        const toTheEnd = async (into: typeof index): Promise<boolean> => {
          const end = await bus.end(workspace)
          if (end === null || covers(after, end)) return false
          await catchUp({ bus, index: into, workspace }, after, end)
          after = end
          return true
        }
        for (let round = 0; round < ROUNDS && (await toTheEnd(index)); round++);
        await publish()
        // What normalizers wrote into the old index meanwhile.
        await toTheEnd(eventIndex)
      }),
    async unready(workspaces) {
      for (const workspace of workspaces) {
        const error = stopped.get(workspace)
        if (error) return `the normalizer of ${workspace} waits: ${error.message}`
        try {
          await bus.end(workspace)
          await eventIndex.position(workspace)
        } catch (failed) {
          return (failed as Error).message
        }
      }
      return undefined
    },
    async close() {
      if (stopping.signal.aborted) return
      stopping.abort()
      await Promise.all(normalizers)
      await bus.close()
      await eventIndex.close()
    },
  }
}
