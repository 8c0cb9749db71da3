import type { Reason } from '../schemas/rejection.ts'
import type { SourceRecord, Stamp } from '../schemas/source-record.ts'

/** What is known of the file that is being read, beside its bytes. */
export interface File {
  /** Its name without folders. It may tell a date; it never decides about format or identity. */
  name: string
  /** The name of the folder that holds it, '' if there is none. */
  folder: string
  /** What `describes` of the same adapter found in files beside it or in the folders above, nearest first. */
  companions: readonly unknown[]
}

/** The beginning of a file, for `recognizes`. Everything is computed once, when first asked for. */
export interface Head {
  readonly file: File
  /** The first 64 KiB at most. */
  readonly bytes: Uint8Array
  /** The bytes decoded, without a byte order mark and the colours of a terminal. */
  readonly text: string
  /** The lines that have something in them, without a last line that was cut off. */
  readonly lines: readonly string[]
  /** The first values of a JSON file: its lines, the elements of its array, or its one value, closed where the head was cut. */
  readonly values: readonly unknown[]
}

/** A bad unit is yielded, never thrown: a generator that throws loses the rest of the file. */
export interface Refused {
  /** The bytes as text, one physical line at a time in line formats. */
  rejected: string
  reason: Reason
  line: number
}

/** Physical lines that describe the file and are no records: headers, blank lines, "Log opened". */
export interface Described {
  context: number
  /** Line number of the first of them. */
  line: number
  /** The date that they tell for the clock times after them, and the year for stamps without one, such as "Day changed to 14 Jan 2009". */
  date?: Stamp
}

export type Item = SourceRecord | Refused | Described

interface Common {
  /** What people call the format. */
  title: string
  /** Tried only where no other adapter recognizes the file. */
  fallback?: true
  /** Whether the file is of this format. Decided by content, for exactly one adapter per file; tolerates some foreign lines. */
  recognizes(head: Head): boolean
  /** What somebody can do so that a file is read which no adapter recognizes; undefined where it is not near to the format. */
  advises?(head: Head): string | undefined
  /** Some of its records have stamps of two clocks, though the first ones may not: the whole file is read for what they tell. */
  twoClocks?: true
}

/** Lines of text, of which one or several make a record. */
export interface LineAdapter extends Common {
  unit: 'lines'
  /**
   * Whether a line begins a record; the lines up to the next such line belong to it. Left out: every line does.
   * `parse` gets whole records only, without the colours of a terminal.
   */
  begins?(line: string): boolean
  /**
   * Called once a file; the function that it returns gets the lines block by block, `first` is the number of `lines[0]`,
   * and at the end once no lines, to give what it held back.
   */
  parse(file: File): (lines: readonly string[], first: number) => Iterable<Item>
}

/** A stream of JSON values: one a line, one after the other, the elements of one array, or a single one. */
export interface JsonAdapter extends Common {
  unit: 'json'
  /** Called once a file; the function that it returns gets each value, with its exact text and the number of its first line. */
  parse(file: File): (value: unknown, text: string, line: number) => Iterable<Item>
  /**
   * For files that only describe others (users.json): what they tell, as plain data. Undefined where the file holds records.
   * Called with the values of the head, and when these are descriptions again with all values of the file (the elements of its array).
   */
  describes?(head: Head, values: readonly unknown[]): unknown
}

/** A file that is one document, or a sequence of documents each begun by a line. At most 64 MiB each. */
export interface DocumentAdapter extends Common {
  unit: 'document'
  /** Whether a line begins the next document (mbox). Left out: the file is one document. */
  begins?(line: string): boolean
  /**
   * How many bytes after a line belong to its document whatever they hold: a value whose length is told, in which no line begins anything.
   * `next` is the eight bytes after the line's end, fewer where the file ends.
   */
  spans?(line: string, next: Uint8Array): number
  /** `bytes` undecoded, because a mail has an encoding for every part. `line` is the number of the first line. */
  parse(file: File): (bytes: Uint8Array, line: number) => Iterable<Item> | Promise<Iterable<Item>>
}

export type Adapter = LineAdapter | JsonAdapter | DocumentAdapter
