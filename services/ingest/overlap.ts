import type { Item } from '../../ingest-adapters/adapter.ts'
import type { Context } from '../../schemas/context.ts'
import type { Erasures } from '../../schemas/erasure.ts'
import type { SourceRecord } from '../../schemas/source-record.ts'
import type { Seen, TimelineEvent } from '../../schemas/timeline-event.ts'
import { hash, identifier } from './identity.ts'
import type { Input } from './input.ts'
import { IN_A_ROW } from './passages.ts'
import { readItems } from './read-items.ts'
import { sequence } from './sequence.ts'
import { isRecord, type Survey } from './survey.ts'

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
  erasures: Erasures,
): Promise<Overlap | undefined> {
  if (streams.length === 0 || found.head.length === 0) return undefined
  const first = await firstRecords(found, input)
  if (first.length === 0) return undefined
  const known = await placeOf(first, streams, event, erasures)
  if (known) return { context: known.context, shift: yearsBetween(first[0]!, known) }
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

/**
 * The stream that holds the first of these records, and when that was, where they were seen in a row in one file. They may go on into another stream.
 * Where deleted ones were seen is forgotten.
 */
async function placeOf(
  records: readonly SourceRecord[],
  streams: readonly Context[],
  event: (id: string) => Promise<string | undefined>,
  erasures: Erasures,
): Promise<{ context: Context; at: string } | undefined> {
  const identifiers = streams.map(({ dataset, file }) => identifier(dataset, file, undefined))
  let beginnings: { context: Context; at: string; seen?: readonly Seen[] }[] = []
  const seenNext: Seen[][] = []
  for (const [nth, record] of records.entries()) {
    const found: typeof beginnings = []
    for (const [i, identify] of identifiers.entries()) {
      const { id } = identify(record)
      const deletedAt = erasures.get(id)?.at
      if (deletedAt !== undefined) {
        found.push({ context: streams[i]!, at: deletedAt })
        continue
      }
      const document = await event(id)
      if (document === undefined) continue
      const { '@timestamp': at, timeline } = JSON.parse(document) as TimelineEvent
      found.push({ context: streams[i]!, at, seen: timeline.seen })
    }
    if (found.length === 0) return undefined
    if (nth === 0) beginnings = found
    else if (found.every((f) => f.seen)) seenNext.push(found.flatMap((f) => f.seen!))
  }
  return beginnings.find(({ seen }) => {
    const all = seen ? [seen, ...seenNext] : seenNext
    return all.length === 0 || all[0]!.some(({ path }) => ascends(all, path))
  })
}

/** Whether events were seen in a file one after the other. */
function ascends(seen: readonly (readonly Seen[])[], path: string): boolean {
  let last = -1
  return seen.every((places) => {
    const next = places.find((place) => place.path === path && place.line > last)
    last = next?.line ?? Infinity
    return next !== undefined
  })
}

function yearsBetween(
  { time }: SourceRecord,
  { context, at }: { context: Context; at: string },
): number {
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
  const last: { hash: string; turn: number }[] = []
  for await (const items of readable(found, input)) {
    for (const item of items) {
      if (!isRecord(item)) continue
      const turn = item.time.lacks ? (follow(item.time, '').turn ?? 0) : 0
      last.push({ hash: hash(item.original), turn })
      if (last.length > IN_A_ROW) last.shift()
      for (const context of wanted) {
        const head = context.head.slice(0, IN_A_ROW)
        const begin = last.at(-head.length)
        if (begin && head.every((h, i) => h === last.at(i - head.length)!.hash)) {
          return { context, shift: -begin.turn }
        }
      }
    }
  }
  return undefined
}
