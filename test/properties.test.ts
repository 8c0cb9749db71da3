import { deepStrictEqual } from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import pino from 'pino'
import t from 'tap'
import type { Adapter, Item, LineAdapter } from '../ingest-adapters/adapter.ts'
import { loadAdapters } from '../ingest-adapters/load.ts'
import type { Bus, Message } from '../services/bus/bus.ts'
import { decode, decoded } from '../services/ingest/decode.ts'
import { makeHead } from '../services/ingest/head.ts'
import { importFiles } from '../services/ingest/import.ts'
import { readItems } from '../services/ingest/read-items.ts'
import { cut, inputOf, logOf, mutated, shares } from './support/generated.ts'

const NOW_MS = Date.UTC(2026, 0, 15, 12)
const logger = pino({ level: 'silent' })
const adapters = await loadAdapters()

/** The fixtures of an adapter as bytes. */
function fixturesOf(name: string): Buffer[] {
  const folder = join('test/fixtures', name)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) =>
    join(folder, file),
  )
  return files
    .filter((file) => /\.input/.test(file) && statSync(file).isFile())
    .map((file) => readFileSync(file))
}

async function itemsOf(pieces: readonly Buffer[], adapter: Adapter): Promise<Item[]> {
  const items: Item[] = []
  const file = { name: 'x', folder: '', companions: [] }
  for await (const some of readItems(inputOf('x', pieces), adapter, file)) items.push(...some)
  return items
}

/** How many physical lines items account for. */
const physical = (items: readonly Item[]): number =>
  items.reduce(
    (sum, item) =>
      sum +
      ('context' in item
        ? item.context
        : 'rejected' in item
          ? 1
          : item.original.split('\n').length),
    0,
  )

function conserved(bytes: Buffer, items: readonly Item[]): void {
  const text = decode(bytes)
  const lines = text === '' ? 0 : text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
  if (physical(items) !== lines)
    throw new Error(`${lines} lines went in, ${physical(items)} came out`)
}

for (const { name, adapter } of adapters) {
  t.test(`${name} never throws and reads the same however the bytes are cut`, async (t) => {
    const fixtures = fixturesOf(name)
    const lines = fixtures.flatMap((bytes) => bytes.toString().split('\n'))
    const texts = fc.oneof(
      fc.constantFrom(...fixtures),
      mutated(lines).map((text) => Buffer.from(text)),
    )
    await fc.assert(
      fc.asyncProperty(texts, shares, async (bytes, places) => {
        const whole = await itemsOf([bytes], adapter)
        deepStrictEqual(await itemsOf(cut(bytes, places), adapter), whole)
        if (adapter.unit === 'lines') conserved(bytes, whole)
      }),
      { numRuns: 25 },
    )
    t.pass('for all')
  })
}

t.test('a line of a mebibyte of brackets is read at once', async (t) => {
  const { adapter } = adapters.find(({ name }) => name === 'logs/log4j')!
  const line = `2024-05-01 10:00:00.123  INFO 1 --- ${'[]'.repeat(500_000)}`
  const begin = performance.now()
  t.equal((await itemsOf([Buffer.from(line)], adapter)).length, 1)
  t.ok(performance.now() - begin < 2000)
})

t.test('the beginning of a JSON file that nests deep is read at once', async (t) => {
  const file = { name: 'x', folder: '', companions: [] }
  const values = (text: string): readonly unknown[] =>
    makeHead(Buffer.from(text), file, false).values
  t.strictSame(values('{"a":[{"b":[1,{"c":"}"},{"d'), [{ a: [{ b: [1, { c: '}' }] }] }])
  const begin = performance.now()
  t.strictSame(values(`{"a":${'['.repeat(30_000)}${'1,'.repeat(15_000)}`), [])
  t.ok(performance.now() - begin < 500)
})

t.test('a record of more than 8 MiB is cut at one place however the bytes come', async (t) => {
  const trace = `\tat ${'x'.repeat(1000)}\n`
  const line = '2024-05-01T10:00:00Z INFO fine\n'
  const bytes = Buffer.from(`${line.repeat(20)}${trace.repeat(9000)}${line}${trace}`)
  const { adapter } = adapters.find(({ name }) => name === 'logs/stamped-lines')!
  const items = async (size: number): Promise<Item[]> => {
    const starts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => i * size)
    return itemsOf(
      starts.map((at) => bytes.subarray(at, at + size)),
      adapter,
    )
  }
  const [some, same] = [await items(512 * 1024), await items(64 * 1024 + 1)]
  conserved(bytes, some)
  t.ok(isDeepStrictEqual(same, some))
  const records = some.flatMap((item) => ('original' in item ? [item.original.length] : []))
  t.ok(records[19]! > 8_380_000 && records[19]! <= 8 * 1024 * 1024)
  t.equal(records.length, 21)
})

