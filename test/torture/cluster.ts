import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { openCluster } from '../../services/cluster.ts'
import { check, POISON, type Conduct, type Figures } from './check.ts'
import { concurrentSends, sendGarbage } from './kafka.ts'
import { BROKERS, ELASTICSEARCH_URL, freezeEngine, killEngine, whileFrozen } from './engines.ts'
import { fakeElasticsearch, type FakeElasticsearch } from './fake-elasticsearch.ts'
import { makeFile, sendAll } from './load.ts'
import { supervised, type Supervised } from './processes.ts'
import type { Fault, Scenario, Size } from './scenarios.ts'

const LIMIT_MS = 20 * 60_000
/** A seeded bug may keep a file from ever being acknowledged: that is waited for no longer than this. */
const SEEDED_LIMIT_MS = 100_000
const WRITERS = 3
const DOWN_MS = 500
const BETWEEN_MS = 1500
/** What is sent goes to the first two in turn. */
const PROCESSES = [['ingest'], ['ingest'], ['normalizer'], ['normalizer'], ['api']]
const SETTINGS = { brokers: [BROKERS], elasticsearchUrl: ELASTICSEARCH_URL, replicas: 1 }

interface Stage {
  workspace: string
  roles: readonly Supervised[]
  fake: FakeElasticsearch
  sending(): boolean
}

/** Runs the roles as processes of their own on Kafka and Elasticsearch, sends files, does the fault meanwhile, and looks at what is there at the end. */
export async function onCluster(
  { name }: Scenario,
  { files: count, events, fault }: Size,
  seed?: string,
): Promise<Figures & Partial<Conduct>> {
  const workspace = `torture-${name}-${Date.now().toString(36)}`
  const cluster = openCluster({ ...SETTINGS, partitions: 4 }, pino({ level: 'silent' }))
  const data = mkdtempSync(join(tmpdir(), 'recount-torture-'))
  const fake = await fakeElasticsearch(count)
  const roles: Supervised[] = []
  try {
    await cluster.setUp(workspace)
    if ('sends' in fault) return await concurrentSends(cluster.bus, workspace, fault.sends)
    const env = {
      RECOUNT_KAFKA_BROKERS: BROKERS,
      // Only what needs the proxy goes through it: it costs time.
      RECOUNT_ELASTICSEARCH_URL:
        'bulks' in fault || 'poison' in fault ? fake.url : ELASTICSEARCH_URL,
      RECOUNT_WORKSPACE: workspace,
      RECOUNT_DATA: data,
    }
    roles.push(
      ...(await Promise.all(
        PROCESSES.map((role) => supervised(['--roles', role.join(',')], env, seed)),
      )),
    )
    const poison = 'poison' in fault && fault.poison === 'items'
    const files = Array.from({ length: count }, (_, i) =>
      makeFile(`${name}${i}`, events, poison ? [`${POISON} of ${name}${i}`] : []),
    )
    let sending = true
    let nth = 0
    const sent = sendAll(files, () => roles[nth++ % 2]!.url, {
      writers: 'writers' in fault ? fault.writers : WRITERS,
      until: Date.now() + (seed ? SEEDED_LIMIT_MS : LIMIT_MS),
    }).finally(() => (sending = false))
    const conduct = await doFault(fault, { workspace, roles, fake, sending: () => sending })
    await sent
    // With a seeded bug the stream may stand still for ever.
    if (!seed) await cluster.settled(workspace)
    return { ...(await check(cluster, workspace, files)), ...conduct }
  } finally {
    await Promise.all(roles.map((role) => role.end()))
    await fake.close()
    await cluster.close()
    rmSync(data, { recursive: true, force: true })
  }
}

async function doFault(fault: Fault, stage: Stage): Promise<Conduct> {
  const { workspace, roles, fake, sending } = stage
  if ('term' in fault) return drains(fault, stage)
  if ('kill' in fault) return { faults: await kills(fault.kill, fault.times, stage) }
  if ('freeze' in fault) {
    await sleep(BETWEEN_MS)
    await freezeEngine(fault.freeze, fault.ms)
    return { faults: 1 }
  }
  if ('poison' in fault) {
    if (fault.poison === 'messages') return { faults: await sendGarbage(workspace) }
    while (sending()) await sleep(100)
    return { faults: 1 }
  }
  if ('bulks' in fault) {
    const ms = 'ms' in fault ? fault.ms : undefined
    if (ms !== undefined) await sleep(BETWEEN_MS)
    fake.fault = fault.bulks
    const until = Date.now() + (ms ?? Infinity)
    while (sending() && Date.now() < until) await sleep(100)
    fake.fault = 'none'
    return {
      faults: fake.faults,
      ...('writers' in fault && { peakMb: Math.max(...roles.map((role) => role.peakMb())) }),
    }
  }
  return { faults: 0 }
}

/** Ends processes as a rolling restart does, one after the other; frozen, all of them at once. */
async function drains(
  { times, frozen }: { times: number; frozen?: true },
  { roles, sending }: Stage,
): Promise<Conduct> {
  let [faults, badExits] = [0, 0]
  const end = async (some: readonly Supervised[]): Promise<void> => {
    const ends = await Promise.all(some.map((role) => role.end()))
    faults += ends.length
    badExits += ends.filter((isGood) => !isGood).length
  }
  for (let nth = 0; nth < times && sending(); nth++) {
    await sleep(BETWEEN_MS * (0.5 + Math.random()))
    const some = frozen ? roles : [roles[nth % roles.length]!]
    if (frozen) await whileFrozen(() => end(some))
    else await end(some)
    await Promise.all(some.map((role) => role.start()))
  }
  return { faults, badExits }
}

async function kills(what: string, times: number, { roles, sending }: Stage): Promise<number> {
  let done = 0
  for (; done < times && sending(); done++) {
    await sleep(BETWEEN_MS * (0.5 + Math.random()))
    if (what === 'kafka' || what === 'elasticsearch') await killEngine(what, DOWN_MS)
    else {
      // One after the other, so that each of them comes.
      const role = roles[done % roles.length]!
      await role.kill()
      await role.start()
    }
  }
  return done
}
