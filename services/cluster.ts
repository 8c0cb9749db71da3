import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { offsetsOf, positionOf } from '../schemas/position.ts'
import type { Sized } from './backup/decode.ts'
import { fill } from './backup/fill.ts'
import { consumed, covers, removals, type Bus } from './bus/bus.ts'
import { kafkaBus } from './bus/kafka.ts'
import type { KafkaAccess } from './bus/kafka/access.ts'
import { elasticsearchEventIndex, setUpElasticsearch } from './event-index/elasticsearch.ts'
import type { Lease } from './event-index/elasticsearch/leases.ts'
import { OUTCOMES, type ElasticsearchAccess } from './event-index/elasticsearch/server.ts'
import { importer } from './importer.ts'
import { turns } from './in-turn.ts'
import { catchUp, runNormalizer } from './normalizer/run.ts'
import { countedBus, Metrics } from './metrics.ts'
import { patiently } from './patiently.ts'
import type { Timeline } from './timeline.ts'
import { Unavailable } from './unavailable.ts'

export interface ClusterSettings {
  brokers: readonly string[]
  elasticsearchUrl: string
  /** What the names of topics, groups and indices begin with: lower-case letters and digits; without it `recount`. */
  prefix?: string
  kafkaAccess?: KafkaAccess
  elasticsearchAccess?: Omit<ElasticsearchAccess, 'url'>
  /** Of topics that are not there yet; without them six partitions, and as many replicas as the brokers think right. */
  partitions?: number
  replicas?: number
}

/** A timeline on Kafka and Elasticsearch: any number of processes import, normalize and answer. */
export interface Cluster extends Timeline {
  /** Makes this process one of the normalizers of a workspace, until it closes. */
  normalize(workspace: string): void
  /** Makes topics and index templates; with `feed` also the topic of the events. */
  setUp(workspace: string, options?: { feed?: boolean }): Promise<void>
}

const PREFIX = 'recount'
const GROUP = 'normalizer'
const LONGEST_WAIT_MS = 500
/** So long no normalizer may take anything before an import that waits for one gives up. */
const PATIENCE_MS = 60_000
/** After a failure of Kafka or Elasticsearch a normalizer begins again. */
const AGAIN_MS = 2000
/** One that has worked, or waited for work, for so long is well again. */
const WELL_MS = 10_000
/** A rebuild takes its turn with imports when a round of catching up found nothing new, or after so many. */
const ROUNDS = 5

