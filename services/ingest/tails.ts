import type { SourceRecord } from '../../schemas/source-record.ts'
import type { Shorter, Tail } from '../../schemas/tail.ts'
import { hash } from './identity.ts'

/** The ends of the known streams: see schemas/tail.ts. */
export interface Tails {
  set(tail: Tail): void
  /** Of one stream, under each source that was given. */
  all(file: string): readonly Tail[]
  /** What a record with this id was before, the last first; the id of the event is the last of these, or its own where there are none. */
  shorter(file: string, id: string): readonly Shorter[]
}

export function openTails(): Tails {
  const byFile = new Map<string, Tail[]>()
  const continued = new Map<string, Map<string, Shorter>>()
  return {
    set(tail) {
      const { file, declared } = tail
      const others = (byFile.get(file) ?? []).filter((each) => each.declared !== declared)
      byFile.set(file, [...others, tail])
      if (!tail.continued) return
      const { id, was } = tail.continued
      continued.set(file, (continued.get(file) ?? new Map<string, Shorter>()).set(id, was))
    },
    all: (file) => byFile.get(file) ?? [],
    shorter(file, id) {
      const known = continued.get(file)
      const all: Shorter[] = []
      let was = known?.get(id)
      while (was) {
        all.push(was)
        was = known!.get(was.id)
      }
      return all
    },
  }
}

/** Whether a record is one that was broken off when the stream ended with it. */
export const goesOn = ({ line, original }: SourceRecord, tail: Tail): boolean =>
  line === tail.line &&
  original.length > tail.size &&
  hash(original.slice(0, tail.size)) === tail.hash

/** Told of the records of a file that begins where its stream does, with the ids made of their bytes. */
export interface TailFollower {
  shorter(record: SourceRecord, id: string): readonly Shorter[]
  /** The tail of the stream, where this file is longer than those before. */
  end(): Tail | undefined
}

export function followTail(tails: Tails, file: string, declared: string | undefined): TailFollower {
  const known = tails.all(file).find((tail) => tail.declared === declared)
  let last: { record: SourceRecord; id: string } | undefined
  let continued: Tail['continued']
  return {
    shorter(record, id) {
      if (record.nativeId !== undefined) return []
      if (!last || record.line >= last.record.line) last = { record, id }
      if (known && goesOn(record, known)) {
        const was = { id: known.id, size: known.size }
        continued = { id, was }
        return [was, ...tails.shorter(file, known.id)]
      }
      return tails.shorter(file, id)
    },
    end() {
      if (!last) return undefined
      const { line, original } = last.record
      const { length: size } = original
      if (known && (line < known.line || (line === known.line && size <= known.size)))
        return undefined
      return {
        file,
        ...(declared !== undefined && { declared }),
        id: last.id,
        line,
        size,
        hash: hash(original),
        ...(continued && { continued }),
      }
    },
  }
}
