/**
 * Gives every adapter broken input and counts what it throws: `npm run fuzz -- 1000000`. An input is some lines of a fixture, of the adapter's own or of another's, cut,
 * mixed and spoiled; recognizing and reading it must not throw, whatever it is.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Adapter } from '../../ingest-adapters/adapter.ts'
import { parseJson } from '../../ingest-adapters/shared/json.ts'
import { loadAdapters, type Loaded } from '../../ingest-adapters/load.ts'
import { makeHead } from '../../services/ingest/head.ts'
import { FIXTURES } from './golden.ts'

const FILE = { name: 'x.log', folder: '', companions: [] }
const MOST_LINES = 12
const LONGEST_LINE = 2000
const POISON = ['', ' ', '\t', '\0', '"', '{', '[', ']', '<', '(', '\\', '%', ':', '9'.repeat(40)]
POISON.push('2024-02-30T25:61:61Z', '0000-00-00', '\u2028', 'é', '\ud800', '-', '{"a":'.repeat(80))

/** Lines of every fixture, by the adapter that reads it. */
function linesOf(name: string): string[] {
  const folder = join(FIXTURES, name)
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => file.includes('.input') && statSync(file).isFile())
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .map((line) => line.slice(0, LONGEST_LINE))
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export interface Thrown {
  adapter: string
  input: string
  error: unknown
}

/** Runs so many inputs, in turn over all adapters. The same seed gives the same inputs. */
export async function fuzz(
  adapters: readonly Loaded[],
  inputs: number,
  seed: number,
): Promise<Thrown[]> {
  const random = randomFrom(seed)
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!
  const lines = adapters.map(({ name }) => linesOf(name))
  const spoiled = (line: string): string => {
    const at = Math.floor(random() * (line.length + 1))
    const how = random()
    if (how < 0.4) return line
    if (how < 0.55) return line.slice(0, at)
    if (how < 0.7) return line.slice(0, at) + pick(POISON) + line.slice(at)
    if (how < 0.85) return line.slice(0, at) + pick(POISON) + line.slice(at + 1 + random() * 8)
    return line.slice(at) + line.slice(0, at)
  }
  const thrown: Thrown[] = []
  for (let i = 0; i < inputs; i++) {
    const turn = i % adapters.length
    const own = lines[turn]!
    const all = Array.from({ length: 1 + Math.floor(random() * MOST_LINES) }, () =>
      spoiled(pick(random() < 0.8 ? own : pick(lines))),
    )
    const input = all.join('\n')
    const { name, adapter } = adapters[turn]!
    try {
      await read(adapter, input, all)
    } catch (error) {
      thrown.push({ adapter: name, input, error })
    }
  }
  return thrown
}

async function read(adapter: Adapter, input: string, lines: readonly string[]): Promise<void> {
  const bytes = Buffer.from(input)
  const head = makeHead(bytes, FILE, true)
  adapter.recognizes(head)
  if (adapter.unit === 'lines') {
    const parse = adapter.parse(FILE)
    for (const some of [lines, []]) for (const _ of parse(some, 1));
  } else if (adapter.unit === 'json') {
    const parse = adapter.parse(FILE)
    for (const [i, line] of lines.entries()) {
      const read = parseJson(line)
      if ('value' in read) for (const _ of parse(read.value, line, i + 1));
    }
    adapter.describes?.(head, head.values)
  } else {
    for (const line of lines) adapter.begins?.(line)
    for (const _ of await adapter.parse(FILE)(bytes, 1));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [inputs = '100000', seed = '1'] = process.argv.slice(2)
  const thrown = await fuzz(await loadAdapters(), Number(inputs), Number(seed))
  for (const { adapter, input, error } of thrown.slice(0, 20))
    console.log(`${adapter}: ${String(error)}\n${JSON.stringify(input)}`)
  console.log(`${Number(inputs)} inputs, ${thrown.length} thrown`)
  process.exitCode = thrown.length > 0 ? 1 : 0
}
