import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { pack } from './embedded/transfer.ts'
import { VERSION } from './embedded/schema.ts'
import {
  BadCursor,
  TimelineChanged,
  type Bucket,
  type EventIndex,
  type Page,
  type SourceSummary,
} from './event-index.ts'

/** So much memory is enough for a page of a thousand large events; more would be a leak. */
const LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 }
const SUFFIXES = ['', '-wal', '-shm']

interface Threads {
  call<T>(role: 'writer' | 'reader', call: string, ...args: unknown[]): Promise<T>
  close(): Promise<void>
}

/** The index in this process: `<data>/<workspace>/index.sqlite`, written by one worker thread and read by another. */
export function embeddedEventIndex(data: string): EventIndex {
  const open = new Map<string, Promise<Threads>>()
  const threads = (workspace: string): Promise<Threads> => {
    let found = open.get(workspace)
    if (!found) {
      found = openThreads(join(data, workspace))
      open.set(workspace, found)
    }
    return found
  }
  const read = async <T>(workspace: string, call: string, ...args: unknown[]): Promise<T> =>
    (await threads(workspace)).call<T>('reader', call, ...args)
  return {
    write: async (workspace, changes, position) =>
      (await threads(workspace)).call('writer', 'write', pack(changes), position),
    remove: async (workspace, removal, position) =>
      (await threads(workspace)).call('writer', 'remove', removal, position),
    position: (workspace) => read<string | null>(workspace, 'position'),
    page: (workspace, query) => read<Page>(workspace, 'page', query),
    event: (workspace, id) => read<string | undefined>(workspace, 'event', id),
    histogram: (workspace, filter, seconds) =>
      read<Bucket[]>(workspace, 'histogram', filter, seconds),
    sources: (workspace) => read<SourceSummary[]>(workspace, 'sources'),
    check: (workspace) => read<string[]>(workspace, 'check'),
    async created(workspace, importId) {
      const rows = await read<{ origin: string; events: number }[]>(workspace, 'created', importId)
      return new Map(rows.map((row) => [row.origin, row.events]))
    },
    async renew(workspace) {
      const folder = join(data, workspace)
      const path = join(folder, 'index.next.sqlite')
      remove(path)
      const fresh = startThreads(path)
      return {
        index: {
          write: (_, changes, position) => fresh.call('writer', 'write', pack(changes), position),
          remove: (_, removal, position) => fresh.call('writer', 'remove', removal, position),
        },
        async publish() {
          await fresh.close()
          const old = await threads(workspace)
          open.set(
            workspace,
            old.close().then(() => {
              remove(join(folder, 'index.sqlite'))
              for (const suffix of SUFFIXES) {
                if (existsSync(path + suffix))
                  renameSync(path + suffix, join(folder, `index.sqlite${suffix}`))
              }
              return openThreads(folder)
            }),
          )
          await threads(workspace)
        },
      }
    },
    async close() {
      for (const opening of open.values()) await (await opening).close()
      open.clear()
    },
  }
}

function remove(path: string): void {
  for (const suffix of SUFFIXES) rmSync(path + suffix, { force: true })
}

/** An index of another version, or one that SQLite cannot open, is thrown away: it is filled again from the log. */
async function openThreads(folder: string): Promise<Threads> {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'index.sqlite')
  const threads = startThreads(path)
  try {
    await threads.call('writer', 'version')
    const version = await threads.call('reader', 'version')
    if (version === VERSION) return threads
  } catch {
    // Falls through: an unreadable index is worth nothing, the log has it all.
  }
  await threads.close().catch(() => undefined)
  remove(path)
  const fresh = startThreads(path)
  // The writer makes the file, which the reader needs.
  await fresh.call('writer', 'version')
  return fresh
}

function startThreads(path: string): Threads {
  const started = new Map<string, ReturnType<typeof startThread>>()
  const thread = (role: 'writer' | 'reader'): ReturnType<typeof startThread> => {
    let found = started.get(role)
    if (!found) started.set(role, (found = startThread(path, role)))
    return found
  }
  return {
    call: (role, call, ...args) => thread(role).call(call, args) as Promise<never>,
    async close() {
      for (const role of ['reader', 'writer']) await started.get(role)?.close()
    },
  }
}

interface Reply {
  id: number
  result?: unknown
  error?: { type: string; message: string }
}

function startThread(
  path: string,
  role: string,
): { call(call: string, args: unknown[]): Promise<unknown>; close(): Promise<void> } {
  const worker = new Worker(
    new URL(`./embedded/worker${import.meta.url.slice(-3)}`, import.meta.url),
    {
      workerData: { path, role },
      resourceLimits: LIMITS,
    },
  )
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let last = 0
  let ended: Error | undefined
  const end = (error: Error): void => {
    ended = error
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  worker.on('message', ({ id, result, error }: Reply) => {
    const call = waiting.get(id)!
    waiting.delete(id)
    if (waiting.size === 0) worker.unref()
    if (error) call.reject(revive(error))
    else call.resolve(result)
  })
  worker.on('error', (error) => end(error))
  worker.on('exit', () => end(new Error('the index thread has ended')))
  const call = (name: string, args: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (ended) return reject(ended)
      worker.ref()
      waiting.set(++last, { resolve, reject })
      worker.postMessage({ id: last, call: name, args })
    })
  return {
    call,
    async close() {
      if (ended) return
      await call('close', []).catch(() => undefined)
      await worker.terminate()
    },
  }
}

function revive({ type, message }: { type: string; message: string }): Error {
  if (type === 'BadCursor') return new BadCursor(message)
  if (type === 'TimelineChanged') return new TimelineChanged(message)
  return new Error(message)
}
