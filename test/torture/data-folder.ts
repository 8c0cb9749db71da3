import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import type { Ledger } from '../../schemas/ledger.ts'
import { openTimeline } from '../../services/timeline.ts'
import { check, type Conduct, type Figures } from './check.ts'
import { makeFile, sendAll, type Sent } from './load.ts'
import { spawnRecount, supervised } from './processes.ts'
import type { Scenario, Size } from './scenarios.ts'

const LIMIT_MS = 20 * 60_000
const WRITERS = 4
const TRIES = 5
const FIRST_MS = 50
const LAST_MS = 350
const LATE_MS = 1500

/** Random, as the moments of real crashes are; half of them late, for machines that are slow. */
const moment = (): number =>
  FIRST_MS + Math.random() * ((Math.random() < 0.5 ? LAST_MS : LATE_MS) - FIRST_MS)

/** Kills what owns a data folder, again and again, and looks at what is in it at the end. */
export async function onDataFolder(
  { name }: Scenario,
  { files: count, events, fault }: Size,
  seed?: string,
): Promise<Figures & Conduct> {
  const root = mkdtempSync(join(tmpdir(), 'recount-torture-'))
  const data = join(root, 'data')
  const files = Array.from({ length: count }, (_, i) => makeFile(`${name}${i}`, events))
  const times = 'times' in fault ? fault.times : 0
  try {
    const conduct =
      name === 'kill-import'
        ? { faults: await killImports(root, data, files, times, seed) }
        : await endServer('term' in fault ? 'end' : 'kill', { data, files, times, seed })
    const timeline = openTimeline(data, pino({ level: 'silent' }))
    try {
      await timeline.settled('main')
      return { ...(await check(timeline, 'main', files)), ...conduct }
    } finally {
      await timeline.close()
    }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** Each file is imported until its import ends by itself. */
async function killImports(
  root: string,
  data: string,
  files: readonly Sent[],
  times: number,
  seed?: string,
): Promise<number> {
  const startMs = await timed(spawnRecount(['--version'], {}))
  let kills = 0
  for (const file of files) {
    const path = join(root, `${file.name}.log`)
    writeFileSync(path, file.body)
    while (file.outcome !== 'ok' && file.tries < TRIES) {
      file.tries++
      const child = spawnRecount(['import', path, '--data', data, '--json'], {}, seed)
      const timer =
        kills < times && file.tries === 1
          ? setTimeout(() => (kills += child.kill('SIGKILL') ? 1 : 0), startMs + moment())
          : undefined
      const [out, [status]] = await Promise.all([text(child.stdout!), once(child, 'exit')])
      clearTimeout(timer)
      if (out === '' || status === null) continue
      file.ledger = JSON.parse(out) as Ledger
      file.outcome = 'ok'
    }
  }
  return kills
}

async function timed(child: ReturnType<typeof spawnRecount>): Promise<number> {
  const begin = performance.now()
  await once(child, 'exit')
  return performance.now() - begin
}

/** Ends the server while files are sent to it, again and again. */
async function endServer(
  how: 'end' | 'kill',
  {
    data,
    files,
    times,
    seed,
  }: { data: string; files: readonly Sent[]; times: number; seed: string | undefined },
): Promise<Conduct> {
  const server = await supervised(['--data', data], {}, seed)
  let [faults, badExits] = [0, 0]
  const load = { ended: false }
  const sent = sendAll(files, () => server.url, {
    writers: WRITERS,
    until: Date.now() + LIMIT_MS,
  }).finally(() => (load.ended = true))
  while (!load.ended && faults < times) {
    await sleep(moment())
    if (load.ended) break
    if (how === 'kill') await server.kill()
    else if (!(await server.end())) badExits++
    faults++
    await server.start()
  }
  await sent
  await server.end()
  return { faults, badExits }
}
