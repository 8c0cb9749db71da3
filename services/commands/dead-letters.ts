import type { RejectionBatch } from '../../schemas/bus-record.ts'
import type { Command } from './command.ts'
import { printable } from './table.ts'

/** Everything that could not be read, each once however often it was imported. */
export const deadLettersListCommand: Command<{ format: 'text' | 'jsonl' }> = async (
  { timeline, workspace, out },
  { format },
) => {
  const listed = new Set<string>()
  for await (const { value } of timeline.bus.read(workspace, ['rejections'])) {
    for (const { id, path, first, last, reason, raw } of (value as RejectionBatch).rejections) {
      if (listed.has(id)) continue
      listed.add(id)
      const lines = first === last ? `${first}` : `${first}-${last}`
      await out(
        format === 'jsonl'
          ? `${JSON.stringify({ path, first, last, reason, raw })}\n`
          : `${printable(path)}:${lines}: ${reason}: ${printable(raw.length > 200 ? `${raw.slice(0, 200)}…` : raw)}\n`,
      )
    }
  }
  return 0
}
