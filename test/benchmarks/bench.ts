/**
 * Measures the main job: `npm run bench [-- --lines N]`, 1,000,000 lines of ten formats when not told otherwise.
 * Prints rates, CPU seconds and peak memory; it never fails on a time, because a machine that is busy is no bug.
 */
import { spawn } from 'node:child_process'
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { makeLines, randomFrom } from './make-lines.ts'

const MAIN = 'build/services/main.js'
const USAGE = new URL('./report-usage.js', import.meta.url).pathname
const at = process.argv.indexOf('--lines')
const lines = at > 0 ? Number(process.argv[at + 1]) : 1_000_000
const folder = mkdtempSync(join(tmpdir(), 'recount-bench-'))

interface Usage {
  residentMb: number
  cpuSeconds: number
}

/** Runs a command; seconds from start to end, and what its process used. */
async function run(...args: string[]): Promise<{ seconds: number; out: string } & Usage> {
  const usageFile = join(folder, 'usage.json')
  const begin = performance.now()
  const child = spawn(process.execPath, ['--import', USAGE, MAIN, ...args], {
    env: { ...process.env, USAGE_FILE: usageFile },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  await once(child, 'close')
  const usage = JSON.parse(readFileSync(usageFile, 'utf8')) as Usage
  return { seconds: (performance.now() - begin) / 1000, out, ...usage }
}

async function fetchMs(url: string): Promise<{ ms: number; bytes: Buffer }> {
  const begin = performance.now()
  const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) =>
    get(url, { agent }, resolve).on('error', reject),
  )
  const parts: Buffer[] = []
  for await (const part of response) parts.push(part as Buffer)
  return { ms: performance.now() - begin, bytes: Buffer.concat(parts) }
}

const { Agent } = await import('node:http')
const agent = new Agent({ keepAlive: true, maxSockets: 1 })

function percentiles(times: number[]): string {
  const sorted = times.toSorted((a, b) => a - b)
  const p = (share: number): string =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(1)
  return `p50 ${p(0.5)} ms, p95 ${p(0.95)} ms`
}

try {
  await makeLines(join(folder, 'lines'), lines)
  const data = join(folder, 'data')
  const imported = await run(
    'import',
    join(folder, 'lines'),
    '--zone',
    'UTC',
    '--data',
    data,
    '--json',
  )
  const ledger = JSON.parse(imported.out) as { events: number }
  const rate = Math.round(ledger.events / imported.seconds)
  console.log(
    `import: ${ledger.events.toLocaleString('en')} events of ten formats, files to durable and queryable, in ${imported.seconds.toFixed(1)} s: ` +
      `${rate.toLocaleString('en')} events/s, ${imported.cpuSeconds.toFixed(1)} CPU s, ${imported.residentMb.toFixed(0)} MB resident at most`,
  )
  const server = spawn(process.execPath, [MAIN, 'serve', '--data', data, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [line] = (await once(server.stdout, 'data')) as [Buffer]
  const base = line.toString().trim()
  const random = randomFrom(7)
  const window = (): string => {
    const from = Date.UTC(2024, 4, 2) + Math.floor(random() * 143) * 600_000
    return `from=${new Date(from).toISOString()}&to=${new Date(from + 600_000).toISOString()}`
  }
  const questions: [string, () => string][] = [
    ['first 1000 of a 10-minute window', () => `/v1/timeline?limit=1000&${window()}`],
    ['a word in a 10-minute window', () => `/v1/timeline?limit=1000&q=timeout&${window()}`],
    [
      'a rare word over everything',
      () => `/v1/timeline?limit=1000&q=${Math.floor((random() * lines) / 10)}`,
    ],
    ['count per minute over 24 h', () => `/v1/timeline/histogram?interval=60`],
  ]
  let sample: Buffer = Buffer.alloc(0)
  for (const [name, url] of questions) {
    const times: number[] = []
    for (let i = 0; i < 60; i++) {
      const { ms, bytes } = await fetchMs(base + url())
      if (i >= 10) times.push(ms)
      if (name.startsWith('first')) sample = bytes
    }
    console.log(`${name}, over HTTP: ${percentiles(times)}`)
  }
  const bare = createServer((_, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(sample),
  )
  await once(bare.listen(0, '127.0.0.1'), 'listening')
  const times: number[] = []
  for (let i = 0; i < 60; i++) {
    const { ms } = await fetchMs(`http://127.0.0.1:${(bare.address() as AddressInfo).port}/`)
    if (i >= 10) times.push(ms)
  }
  console.log(
    `the same bytes (${Math.round(sample.length / 1024)} KiB) from a bare server: ${percentiles(times)}`,
  )
  bare.close()
  agent.destroy()
  server.kill('SIGTERM')
  await once(server, 'exit')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
