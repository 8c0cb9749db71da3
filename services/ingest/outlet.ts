import type { BusRecord, RecordBatch, RejectionBatch } from '../../schemas/bus-record.ts'
import { erased, type Erasures } from '../../schemas/erasure.ts'
import { placed, type Reason } from '../../schemas/rejection.ts'
import type { Message } from '../bus/bus.ts'
import { letterOf } from './dead-letters.ts'
import type { OnTheWay } from './on-the-way.ts'
import type { FileReport } from './read-file.ts'
import type { RefusedBefore } from './refused-before.ts'
import { repeatCounter } from './repeats.ts'

/** A message on the bus holds so many records, or so many characters of them. More at once would outlive the young generation of the heap. */
const BATCH = 250
const BATCH_CHARACTERS = 4_000_000

/** Sends what is in one file and was not erased to the bus, in batches, and counts all of it. */
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
  erasures: Erasures,
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
  const reject = (reason: Reason): void => {
    report.rejected++
    report.reasons[reason] = (report.reasons[reason] ?? 0) + 1
  }
  /** What is left of a record, also of one that was a dead letter when it was erased: by its text, because it had no other name. */
  const notErased = (record: BusRecord): BusRecord | undefined => {
    const left = erased(record, erasures)
    if (!left || erasures.size === 0) return left
    const { raw } = placed(record.original, record.line)
    const letter = `${letterOf(ids.file, raw)}.0`
    if (!erasures.has(letter)) return left
    const masked = erased({ ...left, id: letter }, erasures)
    // Where a mask does not fit it is not known what to hide.
    return masked && masked.original !== left.original ? { ...masked, id: record.id } : undefined
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
      const left = notErased(record)
      if (!left) return reject('deleted')
      before?.read(record.line, record.original)
      records.push(left)
      characters += left.original.length
    },
    refuse({ rejected, reason, line }, at) {
      report.lines++
      const place = placed(rejected, line)
      const of = letterOf(ids.file, place.raw)
      const id = `${of}.${repeats(of)}`
      before?.refused(id)
      const left = erased({ id, path: report.path, reason, ...place, ...at }, erasures)
      reject(left ? reason : 'deleted')
      if (left) rejections.push(left)
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
