import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { join, resolve } from 'node:path'
import type { Test } from 'tap'
import type { Ledger } from '../../schemas/ledger.ts'

/** A line of a log, so many seconds after ten. */
export const line = (n: number, text = `message ${n}`): string =>
  `2024-05-01T10:00:0${n}Z INFO ${text}`
export const LOG = [0, 1, 2].map((n) => `${line(n)}\n`).join('')

/** A folder for a test, with these files in it. */
export function folder(t: Test, files: Record<string, string | Buffer> = {}): string {
  const root = t.testdir()
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(root, name, '..'), { recursive: true })
    writeFileSync(join(root, name), content)
  }
  return root
}

const MAIN = resolve('build/services/main.js')

export interface Ended {
  status: number | null
  out: string
  err: string
}

/** A process that runs the command in a folder. */
export function start(
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], TZ: 'Asia/Tokyo', ...env },
  })
}

/** A server on a port that is free; resolves with its address when it listens. */
export async function serving(
  cwd: string,
  ...more: string[]
): Promise<{ url: string; end(signal: NodeJS.Signals): Promise<unknown[]> }> {
  const child = start(['serve', '--port', '0', ...more], cwd)
  const ended = once(child, 'exit')
  const said = await Promise.race([
    once(child.stdout!, 'data'),
    ended.then(() => text(child.stderr!)),
  ])
  if (typeof said === 'string') throw new Error(said)
  return {
    url: String(said[0]).trim(),
    end(signal) {
      child.kill(signal)
      return ended
    },
  }
}

/** Runs the command in a folder, with these bytes on its standard input, and gives what came of it. */
export async function recount(
  args: readonly string[],
  cwd: string,
  { input, env }: { input?: string; env?: Record<string, string> } = {},
): Promise<Ended> {
  const child = start(args, cwd, env)
  child.stdin!.on('error', () => undefined).end(input)
  const [out, err] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, 'close'),
  ])
  return { status: child.exitCode, out, err }
}

export interface Imported extends Ended {
  ledger: Ledger
}

/** Imports paths and gives the ledger. */
export async function imported(
  paths: readonly string[],
  cwd: string,
  ...more: string[]
): Promise<Imported> {
  const ended = await recount(['import', ...paths, '--json', ...more], cwd)
  if (ended.out === '') throw new Error(ended.err)
  return { ...ended, ledger: JSON.parse(ended.out) as Ledger }
}

/** What is wrong with a ledger's sums, in words. */
export function wrongSums({ files, events, merged, rejected }: Ledger): string[] {
  const wrong = files
    .filter(
      (f) =>
        f.lines !== f.events + f.merged + f.rejected ||
        f.rejected !== Object.values(f.reasons).reduce((a, b) => a + b, 0),
    )
    .map(
      (f) =>
        `${f.path}: ${f.lines} lines, ${f.events} events, ${f.merged} merged, ${f.rejected} rejected ${JSON.stringify(f.reasons)}`,
    )
  for (const [name, sum] of Object.entries({ events, merged, rejected })) {
    const of = files.reduce((total, f) => total + f[name as 'events'], 0)
    if (of !== sum) wrong.push(`${name}: ${sum} in all, ${of} in the files`)
  }
  return wrong
}
