import {
  BatchHead,
  type BusRecord,
  type RecordBatch,
  type RejectionBatch,
} from '../../schemas/bus-record.ts'
import type { Change } from '../../schemas/change.ts'
import type { Context } from '../../schemas/context.ts'
import { erased, type Erasures } from '../../schemas/erasure.ts'
import { type Removal, takes } from '../../schemas/removal.ts'
import { normalize } from './normalize.ts'
import { parkedRecord } from './park.ts'
import { fits } from '../../schemas/fits.ts'

const UNKNOWN: Omit<Context, 'file' | 'dataset'> = { number: 0, head: [], first: 0, evidence: [] }

/** Records are checked one by one, by making events of them. */
export const isBatch = (value: unknown): value is RecordBatch =>
  fits(BatchHead, value) && Array.isArray((value as { records?: unknown }).records)

/** The events of a batch that were neither erased nor taken back, and dead letters of the records of which none can be made. */
export function makeChanges(
  batch: RecordBatch,
  {
    context = { ...UNKNOWN, file: batch.file, dataset: batch.dataset },
    erasures,
    gone,
  }: { context: Context | undefined; erasures: Erasures; gone: readonly Removal[] },
): { changes: Change[]; parked: RejectionBatch[] } {
  const changes: Change[] = []
  const parked: RejectionBatch[] = []
  const isGone = ({ source }: Change): boolean =>
    gone.some((removal) => takes(removal, { path: batch.path, source }))
  for (const record of batch.records) {
    let left: BusRecord | undefined = record
    try {
      left = erased(record, erasures)
      if (left === undefined) continue
      const change = normalize(left, batch, context)
      if (!isGone(change)) changes.push(change)
    } catch {
      parked.push(parkedRecord(left, batch))
    }
  }
  return { changes, parked }
}
