import type { RejectionBatch } from '../../schemas/bus-record.ts'
import { takes } from '../../schemas/removal.ts'
import { erased } from '../../schemas/erasure.ts'
import { erasures, removals, type Bus } from '../bus/bus.ts'
import { hash } from './identity.ts'

export interface DeadLetter {
  letter: RejectionBatch['rejections'][number]
  batch: Omit<RejectionBatch, 'rejections'>
  position: string
}

/** What the ids of dead letters of one text in one stream begin with, before the number among them. `raw`: as it is kept. */
export const letterOf = (file: string, raw: string): string => hash(`${file}\0${raw}`)

/** Every dead letter that was neither taken back, read since nor deleted, without what was redacted, as often as it was refused. Of one stream they come in the order in which they were. */
export async function* openLetters(bus: Bus, workspace: string): AsyncGenerator<DeadLetter> {
  const open = new Set<string>()
  for await (const { value } of bus.read(workspace, ['rejections'])) {
    const { rejections, settled = [] } = value as RejectionBatch
    for (const id of settled) open.delete(id)
    for (const { id } of rejections) open.add(id)
  }
  if (open.size === 0) return
  const takenBack = await removals(bus, workspace)
  const gone = await erasures(bus, workspace)
  for await (const { value, position } of bus.read(workspace, ['rejections'])) {
    const { rejections, ...batch } = value as RejectionBatch
    const removed = takenBack.since(position)
    const { source } = batch
    for (const whole of rejections) {
      const letter = erased(whole, gone)
      if (!letter) continue
      const { id, path } = letter
      if (open.has(id) && !removed.some((each) => takes(each, { path, source })))
        yield { letter, batch, position }
    }
  }
}
