import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const MAIN = resolve('build/services/main.js')
const SEEDS = resolve('build/test/torture/seeds/register.js')
const START_MS = 30_000
/** After SIGTERM a process ends within ten seconds. */
const END_MS = 10_000

/** A process that is started again, as a supervisor would, when a fault has killed it. */
export interface Supervised {
  readonly url: string
  kill(): Promise<void>
  start(): Promise<void>
  /** SIGTERM. @returns whether it ended in time and with status 0; what does not is killed */
  end(): Promise<boolean>
  /** The most memory that it had since it was started, in MiB. */
  peakMb(): number
}

/** `seed`: the name of a bug that is put into the code as it is loaded. */
export function spawnRecount(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  seed?: string,
): ChildProcess {
  return spawn(process.execPath, [...(seed ? ['--import', SEEDS] : []), MAIN, ...args], {
    env: { PATH: process.env['PATH'], ...env, ...(seed && { TORTURE_SEED: seed }) },
    stdio: ['ignore', 'pipe', process.env['TORTURE_VERBOSE'] ? 'inherit' : 'ignore'],
  })
}

/** `recount serve` on a port that is free. */
export async function supervised(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  seed?: string,
): Promise<Supervised> {
  let child: ChildProcess | undefined
  let url = ''
  const isRunning = (): boolean =>
    child !== undefined && child.exitCode === null && child.signalCode === null
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (!isRunning()) return
    const exit = once(child!, 'exit')
    child!.kill(signal)
    const tooLate = setTimeout(() => child!.kill('SIGKILL'), END_MS)
    await exit
    clearTimeout(tooLate)
  }
  const start = async (): Promise<void> => {
    for (const until = Date.now() + START_MS; ;) {
      child = spawnRecount(['serve', '--port', '0', ...args], env, seed)
      const said = await Promise.race([
        once(child.stdout!, 'data').then(([chunk]) => String(chunk).trim()),
        once(child, 'exit').then(() => undefined),
      ])
      if (said !== undefined) return void (url = said)
      if (Date.now() > until) throw new Error(`recount serve ${args.join(' ')} does not start`)
    }
  }
  await start()
  return {
    get url() {
      return url
    },
    kill: () => stop('SIGKILL'),
    start,
    async end() {
      await stop('SIGTERM')
      return child!.exitCode === 0
    },
    peakMb() {
      const status = isRunning() ? readFileSync(`/proc/${child!.pid}/status`, 'utf8') : ''
      return Math.round(Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024)
    },
  }
}
