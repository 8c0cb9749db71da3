import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { makeLines, randomFrom } from './make-lines.ts'
import { askMs, inThousands, oneConnection, percentiles } from './measures.ts'

const MAIN = 'build/services/main.js'
const USAGE = new URL('./report-usage.js', import.meta.url).pathname

interface Usage {
  residentMb: number
  cpuSeconds: number
}

/** Runs a command; seconds from start to end, and what its process used. */
async function run(
  folder: string,
  args: readonly string[],
): Promise<{ seconds: number; out: string } & Usage> {
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

/** Files to queryable, then questions over HTTP. */
export async function onDataFolder(lines: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'recount-bench-'))
  const agent = oneConnection()
  try {
    await makeLines(join(folder, 'lines'), lines)
    const data = join(folder, 'data')
    const imported = await run(folder, [
      'import',
      join(folder, 'lines'),
      '--zone',
      'UTC',
      '--data',
      data,
      '--json',
    ])
    const ledger = JSON.parse(imported.out) as { events: number }
    const rate = ledger.events / imported.seconds
    console.log(
      `import: ${inThousands(ledger.events)} events of ten formats, files to durable and queryable, in ${imported.seconds.toFixed(1)} s: ` +
        `${inThousands(rate)} events/s, ${imported.cpuSeconds.toFixed(1)} CPU s, ${imported.residentMb.toFixed(0)} MB resident at most`,
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
        const { ms, bytes } = await askMs(agent, base + url())
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
      const { ms } = await askMs(agent, `http://127.0.0.1:${(bare.address() as AddressInfo).port}/`)
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
}
