import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../services/main.js', import.meta.url))
const PATIENCE_MS = 30_000

export interface Served {
  /** `http://127.0.0.1:PORT` */
  address: string
  stop(): Promise<void>
}

/** Imports the files into a new data folder, by the command that users have, and serves it until `stop`. */
export async function serveFiles(
  files: Readonly<Record<string, string>>,
  zone: string,
): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'recount-page-'))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, 'files', path)), { recursive: true })
    writeFileSync(join(folder, 'files', path), text)
  }
  const data = join(folder, 'data')
  const paths = Object.keys(files).map((path) => join('files', path))
  const imported = spawnSync(
    process.execPath,
    [MAIN, 'import', ...paths, '--data', data, '--zone', zone],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  )
  if (imported.status !== 0) throw new Error(`import: ${imported.stdout}${imported.stderr}`)

  const server = spawn(process.execPath, [MAIN, 'serve', '--data', data, '--port', '0'], {
    cwd: folder,
  })
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  const stop = async (): Promise<void> => {
    server.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    return { address: await printedAddress(server), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function printedAddress(server: ReturnType<typeof spawn>): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const fail = (why: string): void => reject(new Error(`serve ${why}: ${said}`))
    const timer = setTimeout(() => fail('printed no address'), PATIENCE_MS)
    const read = (bytes: Buffer): void => {
      said += bytes.toString()
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
      if (!address) return
      clearTimeout(timer)
      resolve(address)
    }
    server.stdout?.on('data', read)
    server.stderr?.on('data', read)
    server.once('exit', () => fail('ended'))
  })
}
