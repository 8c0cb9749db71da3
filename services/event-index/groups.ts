import type { Group } from '../../schemas/group.ts'

type Key = Pick<Group, 'signature' | 'source' | 'kind' | 'host' | 'service' | 'level'>

/** Gathers groups of events that come in the order of the timeline. */
export class Groups {
  readonly #keep: number
  readonly #groups = new Map<string, Group>()

  constructor(keep: number) {
    this.#keep = keep
  }

  /** The group of events of this key, made when it is first met. */
  of(key: Key): Group {
    const name = nameOf(key)
    let group = this.#groups.get(name)
    if (!group) {
      group = { ...key, count: 0, first: '', last: '', minutes: [], ids: [] }
      this.#groups.set(name, group)
    }
    return group
  }

  /** Adds an event to a group. `at`: nanoseconds since 1970 as 19 digits. */
  add(group: Group, at: string, id: string): void {
    if (group.count === 0) group.first = at
    group.count++
    group.last = at
    const minute = Math.floor(Number(at.slice(0, 10)) / 60)
    const current = group.minutes.at(-1)
    if (current?.[0] === minute) current[1]++
    else group.minutes.push([minute, 1])
    if (group.ids.length < this.#keep) group.ids.push(id)
  }

  all(): Group[] {
    return inOrder([...this.#groups.values()])
  }
}

/** By the first of their events; the order in which they were found tells nothing. */
export const inOrder = (groups: Group[]): Group[] =>
  groups.sort((a, b) => compare(a.first, b.first) || compare(nameOf(a), nameOf(b)))

const nameOf = ({ signature, source, kind, host, service, level }: Key): string =>
  `${signature}\0${source}\0${kind}\0${host}\0${service}\0${level}`

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
