import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { Unavailable } from '../../unavailable.ts'
import { NO_INDEX, orNone, typeOf, type Server } from './server.ts'

/** One that has not said for so long that it is there holds nothing any more. */
const EXPIRES_MS = 15_000
const ASK_MS = 250

/** Something that one process at a time may do. */
export interface Lease {
  /** Called before anything that nobody else may do meanwhile. @throws Unavailable when another process may have taken over */
  held(): void
}

interface Holder {
  holder: string
  /** Who that is, for people. */
  by: string
}

interface Version {
  if_seq_no: number
  if_primary_term: number
}

/**
 * Leases that processes hold by beating: a document with the holder's name, changed at every beat only while it is as the holder left it. No clock is compared with another:
 * who waits sees by its own that a document has stayed the same for too long.
 */
export class Leases {
  readonly #server: Server
  readonly #index: string
  readonly #expiresMs: number
  readonly #beatMs: number
  /** A holder that cannot say that it is there gives up before others take it for gone. */
  readonly #lostMs: number

  /** `prefix`: what names of indices begin with. No workspace has a name that begins with a dot. */
  constructor(server: Server, prefix: string, expiresMs = EXPIRES_MS) {
    this.#server = server
    this.#index = `${prefix}-.leases`
    this.#expiresMs = expiresMs
    this.#beatMs = expiresMs / 4
    this.#lostMs = (expiresMs * 2) / 3
  }

  /** Works when nobody else does work of this name. `waits` is told once who else does. */
  async hold<T>(
    name: string,
    work: (lease: Lease) => Promise<T>,
    waits: (by: string) => void,
  ): Promise<T> {
    const mine: Holder = { holder: randomUUID(), by: `${hostname()}, process ${process.pid}` }
    let version = await this.#take(name, mine, waits)
    let beatenMs = performance.now()
    let lost = false
    const stopping = new AbortController()
    const beating = (async () => {
      while (!lost) {
        await sleep(this.#beatMs, undefined, { signal: stopping.signal })
        const startedMs = performance.now()
        const next = await this.#put(name, mine, version).catch(() => version)
        if (next === undefined) lost = true
        else if (next !== version) [version, beatenMs] = [next, startedMs]
      }
    })().catch(() => undefined)
    try {
      return await work({
        held: () => {
          if (lost || performance.now() - beatenMs > this.#lostMs)
            throw new Unavailable(
              'Elasticsearch did not answer in time, and another process may have begun an import meanwhile. Do the same again: what is on the timeline stays, and nothing doubles',
            )
        },
      })
    } finally {
      stopping.abort()
      await beating
      if (!lost) await this.#give(name, version)
    }
  }

  async #take(name: string, mine: Holder, waits: (by: string) => void): Promise<Version> {
    let seen = ''
    let sinceMs = 0
    let isTold = false
    for (;;) {
      const there = await this.#read(name)
      const state = there ? `${there.version.if_primary_term}.${there.version.if_seq_no}` : ''
      if (state !== seen) [seen, sinceMs] = [state, performance.now()]
      if (!there || performance.now() - sinceMs > this.#expiresMs) {
        const version = await this.#put(name, mine, there?.version)
        if (version) return version
      } else {
        if (!isTold) waits(there.by)
        isTold = true
        await sleep(ASK_MS)
      }
    }
  }

  async #read(name: string): Promise<(Holder & { version: Version }) | undefined> {
    const id = name
    const found = await orNone(
      this.#server.call((c) => c.get<{ value: Holder }>({ index: this.#index, id })),
    )
    return (
      found && {
        ...found._source!.value,
        version: { if_seq_no: found._seq_no!, if_primary_term: found._primary_term! },
      }
    )
  }

  /** Undefined where somebody else was first. An answer that was lost on the way shows in what is there. */
  async #put(name: string, value: Holder, version?: Version): Promise<Version | undefined> {
    const [index, id, document] = [this.#index, name, { value }]
    const op_type = version ? 'index' : 'create'
    try {
      const put = await this.#server.call((c) =>
        c.index({ index, id, document, op_type, ...version }),
      )
      return { if_seq_no: put._seq_no!, if_primary_term: put._primary_term! }
    } catch (error) {
      if (typeOf(error) === NO_INDEX) {
        await this.#create()
        return undefined
      }
      if (typeOf(error) !== 'version_conflict_engine_exception') throw error
      const there = await this.#read(name)
      return there?.holder === value.holder ? there.version : undefined
    }
  }

  async #give(name: string, version: Version): Promise<void> {
    const [index, id] = [this.#index, name]
    // Where it does not come through, the lease is free when it has expired.
    await this.#server.call((c) => c.delete({ index, id, ...version })).catch(() => undefined)
  }

  async #create(): Promise<void> {
    await this.#server
      .call((c) => c.indices.create({ index: this.#index }))
      .catch((error: unknown) => {
        if (typeOf(error) !== 'resource_already_exists_exception') throw error
      })
  }
}
