import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

/** The servers of deploy/local-engines, on ports and in a folder of their own: they are killed and frozen here. */
export type Engine = 'kafka' | 'elasticsearch'

const FOLDER = process.env['TORTURE_ENGINES_DIR'] ?? '/var/cache/recount-torture'
const KAFKA_PORT = 23092
const ELASTICSEARCH_PORT = 23200

const ENV = {
  ...process.env,
  RECOUNT_ENGINES_DIR: FOLDER,
  RECOUNT_ENGINES_KAFKA_PORT: String(KAFKA_PORT),
  RECOUNT_ENGINES_ELASTICSEARCH_PORT: String(ELASTICSEARCH_PORT),
}

export const BROKERS = `127.0.0.1:${KAFKA_PORT}`
export const ELASTICSEARCH_URL = `http://127.0.0.1:${ELASTICSEARCH_PORT}`

/** Starts what does not run. @returns why it cannot, or undefined */
export async function startEngines(): Promise<string | undefined> {
  await mkdir(FOLDER, { recursive: true })
  // The servers inherit standard error: it must not be a pipe that somebody waits for.
  const child = spawn('deploy/local-engines/start.sh', {
    env: ENV,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said, [status]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  return status === 0 ? undefined : `deploy/local-engines/start.sh failed: ${said.trim()}`
}

export async function stopEngines(): Promise<void> {
  await once(spawn('deploy/local-engines/stop.sh', ['--wipe'], { env: ENV }), 'exit')
}

const pidOf = (engine: Engine): number =>
  Number(readFileSync(`${FOLDER}/${engine}/pid`, 'utf8').trim())

const isThere = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** SIGKILL, then a new start on the same files. */
export async function killEngine(engine: Engine, downMs: number): Promise<void> {
  const pid = pidOf(engine)
  process.kill(pid, 'SIGKILL')
  while (isThere(pid)) await sleep(20)
  await sleep(downMs)
  const failed = await startEngines()
  if (failed) throw new Error(failed)
}

export const freezeEngine = (engine: Engine, ms: number): Promise<void> =>
  frozen([engine], () => sleep(ms))

/** Does something while neither server answers. */
export const whileFrozen = (work: () => Promise<void>): Promise<void> =>
  frozen(['kafka', 'elasticsearch'], work)

async function frozen(engines: readonly Engine[], work: () => Promise<void>): Promise<void> {
  const pids = engines.map(pidOf)
  for (const pid of pids) process.kill(pid, 'SIGSTOP')
  try {
    await work()
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT')
  }
}
