import type { Described, Item, Refused } from '../../ingest-adapters/adapter.ts'
import type { BusRecord } from '../../schemas/bus-record.ts'
import { LAST_SECOND } from '../../schemas/instants.ts'
import type { LedgerFile } from '../../schemas/ledger.ts'
import type { Reason } from '../../schemas/rejection.ts'
import type { SourceRecord, Stamp } from '../../schemas/source-record.ts'
import { TooLarge } from './archives/limits.ts'
import type { Catalogue } from './catalogue.ts'
import { hash, identifier } from './identity.ts'
import type { Input } from './input.ts'
import { lineBlocks } from './line-blocks.ts'
import type { Lookup } from './lookup.ts'
import type { OnTheWay } from './on-the-way.ts'
import { outlet, type Outlet } from './outlet.ts'
import type { Decided } from './passages.ts'
import { readItems } from './read-items.ts'
import type { Rereading } from './refused-before.ts'
import { sequence } from './sequence.ts'
import type { Lacking } from './time-words.ts'
import { yearNear } from './stamp-survey.ts'
import { isRecord, type Survey } from './survey.ts'
import { untilFailure } from './until-failure.ts'
import type { Unreadable } from './walk.ts'

const DAY_MS = 86_400_000
/** A record of so many bytes as it goes on the bus goes through the normalizer, the index and their threads. A mail of 25 MiB has half of it. */
const RECORD_LIMIT = 56 * 1024 * 1024
/** A shorter text makes no record over the limit. */
const SURELY_SMALL = 1024 * 1024

export type FileReport = Omit<LedgerFile, 'events' | 'merged'> & Lacking

/** Puts what is in a file on the bus, batch by batch, and counts it. */
export async function readFile(
  { way, lookup, rereading }: { way: OnTheWay; lookup: Lookup; rereading: Rereading },
  by: {
    origin: string
    source?: string
    nowMs: number
    catalogue: Pick<Catalogue, 'erasures' | 'tails'>
  },
  found: Survey,
  input: Input | Unreadable,
): Promise<FileReport> {
  const report: FileReport = {
    path: found.path,
    adapter: 'loaded' in found ? found.loaded.name : null,
    lines: 0,
    rejected: 0,
    context: 0,
    reasons: {},
    unzoned: 0,
    undated: 0,
  }
  const stream =
    found.outcome === 'records' ? found.stream! : `u${hash('id' in found ? found.id : found.path)}`
  const before = rereading.of(found.path, found.outcome === 'records')
  const out = outlet(
    way,
    by.catalogue.erasures,
    report,
    { origin: by.origin, file: stream },
    before,
  )
  if (found.outcome === 'describes') return report
  if (found.outcome === 'records') await readRecords(found, input as Input, by, lookup, report, out)
  else await readUnrecognized(found, input, report, out)
  await out.end()
  return report
}

async function readRecords(
  found: Survey & { outcome: 'records' },
  input: Input,
  by: { source?: string; nowMs: number; catalogue: Pick<Catalogue, 'tails'> },
  lookup: Lookup,
  report: FileReport,
  out: Outlet,
): Promise<void> {
  const { loaded, file } = found
  let { shift = 0, context } = found
  const declared = by.source
  Object.assign(out.batch, {
    source: declared ?? sourceOf(input),
    ...(declared !== undefined && { declared: true }),
  })
  Object.assign(out.refusals, {
    ...(shift !== 0 && { shift }),
    ...(!found.forward && { unordered: true }),
  })
  const identifierIn = (stream: string): ReturnType<typeof identifier> =>
    identifier(loaded.name, stream, declared, (_, id) => by.catalogue.tails.earlier(stream, id))
  let identify = found.tail
    ? identifier(loaded.name, found.stream!, declared, found.tail.earlier)
    : identifierIn(found.stream!)
  let follow = sequence()
  let day: number | undefined
  let clock = -1
  let heading: Stamp | undefined
  /** The headings by the first record below: a record may be kept back until after the next heading is read. */
  const above = new WeakMap<SourceRecord, Stamp>()
  /** Years without a record, which only the line above the next ones tells. */
  let pause = 0
  const take = (item: SourceRecord): void => {
    const { time } = item
    lookup.note(item)
    const step = follow(time, item.stream ?? '')
    // Exports of chats, alerts and commits have an order of their own.
    if (!found.forward || item.nativeId !== undefined) {
      delete step.late
      delete step.behind
    }
    const record: BusRecord = Object.assign(item, identify(item), step)
    const told = above.get(item)
    if (time.lacks === 'year' && told && context!.year !== undefined)
      pause = yearNear(time, told) - context!.year - (step.turn ?? 0) - shift
    if (time.lacks)
      record.turn = notInFuture(time, (step.turn ?? 0) + shift + pause, context!.year, by.nowMs)
    if (time.lacks === 'date' && day !== undefined) {
      if (time.seconds < clock - 43_200) day++
      clock = time.seconds
      record.day = day
    }
    if (time.offset === undefined && time.zone === undefined) report.unzoned++
    if (time.lacks && record.day === undefined) report.undated++
    const wrong = refusal(record, context!.year)
    if (wrong) out.refuse({ rejected: item.original, reason: wrong, line: item.line })
    else out.record(record)
  }
  const route = declared === undefined ? found.passages : undefined
  const takeDecided = ({ records, enters }: Decided): void => {
    if (enters) {
      out.enter(enters.file)
      identify = identifierIn(enters.file)
      follow = sequence()
      shift = 0
      pause = 0
      context = enters
    }
    records.forEach(take)
  }
  const takeNext = (item: SourceRecord): void => {
    if (heading && item.time.lacks === 'year') {
      above.set(item, heading)
      heading = undefined
    }
    if (route && item.stream === undefined && item.nativeId === undefined)
      route.take(item).forEach(takeDecided)
    else take(item)
  }
  /** It is taken when it is known whether something follows. */
  let waiting: SourceRecord | undefined
  const { read, rethrow } = untilFailure(
    readItems(found.tail?.watch(input) ?? input, loaded.adapter, file),
  )
  for await (const items of read) {
    for (const item of items) {
      if (waiting) {
        found.tail!.followed(waiting, item)
        takeNext(waiting)
        waiting = undefined
      }
      if (isRecord(item)) {
        if (found.tail?.waits(item)) waiting = item
        else takeNext(item)
      } else if (isRefused(item)) out.refuse(item, day === undefined ? undefined : { day, clock })
      else {
        report.context += item.context
        if (item.date) {
          day = Math.floor(item.date.seconds / 86400)
          clock = -1
          if (!item.date.lacks) heading = item.date
        }
      }
      const full = out.turn()
      if (full) await full
    }
  }
  if (waiting) takeNext(waiting)
  try {
    rethrow()
  } catch (error) {
    out.refuse(brokenOff(input.path, error as Error, report.lines + 1))
  }
  route?.end().forEach(takeDecided)
}

