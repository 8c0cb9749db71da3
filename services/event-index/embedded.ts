import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Group } from '../../schemas/group.ts'
import { startThread, type Thread } from '../thread.ts'
import { inInsertSpan } from '../tracing.ts'
import { isCurrent } from './embedded/schema.ts'
import { Writer } from './embedded/writer.ts'
import {
  BadCursor,
  TimelineChanged,
  type Bucket,
  type EventIndex,
  type Page,
  type KnownBy,
  type SourceSummary,
} from './event-index.ts'
import { Unavailable } from '../unavailable.ts'

/** So much memory is enough for a page of a thousand large events, and for the groups of a window in which hundreds of thousands of lines are like no other; more would be a leak. */
const LIMITS = { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 16 }
const FILES = ['index.sqlite', 'index.next.sqlite']
const SUFFIXES = ['', '-wal', '-shm']

/**
 * The index in this process: `<data>/<workspace>/index.sqlite`. It is written in the thread that calls and read in one of its own, so that reads do not wait for writes;
 * one thread of a process writes.
 * `renews` is told of a file that is thrown away and made anew. `startReader` makes what answers the calls of readings.ts.
 */
export function embeddedEventIndex(
  data: string,
  renews: (path: string) => void = () => undefined,
  startReader: (path: string) => Thread = readerThread,
): EventIndex {
  const writers = new Map<string, Writer>()
  const readers = new Map<string, Thread>()
  const writer = (workspace: string, file = 'index.sqlite'): Writer => {
    const path = join(data, workspace, file)
    return found(writers, path, () => openWriter(path, renews))
  }
  const reader = (workspace: string): Thread =>
    found(readers, workspace, () => {
      const path = join(data, workspace, 'index.sqlite')
      // Somebody has to make the tables before they are read.
      if (!existsSync(path) || !isCurrent(path)) openWriter(path, renews).close()
      return startReader(path)
    })
  const read = async <T>(workspace: string, call: string, ...args: unknown[]): Promise<T> =>
    reader(workspace).call<T>(call, ...args)
  const closeOne = async (workspace: string): Promise<void> => {
    for (const file of FILES) {
      const path = join(data, workspace, file)
      writers.get(path)?.close()
      writers.delete(path)
    }
    await readers.get(workspace)?.close()
    readers.delete(workspace)
  }
  return {
    write: (workspace, changes, position) =>
      inInsertSpan('events', changes.length, async () =>
        writing(() => writer(workspace).write(changes, position)),
      ),
    remove: async (workspace, removal, position) =>
      writing(() => writer(workspace).remove(removal, position)),
    erase: async (workspace, ids, position) =>
      writing(() => writer(workspace).erase(ids, position)),
    position: (workspace) => read<string | null>(workspace, 'position'),
    page: (workspace, query) => read<Page>(workspace, 'page', query),
    event: (workspace, id) => read<string | undefined>(workspace, 'event', id),
    events: async (workspace, ids) =>
      new Map(await read<[string, string][]>(workspace, 'events', ids)),
    histogram: (workspace, filter, seconds) =>
      read<Bucket[]>(workspace, 'histogram', filter, seconds),
    groups: (workspace, filter, keep) => read<Group[]>(workspace, 'groups', filter, keep),
    sources: (workspace) => read<SourceSummary[]>(workspace, 'sources'),
    bases: (workspace) => read<KnownBy[]>(workspace, 'bases'),
    streams: (workspace, seen) => read<string[]>(workspace, 'streams', seen),
    check: (workspace) => read<string[]>(workspace, 'check'),
    async created(workspace, importId) {
      const rows = await read<{ origin: string; events: number }[]>(workspace, 'created', importId)
      return new Map(rows.map((row) => [row.origin, row.events]))
    },
    async renew(workspace) {
      const folder = join(data, workspace)
      const path = join(folder, 'index.next.sqlite')
      remove(path)
      const next = (): Writer => writer(workspace, 'index.next.sqlite')
      return {
        index: {
          write: async (_, changes, position) => writing(() => next().write(changes, position)),
          remove: async (_, removal, position) => writing(() => next().remove(removal, position)),
          erase: async (_, ids, position) => writing(() => next().erase(ids, position)),
        },
        async publish() {
          next()
          await closeOne(workspace)
          remove(join(folder, 'index.sqlite'))
          for (const suffix of SUFFIXES) {
            if (existsSync(path + suffix))
              renameSync(path + suffix, join(folder, `index.sqlite${suffix}`))
          }
        },
      }
    },
    async close() {
      for (const one of writers.values()) one.close()
      writers.clear()
      for (const one of readers.values()) await one.close()
      readers.clear()
    },
  }
}

const readerThread = (path: string): Thread =>
  startThread(new URL(`./embedded/reader-thread${import.meta.url.slice(-3)}`, import.meta.url), {
    data: path,
    limits: LIMITS,
    errors: [BadCursor, TimelineChanged],
  })

/** What SQLite or the system refuses is no fault of what is written. */
function writing<T>(write: () => T): T {
  try {
    return write()
  } catch (error) {
    const isOfTheMachine = 'sqliteCode' in (error as Error) || 'syscall' in (error as Error)
    throw isOfTheMachine ? new Unavailable((error as Error).message) : error
  }
}

function found<T>(known: Map<string, T>, name: string, make: () => T): T {
  let one = known.get(name)
  if (one === undefined) known.set(name, (one = make()))
  return one
}

function remove(path: string): void {
  for (const suffix of SUFFIXES) rmSync(path + suffix, { force: true })
}

/** An index of an older version, or one that SQLite cannot open, is thrown away: it is filled again from the log. */
function openWriter(path: string, renews: (path: string) => void): Writer {
  mkdirSync(dirname(path), { recursive: true })
  if (existsSync(path) && !isCurrent(path)) {
    renews(path)
    remove(path)
  }
  return new Writer(path)
}
