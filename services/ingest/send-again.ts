import type { BatchHead, BusRecord, RecordBatch } from '../../schemas/bus-record.ts'
import type { Context } from '../../schemas/context.ts'
import { erased } from '../../schemas/erasure.ts'
import { takes } from '../../schemas/removal.ts'
import type { Bus, TakenBack } from '../bus/bus.ts'
import { updated, type Catalogue } from './catalogue.ts'
import { fileEvidence } from './file-evidence.ts'
import type { DeadLetter } from './dead-letters.ts'
import type { OnTheWay } from './on-the-way.ts'
import { resequence } from './resequence.ts'
import type { Mended } from './try-again.ts'

/** What can be read now of one file as it was read in one import. */
export interface Group {
  batch: DeadLetter['batch']
  path: string
  /** Where the last of its dead letters stands. */
  position: string
  /** Dead letters that wait for those that belong to the same record. */
  run: DeadLetter[]
  mended: Mended[]
}

export interface Stream {
  context: Context | undefined
  groups: Map<string, Group>
  /** Events that the index refused. */
  parked: Set<string>
}

export const groupOf = (origin: string, path: string): string => `${origin}\0${path}`

interface By {
  bus: Bus
  workspace: string
  way: OnTheWay
  catalogue: Catalogue
  takenBack: TakenBack
  origin: string
  nowMs: number
}

/**
 * Sends what can be read now of a stream, the records whose places are others because of it, and those that the index refused; before them what is known better of its time.
 * `became` is told of each dead letter and its event.
 */
export async function sendAgain(
  by: By,
  file: string,
  { context: known, groups, parked }: Stream,
  became: (letter: string, event: string) => void,
): Promise<void> {
  const { bus, workspace, way, catalogue, takenBack } = by
  const mended = [...groups].filter(([, group]) => group.mended.length > 0)
  if (mended.length === 0 && parked.size === 0) return
  const context = mended.length === 0 ? known : await redated(by, known!, new Map(mended))
  const send = (head: BatchHead, position: string, records: readonly BusRecord[]): void => {
    const gone = takenBack.since(position)
    const left = records.flatMap((whole) => {
      const record = erased(whole, catalogue.erasures)
      const source = head.declared ? head.source : (whole.stream ?? head.source)
      const isGone = !record || gone.some((each) => takes(each, { path: head.path, source }))
      return isGone ? [] : [record]
    })
    if (left.length === 0) return
    const value: RecordBatch = { ...head, origin: `${by.origin}/0`, records: left }
    const characters = left.reduce((sum, { original }) => sum + original.length, 0)
    way.send([{ topic: 'records', key: file, value }], left.length, characters)
  }
  const sequences = new Map(
    mended.map(([key, group]) => [
      key,
      resequence(group.batch, context!, group.mended, by.nowMs, ({ letters }, event) => {
        for (const letter of letters) became(letter, event)
      }),
    ]),
  )
  for await (const { value, position } of bus.read(workspace, ['records'], file)) {
    const { records, ...head } = value as RecordBatch
    const sequence = sequences.get(groupOf(head.origin, head.path))
    for (const record of records) {
      if (sequence) send(head, position, sequence.pass(record))
      if (parked.has(record.id)) send(head, position, [record])
    }
    await way.room()
  }
  for (const [key, { batch, path, position }] of mended) {
    const { source, declared } = batch
    const { dataset } = context!
    const head = { origin: '', path, dataset, file, source, ...(declared && { declared }) }
    send(head, position, sequences.get(key)!.end())
  }
}

/** What is known of a stream's time when what can be read now tells of it too. Sent where it is new. */
async function redated(
  { bus, workspace, way, catalogue, nowMs }: By,
  known: Context,
  groups: ReadonlyMap<string, Group>,
): Promise<Context> {
  const { file, dataset, first } = known
  const telling = [...groups.values()].filter((group) =>
    group.mended.some(({ record: { time } }) => time.lacks ?? time.orders),
  )
  if (telling.length === 0) return known
  const sequences = new Map(
    telling.map(({ batch, path, mended }) => [
      groupOf(batch.origin, path),
      { path, sequence: resequence(batch, known, mended, nowMs, () => undefined) },
    ]),
  )
  for await (const { value } of bus.read(workspace, ['records'], file)) {
    const { origin, path, records } = value as RecordBatch
    const sequence = sequences.get(groupOf(origin, path))?.sequence
    for (const record of records) sequence?.pass(record)
  }
  const lacks = known.year !== undefined ? 'year' : known.day !== undefined ? 'date' : undefined
  let context = known
  for (const { path, sequence } of sequences.values()) {
    sequence.end()
    const { findings, shift } = sequence.findings()
    if (findings.lacks !== lacks) continue
    const evidence = [
      ...findings.evidence,
      ...fileEvidence(findings, { path, nowMs, others: [] }),
    ].map((e) => ({ ...e, allows: e.allows.map((value) => value - shift) }))
    const surveyed = { path, dataset, head: [], first, findings, evidence }
    const next = updated(context, catalogue.told(file), surveyed, undefined, [])
    if (!next) continue
    context = next
    catalogue.set(next)
    way.send([{ topic: 'contexts', key: file, value: next }], 1, 0)
  }
  return context
}
