import { request, type IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { FileInput } from '../ingest/files.ts'
import type { Unreadable } from '../ingest/walk.ts'
import type { ExitStatus, Output } from './command.ts'
import { decodeFrames } from './frames.ts'
import { socketPath, type Call } from './owner.ts'
import { packFiles } from './spool.ts'

/** The owner is not there, or left before it answered: the same call may succeed later. */
export class NoAnswer extends Error {}

/** Runs a command in the process that owns the data folder. @throws NoAnswer */
export async function callOwner(
  data: string,
  call: Call,
  files: AsyncIterable<FileInput | Unreadable>,
  output: Output,
): Promise<ExitStatus> {
  const headers = { 'x-recount-call': encodeURIComponent(JSON.stringify(call)) }
  const sending = request({ socketPath: socketPath(data), path: '/', method: 'POST', headers })
  const answering = new Promise<IncomingMessage>((resolve, reject) =>
    sending.once('response', resolve).on('error', ({ message }) => reject(new NoAnswer(message))),
  )
  const sent = pipeline(packFiles(files), sending).catch(() => undefined)
  const response = await answering
  let status: ExitStatus = 2
  for await (const { channel, content } of decodeFrames(response)) {
    if (channel === 'out') await output.out(content)
    else if (channel === 'notes') await output.notes(content.toString())
    else status = Number(content.toString()) as ExitStatus
  }
  await sent
  return status
}
