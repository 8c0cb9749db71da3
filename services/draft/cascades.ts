import { flowOf } from './flows.ts'
import type { Pattern } from './patterns.ts'
import { sharedBy } from './words.ts'

/** Errors so close after one another come from one cause, wherever they are logged. */
const TOGETHER_MS = 2000
const SAME_SOURCE_MS = 30_000
const SAME_REQUEST_MS = 60_000
/** While an error goes on, others meet it when they are next asked, each with its own words for what they were doing. */
const GOES_ON_MS = 5 * 60_000
/** Errors are alike that have at least so many words in common, and so much of all their words. */
const FEWEST_WORDS = 4
const ALIKE = 0.6
/** So much of a message is looked at for that. */
const READ = 400
/** The requests of so many of the events of a pattern are looked at. */
const FLOWS = 50

/** Errors that come from one cause. */
export interface Cascade {
  /** The first sign of it. */
  head: Pattern
  members: Pattern[]
}

interface Gathered extends Cascade {
  /** When it was met in which request, in milliseconds. */
  flows: Map<string, number>
  /** Those of its first sign. */
  words: ReadonlySet<string> | undefined
  first: number
  last: number
}

/** Gathers errors, in the order of their first events. Those that tell more on their own come first: what may be usual joins them, and does not lead them, even where it came first. */
export function cascadesOf(
  errors: readonly Pattern[],
  isTelling: (error: Pattern) => boolean,
): Cascade[] {
  const cascades: Gathered[] = []
  for (const error of [...errors.filter(isTelling), ...errors.filter((each) => !isTelling(each))]) {
    const flows = flowsOf(error)
    // What may be usual is alike everywhere.
    const words = isTelling(error) ? wordsOf(error) : undefined
    const into = cascades.find((cascade) => belongs(error, flows, words, cascade))
    if (into) {
      into.members.push(error)
      into.last = Math.max(into.last, error.last)
      for (const [flow, ms] of flows) if (!into.flows.has(flow)) into.flows.set(flow, ms)
    } else {
      const { first, last } = error
      cascades.push({ head: error, members: [error], flows, words, first, last })
    }
  }
  return cascades.sort((a, b) => a.head.first - b.head.first)
}

const isTogether = (a: Pattern, b: Pattern): boolean => Math.abs(a.first - b.first) <= TOGETHER_MS

function belongs(
  error: Pattern,
  flows: ReadonlyMap<string, number>,
  words: ReadonlySet<string> | undefined,
  cascade: Gathered,
): boolean {
  const { head, members, flows: theirs } = cascade
  if (isTogether(error, head)) return true
  for (const [flow, ms] of flows) {
    const met = theirs.get(flow)
    if (met !== undefined && Math.abs(ms - met) <= SAME_REQUEST_MS) return true
  }
  if (words && cascade.words && goesOn(error, cascade) && isLike(words, cascade.words)) return true
  return members.some(
    (member) =>
      (member.source === error.source && Math.abs(error.first - member.first) <= SAME_SOURCE_MS) ||
      (words && member.signature === error.signature && goesOn(error, member)),
  )
}

type Extent = Pick<Pattern, 'first' | 'last'>

const goesOn = (a: Extent, b: Extent): boolean =>
  a.first <= b.last + GOES_ON_MS && b.first <= a.last + GOES_ON_MS

function wordsOf({ examples }: Pattern): Set<string> {
  return new Set(examples[0]!.message.slice(0, READ).match(/\b\p{L}{2,}\b/gu))
}

function isLike(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  const shared = sharedBy(some, others)
  return shared >= FEWEST_WORDS && shared >= ALIKE * (some.size + others.size - shared)
}

function flowsOf({ examples }: Pattern): Map<string, number> {
  const flows = new Map<string, number>()
  for (const example of examples.slice(0, FLOWS)) {
    const flow = flowOf(example)
    if (flow !== undefined && !flows.has(flow)) flows.set(flow, example.ms)
  }
  return flows
}
