import { hash } from 'node:crypto'

/** The head of an event id: the stamp as written. */
const MONTH = /^(?!0000)(\d{4})(0[1-9]|1[0-2])\d\dT/
/** Elasticsearch takes ids up to 512 bytes; what is not plain is named by its hash. */
const PLAIN = /^[\w.:-][\w.:+/=-]{0,255}$/

/** A node takes a thousand shards, and stamps may tell any year: what is far away has one index on each side. */
const [FIRST_YEAR, LAST_YEAR] = ['2000', '2039']

/** The month that names the index of an event: never another one for the same id, whatever becomes of its time. */
export function monthOf(id: string): string {
  const [, year, month] = MONTH.exec(id) ?? []
  if (year === undefined) return 'undated'
  if (year < FIRST_YEAR) return `before-${FIRST_YEAR}`
  if (year > LAST_YEAR) return `after-${LAST_YEAR}`
  return `${year}${month}`
}

export const documentId = (id: string): string =>
  PLAIN.test(id) ? id : `~${hash('sha256', id, 'hex')}`

/**
 * The names of a workspace. Workspaces have no dot in their names, so what follows one is never part of another workspace.
 * `recount-main` and `recount-main.meta` are what is read, of all months and of position and generation; `.b2` and `.m2` are those of the second build, published or not.
 */
export class Names {
  readonly events: string
  readonly meta: string
  readonly all: string

  constructor(prefix: string, workspace: string) {
    this.events = `${prefix}-${workspace}`
    this.meta = `${this.events}.meta`
    this.all = `${this.events}.*`
  }

  eventsOf(build: number): string {
    return `${this.events}.b${build}`
  }

  metaOf(build: number): string {
    return `${this.events}.m${build}`
  }

  month(build: number, month: string): string {
    return `${this.events}-${month}.${build}`
  }

  metaIndex(build: number): string {
    return `${this.events}-meta.${build}`
  }

  /** The build that an alias is of, where it is of one. */
  buildOf(alias: string): number | undefined {
    const number = /^\.[bm](\d+)$/.exec(alias.slice(this.events.length))?.[1]
    return number === undefined ? undefined : Number(number)
  }
}
