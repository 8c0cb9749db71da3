import type { Item } from '../../ingest-adapters/adapter.ts'
import type { SourceRecord } from '../../schemas/source-record.ts'
import type { Earlier, Tail } from '../../schemas/tail.ts'
import { hash } from './identity.ts'
import type { Input } from './input.ts'

/** The ends of the known streams: see schemas/tail.ts. */
export interface Tails {
  set(tail: Tail): void
  /** Of one stream, under each source that was given. */
  all(file: string): readonly Tail[]
  /** The event that a record of a stream is, by the id that is made of its bytes; undefined where that is the event's. */
  earlier(file: string, id: string): Earlier | undefined
}

export function openTails(): Tails {
  const byFile = new Map<string, Tail[]>()
  const continued = new Map<string, Map<string, Earlier>>()
  return {
    set(tail) {
      const { file, declared } = tail
      const others = (byFile.get(file) ?? []).filter((each) => each.declared !== declared)
      byFile.set(file, [...others, tail])
      if (!tail.continued) return
      const known = continued.get(file) ?? new Map<string, Earlier>()
      continued.set(file, known.set(tail.continued.own, tail.continued.as))
    },
    all: (file) => byFile.get(file) ?? [],
    earlier: (file, id) => continued.get(file)?.get(id),
  }
}

const isLonger = (text: string, than: Tail['text']): boolean =>
  text.length > than.size && hash(text.slice(0, than.size)) === than.hash

/** Whether a record goes on where the stream ended. */
export const goesOn = ({ line, original }: SourceRecord, tail: Tail): boolean =>
  line === tail.line &&
  isLonger(original, tail.text) &&
  (tail.open === true || original[tail.text.size] === '\n')

/** Whether a record may be the one with which the stream ended, but for the last line. */
export const mayEnd = ({ line, original }: SourceRecord, { line: at, head }: Tail): boolean =>
  line === at && head?.size === original.length && hash(original) === head.hash

/** Whether it is, because that line is the beginning of what follows. */
export function endsBefore(next: Item, { rest }: Tail): boolean {
  if ('context' in next) return true
  return isLonger('rejected' in next ? next.rejected : next.original, rest!)
}

/** Told of the records of a file that begins where its stream does, with the ids made of their bytes. */
export interface TailFollower {
  /** The same input, of which it is seen how it ends. */
  watch(input: Input): Input
  /** Whether it must be known of a record, before its id is asked for, what follows it. */
  waits(record: SourceRecord): boolean
  followed(record: SourceRecord, by: Item): void
  earlier(record: SourceRecord, own: string): Earlier | undefined
  /** The tail of the stream, where it is another one after this file. */
  end(): Tail | undefined
}

export function followTail(tails: Tails, file: string, declared: string | undefined): TailFollower {
  const known = tails.all(file).find((tail) => tail.declared === declared)
  let last: { record: SourceRecord; event: Earlier } | undefined
  let continued: Tail['continued']
  let ended: SourceRecord | undefined
  let end: Uint8Array = new Uint8Array()
  return {
    watch: (input) => ({
      ...input,
      async *open() {
        for await (const chunk of input.open()) {
          if (chunk.length > 0) end = chunk.subarray(-2)
          yield chunk
        }
      },
    }),
    waits: (record) => known !== undefined && mayEnd(record, known),
    followed(record, by) {
      if (endsBefore(by, known!)) ended = record
    },
    earlier(record, own) {
      let as = tails.earlier(file, own)
      if (known && (record === ended || goesOn(record, known))) {
        as = { id: known.id, sizes: [...known.sizes, known.text.size] }
        continued = { own, as }
      }
      if (!last || record.line >= last.record.line)
        last = { record, event: as ?? { id: own, sizes: [] } }
      return as
    },
    end() {
      if (!last) return undefined
      const { record, event } = last
      const { line, original } = record
      const isOpen = !endsLine(end)
      const isOther =
        !known ||
        line > known.line ||
        (line === known.line &&
          (original.length > known.text.size || (known.open === true && !isOpen)))
      if (!isOther && !continued) return undefined
      return {
        file,
        ...(declared !== undefined && { declared }),
        ...event,
        line,
        text: textOf(original),
        ...(isOpen && { open: true }),
        ...(isOpen && original.includes('\n') && withoutLastLine(original)),
        ...(continued && { continued }),
      }
    },
  }
}

/** Whether bytes end with the end of a line, in UTF-16 as well. */
const endsLine = (bytes: Uint8Array): boolean =>
  bytes.at(-1) === 0x0a || (bytes.at(-1) === 0 && bytes.at(-2) === 0x0a)

/** No record ends with an empty line. */
function withoutLastLine(text: string): Pick<Tail, 'head' | 'rest'> {
  let end = text.lastIndexOf('\n')
  const rest = textOf(text.slice(end + 1))
  for (let last = end; last >= 0 && text.slice(last, end).trim() === '';) {
    end = last
    last = text.lastIndexOf('\n', end - 1)
  }
  return { head: textOf(text.slice(0, end)), rest }
}

const textOf = (text: string): Tail['text'] => ({ size: text.length, hash: hash(text) })
