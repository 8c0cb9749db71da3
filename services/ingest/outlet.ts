import type { BusRecord, RecordBatch, RejectionBatch } from '../../schemas/bus-record.ts'
import { erased, type Erasures } from '../../schemas/erasure.ts'
import { placed, type Reason } from '../../schemas/rejection.ts'
import type { Bus, Message } from '../bus/bus.ts'
import { hash } from './identity.ts'
import type { FileReport } from './read-file.ts'
import { repeatCounter } from './repeats.ts'

/** A message on the bus holds so many records, or so many characters of them. More at once would outlive the young generation of the heap. */
const BATCH = 250
const BATCH_CHARACTERS = 4_000_000
/** So many messages, or characters of them, wait for the disk while the next is read: they are committed together. */
const ON_THEIR_WAY = 8
const CHARACTERS_ON_THEIR_WAY = 16_000_000

/** Sends what is in one file and was not erased to the bus, in batches, and counts all of it. Errors of the bus leave `turn` and `flush`: none is passed over. */
export interface Outlet {
  /** What comes from here on belongs to another stream. */
  enter(file: string): void
  record(record: BusRecord): void
  refuse(refused: { rejected: string; reason: Reason; line: number }): void
  /** Sends what is full; waits while much is on its way. */
  turn(): Promise<void> | undefined
  flush(): Promise<void>
  batch: Omit<RecordBatch, 'records'>
}

export function outlet(
  { bus, workspace }: { bus: Bus; workspace: string },
  erasures: Erasures,
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
  /** In the order in which they were sent; one that failed stays, and fails whoever waits. */
  const sending: { sent: Promise<string>; characters: number }[] = []
  const repeats = repeatCounter()
  const send = (): void => {
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
    const sent = bus.append(workspace, messages)
    // Who waits for it comes later.
    sent.catch(() => undefined)
    sending.push({ sent, characters })
    characters = 0
  }
  const reject = (reason: Reason): void => {
    report.rejected++
    report.reasons[reason] = (report.reasons[reason] ?? 0) + 1
  }
  const isMuch = (): boolean =>
    sending.length > ON_THEIR_WAY ||
    (sending.length > 1 &&
      sending.reduce((sum, s) => sum + s.characters, 0) > CHARACTERS_ON_THEIR_WAY)
  const room = async (enough: () => boolean): Promise<void> => {
    while (!enough()) {
      report.position = await sending[0]!.sent
      sending.shift()
    }
  }
  return {
    batch,
    enter(file) {
      if (records.length + rejections.length > 0) send()
      ids.file = file
      batch.file = file
    },
    record(record) {
      report.lines++
      const left = erased(record, erasures)
      if (!left) return reject('deleted')
      records.push(left)
      characters += left.original.length
    },
    refuse({ rejected, reason, line }) {
      report.lines++
      reject(reason)
      const place = placed(rejected, line)
      const of = hash(`${ids.file}\0${place.raw}`)
      const id = `${of}.${repeats(of)}`
      const left = erased({ id, path: report.path, reason, ...place }, erasures)
      if (left) rejections.push(left)
      characters += place.raw.length
    },
    turn() {
      if (records.length + rejections.length < BATCH && characters <= BATCH_CHARACTERS)
        return undefined
      send()
      return isMuch() ? room(() => !isMuch()) : undefined
    },
    async flush() {
      if (records.length + rejections.length > 0) send()
      await room(() => sending.length === 0)
    },
  }
}
