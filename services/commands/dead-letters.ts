import type { FormatFile } from '../../schemas/format-file.ts'
import { openLetters } from '../ingest/dead-letters.ts'
import type { Command } from './command.ts'
import { counted, printable } from './table.ts'

/** Everything that could not be read and was neither taken back since, read since nor erased, each once however often it was imported. */
export const deadLettersListCommand: Command<{ format: 'text' | 'jsonl' }> = async (
  { timeline, workspace, out },
  { format },
) => {
  const listed = new Set<string>()
  for await (const { letter } of openLetters(timeline.bus, workspace)) {
    const { id, path, first, last, reason, raw } = letter
    if (listed.has(id)) continue
    listed.add(id)
    const lines = first === last ? `${first}` : `${first}-${last}`
    await out(
      format === 'jsonl'
        ? `${JSON.stringify({ id, path, first, last, reason, raw })}\n`
        : `${printable(path)}:${lines}: ${reason}: ${printable(raw.length > 200 ? `${raw.slice(0, 200)}…` : raw)}\n`,
    )
  }
  return 0
}

/** Tries what was refused once more, and tells what became of it. */
export const deadLettersReplayCommand: Command<{
  json?: boolean
  formats?: readonly FormatFile[]
}> = async ({ timeline, workspace, nowMs, out }, { json, formats }) => {
  const replay = await timeline.replay(workspace, nowMs, formats)
  const { tried, replayed, events, refused, reasons, importAgain } = replay
  if (json) await out(`${JSON.stringify(replay)}\n`)
  else {
    const left = tried - replayed - refused
    await out(
      `${counted(tried, 'dead letter')}: ${counted(replayed, 'letter')} replayed (${counted(events, 'new event')}), ` +
        `${refused.toLocaleString('en')} still refused, ${left.toLocaleString('en')} to be imported again\n`,
    )
    const why = Object.entries(reasons).map(([reason, count]) => `${count} ${reason}`)
    if (why.length > 0)
      await out(`still refused: ${why.join(', ')}; see: recount dead-letters list\n`)
    for (const { path, letters } of importAgain)
      await out(
        `${printable(path)}: ${counted(letters, 'letter')} cannot be read from what is kept: recount sources remove ${printable(path)}, then import it again\n`,
      )
  }
  return replayed === tried ? 0 : 1
}
