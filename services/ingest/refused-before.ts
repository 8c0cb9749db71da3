import type { RejectionBatch } from '../../schemas/bus-record.ts'
import { OF_THE_FILE, parkedEvent, placed } from '../../schemas/rejection.ts'
import type { Bus, Message } from '../bus/bus.ts'
import { letterOf, openLetters, type DeadLetter } from './dead-letters.ts'

/** What was refused of one path before, while it is read again. */
export interface RefusedBefore {
  /** Told of every record. */
  read(line: number, original: string): void
  /** Told of every dead letter that there is again. */
  refused(id: string): void
}

/** Finds out which dead letters are none any more, because what was refused is read this time. */
export interface Rereading {
  /** For a path of which something was refused before. `recognized`: this time an adapter reads it. */
  of(path: string, recognized: boolean): RefusedBefore | undefined
  /** What tells that letters are settled. `events`: which of these events are on the timeline. */
  settled(
    origin: string,
    events: (ids: readonly string[]) => Promise<ReadonlyMap<string, string>>,
  ): Promise<Message[]>
}

type Letter = Pick<DeadLetter['letter'], 'id' | 'first' | 'last'> & { file: string }

/** The id of a dead letter begins with the hash of its stream and text. */
const isOf = ({ id, file }: Letter, text: string, first: number): boolean =>
  id.startsWith(`${letterOf(file, placed(text, first).raw)}.`)

export async function openRereading(
  bus: Bus,
  workspace: string,
  paths: ReadonlySet<string>,
): Promise<Rereading> {
  const whole = new Map<string, Letter[]>()
  const byLine = new Map<string, Map<number, Letter[]>>()
  const parked = new Map<string, Letter>()
  for await (const { letter, batch } of openLetters(bus, workspace)) {
    const { id, path, first, last, reason } = letter
    if (!paths.has(path)) continue
    const kept = { id, first, last, file: batch.file }
    if (reason === 'not-indexed') parked.set(parkedEvent(id), kept)
    else if (OF_THE_FILE.has(reason)) put(whole, path, kept)
    else {
      let lines = byLine.get(path)
      if (!lines) byLine.set(path, (lines = new Map()))
      put(lines, first, kept)
    }
  }
  const settled = new Map<string, Letter>()
  const again = new Set<string>()
  return {
    of(path, recognized) {
      if (recognized) for (const letter of whole.get(path) ?? []) settled.set(letter.id, letter)
      const letters = byLine.get(path)
      if (!letters && !whole.has(path)) return undefined
      return {
        refused: (id) => void again.add(id),
        read(line, original) {
          if (!letters) return
          const lines = original.split('\n')
          for (const i of lines.keys())
            for (const letter of letters.get(line + i) ?? []) {
              const { id, first, last } = letter
              const part = lines.slice(i, i + last - first + 1).join('\n')
              if (isOf(letter, part, first) || (i === 0 && isOf(letter, original, first)))
                settled.set(id, letter)
            }
        },
      }
    },
    async settled(origin, events) {
      for (const id of (await events([...parked.keys()])).keys()) {
        const letter = parked.get(id)!
        settled.set(letter.id, letter)
      }
      return settlements(
        origin,
        [...settled.values()].filter(({ id }) => !again.has(id)),
      )
    },
  }
}

function put<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

/** A message names so many dead letters. */
const TOGETHER = 5000

/** Messages that tell of dead letters that they were read. */
export function settlements(
  origin: string,
  letters: Iterable<Pick<Letter, 'id' | 'file'>>,
): Message[] {
  const byFile = new Map<string, string[]>()
  for (const { id, file } of letters) put(byFile, file, id)
  const messages: Message[] = []
  for (const [file, ids] of byFile)
    for (let i = 0; i < ids.length; i += TOGETHER) {
      const settled = ids.slice(i, i + TOGETHER)
      const value: RejectionBatch = { origin, file, source: '', rejections: [], settled }
      messages.push({ topic: 'rejections', key: file, value })
    }
  return messages
}
