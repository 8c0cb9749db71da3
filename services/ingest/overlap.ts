import type { Item } from '../../ingest-adapters/adapter.ts'
import { contextOf, type Context } from '../../schemas/context.ts'
import type { SourceRecord } from '../../schemas/source-record.ts'
import type { Seen, TimelineEvent } from '../../schemas/timeline-event.ts'
import { HEAD_RECORDS, type Catalogue } from './catalogue.ts'
import { hash, idIn } from './identity.ts'
import type { Input } from './input.ts'
import type { Lookup } from './lookup.ts'
import { IN_A_ROW, SKIPS, TELLING } from './passages.ts'
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
  catalogue: Catalogue,
  found: Recorded,
  input: Input,
  lookup: Lookup,
): Promise<Overlap | undefined> {
  const streams = catalogue.all(found.loaded.name)
  if (streams.length === 0 || found.head.length === 0) return undefined
  const { head, first } = found
  const wanted = streams.filter((c) => c.first >= first && c.head.length > 0 && mayHold(head, c))
  const rows = SKIPS.map((skip) => streamsOf(rowAt(head, skip), streams, lookup))
  const mayBeHeld = rows.some((row) => row.length > 0 && row.every((of) => of.length > 0))
  if (wanted.length === 0 && !mayBeHeld) return undefined
  const records = await firstRecords(found, input)
  if (records.length === 0) return undefined
  for (const skip of SKIPS) {
    const row = rowAt(records, skip)
    if (row.length === 0) continue
    const known = await placeOf(row, rows[skip]!, head.slice(skip), lookup, catalogue)
    if (known) return { context: known.context, shift: yearsBetween(row[0]!, known) }
  }
  return holds(wanted, found, input)
}

/** So many in a row; behind what is skipped there must be all of them. */
function rowAt<T>(all: readonly T[], skip: number): readonly T[] {
  const row = all.slice(skip, skip + IN_A_ROW)
  return skip === 0 || row.length === IN_A_ROW ? row : []
}

/** Whether a stream may begin in a file, by the hashes of the file's first records: of a short file these are all. */
const mayHold = (head: readonly string[], { head: begin }: Context): boolean =>
  head.length === HEAD_RECORDS || SKIPS.some((skip) => head.includes(begin[skip]!))

/** For each of a file's first records the streams that may hold it. */
function streamsOf(
  hashes: readonly string[],
  streams: readonly Context[],
  { wasRead, wasThere }: Lookup,
): (readonly Context[])[] {
  const old = streams.filter(wasThere)
  return hashes.map((of) => (wasRead(of) ? streams : old))
}

/** What can be read of a file; where it ends too early the ledger says so when it is read for good. */
export async function* readable(
  { loaded, file }: Recorded,
  input: Input,
): AsyncGenerator<Iterable<Item>> {
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
      if (first.length === TELLING) return first
    }
  }
  return first
}

interface Held {
  context: Context
  at: string
  /** Where a deleted one was seen is forgotten. */
  seen?: readonly Seen[]
}

/** The stream that holds the first of these records, and when that was, where they were seen in a row in one file. They may go on into another stream. */
async function placeOf(
  records: readonly SourceRecord[],
  possible: readonly (readonly Context[])[],
  hashes: readonly string[],
  { wasRead, events }: Lookup,
  { erasures, tails }: Catalogue,
): Promise<Held | undefined> {
  /** Where each of some records stands. */
  const holding = async (nths: readonly number[]): Promise<Held[][]> => {
    const ids = nths.map((n) => {
      const repeats = hashes.slice(0, n).filter((of) => of === hashes[n]).length
      return possible[n]!.map(({ dataset, file }) => {
        const id = idIn(records[n]!, dataset, file, repeats)
        return tails.earlier(file, id)?.id ?? id
      })
    })
    const fresh = nths.some((n) => wasRead(hashes[n]!))
    const documents = await events(ids.flat(), fresh)
    return ids.map((of, i) =>
      of.flatMap((id, k): Held[] => {
        const context = possible[nths[i]!]![k]!
        const deletedAt = erasures.get(id)?.at
        if (deletedAt !== undefined) return [{ context, at: deletedAt }]
        const document = documents.get(id)
        if (document === undefined) return []
        const { '@timestamp': at, timeline } = JSON.parse(document) as TimelineEvent
        return [{ context, at, seen: timeline.seen }]
      }),
    )
  }
  const [, ...others] = records.keys()
  const [beginnings] = await holding([0])
  if (beginnings!.length === 0) return undefined
  const next = await holding(others)
  if (next.some((held) => held.length === 0)) return undefined
  const seenNext = next
    .filter((held) => held.every(({ seen }) => seen))
    .map((held) => held.flatMap(({ seen }) => seen!))
  return beginnings!.find(({ seen }) => {
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

function yearsBetween({ time }: SourceRecord, { context, at, seen }: Held): number {
  // By its own clock, as the file that is read.
  const { clock } = contextOf(context, seen?.[0]?.source ?? '')
  const ms = Date.parse(at) - (clock?.addMs ?? 0)
  if (time.lacks === 'year')
    return new Date(ms).getUTCFullYear() - (context.year ?? new Date(ms).getUTCFullYear())
  if (time.lacks === 'date') return Math.floor(ms / 86_400_000) - (context.day ?? 0)
  return 0
}

/** The stream whose first records stand in a row in the file. */
async function holds(
  wanted: readonly Context[],
  found: Recorded,
  input: Input,
): Promise<Overlap | undefined> {
  if (wanted.length === 0) return undefined
  const begins = new Set(wanted.map((c) => c.first))
  const byLast = new Map<string, { context: Context; row: readonly string[] }[]>()
  for (const context of wanted) {
    for (const row of SKIPS.map((skip) => rowAt(context.head, skip))) {
      if (row.length > 0)
        byLast.set(row.at(-1)!, [...(byLast.get(row.at(-1)!) ?? []), { context, row }])
    }
  }
  const follow = sequence()
  let last: { hash: string; turn: number }[] = []
  /** So many records are looked at yet. */
  let near = 0
  for await (const items of readable(found, input)) {
    for (const item of items) {
      if (!isRecord(item)) continue
      const turn = item.time.lacks ? (follow(item.time, '').turn ?? 0) : 0
      if (begins.has(item.time.seconds)) near = TELLING
      if (near === 0) {
        last = []
        continue
      }
      near--
      last.push({ hash: hash(item.original), turn })
      if (last.length > IN_A_ROW) last.shift()
      for (const { context, row } of byLast.get(last.at(-1)!.hash) ?? []) {
        const begin = last.at(-row.length)
        if (begin && row.every((h, i) => h === last.at(i - row.length)!.hash)) {
          return { context, shift: -begin.turn }
        }
      }
    }
  }
  return undefined
}
