import type { Fact } from './material.ts'

const OF_PEOPLE = new Set(['chat', 'email', 'ticket', 'note'])

/** What people are called in a draft: by the part that they play, the same in the whole window. */
export class Roles {
  readonly #roles = new Map<string, string>()
  readonly #names: RegExp | undefined
  readonly #byName = new Map<string, string>()

  /** `told`: all that people said and were told, in order: so a role depends on the window alone, not on what of it is chosen. */
  constructor(told: readonly Fact[]) {
    const onCall = new Set<string>()
    for (const { kind, user } of told) if (kind === 'alert' && user) onCall.add(user)
    const counts = { responder: 0, correspondent: 0 }
    for (const { kind, user } of told) {
      if (!user || this.#roles.has(user)) continue
      if (!OF_PEOPLE.has(kind) && kind !== 'alert' && kind !== 'change') continue
      const part = kind === 'email' ? 'correspondent' : 'responder'
      this.#roles.set(user, `${part} ${++counts[part]}${onCall.has(user) ? ' (on-call)' : ''}`)
    }
    for (const [user, role] of this.#roles)
      for (const name of [user, ...user.split(/[\s@]+/)])
        if (/^\p{L}[\p{L}\d._'-]{2,}/u.test(name) && !this.#byName.has(name))
          this.#byName.set(name, role)
    const longestFirst = [...this.#byName.keys()].sort(
      (a, b) => b.length - a.length || (a < b ? -1 : 1),
    )
    if (longestFirst.length > 0)
      this.#names = new RegExp(
        String.raw`@?(?<![\p{L}\d])(?:${longestFirst.map(escaped).join('|')})(?![\p{L}\d])`,
        'gu',
      )
  }

  of(user: string): string {
    return this.#roles.get(user) ?? 'somebody'
  }

  /** A text with roles in the place of names. */
  in(text: string): string {
    if (!this.#names) return text
    return text.replace(this.#names, (name) => this.#byName.get(name.replace(/^@/, '')) ?? name)
  }
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)
