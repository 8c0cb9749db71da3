import type { EventTime } from './timeline-event.ts'
import { visibleString } from './visible-text.ts'
import { fullTime } from './zone.ts'

const BASIS: Readonly<Record<string, (zone: string) => string>> = {
  explicit: () => 'The record itself states the offset from UTC.',
  named: (zone) => `The record or its file names the zone: ${zone}.`,
  configured: (zone) => `The stamp has no zone; ${zone} was told for this source.`,
  inferred: (zone) => `The stamp has no zone; ${zone} was worked out from evidence.`,
  assumed: (zone) => `The stamp has no zone and nothing tells it: ${zone} is assumed.`,
  received: () => 'The record has no time; this is when it was received.',
}

const FLAGS: Readonly<Record<string, string>> = {
  'year-inferred': 'The stamp has no year; it was worked out.',
  'date-inferred': 'The stamp has no date; it was worked out.',
  'ambiguous-hour':
    'The clocks were set back: this hour came twice, and the order of the lines decided.',
  'skipped-hour': 'The clocks were set forward: this hour did not exist.',
  'leap-second': 'It was written as second 60, a leap second.',
  'clock-offset-applied': 'The clock of this source was off; a correction was applied.',
  'out-of-order': 'It stands out of order in its source.',
  'zone-abbreviation': 'The zone is an abbreviation, which can mean several zones.',
  'ambiguous-date': 'Day and month could change places.',
  contradicted: 'Other evidence of this source contradicts the stamp.',
  'time-out-of-range':
    'In this zone it is before 1970 or after 2262, which the timeline cannot show: it stands at the edge.',
}

/** Flags that make the instant doubtful, not just worked out. */
const DOUBTS = new Set([
  'ambiguous-hour',
  'skipped-hour',
  'ambiguous-date',
  'contradicted',
  'time-out-of-range',
])

export interface Mark {
  sign: string
  name: 'doubtful' | 'assumed' | 'inferred'
}

/** A mark for instants that were not written so; undefined where the record says it all. */
export function markOf(time: EventTime): Mark | undefined {
  // Out of order is a doubt only where the stamp may be read in more than one way.
  const stated = time.basis === 'explicit' || time.basis === 'named'
  const flags = time.flags.filter((flag) => flag !== 'out-of-order' || !stated)
  if (flags.some((flag) => DOUBTS.has(flag))) return { sign: '!', name: 'doubtful' }
  if (time.basis === 'assumed') return { sign: '?', name: 'assumed' }
  const written = stated || time.basis === 'configured'
  return written && flags.length === 0 ? undefined : { sign: '~', name: 'inferred' }
}

const isCount = (time: EventTime): boolean =>
  time.basis === 'explicit' && /^\d+(?:\.\d+)?$/.test(time.original)

/** How the instant is known, a sentence each. */
export function timeWords(time: EventTime, zone: string): string[] {
  const words = [
    `Written as “${visibleString(time.original)}”.`,
    isCount(time)
      ? 'It counts from 1970, in UTC.'
      : (BASIS[time.basis]?.(visibleString(time.zone)) ?? `Basis: ${visibleString(time.basis)}.`),
    ...time.flags.map((flag) => FLAGS[flag] ?? visibleString(flag)),
  ]
  const { because, suggested } = time.contradiction ?? {}
  if (because !== undefined) words.push(`The evidence: ${visibleString(because)}.`)
  if (suggested !== undefined) words.push(`It would then be ${fullTime(suggested, zone)}.`)
  if (time.earliest !== time.latest) {
    words.push(
      `It may be as early as ${fullTime(time.earliest, zone)} or as late as ${fullTime(time.latest, zone)}.`,
    )
  }
  return words
}
