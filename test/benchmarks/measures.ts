import { once } from 'node:events'
import { Agent, request, type IncomingMessage } from 'node:http'
import { performance } from 'node:perf_hooks'

/** One connection, kept. */
export const oneConnection = (): Agent => new Agent({ keepAlive: true, maxSockets: 1 })

/** What a server answers, and milliseconds until the last byte is there. */
export async function askMs(
  agent: Agent,
  url: string,
  body?: string | Buffer,
): Promise<{ ms: number; bytes: Buffer }> {
  const begin = performance.now()
  const method = body === undefined ? 'GET' : 'POST'
  const headers = body === undefined ? {} : { 'content-type': 'application/x-ndjson' }
  const asked = request(url, { agent, method, headers }).end(body)
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  const parts: Buffer[] = []
  for await (const part of answer) parts.push(part as Buffer)
  const bytes = Buffer.concat(parts)
  if (answer.statusCode !== 200) throw new Error(`${url}: ${bytes.subarray(0, 500).toString()}`)
  return { ms: performance.now() - begin, bytes }
}

export function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!
}

export const percentiles = (times: readonly number[]): string =>
  `p50 ${percentile(times, 0.5).toFixed(1)} ms, p95 ${percentile(times, 0.95).toFixed(1)} ms`

export const inThousands = (number: number): string => Math.round(number).toLocaleString('en')
