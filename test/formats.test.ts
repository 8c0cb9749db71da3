import { readdirSync, readFileSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { LineAdapter } from '../ingest-adapters/adapter.ts'
import { loadAdapters } from '../ingest-adapters/load.ts'
import { formatsPage, PAGE } from './support/formats-page.ts'
import { fuzz } from './support/fuzz.ts'
import { FIXTURES } from './support/golden.ts'

const adapters = await loadAdapters()
const FILE = { name: 'x', folder: '', companions: [] }
const INPUTS = 5000

t.test('the page of the formats says what there is', async (t) => {
  t.equal(await readFile(PAGE, 'utf8'), await formatsPage(), 'otherwise: npm run formats')
})

t.test('nothing that is broken makes an adapter throw', async (t) => {
  t.strictSame(await fuzz(adapters, INPUTS, 7), [])
})

/** The longest lines of an adapter's fixtures. */
function longest(name: string, count: number): string[] {
  const folder = join(FIXTURES, name)
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => file.includes('.input') && statSync(file).isFile())
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .sort((a, b) => b.length - a.length)
    .slice(0, count)
}

const LENGTH = 100_000
const PIECES = 6
/** What a quadratic time takes minutes for, and a linear one milliseconds; far from both, because machines are busy. */
const MOST_MS = 5000

/** A line in which some part of it is repeated until it is long. */
function* grown(line: string): Generator<string> {
  for (let i = 0; i < PIECES; i++) {
    const at = Math.floor((line.length * i) / PIECES)
    const piece = line.slice(at, at + Math.max(1, Math.floor(line.length / PIECES)))
    for (const repeated of [piece, piece.slice(0, 1)])
      yield line.slice(0, at) + repeated.repeat(LENGTH / repeated.length) + line.slice(at)
  }
}

const ofLines = adapters.flatMap(({ name, adapter }) =>
  adapter.unit === 'lines' ? [{ name, adapter }] : [],
)

for (const { name, adapter } of ofLines) {
  t.test(`${name} reads a line in a time that grows no faster than the line`, async (t) => {
    for (const line of longest(name, 1)) {
      for (const long of grown(line)) {
        const ms = time(adapter, [long])
        if (ms > MOST_MS) t.fail(`${Math.round(ms)} ms for ${line}`)
      }
    }
    t.pass('in time')
  })
}

t.test('ten times the lines take no more than some ten times as long', async (t) => {
  for (const { name, adapter } of ofLines) {
    const lines = longest(name, 200)
    const times = (count: number): string[] => Array.from({ length: count }, () => lines).flat()
    const few = Math.ceil(2000 / lines.length)
    time(adapter, times(few))
    const once = time(adapter, times(few))
    const often = time(adapter, times(10 * few))
    t.ok(often < 40 * once + 1000, `${name}: ${Math.round(once)} ms, ${Math.round(often)} ms`)
  }
})

/** Milliseconds of the processor, whatever else the machine does. */
function time(adapter: LineAdapter, lines: readonly string[]): number {
  const begin = process.cpuUsage()
  const parse = adapter.parse(FILE)
  if (adapter.begins) for (const line of lines) adapter.begins(line)
  for (const some of [lines, []]) for (const _ of parse(some, 1));
  const { user, system } = process.cpuUsage(begin)
  return (user + system) / 1000
}
