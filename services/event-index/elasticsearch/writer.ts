import type { Change } from '../../../schemas/change.ts'
import type { Removal } from '../../../schemas/removal.ts'
import { EventsRefused } from '../event-index.ts'
import { isRepeat, merge, without } from '../merge.ts'
import type { Build, Builds } from './builds.ts'
import { bulk, type Action } from './bulk.ts'
import { bodyOf, seenIn, storable, wellFormed, type Source, type StoredChange } from './fields.ts'
import { documentId, monthOf, type Names } from './names.ts'
import { inOrder, search } from './search.ts'
import { IndexGone, NO_INDEX, type Server } from './server.ts'
import { Unavailable } from '../../unavailable.ts'

/** So many documents are read to be changed at once. */
const TOGETHER = 500
/** Somebody else may change a document between its reading and its writing, but not all the time. */
const ROUNDS = 50

/** So many names of indices fit into the first line of a request, which may have 4096 bytes. */
const FEW = 20

/** Where the document of an event is. */
interface Place {
  index: string
  id: string
}

/** What becomes of an event: stored like this, taken away (null), or left as it is (undefined). `stored` is undefined where there is none. */
type Edit = (stored: StoredChange | undefined, id: string) => StoredChange | null | undefined

/** One call that writes into a build of a workspace. */
export class Writer {
  readonly #server: Server
  readonly #names: Names
  readonly #builds: Builds
  readonly #build: Build
  /** What was written to, and is to be seen when the call resolves. */
  readonly #touched = new Set<string>()
  /** Documents that are never taken, and why. */
  readonly #refused = new Map<string, string>()
  readonly #refuse = (id: string, reason: string): void => void this.#refused.set(id, reason)
  #raised = false

  constructor(server: Server, names: Names, builds: Builds, build: Build) {
    this.#server = server
    this.#names = names
    this.#builds = builds
    this.#build = build
  }

  /** `wrote`: told of all of these events as they stand in the index, before the call resolves. @returns how many events are new */
  async write(
    changes: readonly Change[],
    wrote: (events: readonly StoredChange[]) => Promise<void> | undefined = () => undefined,
  ): Promise<number> {
    const first: (Place & { change: StoredChange })[] = []
    const repeats = new Map<string, Place & { changes: StoredChange[] }>()
    const ids = new Set<string>()
    for (const raw of changes) {
      const change = storable(raw)
      const index = await this.#builds.month(this.#build, monthOf(change.id))
      this.#touched.add(index)
      const id = documentId(change.id)
      if (!ids.has(id)) first.push({ index, id, change })
      else if (!repeats.get(id)?.changes.push(change))
        repeats.set(id, { index, id, changes: [change] })
      ids.add(id)
    }
    const there = await bulk(this.#server, creates(first), this.#refuse)
    for (const { index, id, change } of there)
      repeats.set(id, { index, id, changes: [change, ...(repeats.get(id)?.changes ?? [])] })
    const met = new Map<string, StoredChange>()
    await this.#edit([...repeats.values()], (stored, id) => {
      const next = folded(stored, repeats.get(id)!.changes)
      met.set(id, (next ?? stored)!)
      return next
    })
    await this.#show()
    for (const { id, change } of first) if (!repeats.has(id)) met.set(id, change)
    for (const id of this.#refused.keys()) met.delete(id)
    await wrote([...met.values()])
    if (this.#refused.size === 0) return first.length - there.length
    const refused = changes.map(({ id }) => id).filter((id) => this.#refused.has(documentId(id)))
    throw new EventsRefused(new Set(refused), [...this.#refused.values()][0]!)
  }

  /** @returns how many events are gone */
  async remove(removal: Removal): Promise<number> {
    const gone = new Set<string>()
    await this.#raise()
    for await (const places of this.#seenIn(removal))
      await this.#edit(places, (stored, id) => {
        const document = stored && without(stored.document, removal)
        if (!stored || document === null) return undefined
        if (document === undefined) {
          gone.add(id)
          return null
        }
        gone.delete(id)
        const { timeline } = JSON.parse(document) as { timeline: { seen: { source: string }[] } }
        return { ...stored, source: wellFormed(timeline.seen[0]!.source), document }
      })
    await this.#show()
    return gone.size
  }

  /** The server drops the bytes themselves when it next merges what they are in. @returns how many events are gone */
  async erase(ids: ReadonlySet<string>): Promise<number> {
    await this.#raise()
    const all = [...ids].map(documentId)
    let gone = 0
    for (let i = 0; i < all.length; i += TOGETHER) {
      const { hits } = await search(this.#server, {
        index: this.#names.eventsOf(this.#build.number),
        query: { ids: { values: all.slice(i, i + TOGETHER) } },
        _source: false,
        size: TOGETHER,
      })
      const places = hits.hits.map(({ _index, _id }) => ({ index: _index, id: _id! }))
      await this.#edit(places, (stored) => stored && null)
      gone += places.length
    }
    await this.#show()
    return gone
  }

  /** The places of all events that were seen there. What the loop changes shows only at its end, so nothing is left out. */
  async *#seenIn(removal: Removal): AsyncGenerator<Place[]> {
    let after: { search_after?: (string | number | boolean | null)[] } = {}
    for (;;) {
      const { hits } = await search(this.#server, {
        index: this.#names.eventsOf(this.#build.number),
        query: { bool: { filter: { term: { terms: seenIn(removal) } } } },
        _source: false,
        size: TOGETHER,
        sort: inOrder('asc'),
        ...after,
      })
      if (hits.hits.length > 0)
        yield hits.hits.map(({ _index, _id }) => ({ index: _index, id: _id! }))
      if (hits.hits.length < TOGETHER) return
      after = { search_after: hits.hits.at(-1)!.sort as string[] }
    }
  }

