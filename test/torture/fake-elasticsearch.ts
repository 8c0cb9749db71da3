import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { randomFrom } from '../benchmarks/make-lines.ts'
import { POISON } from './check.ts'
import { ELASTICSEARCH_URL } from './engines.ts'

/** What is done to a bulk. `mixed`: some items are refused with 429 or 503 and never applied. `applied-then-reset`: all is applied, and no answer comes. `reset` and `black-hole` are done to every call. */
export type BulkFault =
  | 'none'
  | 'mixed'
  | 'applied-then-reset'
  | 'truncated'
  | 'slow'
  | 'reset'
  | 'black-hole'

export interface FakeElasticsearch {
  url: string
  /** The fault of the bulks from now on. */
  fault: BulkFault
  /** How many bulks were answered wrongly. */
  faults: number
  close(): Promise<void>
}

interface Part {
  lines: string[]
  /** The answer of the item that is not applied. */
  refused: object | undefined
}

/** Of bulks so many are treated: each is made again until it passes. */
const SHARE = 0.4
const SLOW_MS = 2000

/** A proxy in front of the real server, which spoils bulks; items with poison in them are refused with 400 for ever. */
export async function fakeElasticsearch(seed: number): Promise<FakeElasticsearch> {
  const random = randomFrom(seed)
  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch(() => outgoing.destroy())
  })
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await buffer(incoming)
    const isBulk = incoming.url!.includes('_bulk')
    const { fault } = fake
    if (fault === 'reset' || fault === 'black-hole') {
      fake.faults++
      if (fault === 'reset') outgoing.destroy()
      return
    }
    const hit = isBulk && random() < SHARE
    if (!isBulk) return relay(incoming, outgoing, body, 'none')
    if (hit && fault !== 'none') fake.faults++
    if (hit && fault === 'slow') await sleep(SLOW_MS * random())
    const parts = split(body, hit && fault === 'mixed' ? random : undefined)
    if (parts.every(({ refused }) => !refused))
      return relay(incoming, outgoing, body, hit ? fault : 'none')
    const passed = parts.filter(({ refused }) => !refused)
    const items =
      passed.length === 0
        ? []
        : (JSON.parse((await ask(incoming, bodyOf(passed))).body.toString()) as { items: object[] })
            .items
    const merged = parts.map(({ refused }) => refused ?? items.shift())
    outgoing
      .writeHead(200, {
        'content-type': 'application/vnd.elasticsearch+json;compatible-with=8',
        'x-elastic-product': 'Elasticsearch',
      })
      .end(JSON.stringify({ items: merged }))
  }
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const fake: FakeElasticsearch = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: 'none',
    faults: 0,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return fake
}

async function relay(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  body: Buffer,
  fault: BulkFault,
): Promise<void> {
  const { status, headers, body: got } = await ask(incoming, body)
  if (fault === 'applied-then-reset') return void outgoing.destroy()
  if (fault === 'truncated') {
    const half = got.subarray(0, got.length / 2)
    return void outgoing.writeHead(status, { ...headers, 'content-length': half.length }).end(half)
  }
  outgoing.writeHead(status, headers).end(got)
}

async function ask(
  { method, url, headers }: IncomingMessage,
  body: Buffer,
): Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }> {
  const { 'transfer-encoding': _, 'accept-encoding': __, ...kept } = headers
  const sent = request(ELASTICSEARCH_URL + url!, {
    method,
    headers: { ...kept, 'content-length': body.length },
  })
  sent.end(body)
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  return { status: answer.statusCode!, headers: answer.headers, body: await buffer(answer) }
}

function split(body: Buffer, random: (() => number) | undefined): Part[] {
  const lines = body.toString().split('\n')
  const parts: Part[] = []
  for (let i = 0; i < lines.length && lines[i] !== '';) {
    const head = lines[i]!
    const [action] = Object.keys(JSON.parse(head) as object) as [string]
    const part: Part = { lines: [head], refused: undefined }
    if (action !== 'delete') part.lines.push(lines[i + 1]!)
    i += part.lines.length
    const status = part.lines[1]?.includes(POISON) ? 400 : later(random)
    if (status !== undefined) part.refused = { [action]: { status, error: errorOf(status) } }
    parts.push(part)
  }
  return parts
}

const later = (random: (() => number) | undefined): number | undefined =>
  random && random() < 0.3 ? (random() < 0.5 ? 429 : 503) : undefined

const errorOf = (status: number): object =>
  status === 400
    ? { type: 'document_parsing_exception', reason: 'this document cannot be read' }
    : { type: 'es_rejected_execution_exception', reason: 'too much to do' }

const bodyOf = (parts: readonly Part[]): Buffer =>
  Buffer.from(`${parts.flatMap(({ lines }) => lines).join('\n')}\n`)
