import { setTimeout as sleep } from 'node:timers/promises'
import type { Ledger } from '../../schemas/ledger.ts'
import { randomFrom } from '../benchmarks/make-lines.ts'

/** One file that is sent: its lines, and what became of them. */
export interface Sent {
  name: string
  /** Each text that must be an event, and how often. */
  texts: Map<string, number>
  /** Each text that must be a dead letter, because its stamp is impossible. */
  bad: string[]
  lines: number
  body: string
  /** `unknown`: sent, never acknowledged. */
  outcome: 'ok' | 'unknown'
  tries: number
  ledger?: Ledger
}

/** In every file one line stands twice, and one is no record. */
export function makeFile(name: string, events: number, more: readonly string[] = []): Sent {
  const random = randomFrom(name.length * 7919 + Number.parseInt(name.replace(/\D/g, ''), 10))
  const texts = new Map<string, number>()
  const lines: string[] = []
  for (let n = 0; n < events; n++) {
    const text = `torture ${name} line ${n} ${Math.floor(random() * 1e9).toString(36)}`
    const at = new Date(Date.UTC(2024, 3 + (n % 3), 1, 10) + n * 137).toISOString()
    const times = n === events - 1 ? 2 : 1
    for (let i = 0; i < times; i++) lines.push(`${at} INFO ${text}`)
    texts.set(text, times)
  }
  for (const text of more) {
    lines.push(`2024-07-01T10:00:00.000Z INFO ${text}`)
    texts.set(text, 1)
  }
  const bad = [`impossible ${name}`]
  for (const text of bad) lines.push(`2024-02-31T10:00:00.000Z INFO ${text}`)
  const body = `${lines.join('\n')}\n`
  return { name, texts, bad, lines: lines.length, body, outcome: 'unknown', tries: 0 }
}

/** An import that gets no answer for so long is sent again. */
const ANSWER_MS = 90_000
const AGAIN_MS = 200
/** Every so many-th file is sent once more after it was acknowledged. */
const REPEATED = 3

/** Sends a file until it is acknowledged or the time is over. The address changes when the server starts again. */
export async function send(file: Sent, url: () => string, until: number): Promise<void> {
  while (Date.now() < until) {
    file.tries++
    try {
      const response = await fetch(`${url()}/v1/imports?name=${file.name}.log`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: file.body,
        signal: AbortSignal.timeout(Math.min(ANSWER_MS, Math.max(until - Date.now(), 1))),
      })
      const answer = await response.text()
      if (response.status === 201) {
        file.ledger = JSON.parse(answer) as Ledger
        file.outcome = 'ok'
        return
      }
    } catch {
      // No answer: it may have been taken or not.
    }
    await sleep(AGAIN_MS)
  }
}

/** So many writers send the files, each the next one. */
export async function sendAll(
  files: readonly Sent[],
  url: () => string,
  { writers, until }: { writers: number; until: number },
): Promise<void> {
  const queue = [...files]
  const writer = async (): Promise<void> => {
    for (let file = queue.shift(); file; file = queue.shift()) {
      await send(file, url, until)
      // Who got no answer sends again; so do some who got one, and that adds nothing.
      if (file.outcome === 'ok' && files.indexOf(file) % REPEATED === 0)
        await send({ ...file, outcome: 'unknown' }, url, until)
    }
  }
  await Promise.all(Array.from({ length: writers }, writer))
}
