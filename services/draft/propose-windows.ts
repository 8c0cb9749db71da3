import { identityOf, actionOf } from './alerts.ts'
import { isoOf, type Fact } from './material.ts'
import { quoted, times } from './wording.ts'

const MINUTE_MS = 60_000
/** What is closer together is one event. */
const GAP_MS = 30 * MINUTE_MS
const MARGIN_MS = 10 * MINUTE_MS
/** An alert of which no end is known is taken to last so long. */
const UNENDED_MS = 30 * MINUTE_MS
/** Errors of an interval are a burst from so many on, and from so many times the usual. */
const BURST = 20
const TIMES_USUAL = 8
const BAD = ['error', 'critical', 'alert', 'emergency']

/** A window in which something seems to have happened. */
export interface Proposal {
  from: string
  to: string
  alerts: number
  errors: number
  /** Why, in words. */
  because: string
}

interface Piece {
  from: number
  to: number
  alerts: string[]
  errors: number
}

/** Errors in an interval, by the counts of its levels. */
export interface Interval {
  at: string
  levels: Readonly<Record<string, number>>
}

/** Windows that alerts and bursts of errors point at, the most eventful first. `seconds`: how long an interval is. */
export function proposeWindows(
  told: readonly Fact[],
  intervals: readonly Interval[],
  seconds: number,
): Proposal[] {
  const pieces = [...alertPieces(told), ...burstPieces(intervals, seconds)].sort(
    (a, b) => a.from - b.from,
  )
  const joined: Piece[] = []
  for (const piece of pieces) {
    const last = joined.at(-1)
    if (last && piece.from - last.to <= GAP_MS) {
      last.to = Math.max(last.to, piece.to)
      last.alerts.push(...piece.alerts)
      last.errors += piece.errors
    } else joined.push({ ...piece, alerts: [...piece.alerts] })
  }
  return joined
    .sort((a, b) => worthOf(b) - worthOf(a) || a.from - b.from)
    .map(({ from, to, alerts, errors }) => ({
      from: minuteOf(from - MARGIN_MS),
      to: minuteOf(to + MARGIN_MS + MINUTE_MS),
      alerts: alerts.length,
      errors,
      because: [
        ...(alerts.length > 0
          ? [`${times(alerts.length, 'alert')} fired, the first ${quoted(alerts[0]!, 80)}`]
          : []),
        ...(errors > 0 ? [`${times(errors, 'error')} came in bursts`] : []),
      ].join('; '),
    }))
}

const minuteOf = (ms: number): string => isoOf(Math.floor(Math.max(ms, 0) / MINUTE_MS) * MINUTE_MS)

const worthOf = ({ alerts, errors }: Piece): number => 3 * alerts.length + Math.log2(1 + errors)

function alertPieces(told: readonly Fact[]): Piece[] {
  const open = new Map<string, Piece>()
  const pieces: Piece[] = []
  for (const fact of told) {
    if (fact.kind !== 'alert') continue
    const identity = identityOf(fact)
    const action = actionOf(fact)
    const piece = open.get(identity)
    if (action === 'resolved') {
      if (piece) piece.to = fact.ms
      open.delete(identity)
    } else if (action === 'fired' && !piece) {
      const begun = { from: fact.ms, to: fact.ms + UNENDED_MS, alerts: [fact.message], errors: 0 }
      open.set(identity, begun)
      pieces.push(begun)
    }
  }
  return pieces
}

function burstPieces(intervals: readonly Interval[], seconds: number): Piece[] {
  const counts = intervals.map(({ at, levels }) => ({
    from: Date.parse(at),
    errors: BAD.reduce((sum, level) => sum + (levels[level] ?? 0), 0),
  }))
  if (counts.length === 0) return []
  // Intervals without events are left out of the counts: they had no errors.
  const span = (counts.at(-1)!.from - counts[0]!.from) / (seconds * 1000) + 1
  const all = counts.map(({ errors }) => errors).sort((a, b) => b - a)
  const usual = Math.max(all[Math.floor(span / 2)] ?? 0, 1)
  return counts
    .filter(({ errors }) => errors >= BURST && errors >= usual * TIMES_USUAL)
    .map(({ from, errors }) => ({ from, to: from + seconds * 1000, alerts: [], errors }))
}
