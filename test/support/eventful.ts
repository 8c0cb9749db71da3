import { cpSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Test } from 'tap'
import type { Ledger } from '../../schemas/ledger.ts'
import type { Output } from '../../services/commands/command.ts'
import { commandLine } from '../../services/commands/command-line.ts'
import { readConfig } from '../../services/config.ts'
import type { Ended } from './recount.ts'

/** Runs a command on one data folder or workspace. */
export type Run = (...args: string[]) => Promise<Ended>

/** Runs commands in this process, in its folder. */
export const on =
  (env: Record<string, string>): Run =>
  async (...args) => {
    const ended: Ended = { status: 2, out: '', err: '' }
    const output: Output = {
      out: async (text) => void (ended.out += String(text)),
      notes: async (text) => void (ended.err += text),
      terminal: false,
    }
    try {
      ended.status = await commandLine(readConfig(env), ['node', 'recount', ...args], output)
    } catch (error) {
      ended.err += `recount: ${(error as Error).message}\n`
    }
    return ended
  }

const SAMPLE = resolve('deploy/sample')
const zoneless = (lines: number): string =>
  Array.from({ length: lines }, (_, n) => `2024-05-01 10:00:0${n} INFO told ${n}\n`).join('')
const hosts = ['web7', 'db7', 'web7', 'db7']
  .map((host, n) => `May  1 10:00:0${n} ${host} app: of ${host}\n`)
  .join('')

/** Puts the sample and three small files into the folder of this process, and imports and takes them back in every way that a log of record has to tell. */
export async function eventful(t: Test, run: Run): Promise<void> {
  cpSync(SAMPLE, 'sample', { recursive: true })
  writeFileSync('a.log', zoneless(2))
  writeFileSync('b.log', zoneless(3))
  writeFileSync('messages-20240502', hosts)
  const steps: [status: number, ...args: string[]][] = [
    [1, 'import', 'sample/logs/web01', '--zone', 'Europe/Berlin'],
    [1, 'import', 'sample', 'a.log', 'messages-20240502'],
    // Removed and imported again; removed for good; a zone that was told and goes with its file; one of two sources of a batch.
    [0, 'sources', 'remove', 'sample/logs/db1'],
    [1, 'import', 'sample/logs/db1'],
    [0, 'sources', 'remove', 'sample/chat/irc'],
    [0, 'import', 'b.log', '--zone', 'Asia/Tokyo'],
    [0, 'sources', 'remove', 'b.log'],
    [0, 'sources', 'remove', 'web7'],
  ]
  for (const [expected, ...args] of steps) {
    const { status, err } = await run(...args)
    t.equal(status, expected, `${args.join(' ')}: ${err}`)
  }
}

/** What a workspace shows of itself. */
export const shown = async (run: Run): Promise<Record<string, string>> => ({
  timeline: (await run('timeline', '--format', 'jsonl')).out,
  sources: (await run('sources', 'list', '--json')).out,
  // In the order of their partitions on Kafka.
  'dead letters': (await run('dead-letters', 'list', '--format', 'jsonl')).out
    .split('\n')
    .sort()
    .join('\n'),
})

/** That two workspaces show the same bytes. */
export function same(
  t: Test,
  found: Record<string, string>,
  wanted: Record<string, string>,
  why: string,
): void {
  for (const [name, text] of Object.entries(wanted)) {
    t.not(text, '', name)
    t.ok(found[name] === text, `${why}: the same ${name}`)
  }
}

/** The ledger of an import, without its id. */
export const ledgerOf = ({ out, err }: Ended): Omit<Ledger, 'import'> => {
  if (out === '') throw new Error(err)
  const { import: _, ...ledger } = JSON.parse(out) as Ledger
  return ledger
}
