import { Type, type Static } from './type.ts'

/**
 * Why something could not be read.
 * `not-a-record`: not of the file's format. `orphan-continuation`: belongs to a record that is not in the file.
 * `impossible-time`: Feb 30, 25:00. `time-out-of-range`: before 1970 or after 2262-04-11. `no-time`: nothing in it tells when.
 * `invalid-json`; `too-deep`: nested deeper than 64. `incomplete`: required parts are missing.
 * `line-too-long`: over 1 MiB. `document-too-large`: over 64 MiB, or a record over 56 MiB with the fields that were read out of it.
 * `unrecognized`: no adapter reads this file. `binary`: the same, for a file that is no text.
 * `damaged-archive`, `archive-too-large`, `archive-too-deep`, `archive-encrypted`: what is in it cannot be read, or would be too much. `unreadable`: the system refused.
 * `adapter-failed`: the code that reads the format failed on it, which is a bug; what comes after it was read.
 * `not-indexed`: it was read, but cannot be put onto the timeline, which is a bug or a limit of the index. It is in the log of record: a rebuild tries again.
 * `deleted`: `recount delete` took it away. It is counted, and kept nowhere: no dead letter has this reason.
 */
export const Reason = Type.Enum([
  'not-a-record',
  'orphan-continuation',
  'impossible-time',
  'time-out-of-range',
  'no-time',
  'invalid-json',
  'too-deep',
  'incomplete',
  'line-too-long',
  'document-too-large',
  'unrecognized',
  'binary',
  'damaged-archive',
  'archive-too-large',
  'archive-too-deep',
  'archive-encrypted',
  'unreadable',
  'adapter-failed',
  'not-indexed',
  'deleted',
])
export type Reason = Static<typeof Reason>

/** A dead letter: bytes that could not be read as a record, with their place and the reason. */
export const Rejection = Type.Object({
  path: Type.String(),
  /** First and last physical line, from 1; of a binary file both 1. */
  first: Type.Integer(),
  last: Type.Integer(),
  reason: Reason,
  /** The bytes as text, at most 65,536 characters of them. */
  raw: Type.String(),
})
export type Rejection = Static<typeof Rejection>

const SHOWN = 64 * 1024

/** Whether only the beginning of a refused text may have been kept. */
export const isCut = ({ raw }: Pick<Rejection, 'raw'>): boolean => raw.length >= SHOWN

/** Where a refused text stands that begins on a line, and what of it is kept. */
export const placed = (text: string, first: number): Pick<Rejection, 'first' | 'last' | 'raw'> => ({
  first,
  last: first + (text.trimEnd().match(/\n/g)?.length ?? 0),
  raw: text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text,
})

const PARKED = 'parked '

/** The id of the dead letter of an event that could not be put onto the timeline, and the event's id. */
export const parkedId = (event: string): string => PARKED + event
export const isParked = (id: string): boolean => id.startsWith(PARKED)
export const parkedEvent = (id: string): string => id.slice(PARKED.length)

/** Reasons that are of a whole file: what is kept of it cannot be read by itself. */
export const OF_THE_FILE: ReadonlySet<Reason> = new Set<Reason>([
  'unrecognized',
  'binary',
  'unreadable',
  'damaged-archive',
  'archive-too-large',
  'archive-too-deep',
  'archive-encrypted',
])
