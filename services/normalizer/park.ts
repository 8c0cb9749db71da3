import type { BatchHead, BusRecord, RejectionBatch } from '../../schemas/bus-record.ts'
import type { Change } from '../../schemas/change.ts'
import { PARKED } from '../../schemas/erasure.ts'
import { placed } from '../../schemas/rejection.ts'
import type { TimelineEvent } from '../../schemas/timeline-event.ts'

interface Parked {
  id: string
  path: string
  line: number
  original: string
  source: string
  file: string
  origin: string
}

/** The dead letter of a record that could not be made an event. */
export function parkedRecord(record: unknown, batch: BatchHead): RejectionBatch {
  const { path, source, file, origin } = batch
  // Not even that it is a record is sure.
  const { id, line, original } = (record ?? {}) as Partial<BusRecord>
  return parked({
    id: String(id),
    path,
    line: Number.isInteger(line) ? line! : 1,
    original: typeof original === 'string' ? original : JSON.stringify(record),
    source,
    file,
    origin,
  })
}

/** The dead letter of an event that the index does not take. */
export function parkedChange({ id, source, file, origin, document }: Change): RejectionBatch {
  const { event, timeline } = JSON.parse(document) as TimelineEvent
  const { path, line } = timeline.seen[0]!
  return parked({ id, path, line: line ?? 1, original: event.original, source, file, origin })
}

/** The dead letter of a message that is none of ours. */
export const parkedMessage = (key: string, position: string): RejectionBatch =>
  parked({
    id: `message ${position}`,
    path: 'bus',
    line: 1,
    original: `the message at ${position} with the key ${key}`,
    source: '',
    file: key,
    origin: '',
  })

function parked({ id, path, line, original, source, file, origin }: Parked): RejectionBatch {
  return {
    origin,
    file,
    source,
    rejections: [{ id: PARKED + id, path, reason: 'not-indexed', ...placed(original, line) }],
  }
}
