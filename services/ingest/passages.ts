import type { Context } from '../../schemas/context.ts'
import type { SourceRecord } from '../../schemas/source-record.ts'
import { hash } from './identity.ts'

/** So many records in a row are no accident; a file or a stream with fewer gives all it has. */
export const IN_A_ROW = 3
/** A file that was cut off by bytes (`tail -c`) may begin with the end of a line, so its first record need not be in a row with the next. */
export const SKIPS = [0, 1]
/** So many of the first records of a file tell where it belongs. */
export const TELLING = IN_A_ROW + SKIPS.length - 1

/** Records whose stream is decided, in the order of the file; with `enters` they are the first ones of another stream. */
export interface Decided {
  records: readonly SourceRecord[]
  enters?: Context
}

export interface Passages {
  /** A record that may be the beginning of another stream is kept until it is known. */
  take(record: SourceRecord): readonly Decided[]
  end(): readonly Decided[]
}

/**
 * Follows a file from stream to stream. Logs that were imported apart are streams of their own; a file that overlaps both shows that one goes on
 * where the other begins, and its records have the ids of the stream that they are in.
 */
export function passages(streams: readonly Context[], own: string): Passages {
  let current = own
  let kept: { record: SourceRecord; hash: string }[] = []
  const beginnings = streams.filter((s) => s.head.length >= IN_A_ROW)
  const seconds = new Set(beginnings.map((s) => s.first))

  const fits = (): Context[] =>
    beginnings.filter((s) => s.file !== current && kept.every((k, i) => k.hash === s.head[i]))

  /** The kept records enter this stream. */
  const enter = (enters: Context): Decided => {
    current = enters.file
    const records = kept.map((k) => k.record)
    kept = []
    return { records, enters }
  }

  const decide = (): Decided[] => {
    const stay: SourceRecord[] = []
    while (kept.length > 0) {
      const possible = fits()
      const whole = possible.find((s) => s.head.length === kept.length)
      if (whole) return [{ records: stay }, enter(whole)]
      if (possible.length > 0) break
      stay.push(kept.shift()!.record)
    }
    return [{ records: stay }]
  }

  return {
    take(record) {
      if (kept.length === 0 && !seconds.has(record.time.seconds)) return [{ records: [record] }]
      kept.push({ record, hash: hash(record.original) })
      return decide()
    },
    end() {
      const [next] = kept.length >= IN_A_ROW ? fits() : []
      if (next) return [enter(next)]
      const records = kept.map((k) => k.record)
      kept = []
      return [{ records }]
    },
  }
}
