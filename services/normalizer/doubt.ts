import type { BusRecord } from '../../schemas/bus-record.ts'
import type { ClockSpan, Context } from '../../schemas/context.ts'
import type { Stamp } from '../../schemas/source-record.ts'

/** A clock that was never set counts from 1970. */
const UNSET_UNTIL = 366 * 86_400
/** The better stamp of a record may be so many seconds away from where the others of its source would have it: some wait. */
const WAITED = 900
/** Stamps of one record that are not further apart, in seconds, say the same. */
const TOGETHER = 120
/** A zone goes over to another time on the hour, and by no more than this. */
const HOUR = 3600

/** What the records of a source show about one stamp of it. */
export interface Doubt {
  /** In words, for people. */
  because: string
  /** The reading that is more likely, in UTC, and all that are possible. */
  better?: Stamp
  others: Stamp[]
}

type Seen = Pick<BusRecord, 'time' | 'usual' | 'witness' | 'stream'>

/** Whether what is known of a whole source contradicts the stamp of a record. */
export function doubtOf(record: Seen, context: Context): Doubt | undefined {
  const { time, usual, witness } = record
  if (isUnset(time, context))
    return {
      because: 'a clock that was not set counts from 1970; other records of the source are later',
      others: [],
    }
  const worn = usual ?? time
  if (witness && Math.abs(utcOf(witness) - utcOf(time)) <= TOGETHER) return undefined
  if (worn.offset === undefined && !usual) return undefined
  const { spans, slack } = shownFor(record, context)
  if (spans.length === 0) return undefined
  const apart = usual ? utcOf(time) - utcOf(usual) : 0
  const isRight = usual
    ? spans.some(({ add }) => Math.abs(apart - add) <= WAITED)
    : spans.every(({ add }) => add === 0)
  if (isRight) return undefined
  const [best] = spans.toSorted((a, b) => b.pairs - a.pairs || a.add - b.add)
  const moved = ({ add }: Pick<ClockSpan, 'add'>): Stamp => ({
    ...worn,
    seconds: utcOf(worn) + add,
    offset: 0,
  })
  const because = usual
    ? `in other records of the source the two stamps are ${lengthOf(best!.add)} apart, in this one ${lengthOf(apart)}`
    : `other records of the source carry a second stamp, which is ${lengthOf(best!.add)} ${best!.add < 0 ? 'earlier' : 'later'}`
  const others = spans.map(moved)
  if (slack > 0)
    for (const { add } of spans)
      for (const s of [-slack, slack]) others.push(moved({ add: add + s }))
  return { because, better: moved(best!), others }
}

export interface ShownZone {
  /** `+05:30` */
  zone: string
  /** By so many seconds it may be another, earlier or later. */
  slack: number
}

/** The offset from UTC that a second stamp in the records of a source shows for those that say none. */
export function shownZone(record: Seen, context: Context): ShownZone | undefined {
  const { time, usual } = record
  if (usual || time.offset !== undefined || time.zone !== undefined || time.lacks) return undefined
  const { spans, slack } = shownFor(record, context)
  const [best, ...more] = spans
  const east = -(best?.add ?? 1)
  if (more.some(({ add }) => add !== best!.add)) return undefined
  if (east % 900 !== 0 || east > 14 * HOUR || east < -12 * HOUR) return undefined
  const minutes = Math.abs(east) / 60
  const two = (n: number): string => String(n).padStart(2, '0')
  const zone = `${east < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
  return { zone, slack }
}

const isUnset = ({ seconds, lacks }: Stamp, { later }: Context): boolean =>
  later === true && !lacks && seconds < UNSET_UNTIL

interface Shown {
  spans: ClockSpan[]
  /** By so many seconds the clock may have gone otherwise at that time: 0 where it was seen then. */
  slack: number
}

/** What is known for the time of the usual stamp: of the spans that hold it, else of the nearest. */
function shownFor({ time, usual, stream = '' }: Seen, { clocks }: Context): Shown {
  const ways = clocks && waysOf(clocks).get(stream)
  if (!ways) return { spans: [], slack: 0 }
  const at = utcOf(usual ?? time)
  const near = ways.map((spans) => nearestOf(spans, at))
  const least = near.reduce((low, span) => Math.min(low, away(span, at)), Infinity)
  const spans = near.filter((span) => away(span, at) === least)
  const hour = Math.floor(at / HOUR)
  const isSeen = (span: ClockSpan): boolean =>
    Math.floor(span.from / HOUR) <= hour && hour <= Math.floor(span.to / HOUR)
  const adds = ways.map(([first]) => first!.add)
  const neverWrong = adds.length === 1 && adds[0] === 0 && !spans[0]!.unzoned
  const seen = near.filter(isSeen)
  if (neverWrong || (seen.length > 0 && seen.every((span) => spans.includes(span))))
    return { spans, slack: 0 }
  const turns = spans.flatMap((span) => adds.map((add) => Math.abs(add - span.add)))
  return { spans, slack: Math.max(HOUR, ...turns) }
}

const byClocks = new WeakMap<readonly ClockSpan[], Map<string, ClockSpan[][]>>()

/** Spans by stream, those of one way of it together; of each way they are in order and apart. Made once for a context: it is asked for every record. */
function waysOf(clocks: readonly ClockSpan[]): Map<string, ClockSpan[][]> {
  const made = byClocks.get(clocks)
  if (made) return made
  const ways = new Map<string, Map<number, ClockSpan[]>>()
  for (const span of clocks) {
    const mine = ways.get(span.stream) ?? new Map<number, ClockSpan[]>()
    ways.set(span.stream, mine)
    const way = mine.get(span.add)
    if (way) way.push(span)
    else mine.set(span.add, [span])
  }
  const byStream = new Map([...ways].map(([stream, mine]) => [stream, [...mine.values()]]))
  byClocks.set(clocks, byStream)
  return byStream
}

const away = ({ from, to }: ClockSpan, at: number): number => Math.max(from - at, at - to, 0)

/** Of spans in order the nearest one, by halves. */
function nearestOf(spans: readonly ClockSpan[], at: number): ClockSpan {
  let low = 0
  let high = spans.length - 1
  while (low < high) {
    const half = (low + high) >> 1
    if (spans[half]!.to < at) low = half + 1
    else high = half
  }
  const [before, after] = [spans[low - 1], spans[low]!]
  return before && away(before, at) < away(after, at) ? before : after
}

const utcOf = ({ seconds, offset = 0 }: Stamp): number => seconds - offset

const UNITS: readonly (readonly [name: string, seconds: number])[] = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
]

/** `19 h`, `7 min 10 s` */
function lengthOf(seconds: number): string {
  let left = Math.abs(Math.round(seconds))
  const parts = UNITS.flatMap(([name, size]) => {
    const count = Math.floor(left / size)
    left -= count * size
    return count > 0 ? [`${count} ${name}`] : []
  })
  return parts.join(' ') || '0 s'
}
