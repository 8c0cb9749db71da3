import type { RejectionBatch } from '../../schemas/bus-record.ts'
import { erased } from '../../schemas/erasure.ts'
import { takes } from '../../schemas/removal.ts'
import { erasures, removals } from '../bus/bus.ts'
import type { Command } from './command.ts'
import { printable } from './table.ts'

/** Everything that could not be read and was neither taken back since nor erased, each once however often it was imported. */
export const deadLettersListCommand: Command<{ format: 'text' | 'jsonl' }> = async (
  { timeline, workspace, out },
  { format },
) => {
  const listed = new Set<string>()
  const takenBack = await removals(timeline.bus, workspace)
  const gone = await erasures(timeline.bus, workspace)
  for await (const { value, position } of timeline.bus.read(workspace, ['rejections'])) {
    const { source, rejections } = value as RejectionBatch
    const removed = takenBack.since(position)
    for (const rejection of rejections) {
      const left = erased(rejection, gone)
      if (!left) continue
      const { id, path, first, last, reason, raw } = left
      if (listed.has(id) || removed.some((each) => takes(each, { path, source }))) continue
      listed.add(id)
      const lines = first === last ? `${first}` : `${first}-${last}`
      await out(
        format === 'jsonl'
          ? `${JSON.stringify({ id, path, first, last, reason, raw })}\n`
          : `${printable(path)}:${lines}: ${reason}: ${printable(raw.length > 200 ? `${raw.slice(0, 200)}…` : raw)}\n`,
      )
    }
  }
  return 0
}
