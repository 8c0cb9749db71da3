import { get, type Bucket, type Source } from './api.ts'
import { secondsOf } from './instant.ts'
import { filterOf, type View } from './view.ts'

const MINUTE = 60
const DAY = 86_400
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].map((minutes) => minutes * MINUTE)
const DAY_STEPS = [1, 2, 7, 14, 30, 90, 180, 365].map((days) => days * DAY)

/** Half-open, in whole seconds. */
export interface Span {
  from: number
  to: number
}

export interface Bins {
  span: Span
  interval: number
  buckets: readonly Bucket[]
  /** Events that match but lie outside the span: wild stamps, mostly. */
  before: Span & { count: number }
  after: Span & { count: number }
  total: number
  levels: ReadonlyMap<string, number>
}

export function intervalFor(span: Span, bars: number): number {
  const least = (span.to - span.from) / bars
  return [...STEPS, ...DAY_STEPS].find((step) => step >= least) ?? 365 * DAY
}

export function aligned(span: Span, interval: number): Span {
  return {
    from: Math.floor(span.from / interval) * interval,
    to: Math.ceil(span.to / interval) * interval,
  }
}

const fetchBuckets = async (
  query: URLSearchParams,
  interval: number,
  signal: AbortSignal,
): Promise<Bucket[]> => {
  query.set('interval', String(interval))
  return (await get<{ buckets: Bucket[] }>('timeline/histogram', query, signal)).buckets
}

/** At most so small a part of all events may be cut off at an end, and only behind so long a silence. */
const STRAY_PART = 0.005
const SILENCE_PART = 0.25

/** The span without strays: a few events far from all others, such as a device that believes it is 1970. */
export function withoutStrays(buckets: readonly Bucket[], interval: number): Span | undefined {
  const total = buckets.reduce((sum, b) => sum + b.count, 0)
  const allowed = Math.max(3, total * STRAY_PART)
  const starts = buckets.map((b) => secondsOf(b.at))
  let first = 0
  let last = buckets.length - 1
  if (last < 0) return undefined
  const whole = (): number => starts[last]! + interval - starts[first]!
  const trim = (edge: 'first' | 'last'): boolean => {
    let strays = 0
    for (let n = 1; first + n <= last; n++) {
      const i = edge === 'first' ? first + n : last - n
      strays += buckets[edge === 'first' ? i - 1 : i + 1]!.count
      if (strays > allowed) return false
      const silence = edge === 'first' ? starts[i]! - starts[i - 1]! : starts[i + 1]! - starts[i]!
      if (silence - interval <= whole() * SILENCE_PART || silence < 3600) continue
      if (edge === 'first') first = i
      else last = i
      return true
    }
    return false
  }
  while (trim('first') || trim('last')) continue
  return { from: starts[first]!, to: starts[last]! + interval }
}

export interface Core {
  /** Where the events of a workspace are, strays left out: what the chart shows when no window is set. */
  span: Span
  levels: ReadonlySet<string>
}

export async function readCore(
  workspace: string,
  sources: readonly Source[],
  signal: AbortSignal,
): Promise<Core | undefined> {
  if (sources.length === 0) return undefined
  const levels = new Set<string>()
  let span: Span = {
    from: Math.min(...sources.map((s) => secondsOf(s.first))),
    to: Math.max(...sources.map((s) => secondsOf(s.last))) + MINUTE,
  }
  for (let turn = 0; turn < 6; turn++) {
    const interval = intervalFor(span, 400)
    const query = new URLSearchParams(workspace && { workspace })
    const window = aligned(span, interval)
    query.set('from', new Date(Math.max(0, window.from) * 1000).toISOString())
    query.set('to', new Date(window.to * 1000).toISOString())
    const buckets = await fetchBuckets(query, interval, signal)
    for (const bucket of buckets) for (const level of Object.keys(bucket.levels)) levels.add(level)
    const narrower = withoutStrays(buckets, interval)
    if (!narrower) break
    const done = narrower.to - narrower.from > (span.to - span.from) * 0.6
    span = narrower
    if (done) break
  }
  return { span, levels }
}

/** The counts of what a view selects. */
export async function readBins(
  view: View,
  core: Core | undefined,
  bars: number,
  signal: AbortSignal,
): Promise<Bins | undefined> {
  if (!core) return undefined
  const span = {
    from: view.from ? secondsOf(view.from) : core.span.from,
    to: view.to ? secondsOf(view.to) : core.span.to,
  }
  if (!view.from && span.from >= span.to) span.from = span.to - DAY
  if (!view.to && span.to <= span.from) span.to = span.from + DAY
  if (span.to <= span.from) span.to = span.from + MINUTE
  const interval = intervalFor(span, bars)
  const all = await fetchBuckets(filterOf(view), interval, signal)
  const wide = aligned(span, interval)
  const side = (buckets: Bucket[]): Span & { count: number } => {
    const [first, last] = [buckets[0], buckets.at(-1)]
    const count = buckets.reduce((sum, b) => sum + b.count, 0)
    return first && last
      ? { from: secondsOf(first.at), to: secondsOf(last.at) + interval, count }
      : { from: 0, to: 0, count: 0 }
  }
  const levels = new Map<string, number>()
  for (const b of all)
    for (const [name, n] of Object.entries(b.levels)) levels.set(name, (levels.get(name) ?? 0) + n)
  return {
    span: wide,
    interval,
    buckets: all.filter((b) => secondsOf(b.at) >= wide.from && secondsOf(b.at) < wide.to),
    before: side(all.filter((b) => secondsOf(b.at) < wide.from)),
    after: side(all.filter((b) => secondsOf(b.at) >= wide.to)),
    total: all.reduce((sum, b) => sum + b.count, 0),
    levels,
  }
}
