import type { BusRecord, RejectionBatch } from '../../schemas/bus-record.ts'
import type { Context } from '../../schemas/context.ts'
import type { SourceRecord } from '../../schemas/source-record.ts'
import { identifier } from './identity.ts'
import { notInFuture, refusal } from './read-file.ts'
import { sequence, type Step } from './sequence.ts'
import { surveyStamps, type StampFindings } from './stamp-survey.ts'
import type { Mended } from './try-again.ts'

/** Half a day: a clock that is so far behind is of the next. */
const HALF_DAY = 43_200

export interface Resequenced {
  /** Records of the file as they are on the bus, in its order; gives those that are to be sent. */
  pass(record: BusRecord): BusRecord[]
  /** What comes after the last. */
  end(): BusRecord[]
  /** At the end: what the stamps of all of them tell, and the turns from the stream's first record to the first of them. */
  findings(): { findings: StampFindings; shift: number }
}

/**
 * Puts records between those of their file that are on the bus, as if the file had been read with them: gives them ids and places, and gives those after them again
 * where their places are others now. `mended`: in the order of their lines. `sent` is told of the ids of each.
 */
export function resequence(
  { file, source, declared, shift: told = 0, unordered }: Omit<RejectionBatch, 'rejections'>,
  { dataset, year }: Context,
  mended: readonly Mended[],
  nowMs: number,
  sent: (mended: Mended, id: string) => void,
): Resequenced {
  const identify = identifier(dataset, file, declared && source)
  const follow = sequence()
  const stamps = surveyStamps(new Date(nowMs).getUTCFullYear() + 1)
  const left = [...mended]
  let shift = told
  let hasBegun = false
  let lastLine = 0
  const stepOf = ({ time, stream, nativeId }: SourceRecord): Step => {
    const step = follow(time, stream ?? '')
    stamps.add(time, step.turn ?? 0)
    const { late: _, behind: __, ...rest } = step
    return unordered || nativeId !== undefined ? rest : step
  }
  const put = (each: Mended): BusRecord[] => {
    const { record: item, day, clock } = each
    const { time } = item
    const step = stepOf(item)
    const record: BusRecord = { ...item, ...identify(item), ...step }
    if (time.lacks) record.turn = notInFuture(time, (step.turn ?? 0) + shift, year, nowMs)
    if (time.lacks === 'date' && day !== undefined)
      record.day = time.seconds < clock! - HALF_DAY ? day + 1 : day
    if (refusal(record, year)) return []
    sent(each, record.id)
    return [record]
  }
  /** Turns are counted from the first record of the file, which is now one of the mended. */
  const begin = (record: BusRecord): void => {
    hasBegun = true
    const ahead = sequence()
    for (const { record: each } of left)
      if (each.line < record.line) ahead(each.time, each.stream ?? '')
    if (record.time.lacks) shift -= ahead(record.time, record.stream ?? '').turn ?? 0
  }
  return {
    pass(record) {
      // A message that came twice.
      if (record.line < lastLine) return []
      lastLine = record.line
      if (!hasBegun) begin(record)
      const out: BusRecord[] = []
      while (left.length > 0 && left[0]!.record.line < record.line) out.push(...put(left.shift()!))
      // Of a text that was refused in part this was read.
      const known = left.findIndex(
        ({ record: { line, original } }) => line === record.line && original === record.original,
      )
      if (known >= 0) sent(left.splice(known, 1)[0]!, record.id)
      const { turn: _, ...step } = stepOf(record)
      const { late, behind, ...rest } = record
      // Its bytes may have been redacted since, of which no id can be made.
      const now: BusRecord = { ...rest, ...identify(record), ...step, id: record.id }
      const isSame = now.place === record.place && now.late === late && now.behind === behind
      if (!isSame) out.push(now)
      return out
    },
    end: () => left.splice(0).flatMap(put),
    findings: () => ({ findings: stamps.finish(), shift }),
  }
}