  /** Reads documents and stores what is made of them, unless they were changed meanwhile: then again. */
  async #edit(places: readonly Place[], edit: Edit): Promise<void> {
    for (let i = 0; i < places.length; i += TOGETHER) {
      let left: readonly Place[] = places.slice(i, i + TOGETHER)
      for (let round = 0; left.length > 0; round++) {
        if (round === ROUNDS) throw new Unavailable('others change the same events all the time')
        left = await bulk(this.#server, await this.#edits(left, edit), this.#refuse)
      }
    }
  }

  async #edits(places: readonly Place[], edit: Edit): Promise<Action[]> {
    const docs = places.map(({ index, id }) => ({ _index: index, _id: id }))
    const found = await this.#server.call((c) => c.mget<Source>({ docs }))
    const actions: Action[] = []
    let reorders = false
    for (const [i, { index, id }] of places.entries()) {
      const doc = found.docs[i]!
      if ('error' in doc) {
        const { type, reason } = doc.error
        throw type === NO_INDEX
          ? new IndexGone(index)
          : new Error(`Elasticsearch cannot read event ${id} in ${index}: ${type}: ${reason}`)
      }
      const source = doc.found ? doc._source! : undefined
      const stored = source && { ...source.columns, document: source.document }
      const next = edit(stored, id)
      if (next === undefined) continue
      this.#touched.add(index)
      const version = { if_seq_no: doc._seq_no!, if_primary_term: doc._primary_term! }
      reorders ||= stored !== undefined && (next === null || isElsewhere(stored, next))
      if (next === null) actions.push({ index, id, type: 'delete', version })
      else if (stored) actions.push({ index, id, type: 'index', version, body: bodyOf(next) })
      else actions.push({ index, id, type: 'create', body: bodyOf(next) })
    }
    if (reorders) await this.#raise()
    return actions
  }

  /** Before the first change, so that a crash after it leaves no cursor of the old order; and when it shows, for those given until then. */
  async #raise(): Promise<void> {
    if (!this.#raised) await this.#builds.raiseGeneration(this.#build)
    this.#raised = true
  }

  /** One refresh of the indices that were written to, at the end, is what it costs least to be seen. */
  async #show(): Promise<void> {
    const few = this.#touched.size <= FEW
    const index = few ? [...this.#touched] : this.#names.eventsOf(this.#build.number)
    if (index.length > 0) await this.#server.call((c) => c.indices.refresh({ index }))
    if (this.#raised) await this.#builds.raiseGeneration(this.#build)
  }
}

/** Bodies are made when their request is sent, so that they are not all in memory. */
function* creates(
  first: readonly (Place & { change: StoredChange })[],
): Generator<Action & { change: StoredChange }> {
  for (const { index, id, change } of first)
    yield { index, id, type: 'create', body: bodyOf(change), change }
}

/** What is stored after changes that come one after the other; undefined when they add nothing. */
function folded(
  stored: StoredChange | undefined,
  changes: readonly StoredChange[],
): StoredChange | undefined {
  let now = stored
  for (const change of changes) {
    if (!now) now = change
    else if (!isRepeat(now, change)) {
      const merged = merge(now, change)
      // It stays with the import that created it.
      if (merged) now = { ...merged, source: wellFormed(merged.source), origin: now.origin }
    }
  }
  return now === stored ? undefined : now
}

const isElsewhere = (a: StoredChange, b: StoredChange): boolean =>
  a.at !== b.at || a.stream !== b.stream || a.place !== b.place
