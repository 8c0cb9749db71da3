import { Unavailable } from '../../unavailable.ts'
import type { Names } from './names.ts'
import { orNone, typeOf, type Server } from './server.ts'
import { setUp } from './set-up.ts'

/** One filling of a workspace from the log: its indices, one for each month, and one that holds its position and generation. */
export interface Build {
  number: number
  /** Whether reads go there. */
  published: boolean
  /** The months whose index is there. */
  months: Set<string>
}

/** The generation of a timeline that has none yet. */
const NONE = 0

/** The builds of one workspace. */
export class Builds {
  readonly #server: Server
  readonly #names: Names

  constructor(server: Server, names: Names) {
    this.#server = server
    this.#names = names
  }

  /** The build that is read, made where there is none. */
  async current(): Promise<Build> {
    for (const aliases of Object.values(await this.#aliases()))
      if (aliases.includes(this.#names.meta)) return build(this.#numberOf(aliases)!, true)
    await this.#create(1, true)
    return build(1, true)
  }

  /** An empty build beside the current one, in place of any that was never published: with a number of its own, so that whoever still fills that one does not fill this. */
  async next(): Promise<Build> {
    const { number: current } = await this.current()
    const numbers = Object.values(await this.#aliases()).map((names) => this.#numberOf(names) ?? 0)
    const number = Math.max(...numbers) + 1
    await this.#dropAllBut(current)
    await this.#create(number, false)
    return build(number, false)
  }

  /** Lets reads go to a build, and deletes all others: in one step. @throws Unavailable when another build was begun in its place */
  async publish({ number }: Build): Promise<void> {
    const there = await this.#aliases()
    if (!Object.values(there).some((aliases) => aliases.includes(this.#names.metaOf(number))))
      throw new Unavailable('another rebuild has begun; this one ends, and changed nothing')
    const actions = Object.entries(there).map(([index, aliases]) => {
      if (this.#numberOf(aliases) !== number) return { remove_index: { index } }
      const { meta, events } = this.#names
      const alias = aliases.includes(this.#names.metaOf(number)) ? meta : events
      return { add: { index, alias } }
    })
    await this.#server.call((c) => c.indices.updateAliases({ actions }))
    // A month that the old build got just before; after the switch it gets none that is read.
    await this.#dropAllBut(number)
  }

  /** The index of a month, made where there is none. */
  async month({ number, published, months }: Build, month: string): Promise<string> {
    const index = this.#names.month(number, month)
    if (months.has(month)) return index
    await this.#createIndex(index, [this.#names.eventsOf(number)])
    if (!published) {
      months.add(month)
      return index
    }
    // In one step with the alias of its meta index, which is gone if the build was replaced: then nothing of the month is ever read.
    const { meta, events } = this.#names
    const actions = [
      { add: { index: this.#names.metaIndex(number), alias: meta } },
      { add: { index, alias: events } },
    ]
    await this.#server.call((c) => c.indices.updateAliases({ actions }))
    months.add(month)
    return index
  }

  async position(): Promise<string | null> {
    return ((await this.#read(this.#names.meta, 'position'))?.value as string | undefined) ?? null
  }

  /** @returns false when the build is gone */
  async setPosition({ number }: Build, value: string): Promise<boolean> {
    const index = this.#names.metaIndex(number)
    const set = this.#server.call((c) => c.index({ index, id: 'position', document: { value } }))
    return (await orNone(set)) !== undefined
  }

  async generation(): Promise<number> {
    return Number((await this.#read(this.#names.meta, 'generation'))?.value ?? NONE)
  }

  /** Cursors that were given until now are refused from now on. */
  async raiseGeneration({ number }: Build): Promise<void> {
    const index = this.#names.metaIndex(number)
    const now = await this.#read(index, 'generation')
    const value = Math.max(Date.now(), Number(now?.value ?? NONE) + 1)
    // Of two that raise it at once one is enough.
    await this.#setOnce(index, value, now)
  }

  /** By actions on aliases: the names of many indices do not fit into the first line of a request. */
  async #dropAllBut(number: number): Promise<void> {
    const actions = Object.entries(await this.#aliases())
      .filter(([, aliases]) => this.#numberOf(aliases) !== number)
      .map(([index]) => ({ remove_index: { index } }))
    if (actions.length > 0) await this.#server.call((c) => c.indices.updateAliases({ actions }))
  }

  async #create(number: number, published: boolean): Promise<void> {
    await setUp(this.#server)
    const index = this.#names.metaIndex(number)
    const { meta } = this.#names
    await this.#createIndex(index, [this.#names.metaOf(number), ...(published ? [meta] : [])])
    await this.#setOnce(index, Date.now())
  }

  async #createIndex(index: string, names: readonly string[]): Promise<void> {
    const aliases = Object.fromEntries(names.map((name) => [name, {}]))
    await this.#server
      .call((c) => c.indices.create({ index, aliases }))
      .catch((error: unknown) => {
        // Another process was first.
        if (typeOf(error) !== 'resource_already_exists_exception') throw error
      })
  }

  async #setOnce(index: string, value: number, now?: Versioned): Promise<void> {
    const version = now && { if_seq_no: now.seqNo, if_primary_term: now.primaryTerm }
    const op_type = now ? 'index' : 'create'
    await this.#server
      .call((c) => c.index({ index, id: 'generation', document: { value }, op_type, ...version }))
      .catch((error: unknown) => {
        if (typeOf(error) !== 'version_conflict_engine_exception') throw error
      })
  }

  async #read(index: string, id: string): Promise<Versioned | undefined> {
    const found = await orNone(
      this.#server.call((c) => c.get<{ value: string | number }>({ index, id })),
    )
    return (
      found && {
        value: found._source!.value,
        seqNo: found._seq_no!,
        primaryTerm: found._primary_term!,
      }
    )
  }

  /** All indices of the workspace with their aliases. */
  async #aliases(): Promise<Record<string, string[]>> {
    const found = await this.#server.call((c) => c.indices.getAlias({ name: this.#names.all }))
    return Object.fromEntries(
      Object.entries(found).map(([index, { aliases }]) => [index, Object.keys(aliases)]),
    )
  }

  #numberOf(aliases: readonly string[]): number | undefined {
    return aliases.map((alias) => this.#names.buildOf(alias)).find((n) => n !== undefined)
  }
}

interface Versioned {
  value: string | number
  seqNo: number
  primaryTerm: number
}

const build = (number: number, published: boolean): Build => ({
  number,
  published,
  months: new Set(),
})
