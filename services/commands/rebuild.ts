import type { Command } from './command.ts'

export const rebuildCommand: Command<object> = async ({ timeline, workspace, notes }) => {
  const begin = Date.now()
  await timeline.rebuild(workspace)
  await notes(
    `The timeline was built anew from the log in ${((Date.now() - begin) / 1000).toFixed(1)} s.\n`,
  )
  return 0
}
