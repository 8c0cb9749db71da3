import type { Item } from '../../ingest-adapters/adapter.ts'
import type { Context } from '../../schemas/context.ts'
import type { SourceRecord } from '../../schemas/source-record.ts'
import { eventId, hash } from './identity.ts'
import type { Input } from './input.ts'
import { readItems } from './read-items.ts'
import { sequence } from './sequence.ts'
import { isRecord, type Survey } from './survey.ts'

/** So many records in a row are no accident; a file or a stream with fewer gives all it has. */
const IN_A_ROW = 3

export interface Overlap {
  context: Context
  /** Turns (years, days) from the stream's first record to the file's first. */
  shift: number
}

type Recorded = Survey & { outcome: 'records' }

/**
 * The stream that a file overlaps: its first records stand in a row in that stream (it is the end of a file that is known), or that stream's first
 * records stand in a row in it (it is the whole of which the end is known). Only files whose records name no stream of their own are tried.
 */
export async function findOverlap(
  streams: readonly Context[],
  found: Recorded,
  input: Input,
  event: (id: string) => Promise<string | undefined>,
): Promise<Overlap | undefined> {
  if (streams.length === 0 || found.head.length === 0) return undefined
  const first = await firstRecords(found, input)
  if (first.length === 0) return undefined
  for (const context of streams) {
    const lines = await linesIn(context, first, event)
    if (lines) return { context, shift: yearsBetween(first[0]!, context, lines.at) }
  }
  return holds(
    streams.filter((c) => c.first >= found.first),
    found,
    input,
  )
}

/** What can be read of a file; where it ends too early the ledger says so when it is read for good. */
async function* readable({ loaded, file }: Recorded, input: Input): AsyncGenerator<Iterable<Item>> {
  try {
    yield* readItems(input, loaded.adapter, file)
  } catch {
    // The end of what there is.
  }
}

async function firstRecords(found: Recorded, input: Input): Promise<SourceRecord[]> {
  const first: SourceRecord[] = []
  for await (const items of readable(found, input)) {
    for (const item of items) {
      if (!isRecord(item)) continue
      if (item.stream !== undefined || item.nativeId !== undefined) return []
      first.push(item)
      if (first.length === IN_A_ROW) return first
    }
  }
  return first
}

/** Whether the records are in the stream, one after the other, and when the first of them was. */
async function linesIn(
  context: Context,
  records: readonly SourceRecord[],
  event: (id: string) => Promise<string | undefined>,
): Promise<{ at: string } | undefined> {
  let at: string | undefined
  let last = -1
  for (const record of records) {
    const document = await event(eventId(record, context.dataset, context.file))
    if (document === undefined) return undefined
    const known = JSON.parse(document) as {
      '@timestamp': string
      timeline: { seen: { line: number }[] }
    }
    const { line } = known.timeline.seen[0]!
    if (line <= last) return undefined
    last = line
    at ??= known['@timestamp']
  }
  return at === undefined ? undefined : { at }
}

function yearsBetween({ time }: SourceRecord, context: Context, at: string): number {
  const ms = Date.parse(at)
  if (time.lacks === 'year')
    return new Date(ms).getUTCFullYear() - (context.year ?? new Date(ms).getUTCFullYear())
  if (time.lacks === 'date') return Math.floor(ms / 86_400_000) - (context.day ?? 0)
  return 0
}

/** The stream whose first records stand in a row in the file. */
async function holds(
  streams: readonly Context[],
  found: Recorded,
  input: Input,
): Promise<Overlap | undefined> {
  const wanted = streams.filter((c) => c.head.length > 0)
  if (wanted.length === 0) return undefined
  const follow = sequence()
  const runs = new Map<Context, { next: number; turn: number }>()
  for await (const items of readable(found, input)) {
    for (const item of items) {
      if (!isRecord(item)) continue
      const turn = item.time.lacks ? (follow(item.time, '').turn ?? 0) : 0
      const h = hash(item.original)
      for (const context of wanted) {
        const run = runs.get(context)
        if (run && context.head[run.next] === h) run.next++
        else if (context.head[0] === h) runs.set(context, { next: 1, turn })
        else {
          runs.delete(context)
          continue
        }
        const { next, turn: begun } = runs.get(context)!
        if (next >= Math.min(IN_A_ROW, context.head.length)) return { context, shift: -begun }
      }
    }
  }
  return undefined
}
