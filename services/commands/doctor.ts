import { Unavailable } from '../unavailable.ts'
import type { Command } from './command.ts'

/** Reads every message of the log and every page of the index, and says what is wrong and what to do. */
export const doctorCommand: Command<object> = async ({ timeline, workspace, out }) => {
  await out(
    `Node ${process.versions.node}, zone rules ${process.versions['tz'] ?? 'unknown'}, ${process.platform} ${process.arch}\n`,
  )
  const { wrong: log, notes } = await timeline.bus.check(workspace)
  for (const text of log) await out(`log of record: ${text}\n`)
  const index = new Set<string>()
  // What is down says itself what to do; a rebuild would meet the same.
  const failed = (error: Error): void =>
    void index.add(error instanceof Unavailable ? error.message : rebuilt(error.message))
  if (log.length === 0) await timeline.settled(workspace).catch(failed)
  const found = await timeline.eventIndex.check(workspace).catch(failed)
  for (const text of found ?? []) index.add(rebuilt(text))
  for (const text of index) await out(`index: ${text}\n`)
  for (const text of notes) await out(`note: ${text}\n`)
  const wrong = log.length + index.size
  await out(
    wrong === 0
      ? 'Nothing is wrong.\n'
      : `${wrong} ${wrong === 1 ? 'thing is' : 'things are'} wrong.\n`,
  )
  return wrong === 0 ? 0 : 1
}

const rebuilt = (text: string): string => `${text}. Run: recount rebuild`
