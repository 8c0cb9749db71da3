import { Newer } from '../unavailable.ts'
import type { Command } from './command.ts'

/** Reads every message of the log and every page of the index, and says what is wrong and what to do. */
export const doctorCommand: Command<object> = async ({ timeline, workspace, out }) => {
  await out(
    `Node ${process.versions.node}, zone rules ${process.versions['tz'] ?? 'unknown'}, ${process.platform} ${process.arch}\n`,
  )
  const log = await timeline.bus.check(workspace)
  for (const text of log) await out(`log of record: ${text}\n`)
  let index: string[] = []
  try {
    if (log.length === 0) await timeline.settled(workspace)
    index = (await timeline.eventIndex.check(workspace)).map(rebuilt)
  } catch (error) {
    const { message } = error as Error
    index = [error instanceof Newer ? message : rebuilt(message)]
  }
  for (const text of index) await out(`index: ${text}\n`)
  const wrong = log.length + index.length
  await out(
    wrong === 0
      ? 'Nothing is wrong.\n'
      : `${wrong} ${wrong === 1 ? 'thing is' : 'things are'} wrong.\n`,
  )
  return wrong === 0 ? 0 : 1
}

const rebuilt = (wrong: string): string => `${wrong}. Run: recount rebuild`
