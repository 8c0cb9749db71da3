import type { SourceRecord } from '../../schemas/source-record.ts'
import type { Earlier, Tail } from '../../schemas/tail.ts'
import { hash } from './identity.ts'

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

/** Whether a record is the one with which the stream ended: it goes on, or what was its last line is the beginning of the next. */
export function isSame({ line, original }: SourceRecord, { line: at, text, head }: Tail): boolean {
  if (line !== at) return false
  if (original.length > text.size) return hash(original.slice(0, text.size)) === text.hash
  return head?.size === original.length && hash(original) === head.hash
}

/** Told of the records of a file that begins where its stream does, with the ids made of their bytes. */
export interface TailFollower {
  earlier(record: SourceRecord, own: string): Earlier | undefined
  /** The tail of the stream, where it is another one after this file. */
  end(): Tail | undefined
}

export function followTail(tails: Tails, file: string, declared: string | undefined): TailFollower {
  const known = tails.all(file).find((tail) => tail.declared === declared)
  let last: { record: SourceRecord; event: Earlier } | undefined
  let continued: Tail['continued']
  return {
    earlier(record, own) {
      if (record.nativeId !== undefined) return undefined
      let as = tails.earlier(file, own)
      if (known && isSame(record, known)) {
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
      const isLonger =
        !known || line > known.line || (line === known.line && original.length > known.text.size)
      if (!isLonger && !continued) return undefined
      const lastLine = original.lastIndexOf('\n')
      return {
        file,
        ...(declared !== undefined && { declared }),
        ...event,
        line,
        text: textOf(original),
        ...(lastLine >= 0 && { head: textOf(original.slice(0, lastLine)) }),
        ...(continued && { continued }),
      }
    },
  }
}

const textOf = (text: string): Tail['text'] => ({ size: text.length, hash: hash(text) })
