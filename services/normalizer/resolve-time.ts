import { LAST_SECOND } from '../../schemas/instants.ts'
import type { BusRecord } from '../../schemas/bus-record.ts'
import type { Clock, Context, Corrected } from '../../schemas/context.ts'
import type { Stamp } from '../../schemas/source-record.ts'
import type { Basis, EventTime, TimeFlag } from '../../schemas/timeline-event.ts'
import { formatInstant } from './instant.ts'
import { doubtOf, shownZone } from './doubt.ts'
import { abbreviationOffsets } from './zone-abbreviations.ts'
import { zoneRules, type LocalReading } from './zones.ts'

export interface ResolvedTime {
  seconds: number
  nanos: number
  /** The instant in UTC with the digits of the source. */
  at: string
  time: EventTime
}

/** What a stamp can mean: readings of the local clock in Unix seconds as if it were UTC, and how far the zone leaves it open. */
interface Local {
  seconds: number
  earliest: number
  latest: number
}

const DAY = 86400
/** Digits that a correction in milliseconds needs. */
const MILLISECONDS = 3
/** The zones of the world lie between -12 and +14 hours. */
const FURTHEST_EAST = 14 * 3600
const FURTHEST_WEST = 12 * 3600
const UNTOLD_YEAR = 1972

/** The UTC instant of a record under what is known of its stream, with its bounds, basis and flags. Pure: it asks no clock and no zone of the machine. */
export function resolveTime(record: Dated, known: Corrected): ResolvedTime {
  const doubt = known.clocks || known.later ? doubtOf(record, known) : undefined
  if (!doubt) {
    // A zone that was told holds before one that other stamps of the records show.
    const shown = known.clocks && known.zone === undefined ? shownZone(record, known) : undefined
    if (!shown) return readTime(record, known)
    return readTime(record, { ...known, zone: shown.zone, zoneBasis: 'inferred' }, shown.slack)
  }
  const { because, better, others } = doubt
  const applied = better && known.suggested
  const resolved = readTime(applied ? { ...record, time: better } : record, known)
  const possible = others.map((time) => readTime({ ...record, time }, known))
  const bounds = [resolved, ...possible].flatMap(({ time }) => [time.earliest, time.latest]).sort()
  const suggested = better && !applied ? readTime({ ...record, time: better }, known).at : undefined
  const { flags } = resolved.time
  const time: EventTime = {
    ...resolved.time,
    original: record.time.original,
    ...(applied && { basis: 'inferred' }),
    earliest: bounds[0]!,
    latest: bounds.at(-1)!,
    flags: [...new Set<TimeFlag>([...flags, 'contradicted', ...(applied ? CORRECTED : [])])],
    contradiction: { because, ...(suggested !== undefined && { suggested }) },
  }
  return { ...resolved, time }
}

type Dated = Pick<
  BusRecord,
  'time' | 'usual' | 'witness' | 'stream' | 'turn' | 'day' | 'behind' | 'late'
>
const CORRECTED: readonly TimeFlag[] = ['clock-offset-applied']

/** `slack`: by so many seconds the zone may be another. */
function readTime(record: Dated, context: Corrected, slack = 0): ResolvedTime {
  const stamp = record.time
  const flags: TimeFlag[] = []
  const local = localReading(record, context, flags)
  if (stamp.weekday !== undefined && stamp.weekday !== weekdayOf(local.seconds)) {
    flags.push('contradicted')
  }
  const known = zoneOf(stamp, context, flags)
  let basis = known.basis
  let chosen = known.offset
  let widestEast = known.offset
  let widestWest = known.offset
  if (known.rules) {
    const crest = record.behind === undefined ? undefined : local.seconds + record.behind
    const reading = known.rules.read(local.seconds)
    ;({ chosen, widestEast, widestWest } = choose(reading, crest, known.rules.read, flags))
  } else if (known.others) {
    widestEast = Math.max(chosen, ...known.others)
    widestWest = Math.min(chosen, ...known.others)
  } else if (basis === 'assumed') {
    widestEast = FURTHEST_EAST
    widestWest = -FURTHEST_WEST
  }
  const repeats = chosen !== widestEast && flags.includes('ambiguous-hour')
  if (record.late && !repeats) flags.push('out-of-order')
  if (stamp.leapSecond) flags.push('leap-second')
  if (basis === 'explicit' && (stamp.lacks || flags.includes('ambiguous-date'))) basis = 'inferred'
  const { clock } = context
  if (clock) flags.push('clock-offset-applied')
  const digits = clock && !isWhole(clock) ? Math.max(stamp.digits, MILLISECONDS) : stamp.digits
  const utc = (wall: number, offset: number): Moment =>
    within(moved({ seconds: wall - offset, nanos: stamp.nanos }, clock))
  const instant = utc(local.seconds, chosen)
  // A zone or a clock may move it there that was told after the record was taken: it stays on the timeline, at the edge.
  if (instant.isEdge) flags.push('time-out-of-range')
  const earliest = utc(local.earliest, widestEast + slack)
  const latest = utc(local.latest + (stamp.minutesOnly ? 59 : 0), widestWest - slack)
  const at = formatInstant(instant.seconds, instant.nanos, digits)
  const format = ({ seconds, nanos }: Moment): string =>
    seconds === instant.seconds ? at : formatInstant(seconds, nanos, digits)
  const time: EventTime = {
    original: stamp.original,
    basis,
    zone: known.name,
    earliest: format(earliest),
    latest: format(latest),
    flags,
  }
  return { seconds: instant.seconds, nanos: instant.nanos, at, time }
}

interface Moment {
  seconds: number
  nanos: number
  isEdge?: boolean
}

