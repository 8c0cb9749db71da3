import { Builds, type Build } from './elasticsearch/builds.ts'
import {
  readBases,
  readCreated,
  readHistogram,
  readSources,
  readStreams,
} from './elasticsearch/counts.ts'
import { readGroups } from './elasticsearch/groups.ts'
import type { StoredChange } from './elasticsearch/fields.ts'
import { Names } from './elasticsearch/names.ts'
import { Leases, type Lease } from './elasticsearch/leases.ts'
import { readEvent, readEvents, readHealth, readPage } from './elasticsearch/reader.ts'
import {
  IndexGone,
  NO_INDEX,
  Server,
  typeOf,
  type ElasticsearchAccess,
  type Outcome,
} from './elasticsearch/server.ts'
import { setUp } from './elasticsearch/set-up.ts'
import { Writer } from './elasticsearch/writer.ts'
import type { EventIndex } from './event-index.ts'
import { Unavailable } from '../unavailable.ts'

const PATIENCE_MS = 15_000
const PREFIX = 'recount'
/** Somebody may publish another build while one is written to, but not all the time. */
const TRIES = 5

export interface ElasticsearchOptions extends ElasticsearchAccess {
  /** What the names of indices begin with; without a hyphen, or the template of one prefix would be that of another, too. */
  prefix?: string
  /** How long a cluster that cannot take a request is asked again. */
  patienceMs?: number
  /** Told of the documents that were sent at once. */
  counts?(outcomes: readonly Outcome[]): void
  /** Told of events that were written to the build that is read, as they stand there; the call that wrote them waits for it. */
  wrote?(
    workspace: string,
    events: readonly Pick<StoredChange, 'file' | 'document'>[],
  ): Promise<void>
}

export interface ElasticsearchEventIndex extends EventIndex {
  /** Works while no other process does work of this name in this workspace; `waits` is told once who does. */
  alone<T>(
    workspace: string,
    name: string,
    work: (lease: Lease) => Promise<T>,
    waits: (by: string) => void,
  ): Promise<T>
}

interface Workspace {
  names: Names
  builds: Builds
  /** The build that is written to, once it is known. */
  current?: Build | undefined
}

/**
 * The index on Elasticsearch, for many nodes. An event is in the index of the month that its id begins with, so a repeat always meets its first copy, whatever became of its time, and
 * retention is the dropping of an index.
 */
export function elasticsearchEventIndex({
  prefix = PREFIX,
  patienceMs = PATIENCE_MS,
  counts,
  wrote,
  ...access
}: ElasticsearchOptions): ElasticsearchEventIndex {
  const server = new Server(access, patienceMs, counts)
  const leases = new Leases(server, prefix)
  const workspaces = new Map<string, Workspace>()
  const of = (name: string): Workspace => {
    let workspace = workspaces.get(name)
    if (!workspace) {
      const names = new Names(prefix, name)
      workspaces.set(name, (workspace = { names, builds: new Builds(server, prefix, names) }))
    }
    return workspace
  }
  /** Reads, where the build that is read is of a form that can be. */
  const reading = async <T>(name: string, read: (names: Names) => Promise<T>): Promise<T> => {
    const { names, builds } = of(name)
    await builds.generation()
    return read(names)
  }
  /** Does something to a build. What was put into one that was replaced meanwhile is put into its successor: doing it again changes nothing. */
  const writing = async <T>(
    { names, builds }: Workspace,
    build: Build,
    position: string,
    work: (writer: Writer) => Promise<T>,
  ): Promise<T> => {
    try {
      const result = await work(new Writer(server, names, builds, build))
      if (await builds.setPosition(build, position)) return result
      throw new IndexGone(names.metaOf(build.number))
    } catch (error) {
      if (typeOf(error) === NO_INDEX) throw new IndexGone()
      throw error
    }
  }
  const writingCurrent = async <T>(
    name: string,
    position: string,
    work: (writer: Writer) => Promise<T>,
  ): Promise<T> => {
    const workspace = of(name)
    for (let tries = 0; tries < TRIES; tries++) {
      const build = (workspace.current ??= await workspace.builds.current())
      try {
        return await writing(workspace, build, position, work)
      } catch (error) {
        if (!(error instanceof IndexGone)) throw error
        workspace.current = undefined
      }
    }
    throw new Unavailable(`the index of ${name} is replaced all the time`)
  }
  return {
    write: (name, changes, position) =>
      writingCurrent(name, position, (writer) =>
        writer.write(changes, (events) => wrote?.(name, events)),
      ),
    remove: (name, removal, position) =>
      writingCurrent(name, position, (writer) => writer.remove(removal)),
    erase: (name, ids, position) => writingCurrent(name, position, (writer) => writer.erase(ids)),
    position: (name) => of(name).builds.position(),
    page: (name, query) => readPage(server, of(name).names, of(name).builds, query),
    event: (name, id) => reading(name, (names) => readEvent(server, names, id)),
    events: (name, ids) => reading(name, (names) => readEvents(server, names, ids)),
    histogram: (name, filter, seconds) =>
      reading(name, (names) => readHistogram(server, names, filter, seconds)),
    groups: (name, filter, keep) =>
      reading(name, (names) => readGroups(server, names, filter, keep)),
    sources: (name) => reading(name, (names) => readSources(server, names)),
    bases: (name) => reading(name, (names) => readBases(server, names)),
    streams: (name, seen) => reading(name, (names) => readStreams(server, names, seen)),
    created: (name, importId) => reading(name, (names) => readCreated(server, names, importId)),
    check: (name) => reading(name, (names) => readHealth(server, names)),
    async renew(name) {
      const workspace = of(name)
      const next = await workspace.builds.next()
      return {
        index: {
          write: (_, changes, position) =>
            writing(workspace, next, position, (writer) => writer.write(changes)),
          remove: (_, removal, position) =>
            writing(workspace, next, position, (writer) => writer.remove(removal)),
          erase: (_, ids, position) =>
            writing(workspace, next, position, (writer) => writer.erase(ids)),
        },
        async publish() {
          await workspace.builds.publish(next)
          workspace.current = undefined
        },
      }
    },
    alone: async (workspace, name, work, waits) => {
      await setUp(server, prefix)
      return leases.hold(`${workspace} ${name}`, work, waits)
    },
    close: () => server.close(),
  }
}

/** Puts what the cluster needs to know beforehand; done again it changes nothing. Without it the first write does it. */
export async function setUpElasticsearch({
  prefix = PREFIX,
  patienceMs = PATIENCE_MS,
  ...access
}: Omit<ElasticsearchOptions, 'counts'>): Promise<void> {
  const server = new Server(access, patienceMs)
  try {
    await setUp(server, prefix)
  } finally {
    await server.close()
  }
}