export function openCluster(settings: ClusterSettings, logger: Logger): Cluster {
  const { brokers, elasticsearchUrl, prefix = PREFIX, partitions = 6, replicas = -1 } = settings
  const access = { url: elasticsearchUrl, prefix, ...settings.elasticsearchAccess }
  const metrics = new Metrics()
  const kafka = kafkaBus(
    { brokers, prefix, partitions, replicas, access: settings.kafkaAccess },
    logger,
  )
  const bus = countedBus(kafka, metrics)
  for (const outcome of OUTCOMES) metrics.add('recount_bulk_items_total', 0, { outcome })
  const eventIndex = elasticsearchEventIndex({
    ...access,
    counts(outcomes) {
      for (const outcome of OUTCOMES) {
        const items = outcomes.filter((each) => each === outcome).length
        metrics.add('recount_bulk_items_total', items, { outcome })
      }
    },
    wrote: (workspace, events) => kafka.feed.publish(workspace, events),
  })
  const inTurn = turns()
  const within = patiently()
  const stopping = new AbortController()
  const leaving = new Promise<undefined>((resolve) =>
    stopping.signal.addEventListener('abort', () => resolve(undefined), { once: true }),
  )
  const normalizers: Promise<void>[] = []
  /** Why a normalizer of this process does nothing now. */
  const stopped = new Map<string, Error>()

  const indexed = async (workspace: string, position: string): Promise<void> => {
    let before: string | null | undefined
    let movedMs = performance.now()
    for (let waitMs = 20; ; waitMs = Math.min(waitMs * 1.5, LONGEST_WAIT_MS)) {
      const handled = await bus.handled(workspace, GROUP)
      if (covers(handled, position)) return
      // One that no normalizer can write to says so at once.
      if (before === undefined) await eventIndex.position(workspace)
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
  /** What is imported again, or restored, must not meet a removal before it that comes by another partition. */
  const removed = async (workspace: string): Promise<void> => {
    const last = (await removals(bus, workspace)).all.at(-1)
    if (!last) return
    const ends = offsetsOf(await bus.end(workspace))
    // Where it ended before all partitions had it, there is nothing to wait for.
    const there = [...offsetsOf(consumed(last.position))].filter(
      ([partition, offset]) => offset <= (ends.get(partition) ?? -1),
    )
    await indexed(workspace, positionOf(new Map(there)) ?? '')
  }
  /** Imports and removals of a workspace come one after the other, wherever they run: each stands on what the one before it left in the catalogue and the index. */
  const onto = <T>(
    workspace: string,
    work: (importing: ReturnType<typeof importer>, lease: Lease) => Promise<T>,
  ): Promise<T> =>
    inTurn(`${workspace} import`, () =>
      eventIndex.alone(
        workspace,
        'import',
        (lease) =>
          work(importer({ bus: whileHeld(bus, lease), eventIndex, logger, indexed }), lease),
        (by) => logger.warn(`waits until an import by ${by} is done`),
      ),
    )

  const waits = (workspace: string): string | undefined => {
    const error = stopped.get(workspace)
    return error && `the normalizer of ${workspace} waits: ${error.message}`
  }

  const normalizing = async (workspace: string): Promise<void> => {
    metrics.add('recount_events_total', 0, { workspace })
    while (!stopping.signal.aborted) {
      const healed = setTimeout(() => stopped.delete(workspace), WELL_MS)
      let failed!: (error: Error) => void
      const failing = new Promise<Error>((resolve) => (failed = resolve))
      const wrote = (created: number): void =>
        metrics.add('recount_events_total', created, { workspace })
      const flush = (): Promise<void> => kafka.feed.flush(workspace)
      const normalizer = await eventIndex.position(workspace).then((after) => {
        const from = { group: GROUP, after }
        return runNormalizer({ bus, index: eventIndex, workspace, from, failed, wrote, flush })
      }, failed)
      const failure = await Promise.race([failing, leaving])
      clearTimeout(healed)
      await normalizer?.stop()
      if (!failure) return
      stopped.set(workspace, failure)
      logger.error(failure, 'the normalizer has stopped, and begins again')
      await sleep(AGAIN_MS, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }

  return {
    bus,
    eventIndex,
    metrics,
    settled: importer({ bus, eventIndex, logger, indexed }).settled,
    normalize: (workspace) => void normalizers.push(normalizing(workspace)),
    setUp: async (workspace, { feed = true } = {}) => {
      // The topics are made when they are first asked for.
      await bus.end(workspace)
      if (feed) await kafka.feed.setUp(workspace)
      await setUpElasticsearch(access)
    },
    importFiles: (workspace, options) =>
      onto(workspace, async ({ importFiles }) => {
        await removed(workspace)
        return importFiles(workspace, options)
      }),
    remove: (workspace, removal) => onto(workspace, ({ remove }) => remove(workspace, removal)),
    replay: (workspace, nowMs, formats) =>
      onto(workspace, ({ replay }) => replay(workspace, nowMs, formats)),
    erase: (workspace, batch) => onto(workspace, ({ erase }) => erase(workspace, batch)),
    correct: (workspace, of, told) =>
      onto(workspace, ({ correct }) => correct(workspace, of, told)),
    rebuild: (workspace) =>
      inTurn(`${workspace} rebuild`, () =>
        eventIndex.alone(
          workspace,
          'rebuild',
          async (lease) => {
            const { index, publish } = await eventIndex.renew(workspace)
            let after: string | null = null
            const toTheEnd = async (): Promise<boolean> => {
              const end = await bus.end(workspace)
              if (end === null || covers(after, end)) return false
              await catchUp({ bus, index, workspace }, after, end)
              after = end
              return true
            }
            for (let round = 0; round < ROUNDS && (await toTheEnd()); round++);
            // Nothing comes while it takes the place of the old one, so nothing is written into that and lost.
            await onto(workspace, async (_, importing) => {
              await toTheEnd()
              lease.held()
              importing.held()
              await publish()
            })
          },
          (by) => logger.warn(`waits until a rebuild by ${by} is done`),
        ),
      ),
    restore: (workspace, open) =>
      onto(workspace, async (_, lease) => {
        // Nothing can be taken from Kafka again: that it is whole is known before the first is sent.
        for await (const _ of open());
        const messages = async function* (): AsyncGenerator<Sized> {
          let isBehind = false
          for await (const message of open()) {
            if (message.topic === 'records' && !isBehind) {
              await removed(workspace)
              isBehind = true
            }
            yield message
          }
        }
        const filling = fill(whileHeld(bus, lease), workspace, messages())
        const { count, position } = await filling.catch((error: Error) => {
          throw new Unavailable(
            `${error.message}. A part of the backup is in the workspace ${workspace}: restore it into another one, with --workspace`,
          )
        })
        await indexed(workspace, position)
        return count
      }),
    async measure(workspaces) {
      await Promise.all(
        workspaces.map(async (workspace) => {
          const backlog = within(`the backlog of ${workspace}`, async () =>
            bus.backlog(workspace, await bus.handled(workspace, GROUP)),
          )
          metrics.setBacklog(workspace, await backlog.catch(well))
        }),
      )
    },
    async unready(workspaces) {
      const all = <T>(ask: (workspace: string) => Promise<T>): Promise<T[]> =>
        Promise.all(workspaces.map(ask))
      const down = [
        ...(await Promise.all([
          within(`Kafka at ${brokers.join(', ')}`, () => all(bus.end)).then(well, why),
          within(`Elasticsearch at ${new URL(elasticsearchUrl).host}`, () =>
            all(eventIndex.position),
          ).then(well, why),
        ])),
        ...workspaces.map(waits),
      ].filter((each) => each !== undefined)
      return down.length === 0 ? undefined : down.join('; ')
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

/** A bus that takes nothing when another process may import already. */
const whileHeld = (bus: Bus, lease: Lease): Bus => ({
  ...bus,
  async append(workspace, messages) {
    lease.held()
    return bus.append(workspace, messages)
  },
  async erase(workspace, batch) {
    lease.held()
    return bus.erase(workspace, batch)
  },
})

const well = (): undefined => undefined
const why = ({ message }: Error): string => message
