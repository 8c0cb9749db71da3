import { Builds, type Build } from './elasticsearch/builds.ts'
import { readCreated, readHistogram, readSources, readStreams } from './elasticsearch/counts.ts'
import { Names } from './elasticsearch/names.ts'
import { readEvent, readHealth, readPage } from './elasticsearch/reader.ts'
import { Leases, type Lease } from './elasticsearch/leases.ts'
import { IndexGone, NO_INDEX, Server, typeOf, type Outcome } from './elasticsearch/server.ts'
import { setUp } from './elasticsearch/set-up.ts'
import { Writer } from './elasticsearch/writer.ts'
import type { EventIndex } from './event-index.ts'
import { Unavailable } from '../unavailable.ts'

const PATIENCE_MS = 15_000
/** Somebody may publish another build while one is written to, but not all the time. */
const TRIES = 5

export interface ElasticsearchOptions {
  /** The address of the cluster, with user and password where it wants them. */
  url: string
  /** What names of indices begin with: `recount-`, and more after it where several share a cluster. */
  prefix?: string
  /** How long a cluster that cannot take a request is asked again. */
  patienceMs?: number
  /** Told of the documents that were sent at once. */
  counts?(outcomes: readonly Outcome[]): void
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
  url,
  prefix = 'recount-',
  patienceMs = PATIENCE_MS,
  counts,
}: ElasticsearchOptions): ElasticsearchEventIndex {
  const server = new Server(url, patienceMs, counts)
  const leases = new Leases(server, prefix)
  const workspaces = new Map<string, Workspace>()
  const of = (name: string): Workspace => {
    let workspace = workspaces.get(name)
    if (!workspace) {
      const names = new Names(prefix, name)
      workspaces.set(name, (workspace = { names, builds: new Builds(server, names) }))
    }
    return workspace
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
      writingCurrent(name, position, (writer) => writer.write(changes)),
    remove: (name, removal, position) =>
      writingCurrent(name, position, (writer) => writer.remove(removal)),
    position: (name) => of(name).builds.position(),
    page: (name, query) => readPage(server, of(name).names, of(name).builds, query),
    event: (name, id) => readEvent(server, of(name).names, id),
    histogram: (name, filter, seconds) => readHistogram(server, of(name).names, filter, seconds),
    sources: (name) => readSources(server, of(name).names),
    streams: (name, seen) => readStreams(server, of(name).names, seen),
    created: (name, importId) => readCreated(server, of(name).names, importId),
    check: (name) => readHealth(server, of(name).names),
    async renew(name) {
      const workspace = of(name)
      const next = await workspace.builds.next()
      return {
        index: {
          write: (_, changes, position) =>
            writing(workspace, next, position, (writer) => writer.write(changes)),
          remove: (_, removal, position) =>
            writing(workspace, next, position, (writer) => writer.remove(removal)),
        },
        async publish() {
          await workspace.builds.publish(next)
          workspace.current = undefined
        },
      }
    },
    alone: async (workspace, name, work, waits) => {
      await setUp(server)
      return leases.hold(`${workspace} ${name}`, work, waits)
    },
    close: () => server.close(),
  }
}

/** Puts what the cluster needs to know beforehand; done again it changes nothing. Without it the first write does it. */
export async function setUpElasticsearch({
  url,
  patienceMs = PATIENCE_MS,
}: Pick<ElasticsearchOptions, 'url' | 'patienceMs'>): Promise<void> {
  const server = new Server(url, patienceMs)
  try {
    await setUp(server)
  } finally {
    await server.close()
  }
}
