import { Type, type Static } from './type.ts'

/** What a record was when less of it was there: the id of that, and how many characters it had. */
export const Shorter = Type.Object({ id: Type.String(), size: Type.Integer() })
export type Shorter = Static<typeof Shorter>

/**
 * The last record of the longest file of a stream, put on the bus when that is read. It may have been broken off while it was written: in a file that has grown
 * the longer record at its line is the same one.
 */
export const Tail = Type.Object({
  /** The stream in the catalogue. */
  file: Type.String(),
  /** The source that the user gave, which is in the id. */
  declared: Type.Optional(Type.String()),
  /** Made of its bytes: where it goes on another one, the event has that one's id. */
  id: Type.String(),
  line: Type.Integer(),
  /** Characters of its original, and a hash of that. */
  size: Type.Integer(),
  hash: Type.String(),
  /** A record of the file turned out to be the last one of before: made of its bytes it would have this id. */
  continued: Type.Optional(Type.Object({ id: Type.String(), was: Shorter })),
})
export type Tail = Static<typeof Tail>

/** Whether a message says a tail; no more than that it is of a stream is looked at. */
export const isTail = (value: unknown): value is Tail =>
  typeof (value as Partial<Tail> | null)?.file === 'string'
