import { flowOf } from './flows.ts'
import type { Pattern } from './patterns.ts'

/** Errors so close after one another come from one cause, wherever they are logged. */
const TOGETHER_MS = 2000
const SAME_SOURCE_MS = 30_000
const SAME_REQUEST_MS = 60_000
/** All that run the same program say the same, each when it is next asked. */
const SAME_ERROR_MS = 60_000
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
}

/** Gathers errors, in the order of their first events. Those that tell more on their own come first: what may be usual joins them, and does not lead them, even where it came first. */
export function cascadesOf(
  errors: readonly Pattern[],
  isTelling: (error: Pattern) => boolean,
): Cascade[] {
  const cascades: Gathered[] = []
  for (const error of [...errors.filter(isTelling), ...errors.filter((each) => !isTelling(each))]) {
    const flows = flowsOf(error)
    const into = cascades.find((cascade) => belongs(error, flows, cascade))
    if (into) {
      into.members.push(error)
      for (const [flow, ms] of flows) if (!into.flows.has(flow)) into.flows.set(flow, ms)
    } else cascades.push({ head: error, members: [error], flows })
  }
  return cascades.sort((a, b) => a.head.first - b.head.first)
}

const isTogether = (a: Pattern, b: Pattern): boolean => Math.abs(a.first - b.first) <= TOGETHER_MS

function belongs(
  error: Pattern,
  flows: ReadonlyMap<string, number>,
  { head, members, flows: theirs }: Gathered,
): boolean {
  if (isTogether(error, head)) return true
  for (const [flow, ms] of flows) {
    const met = theirs.get(flow)
    if (met !== undefined && Math.abs(ms - met) <= SAME_REQUEST_MS) return true
  }
  return members.some(
    ({ source, signature, first }) =>
      (source === error.source && Math.abs(error.first - first) <= SAME_SOURCE_MS) ||
      (signature === error.signature && Math.abs(error.first - first) <= SAME_ERROR_MS),
  )
}

function flowsOf({ examples }: Pattern): Map<string, number> {
  const flows = new Map<string, number>()
  for (const example of examples.slice(0, FLOWS)) {
    const flow = flowOf(example)
    if (flow !== undefined && !flows.has(flow)) flows.set(flow, example.ms)
  }
  return flows
}
