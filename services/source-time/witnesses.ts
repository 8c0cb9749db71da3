import { createHash } from 'node:crypto'
import { identifiers } from './identifiers.ts'

/** An event as far as it tells something about a clock. */
export interface Sight {
  id: string
  source: string
  /** Its instant as it stands on the timeline, in Unix seconds. */
  seconds: number
  /** The beginning of its message, for people. */
  text: string
}

/** One thing that several sources saw, with when each saw it first. */
export type Witnesses = ReadonlyMap<string, Sight>

/** What one source saw more often is no single thing. */
const OFTEN = 3
/** So many things are remembered at once. */
const MOST = 200_000
/** A shorter text is said of many things. */
const TEXT = 24

interface Thing {
  first: Map<string, Sight>
  counts: Map<string, number>
}

/**
 * Gathers things that were seen in more than one place: by an identifier, or by the same text. Memory is bounded: when there are too many, those whose hash says so are left out,
 * in all sources alike.
 */
export class WitnessCollector {
  readonly #things = new Map<string, Thing | 'often'>()
  /** A thing is kept when so many bits of its hash are 0. */
  #bits = 0

  add(sight: Sight, message: string): void {
    const names = identifiers(message)
    const text = message.trim().replace(/\s+/g, ' ')
    if (text.length >= TEXT) names.push(`"${text}`)
    for (const name of names) this.#see(digest(name), sight)
  }

  /** Things that at least two sources saw. */
  *shared(): Generator<Witnesses> {
    for (const thing of this.#things.values())
      if (thing !== 'often' && thing.first.size > 1) yield thing.first
  }

  #see(key: string, sight: Sight): void {
    if (!this.#isKept(key)) return
    const thing = this.#things.get(key)
    if (thing === 'often') return
    if (!thing) {
      this.#things.set(key, {
        first: new Map([[sight.source, sight]]),
        counts: new Map([[sight.source, 1]]),
      })
      if (this.#things.size > MOST) this.#halve()
      return
    }
    const count = (thing.counts.get(sight.source) ?? 0) + 1
    if (count > OFTEN) return void this.#things.set(key, 'often')
    thing.counts.set(sight.source, count)
    if (!thing.first.has(sight.source)) thing.first.set(sight.source, sight)
  }

  #isKept(key: string): boolean {
    return Number.parseInt(key.slice(0, 8), 16) % 2 ** this.#bits === 0
  }

  #halve(): void {
    this.#bits++
    for (const key of this.#things.keys()) if (!this.#isKept(key)) this.#things.delete(key)
  }
}

const digest = (name: string): string => createHash('sha1').update(name).digest('hex').slice(0, 24)
