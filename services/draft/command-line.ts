import type { Fact } from './material.ts'

/** sudo and cron write what was run so, and Windows in a line of its own. */
const COMMAND = /\bCOMMAND=(\S.*)|\bCMD \((.+)\)|(?:^|\n)\s*(?:Process )?Command ?Line:[ \t]*(\S.*)/

/** The command that an event says was run. */
export function commandOf(fact: Fact): string | undefined {
  const told = fieldOf(fact, 'process', 'command_line')
  if (told !== undefined) return told
  const [, ...found] = COMMAND.exec(fact.message) ?? []
  return found.find((part) => part !== undefined)?.trim()
}

/** Whether the clock ran it, and nobody. */
export const isScheduled = ({ message }: Fact): boolean => /\bCMD \(/.test(message)

export function fieldOf({ event }: Fact, ...names: string[]): string | undefined {
  let value: unknown = event
  for (const name of names) value = (value as Record<string, unknown> | undefined)?.[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The name of the program that a command runs. */
export const programOf = (line: string): string =>
  (/^"([^"]+)"|^(\S+)/.exec(line)?.[0] ?? line)
    .replaceAll('"', '')
    .split(/[\\/]/)
    .at(-1)!
    .toLowerCase()
