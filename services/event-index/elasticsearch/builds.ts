import { offsetsOf, positionOf } from '../../../schemas/position.ts'
import { Newer, Unavailable } from '../../unavailable.ts'
import type { Names } from './names.ts'
import { orNone, typeOf, type Server } from './server.ts'
import { setUp } from './set-up.ts'

/** Raised with every change of what is stored in an index, or of where. A build of another form is not read, nor written to: `rebuild` makes one of this form. */
const FORM = 3

/** One filling of a workspace from the log: its indices, one for each month, and one that holds its position and generation. */
export interface Build {
  number: number
  /** Whether reads go there. */
  published: boolean
  /** The months whose index is there. */
  months: Set<string>
}

/** The document of a partition holds the offset up to which all is in the build. */
const POSITION = 'position-'
/** More partitions than a topic has. */
const MANY = 10_000

/** The generation of a timeline that has none yet. */
const NONE = 0

/** The builds of one workspace. */
export class Builds {
  readonly #server: Server
  readonly #prefix: string
  readonly #names: Names

  constructor(server: Server, prefix: string, names: Names) {
    this.#server = server
    this.#prefix = prefix
    this.#names = names
  }

  /** The build that is read, made where there is none. @throws Unavailable when it is of another form */
  async current(): Promise<Build> {
    const number = await this.#published()
    await this.generation()
    return build(number, true)
  }

  /** An empty build beside the current one, in place of any that was never published: with a number of its own, so that whoever still fills that one does not fill this. */
  async next(): Promise<Build> {
    const current = await this.#published()
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

  /** @throws Unavailable when the build is of another form */
  async position(): Promise<string | null> {
    await this.generation()
    const index = this.#names.meta
    await orNone(this.#server.call((c) => c.indices.refresh({ index })))
    const found = await orNone(
      this.#server.call((c) => c.search<{ value: number }>({ index, size: MANY })),
    )
    const documents = found?.hits.hits.filter(({ _id: id }) => id!.startsWith(POSITION)) ?? []
    return positionOf(
      new Map(documents.map((d) => [d._id!.slice(POSITION.length), d._source!.value])),
    )
  }

  /**
   * Each partition keeps the highest of its offsets, which is the version of its document: a normalizer that is late, since others took over its partitions, changes nothing.
   * @returns false when the build is gone
   */
  async setPosition({ number }: Build, position: string): Promise<boolean> {
    const index = this.#names.metaIndex(number)
    const offsets = offsetsOf(position)
    if (offsets.size === 0) return this.#server.call((c) => c.exists({ index, id: 'generation' }))
    for (const [partition, value] of offsets) {
      const id = POSITION + partition
      const higher = { version: value, version_type: 'external_gte' } as const
      const set = this.#server
        .call((c) => c.index({ index, id, document: { value }, ...higher }))
        .catch(unlessConflict)
      if ((await orNone(set)) === undefined) return false
    }
    return true
  }

  /** @throws Unavailable when the build is of another form */
  async generation(): Promise<number> {
    const { generation = NONE, form = FORM } = (await this.#generation(this.#names.meta)) ?? {}
    if (form < FORM)
      throw new Unavailable(
        `the index ${this.#names.events} was made by an older recount (form ${form}, this one has ${FORM}). Run: recount rebuild`,
      )
    if (form > FORM)
      throw new Newer(
        `the index ${this.#names.events} was made by a newer recount (form ${form}, this one has ${FORM}): use that version, or go back to this one with recount rebuild`,
      )
    return generation
  }

  /** Cursors that were given until now are refused from now on. */
  async raiseGeneration({ number }: Build): Promise<void> {
    const index = this.#names.metaIndex(number)
    const now = await this.#generation(index)
    const next = Math.max(Date.now(), (now?.generation ?? NONE) + 1)
    // Of two that raise it at once one is enough.
    await this.#setOnce(index, next, now)
  }

  /** By actions on aliases: the names of many indices do not fit into the first line of a request. */
  async #dropAllBut(number: number): Promise<void> {
    const actions = Object.entries(await this.#aliases())
      .filter(([, aliases]) => this.#numberOf(aliases) !== number)
      .map(([index]) => ({ remove_index: { index } }))
    if (actions.length > 0) await this.#server.call((c) => c.indices.updateAliases({ actions }))
  }

  async #published(): Promise<number> {
    for (const aliases of Object.values(await this.#aliases()))
      if (aliases.includes(this.#names.meta)) return this.#numberOf(aliases)!
    await this.#create(1, true)
    return 1
  }

  async #create(number: number, published: boolean): Promise<void> {
    await setUp(this.#server, this.#prefix)
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

  async #setOnce(index: string, generation: number, now?: Versioned): Promise<void> {
    const version = now && { if_seq_no: now.seqNo, if_primary_term: now.primaryTerm }
    const op_type = now ? 'index' : 'create'
    const document = { value: { generation, form: FORM } }
    await this.#server
      .call((c) => c.index({ index, id: 'generation', document, op_type, ...version }))
      .catch(unlessConflict)
  }

  async #generation(index: string): Promise<Versioned | undefined> {
    const found = await orNone(
      this.#server.call((c) =>
        c.get<{ value: { generation?: number; form?: number } }>({ index, id: 'generation' }),
      ),
    )
    if (!found) return undefined
    // Those that did not say their form had the generation alone.
    const { generation = NONE, form = 0 } = found._source!.value
    return { generation, form, seqNo: found._seq_no!, primaryTerm: found._primary_term! }
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

const CONFLICT = 'version_conflict_engine_exception'

/** Another was first, or wrote something later. */
const unlessConflict = (error: unknown): true => {
  if (typeOf(error) !== CONFLICT) throw error
  return true
}

interface Versioned {
  generation: number
  form: number
  seqNo: number
  primaryTerm: number
}

const build = (number: number, published: boolean): Build => ({
  number,
  published,
  months: new Set(),
})
