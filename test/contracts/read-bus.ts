import { setTimeout as sleep } from 'node:timers/promises'
import type { Bus, Delivered, From, Message, Topic } from '../../services/bus/bus.ts'

export const main = 'main'
export const message = (value: unknown, key = 'a', topic: Topic = 'records'): Message => ({
  topic,
  key,
  value,
})
export const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, i) => from + i)
export const append = (bus: Bus, from: number, to: number): Promise<string> =>
  bus.append(
    main,
    numbers(from, to).map((n) => message(n)),
  )
export const values = (messages: readonly Delivered[], key = 'a'): unknown[] =>
  messages.filter((m) => m.key === key).map((m) => m.value)

export async function readAll(
  bus: Bus,
  topics: Topic[] = ['records'],
  key?: string,
): Promise<Delivered[]> {
  const all: Delivered[] = []
  for await (const one of bus.read(main, topics, key)) all.push(one)
  return all
}

export async function until(true_: () => boolean): Promise<void> {
  for (let waited = 0; !true_() && waited < 20_000; waited += 5) await sleep(5)
}

/** A consumer that gathers what it gets until it has been given so many, and ends. */
export async function consumed(
  bus: Bus,
  from: From | string | null,
  count: number,
  during?: () => Promise<unknown>,
  workspace = main,
): Promise<Delivered[]> {
  const got: Delivered[] = []
  const stopping = new AbortController()
  const running = bus.consume(
    workspace,
    typeof from === 'object' && from !== null ? from : { after: from },
    async (some) => void got.push(...some),
    stopping.signal,
  )
  await during?.()
  await until(() => got.length >= count)
  stopping.abort()
  await running
  return got
}
