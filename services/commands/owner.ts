import { createHash, randomUUID } from 'node:crypto'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import type { Logger } from 'pino'
import { isWorkspace } from '../config.ts'
import { openTimeline, type Timeline } from '../timeline.ts'
import type { Command, ExitStatus, Setting } from './command.ts'
import { encodeFrame } from './frames.ts'
import { spool } from './spool.ts'

/** A socket's path may have 107 bytes: a longer one is reached over a link in the folder for temporary files. */
const SOCKET_PATH_LIMIT = 100

export interface Owner {
  timeline: Timeline
  /** Waits for the commands that came over the socket, at most until the signal, then closes everything. */
  release(late?: AbortSignal): Promise<void>
}

/** The path of the owner's socket, short enough for the system. */
export function socketPath(data: string): string {
  const folder = resolve(data)
  const path = join(folder, 'owner.sock')
  if (Buffer.byteLength(path) <= SOCKET_PATH_LIMIT) return path
  const digest = createHash('sha256').update(folder).digest('hex')
  const link = join(tmpdir(), `recount-${digest.slice(0, 32)}`)
  if (!leadsTo(link, folder)) {
    rmSync(link, { force: true })
    symlinkSync(folder, link)
  }
  return join(link, 'owner.sock')
}

/** Whether a link is of this user and leads to a folder: the folder for temporary files is everybody's. */
function leadsTo(link: string, folder: string): boolean {
  try {
    return readlinkSync(link) === folder && lstatSync(link).uid === process.getuid?.()
  } catch {
    return false
  }
}

/** Who owns a data folder, as it wrote itself down. */
export function ownerOf(data: string): string {
  try {
    return readFileSync(join(data, 'owner.txt'), 'utf8').trim()
  } catch {
    return 'another process'
  }
}

/**
 * Takes a data folder for this process, or returns undefined when another one has it. The lock is one of the operating system on a file,
 * so it goes when its process goes, however that ends.
 */
export async function own(
  data: string,
  logger: Logger,
  commands: Readonly<Record<string, Command<never>>>,
  says: string,
): Promise<Owner | undefined> {
  mkdirSync(data, { recursive: true })
  const lock = new DatabaseSync(join(data, 'owner.lock'))
  try {
    lock.exec('pragma busy_timeout = 0; pragma journal_mode = delete; begin exclusive')
  } catch {
    lock.close()
    return undefined
  }
  writeFileSync(join(data, 'owner.txt'), `process ${process.pid}, ${says}\n`)
  rmSync(join(data, 'uploads'), { recursive: true, force: true })
  const timeline = openTimeline(data, logger)
  const socket = socketPath(data)
  rmSync(socket, { force: true })
  const running = new Set<Promise<unknown>>()
  let leaving = false
  const server: Server = createServer((request, response) => {
    // A connection that was accepted before may bring its command after: its sender tries again.
    if (leaving) return void request.destroy()
    const done = serve(request, response, data, timeline, commands)
      .catch((error: unknown) => logger.error(error, 'a command over the socket failed'))
      .finally(() => running.delete(done))
    running.add(done)
  })
  server.timeout = 0
  server.requestTimeout = 0
  await new Promise<void>((resolved, rejected) =>
    server.once('error', rejected).listen(socket, resolved),
  )
  chmodSync(socket, 0o600)
  return {
    timeline,
    async release(late) {
      leaving = true
      rmSync(socket, { force: true })
      const closed = new Promise((resolved) => server.close(resolved))
      server.closeIdleConnections()
      await Promise.race([Promise.allSettled(running), aborted(late)])
      server.closeAllConnections()
      await closed
      await timeline.close()
      rmSync(join(data, 'owner.txt'), { force: true })
      lock.exec('rollback')
      lock.close()
    },
  }
}

/** Resolves when a signal is given, never without one. */
export const aborted = (signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) resolve()
    else signal?.addEventListener('abort', () => resolve())
  })

/** What a command beside the owner sends: its name and options in a header, its files as a tar stream in the body. */
export interface Call {
  name: string
  options: unknown
  workspace: string
  nowMs: number
  terminal: boolean
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  data: string,
  timeline: Timeline,
  commands: Readonly<Record<string, Command<never>>>,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/octet-stream' })
  const send = (channel: 'out' | 'notes' | 'exit', content: string | Uint8Array): Promise<void> =>
    new Promise((sent) => {
      if (response.write(encodeFrame(channel, content)) || response.destroyed) sent()
      else response.once('drain', sent).once('close', sent)
    })
  const uploads = join(data, 'uploads', randomUUID())
  let status: ExitStatus = 2
  try {
    const call = JSON.parse(decodeURIComponent(String(request.headers['x-recount-call']))) as Call
    if (!Object.hasOwn(commands, call.name) || !isWorkspace(call.workspace))
      throw new Error(
        `the owner of the data folder (${ownerOf(data)}) does not know ${call.name} in ${call.workspace}: stop it and start the same version`,
      )
    const command = commands[call.name] as Command<unknown>
    const files = await spool(request, uploads)
    const setting: Setting = {
      timeline,
      workspace: call.workspace,
      nowMs: call.nowMs,
      files: () => files(),
      out: (text) => send('out', text),
      notes: (text) => send('notes', text),
      terminal: call.terminal,
    }
    status = await command(setting, call.options)
  } catch (error) {
    await send('notes', `recount: ${(error as Error).message}\n`)
  } finally {
    rmSync(uploads, { recursive: true, force: true })
  }
  await send('exit', String(status))
  response.end()
}
