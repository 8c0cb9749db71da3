import type { Logger } from 'pino'
import type { ExitStatus, Output } from './command.ts'
import type { Owner } from './owner.ts'
import { ownerOf } from './owner.ts'

export interface ServeInvocation {
  data: string
  workspace: string
  options: Record<string, unknown>
  logger: Logger
  output: Output
  own(says: string): Promise<Owner | undefined>
}

/** Serves until SIGTERM or SIGINT; then answers what was begun and leaves the folder. */
export async function serve({ data, output, own }: ServeInvocation): Promise<ExitStatus> {
  const owner = await own('recount serve')
  if (!owner) {
    await output.notes(`recount: the data folder ${data} is owned by ${ownerOf(data)}\n`)
    return 1
  }
  return 0
}