t.test('a line over 1 MiB is one unit, and ends the record that it is in', async (t) => {
  const { adapter } = adapters.find(({ name }) => name === 'logs/stamped-lines')!
  const line = '2024-05-01T10:00:00Z INFO fine\n'
  const long = `\tat ${'y'.repeat(1024 * 1024)}\n`
  const text = `${line.repeat(20)}\tat a\n${long}\tat b\n${line}${line.trim()}${long}\tat c\n${line}${long}`
  for (const pieces of [[1], [0.1, 0.2, 0.4], [0.5, 0.9, 0.999]]) {
    const items = await itemsOf(cut(Buffer.from(text), pieces), adapter)
    conserved(Buffer.from(text), items)
    const refused = items.filter((item) => 'rejected' in item)
    t.match(refused, [
      { line: 22, reason: 'line-too-long' },
      { line: 23, reason: 'orphan-continuation', rejected: '\tat b' },
      { line: 25, reason: 'line-too-long' },
      { line: 26, reason: 'orphan-continuation', rejected: '\tat c' },
      { line: 28, reason: 'line-too-long' },
    ])
    t.equal(refused.length, 5)
  }
})

t.test('an adapter that throws loses what it was at, and nothing behind it', async (t) => {
  const line = '2024-05-01T10:00:00Z INFO fine\n'
  const poison = '2024-05-01T10:00:00Z INFO poison\n'
  const lines: Adapter = {
    title: 'throws',
    unit: 'lines',
    recognizes: () => true,
    parse: (file) => {
      const { parse } = adapters.find(({ name }) => name === 'logs/stamped-lines')!
        .adapter as LineAdapter
      const read = parse(file)
      return function* (lines, first) {
        if (lines.length === 0) throw new Error('at the end')
        for (const item of read(lines, first)) {
          if ('original' in item && item.original.includes('poison')) throw new Error('poison')
          yield item
        }
      }
    },
  }
  const pieces = [line.repeat(40), `${line}\n${poison}${line}${line}`, line.repeat(2)].map((text) =>
    Buffer.from(text),
  )
  const items = await itemsOf(pieces, lines)
  const refused = items.filter((item) => 'rejected' in item)
  t.match(refused, [
    { reason: 'adapter-failed', line: 43, rejected: `${poison}${line}${line}`.trimEnd() },
    { reason: 'adapter-failed', line: 48, rejected: '' },
  ])
  t.equal(physical(items), 47 - 2 + 1, 'three lines are one unit, and so is the throw at the end')
  const values: Adapter = {
    ...lines,
    unit: 'json',
    parse: () => (_value, original, line) => {
      if (original.includes('poison')) throw new Error('poison')
      return [{ rejected: original, reason: 'no-time', line }]
    },
  }
  t.match(await itemsOf([Buffer.from('{"a":1}\n{"a":"poison"}\n{"a":3}\n')], values), [
    { reason: 'no-time', line: 1 },
    { reason: 'adapter-failed', line: 2, rejected: '{"a":"poison"}' },
    { reason: 'no-time', line: 3 },
  ])
  const documents: Adapter = {
    ...lines,
    unit: 'document',
    begins: (line) => line === 'begin',
    parse: () => async (bytes, line) => {
      const rejected = bytes.toString()
      if (rejected.includes('poison')) throw new Error('poison')
      return [{ rejected, reason: 'no-time', line }]
    },
  }
  t.match(await itemsOf([Buffer.from('begin\n1\nbegin\npoison\nbegin\n3\n')], documents), [
    { reason: 'no-time', line: 1 },
    { reason: 'adapter-failed', line: 3, rejected: 'begin\npoison\n' },
    { reason: 'no-time', line: 5 },
  ])
})

t.test('text in UTF-16 without a mark is known however the bytes come', async (t) => {
  const text = `東京 is up\n${'2024-05-01T10:00:00Z INFO fine\n'.repeat(30)}`
  const bytes = Buffer.from(text, 'utf16le')
  await fc.assert(
    fc.asyncProperty(shares, async (places) => {
      let whole = ''
      for await (const part of decoded(inputOf('x', cut(bytes, places)).open())) whole += part
      deepStrictEqual(whole, text)
    }),
    { examples: [[[4 / bytes.length]]] },
  )
  t.pass('for all')
})

t.test('the same input gives the same ids and places', async () => {
  const records = async (pieces: readonly Buffer[]): Promise<unknown[]> => {
    const messages: Message[] = []
    // A bus that only listens: what ingest sends is the result.
    const bus = {
      append: async (_: string, some: readonly Message[]) => (messages.push(...some), '1'),
      async *read() {},
      end: async () => null,
    } as unknown as Bus
    const ports = {
      bus,
      adapters,
      workspace: 'main',
      logger,
      indexed: async () => undefined,
      events: async () => new Map(),
      created: async () => new Map<string, number>(),
    }
    await importFiles(ports, {
      nowMs: NOW_MS,
      async *inputs() {
        yield inputOf('x.log', pieces)
      },
    })
    return messages
      .filter((m) => m.topic === 'records')
      .flatMap((m) => (m.value as { records: unknown[] }).records)
  }
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(logOf('w', true), logOf('w', false)),
      shares,
      async (lines, places) => {
        const bytes = Buffer.from(lines.join('\n'))
        const once = await records([bytes])
        deepStrictEqual(new Set(once.map((r) => (r as { id: string }).id)).size, lines.length)
        deepStrictEqual(await records(cut(bytes, places)), once)
      },
    ),
    { numRuns: 30 },
  )
})
