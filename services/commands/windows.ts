import { proposedWindows } from '../draft/proposed-windows.ts'
import type { Command } from './command.ts'
import { pageQuery } from './timeline.ts'
import { printable } from './table.ts'

/** Proposes windows to draft: where alerts fired and errors came in bursts. */
export const windowsCommand: Command<{ from?: string; to?: string; json?: boolean }> = async (
  { timeline, workspace, out },
  { json, ...edges },
) => {
  const { from, to } = pageQuery(edges, 1)
  await timeline.settled(workspace)
  const proposals = await proposedWindows(timeline.eventIndex, workspace, {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  })
  if (json) await out(`${JSON.stringify({ windows: proposals })}\n`)
  else if (proposals.length === 0)
    await out(
      'No alert fired and no errors came in bursts: name a window yourself, to recount draft.\n',
    )
  else
    for (const { from: begin, to: end, because } of proposals)
      await out(`recount draft --from ${begin} --to ${end}\n  ${printable(because)}\n`)
  return 0
}
