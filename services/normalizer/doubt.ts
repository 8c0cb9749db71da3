import type { BusRecord } from '../../schemas/bus-record.ts'
import type { ClockSpan, Context } from '../../schemas/context.ts'
import type { Stamp } from '../../schemas/source-record.ts'

const YEAR = 366 * 86_400
/** A clock that was never set counts from 1970. */
const UNSET_UNTIL = YEAR
const SURELY_LATER = 10 * YEAR
/** The better stamp of a record may be so many seconds away from where the others of its source would have it: some wait. */
const WAITED = 900
/** Stamps of one record that are not further apart, in seconds, say the same. */
const TOGETHER = 120

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
  const spans = spansFor(record, context)
  const worn = usual ?? time
  if (witness && Math.abs(utcOf(witness) - utcOf(time)) <= TOGETHER) return undefined
  if (spans.length === 0 || (worn.offset === undefined && !usual)) return undefined
  const apart = usual ? utcOf(time) - utcOf(usual) : 0
  const isRight = usual
    ? spans.some(({ add }) => Math.abs(apart - add) <= WAITED)
    : spans.every(({ add }) => add === 0)
  if (isRight) return undefined
  const [best] = spans.toSorted((a, b) => b.pairs - a.pairs || a.add - b.add)
  const moved = ({ add }: ClockSpan): Stamp => ({
    ...worn,
    seconds: utcOf(worn) + add,
    offset: 0,
  })
  const because = usual
    ? `in other records of the source the two stamps are ${lengthOf(best!.add)} apart, in this one ${lengthOf(apart)}`
    : `other records of the source carry a second stamp, which is ${lengthOf(best!.add)} ${best!.add < 0 ? 'earlier' : 'later'}`
  return { because, better: moved(best!), others: spans.map(moved) }
}

/** The offset from UTC that a second stamp in the records of a source shows for those that say none. */
export function shownZone(record: Seen, context: Context): string | undefined {
  const { time, usual } = record
  if (usual || time.offset !== undefined || time.zone !== undefined || time.lacks) return undefined
  const [best, ...more] = spansFor(record, context)
  const east = -(best?.add ?? 1)
  if (more.length > 0 || east % 900 !== 0 || east > 14 * 3600 || east < -12 * 3600) return undefined
  const minutes = Math.abs(east) / 60
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${east < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

const isUnset = ({ seconds, lacks }: Stamp, { middle = 0 }: Context): boolean =>
  !lacks && seconds < UNSET_UNTIL && middle > SURELY_LATER

/** What is known for the time of the usual stamp: of the spans that hold it, else of the nearest. */
function spansFor({ time, usual, stream = '' }: Seen, { clocks = [] }: Context): ClockSpan[] {
  const at = utcOf(usual ?? time)
  const away = ({ from, to }: ClockSpan): number => Math.max(from - at, at - to, 0)
  const mine = clocks.filter((span) => span.stream === stream)
  const nearest = Math.min(...mine.map(away))
  return mine.filter((span) => away(span) === nearest)
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
