#!/usr/bin/env node
import { once } from 'node:events'
import { CommanderError } from 'commander'
import { commandLine } from './commands/command-line.ts'
import { WrongUse } from './commands/command.ts'
import { BadSetting, readConfig } from './config.ts'
import { Unavailable } from './unavailable.ts'

// A reader that goes away (`recount timeline | head`) ends the output, not with an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

/** What the system refuses, by its code: the message names the path or address, and a stack would help nobody. */
const REFUSED = new Set([
  'EACCES',
  'EADDRNOTAVAIL',
  'EEXIST',
  'ENOSPC',
  'ENOTDIR',
  'EPERM',
  'EROFS',
])

try {
  const config = readConfig(process.env)
  process.exitCode = await commandLine(config, process.argv, {
    out: async (text) => {
      if (!process.stdout.write(text)) await once(process.stdout, 'drain')
    },
    notes: async (text) => void process.stderr.write(text),
    terminal: process.stderr.isTTY,
  })
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else if (
    [WrongUse, BadSetting, Unavailable].some((known) => error instanceof known) ||
    REFUSED.has((error as NodeJS.ErrnoException).code ?? '')
  ) {
    process.stderr.write(`recount: ${(error as Error).message}\n`)
    process.exitCode = 2
  } else throw error
}