const brokenOff = (path: string, error: Error, line: number): Refused => ({
  rejected: `${path}: ${error.message}`,
  reason: error instanceof TooLarge ? 'archive-too-large' : 'unreadable',
  line,
})

/** A wild stamp without a year is put into the year before where it would be in the future; its neighbours decided theirs without it. */
export function notInFuture(
  { lacks, seconds }: Stamp,
  turn: number,
  year: number | undefined,
  nowMs: number,
): number {
  if (lacks !== 'year' || year === undefined || Date.UTC(year + turn + 1, 0) <= nowMs) return turn
  const date = new Date(seconds * 1000)
  return date.setUTCFullYear(year + turn) > nowMs + DAY_MS ? turn - 1 : turn
}

const isRefused = (item: Refused | Described | Item): item is Refused => 'rejected' in item

/** The source of records that name none: the file and the folder that it is in. */
export const sourceOf = (input: { name: string; folder: string }): string =>
  input.folder === '' ? input.name : `${input.folder}/${input.name}`

/** Why a record cannot go on the bus. `year`: of the first record of its stream. */
export const refusal = (record: BusRecord, year: number | undefined): Reason | undefined =>
  tooLarge(record) ?? outOfRange(record, year)

const tooLarge = (record: BusRecord): Reason | undefined =>
  record.original.length > SURELY_SMALL && Buffer.byteLength(JSON.stringify(record)) > RECORD_LIMIT
    ? 'document-too-large'
    : undefined

function outOfRange({ time, turn = 0 }: BusRecord, year: number | undefined): Reason | undefined {
  if (time.lacks === 'year') {
    const date = new Date(time.seconds * 1000)
    if (date.getUTCMonth() !== 1 || date.getUTCDate() !== 29 || year === undefined) return undefined
    const y = year + turn
    return (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0 ? undefined : 'impossible-time'
  }
  if (time.lacks) return undefined
  const at = time.seconds - (time.offset ?? 0)
  return at < 0 || at > LAST_SECOND ? 'time-out-of-range' : undefined
}

/** A text file gives up its lines, a binary one is one unit, an empty one has none. */
async function readUnrecognized(
  found: Survey & { outcome: 'unreadable' | 'unrecognized' | 'binary' | 'empty' },
  input: Input | Unreadable,
  report: FileReport,
  out: Outlet,
): Promise<void> {
  report.reason = found.reason
  if (found.outcome === 'empty') return
  if (found.outcome !== 'unrecognized') {
    const reason = 'reason' in input ? input.reason : found.outcome
    out.refuse({ rejected: found.reason, reason, line: 1 })
    return
  }
  const { read, rethrow } = untilFailure((input as Input).open())
  let next = 1
  for await (const block of lineBlocks(read)) {
    if ('rejected' in block) {
      out.refuse(block)
      next = block.line + 1
      continue
    }
    const { lines, first } = block
    for (const [i, line] of lines.entries()) {
      if (line !== '') out.refuse({ rejected: line, reason: 'unrecognized', line: first + i })
      const full = out.turn()
      if (full) await full
    }
    next = first + lines.length
  }
  try {
    rethrow()
  } catch (error) {
    out.refuse(brokenOff(input.path, error as Error, next))
  }
}