/** 0 is Sunday; 1970-01-01 was a Thursday. */
const weekdayOf = (seconds: number): number => (((Math.floor(seconds / DAY) + 4) % 7) + 7) % 7

const isWhole = ({ addMs, drift }: Clock): boolean => addMs % 1000 === 0 && !drift

function within({ seconds, nanos }: Moment): Moment {
  if (seconds >= 0 && seconds <= LAST_SECOND) return { seconds, nanos }
  return { seconds: seconds < 0 ? 0 : LAST_SECOND, nanos, isEdge: true }
}

/** What a clock that was wrong would have said had it been right. */
function moved(moment: Moment, clock: Clock | undefined): Moment {
  if (!clock) return moment
  const { addMs, drift } = clock
  const days = drift ? (moment.seconds - drift.from) / DAY : 0
  const ms = addMs + Math.round((drift?.msPerDay ?? 0) * days)
  const nanos = moment.nanos + (ms - Math.floor(ms / 1000) * 1000) * 1e6
  return {
    seconds: moment.seconds + Math.floor(ms / 1000) + Math.floor(nanos / 1e9),
    nanos: nanos % 1e9,
  }
}

/** The local clock with the year, the date and the order of the date that the context knows. */
function localReading(
  record: Pick<BusRecord, 'time' | 'turn' | 'day'>,
  context: Context,
  flags: TimeFlag[],
): Local {
  const { time: stamp, turn = 0 } = record
  if (stamp.lacks === 'year') {
    flags.push('year-inferred')
    const year = (context.year ?? UNTOLD_YEAR) + turn
    const seconds = inYear(stamp.seconds, year)
    return {
      seconds,
      earliest: inYear(stamp.seconds, (context.yearFrom ?? year - turn) + turn),
      latest: seconds,
    }
  }
  if (stamp.lacks === 'date') {
    flags.push('date-inferred')
    if (record.day !== undefined) return exactly(stamp.seconds + record.day * DAY)
    const day = (context.day ?? 0) + turn
    const earliest = (context.dayFrom ?? context.day ?? 0) + turn
    return {
      seconds: stamp.seconds + day * DAY,
      earliest: stamp.seconds + earliest * DAY,
      latest: stamp.seconds + day * DAY,
    }
  }
  if (!stamp.orders) return exactly(stamp.seconds)
  const readings = Object.values(stamp.orders)
  const seconds = (context.order && stamp.orders[context.order]) ?? stamp.seconds
  if (readings.length < 2 || (context.order && !context.orderOpen)) return exactly(seconds)
  flags.push('ambiguous-date')
  return { seconds, earliest: Math.min(...readings), latest: Math.max(...readings) }
}

const exactly = (seconds: number): Local => ({ seconds, earliest: seconds, latest: seconds })

/** A reading of the leap year 1972 in another year. Feb 29 becomes Mar 1 where there is none; the context never chooses such a year. */
function inYear(seconds: number, year: number): number {
  const date = new Date(seconds * 1000)
  return (
    Date.UTC(year, date.getUTCMonth(), date.getUTCDate()) / 1000 + (((seconds % DAY) + DAY) % DAY)
  )
}

interface KnownZone {
  name: string
  basis: Basis
  offset: number
  rules?: { read(wall: number): LocalReading }
  /** Other offsets for which the same abbreviation stands. */
  others?: readonly number[]
}

const UTC_ASSUMED: KnownZone = { name: 'UTC', basis: 'assumed', offset: 0 }

function zoneOf(stamp: Stamp, context: Context, flags: TimeFlag[]): KnownZone {
  if (stamp.offset !== undefined) {
    return { name: offsetName(stamp.offset), basis: 'explicit', offset: stamp.offset }
  }
  if (stamp.zone !== undefined) {
    const rules = stamp.zone.includes('/') ? zoneRules(stamp.zone) : undefined
    if (rules) return { name: stamp.zone, basis: 'named', offset: 0, rules }
    if (stamp.zone !== 'UTC' && stamp.zone !== 'GMT') flags.push('zone-abbreviation')
    const offsets = abbreviationOffsets(stamp.zone)
    if (offsets) {
      const told =
        context.zone === undefined
          ? []
          : (zoneRules(context.zone)?.read(stamp.seconds).offsets ?? [])
      const offset = offsets.find((o) => told.includes(o)) ?? offsets[0]!
      return { name: offsetName(offset), basis: 'named', offset, others: offsets }
    }
  }
  if (context.zone === undefined) return UTC_ASSUMED
  const rules = zoneRules(context.zone)
  if (!rules) return UTC_ASSUMED
  return { name: context.zone, basis: context.zoneBasis ?? 'configured', offset: 0, rules }
}

function offsetName(offset: number): string {
  if (offset === 0) return 'UTC'
  const minutes = Math.round(Math.abs(offset) / 60)
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** The offset among those that the local clock allows: by the order of the lines in a repeated hour, by the rules before the gap in a skipped one. */
function choose(
  reading: LocalReading,
  crest: number | undefined,
  read: (wall: number) => LocalReading,
  flags: TimeFlag[],
): { chosen: number; widestEast: number; widestWest: number } {
  const [first, second] = reading.offsets
  if (first === undefined) {
    const [before, after] = reading.around!
    flags.push('skipped-hour')
    return {
      chosen: before,
      widestEast: Math.max(before, after),
      widestWest: Math.min(before, after),
    }
  }
  if (second === undefined) return { chosen: first, widestEast: first, widestWest: first }
  flags.push('ambiguous-hour')
  // Where the clock was when it went back is the first of the two hours, or after both.
  const repeated = crest !== undefined && read(crest).offsets.includes(second)
  return { chosen: repeated ? second : first, widestEast: first, widestWest: second }
}
