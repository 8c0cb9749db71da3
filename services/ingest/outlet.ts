import type { BusRecord, RecordBatch, RejectionBatch } from '../../schemas/bus-record.ts'
import { placed, type Reason } from '../../schemas/rejection.ts'
import type { Message } from '../bus/bus.ts'
import { hash } from './identity.ts'
import type { OnTheWay } from './on-the-way.ts'
import type { FileReport } from './read-file.ts'
import type { RefusedBefore } from './refused-before.ts'
import { repeatCounter } from './repeats.ts'

/** A message on the bus holds so many records, or so many characters of them. More at once would outlive the young generation of the heap. */
const BATCH = 250
const BATCH_CHARACTERS = 4_000_000

/** Sends what is in one file to the bus, in batches, and counts it. */
export interface Outlet {
  /** What comes from here on belongs to another stream. */
  enter(file: string): void
  record(record: BusRecord): void
  /** `at`: where the clock stood, in a file whose lines tell the date. */
  refuse(
    refused: { rejected: string; reason: Reason; line: number },
    at?: { day: number; clock: number },
  ): void
  /** Sends what is full; waits while much is on its way. */
  turn(): Promise<void> | undefined
  /** Sends what is left. */
  end(): Promise<void> | undefined
  batch: Omit<RecordBatch, 'records'>
  /** What is said of what is refused, so that it can be replayed. */
  refusals: Pick<RejectionBatch, 'shift' | 'unordered'>
}

export function outlet(
  way: OnTheWay,
  report: FileReport,
  ids: { origin: string; file: string },
  before: RefusedBefore | undefined,
): Outlet {
  const batch: Omit<RecordBatch, 'records'> = {
    ...ids,
    path: report.path,
    dataset: report.adapter ?? '',
    source: '',
  }
  const refusals: Outlet['refusals'] = {}
  let records: BusRecord[] = []
  let rejections: RejectionBatch['rejections'] = []
  let characters = 0
  const repeats = repeatCounter()
  const send = (): void => {
    const messages: Message[] = []
    if (records.length > 0)
      messages.push({ topic: 'records', key: ids.file, value: { ...batch, records } })
    if (rejections.length > 0)
      messages.push({
        topic: 'rejections',
        key: ids.file,
        value: {
          ...ids,
          source: batch.source,
          ...(batch.declared && { declared: true }),
          ...refusals,
          rejections,
        },
      })
    way.send(messages, records.length + rejections.length, characters)
    records = []
    rejections = []
    characters = 0
  }
  return {
    batch,
    refusals,
    enter(file) {
      if (records.length + rejections.length > 0) send()
      delete refusals.shift
      ids.file = file
      batch.file = file
    },
    record(record) {
      report.lines++
      before?.read(record.line, record.original)
      records.push(record)
      characters += record.original.length
    },
    refuse({ rejected, reason, line }, at) {
      report.lines++
      report.rejected++
      report.reasons[reason] = (report.reasons[reason] ?? 0) + 1
      const place = placed(rejected, line)
      const of = hash(`${ids.file}\0${place.raw}`)
      const id = `${of}.${repeats(of)}`
      rejections.push({ id, path: report.path, reason, ...place, ...at })
      before?.refused(id)
      characters += place.raw.length
    },
    turn() {
      if (records.length + rejections.length < BATCH && characters <= BATCH_CHARACTERS)
        return undefined
      send()
      return way.room()
    },
    end() {
      if (records.length + rejections.length > 0) send()
      return way.room()
    },
  }
}
