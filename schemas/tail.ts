import { Type, type Static } from './type.ts'

/** The event that a record is, which was made of it when it was cut elsewhere, and how many characters it had each time. */
export const Earlier = Type.Object({ id: Type.String(), sizes: Type.Array(Type.Integer()) })
export type Earlier = Static<typeof Earlier>

/** So many characters, and a hash of them. */
const Text = Type.Object({ size: Type.Integer(), hash: Type.String() })

/**
 * The last record of the longest file of a stream, put on the bus when that is read. It may have been broken off while it was written: in a file that has grown
 * another record at its line may be the same one.
 */
export const Tail = Type.Object({
  /** The stream in the catalogue. */
  file: Type.String(),
  /** The source that the user gave, which is in the id. */
  declared: Type.Optional(Type.String()),
  ...Earlier.properties,
  line: Type.Integer(),
  text: Text,
  /** The file ended without the end of its last line. Where it did not, nothing but further lines can belong to the record. */
  open: Type.Optional(Type.Literal(true)),
  /** Where it did, of several lines: the text without the last line, and that line, which may be the beginning of something else. */
  head: Type.Optional(Text),
  rest: Type.Optional(Text),
  /** A record of the file turned out to be the last one of before: made of its bytes alone its id would be `own`. */
  continued: Type.Optional(Type.Object({ own: Type.String(), as: Earlier })),
})
export type Tail = Static<typeof Tail>

/** Whether a message says a tail; no more than that it is of a stream is looked at. */
export const isTail = (value: unknown): value is Tail =>
  typeof (value as Partial<Tail> | null)?.file === 'string'
