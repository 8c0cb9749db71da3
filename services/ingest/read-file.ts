import type { Described, Item, Refused } from '../../ingest-adapters/adapter.ts'
import type { BusRecord, RecordBatch, RejectionBatch } from '../../schemas/bus-record.ts'
import { LAST_SECOND } from '../../schemas/instants.ts'
import type { LedgerFile } from '../../schemas/ledger.ts'
import type { Reason } from '../../schemas/rejection.ts'
import type { SourceRecord, Stamp } from '../../schemas/source-record.ts'
import type { Message } from '../bus/bus.ts'
import { TooLarge } from './archive-limits.ts'
import { hash, identifier } from './identity.ts'
import type { ImportPorts } from './import.ts'
import type { Input } from './input.ts'
import { lineBlocks } from './line-blocks.ts'
import type { Decided } from './passages.ts'
import { readItems } from './read-items.ts'
import { repeatCounter } from './repeats.ts'
import { sequence } from './sequence.ts'
import type { Lacking } from './time-words.ts'
import { isRecord, type Survey } from './survey.ts'
import { untilFailure } from './until-failure.ts'
import type { Unreadable } from './walk.ts'

/** A message on the bus holds so many records, or so many characters of them. More at once would outlive the young generation of the heap. */
const BATCH = 250
const BATCH_CHARACTERS = 4_000_000
/** So many messages wait for the disk while the next is read: they are committed together. */
const ON_THEIR_WAY = 8
const SHOWN = 64 * 1024
const DAY_MS = 86_400_000
/** A record of so many bytes as it goes on the bus goes through the normalizer, the index and their threads. A mail of 25 MiB has half of it. */
const RECORD_LIMIT = 56 * 1024 * 1024
/** A shorter text makes no record over the limit. */
const SURELY_SMALL = 1024 * 1024

export type FileReport = Omit<LedgerFile, 'events' | 'merged'> &
  Lacking & { position: string | null }

/** Puts what is in a file on the bus, batch by batch, and counts it. */
export async function readFile(
  ports: ImportPorts,
  by: { origin: string; source?: string; nowMs: number },
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
    position: null,
  }
  const stream =
    found.outcome === 'records' ? found.stream! : `u${hash('id' in found ? found.id : found.path)}`
  const out = outlet(ports, report, { origin: by.origin, file: stream })
  if (found.outcome === 'describes') return report
  if (found.outcome === 'records') await readRecords(found, input as Input, by, report, out)
  else await readUnrecognized(found, input, report, out)
  await out.flush()
  return report
}

interface Outlet {
  /** What comes from here on belongs to another stream. */
  enter(file: string): void
  record(record: BusRecord): void
  refuse(refused: { rejected: string; reason: Reason; line: number }): void
  /** Sends what is full; waits for the batch before it. */
  turn(): Promise<void> | undefined
  flush(): Promise<void>
  batch: Omit<RecordBatch, 'records'>
}

function outlet(
  { bus, workspace }: ImportPorts,
  report: FileReport,
  ids: { origin: string; file: string },
): Outlet {
  const batch: Omit<RecordBatch, 'records'> = {
    ...ids,
    path: report.path,
    dataset: report.adapter ?? '',
    source: '',
  }
  let records: BusRecord[] = []
  let rejections: RejectionBatch['rejections'] = []
  let characters = 0
  let sending: Promise<void>[] = []
  const repeats = repeatCounter()
  const send = (): Promise<void> => {
    const messages: Message[] = []
    if (records.length > 0)
      messages.push({ topic: 'records', key: ids.file, value: { ...batch, records } })
    if (rejections.length > 0)
      messages.push({
        topic: 'rejections',
        key: ids.file,
        value: { ...ids, source: batch.source, rejections },
      })
    records = []
    rejections = []
    characters = 0
    const sent = bus
      .append(workspace, messages)
      .then((position) => void (report.position = position))
    sent.catch(() => undefined)
    sending.push(sent)
    return sending.length > ON_THEIR_WAY ? sending.shift()! : Promise.resolve()
  }
  return {
    batch,
    enter(file) {
      void send()
      ids.file = file
      batch.file = file
    },
    record(record) {
      report.lines++
      records.push(record)
      characters += record.original.length
    },
    refuse({ rejected, reason, line }) {
      report.lines++
      report.rejected++
      report.reasons[reason] = (report.reasons[reason] ?? 0) + 1
      const raw = rejected.length > SHOWN ? `${rejected.slice(0, SHOWN)}…` : rejected
      const of = hash(`${ids.file}\0${raw}`)
      const id = `${of}.${repeats(of)}`
      const last = line + (rejected.trimEnd().match(/\n/g)?.length ?? 0)
      rejections.push({ id, path: report.path, first: line, last, reason, raw })
      characters += raw.length
    },
    turn: () =>
      records.length + rejections.length >= BATCH || characters > BATCH_CHARACTERS
        ? send()
        : undefined,
    async flush() {
      if (records.length + rejections.length > 0) void send()
      await Promise.all(sending)
      sending = []
    },
  }
}

async function readRecords(
  found: Survey & { outcome: 'records' },
  input: Input,
  by: { source?: string; nowMs: number },
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
  let identify = identifier(loaded.name, found.stream!, declared)
  let follow = sequence()
  let day: number | undefined
  let clock = -1
  const take = (item: SourceRecord): void => {
    const { time } = item
    const step = follow(time, item.stream ?? '')
    // Exports of chats, alerts and commits have an order of their own.
    if (!found.forward || item.nativeId !== undefined) {
      delete step.late
      delete step.behind
    }
    const record: BusRecord = Object.assign(item, identify(item), step)
    if (time.lacks)
      record.turn = notInFuture(time, (step.turn ?? 0) + shift, context!.year, by.nowMs)
    if (time.lacks === 'date' && day !== undefined) {
      if (time.seconds < clock - 43_200) day++
      clock = time.seconds
      record.day = day
    }
    if (time.offset === undefined && time.zone === undefined) report.unzoned++
    if (time.lacks && record.day === undefined) report.undated++
    const wrong = tooLarge(record) ?? outOfRange(record, context!.year)
    if (wrong) out.refuse({ rejected: item.original, reason: wrong, line: item.line })
    else out.record(record)
  }
  const route = declared === undefined ? found.passages : undefined
  const takeDecided = ({ records, enters }: Decided): void => {
    if (enters) {
      out.enter(enters.file)
      identify = identifier(loaded.name, enters.file, declared)
      follow = sequence()
      shift = 0
      context = enters
    }
    records.forEach(take)
  }
  try {
    for await (const items of readItems(input, loaded.adapter, file)) {
      for (const item of items) {
        if (isRecord(item)) {
          if (route && item.stream === undefined && item.nativeId === undefined)
            route.take(item).forEach(takeDecided)
          else take(item)
        } else if (isRefused(item)) out.refuse(item)
        else {
          report.context += item.context
          if (item.date) {
            day = Math.floor(item.date.seconds / 86400)
            clock = -1
          }
        }
        const full = out.turn()
        if (full) await full
      }
    }
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
function notInFuture(
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
  const { bytes, rethrow } = untilFailure((input as Input).open())
  let next = 1
  for await (const block of lineBlocks(bytes)) {
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
