import { COLLECTED } from './story.ts'

/** One record of a log: when it happened and what was written, over as many lines as it takes. */
export interface Line {
  at: number
  text: string
  /** Where it stands in the file, if that is not when it happened. */
  writtenAt?: number
}

/** The records in the order in which they were written. */
export const inOrder = (lines: readonly Line[]): Line[] =>
  lines.toSorted((a, b) => (a.writtenAt ?? a.at) - (b.writtenAt ?? b.at))

/** The file as it was when the logs were collected. */
export const fileOf = (lines: readonly Line[]): string =>
  inOrder(lines)
    .filter(({ at }) => at < COLLECTED)
    .map(({ text }) => `${text}\n`)
    .join('')

/** Numbers that look like chance and are the same on every run. Each source has its own seed, so that a change to one leaves the others alone. */
export interface Chance {
  /** From 0 up to 1. */
  next(): number
  /** A whole number, both ends included. */
  between(low: number, high: number): number
  pick<T>(list: readonly T[]): T
}

/** mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function chance(seed: number): Chance {
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1))
  return { next, between, pick: (list) => list[between(0, list.length - 1)]! }
}

/** Instants from one to the other, so far apart, each moved by up to the jitter. */
export function every(step: number, from: number, to: number, jitter = 0, seed = 1): number[] {
  const random = chance(seed)
  const instants: number[] = []
  for (let at = Math.ceil(from / step) * step; at < to; at += step) {
    instants.push(at + random.between(0, jitter))
  }
  return instants
}

/** Digits that look like a hash. */
export function hex(random: Chance, length: number): string {
  let text = ''
  while (text.length < length) text += random.between(0, 15).toString(16)
  return text
}
