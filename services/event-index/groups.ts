import type { Group } from '../../schemas/group.ts'

/** What the events of a group have in common. */
export type Key = Pick<Group, 'signature' | 'source' | 'kind' | 'host' | 'service' | 'level'>

/** A group in the making. Numbers in place of texts: there are few groups and many events. */
export interface Gathered<Id> extends Key {
  count: number
  first: Instant
  last: Instant
  minutes: [minute: number, count: number][]
  ids: Id[]
}

interface Instant {
  /** Since 1970. */
  second: number
  nanos: number
}

/** Gathers groups of events that come in the order of the timeline. */
export class Groups<Id = string> {
  readonly #keep: number
  readonly #groups = new Map<string, Gathered<Id>>()

  constructor(keep: number) {
    this.#keep = keep
  }

  /** The group of events of this key, made when it is first met. */
  of(key: Key): Gathered<Id> {
    const name = nameOf(key)
    let group = this.#groups.get(name)
    if (!group) {
      const none = { second: 0, nanos: 0 }
      group = { ...key, count: 0, first: { ...none }, last: { ...none }, minutes: [], ids: [] }
      this.#groups.set(name, group)
    }
    return group
  }

  /** Adds an event to a group. `second`: since 1970. */
  add(group: Gathered<Id>, second: number, nanos: number, id: Id): void {
    const minute = Math.floor(second / 60)
    group.last.second = second
    group.last.nanos = nanos
    if (group.count++ === 0) {
      // What is pushed to an empty array makes room for sixteen more, and most groups are of one event.
      group.minutes = [[minute, 1]]
      if (this.#keep > 0) group.ids = [id]
      group.first = { second, nanos }
      return
    }
    const current = group.minutes.at(-1)
    if (current?.[0] === minute) current[1]++
    else group.minutes.push([minute, 1])
    if (group.ids.length < this.#keep) group.ids.push(id)
  }

  /** `idsOf` gives the ids of what was kept of a group. */
  all(idsOf: (group: Gathered<Id>) => string[]): Group[] {
    return inOrder(
      [...this.#groups.values()].map((group) => ({
        ...group,
        first: keyOf(group.first),
        last: keyOf(group.last),
        ids: idsOf(group),
      })),
    )
  }
}

const keyOf = ({ second, nanos }: Instant): string =>
  `${String(second).padStart(10, '0')}${String(nanos).padStart(9, '0')}`

/** By the first of their events; the order in which they were found tells nothing. */
export const inOrder = (groups: Group[]): Group[] =>
  groups.sort((a, b) => compare(a.first, b.first) || compare(nameOf(a), nameOf(b)))

/** What tells one group from another. */
export const nameOf = ({ signature, source, kind, host, service, level }: Key): string =>
  `${signature}\0${source}\0${kind}\0${host}\0${service}\0${level}`

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
