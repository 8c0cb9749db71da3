import type { DocumentAdapter, Refused } from '../../ingest-adapters/adapter.ts'

const DOCUMENT_LIMIT = 64 * 1024 * 1024
const NEWLINE = 10
/** So much of a line is shown to `begins` and `spans`. */
const LINE_SHOWN = 200
/** So much of what follows a line is shown to `spans`. */
const NEXT_SHOWN = 8

export interface Document {
  bytes: Buffer
  /** Number of its first line, from 1. */
  line: number
}

/** The documents of a file: one, or as many as lines that `begins` one. What is over 64 MiB is refused. */
export async function* documents(
  source: AsyncIterable<Uint8Array>,
  { begins, spans }: Pick<DocumentAdapter, 'begins' | 'spans'>,
): AsyncGenerator<Document | Refused> {
  let parts: Buffer[] = []
  let size = 0
  let firstLine = 1
  let line = 1
  const finish = (): Document | Refused => {
    const whole = size > DOCUMENT_LIMIT
    const document: Document | Refused = whole
      ? {
          rejected: parts[0]!.toString('latin1').slice(0, 1024),
          reason: 'document-too-large',
          line: firstLine,
        }
      : { bytes: Buffer.concat(parts), line: firstLine }
    parts = []
    size = 0
    firstLine = line
    return document
  }
  const add = (bytes: Buffer): void => {
    if (size <= DOCUMENT_LIMIT) parts.push(Buffer.from(bytes))
    size += bytes.length
  }
  let spanned = 0
  let inLine = false
  /** Takes in bytes and gives back those at the end of which more must be seen first. */
  function* take(bytes: Buffer, last: boolean): Generator<Document | Refused, Buffer> {
    let from = 0
    let at = 0
    while (at < bytes.length) {
      if (spanned > 0) {
        const to = Math.min(at + spanned, bytes.length)
        line += countNewlines(bytes, at, to)
        spanned -= to - at
        at = to
        continue
      }
      const end = bytes.indexOf(NEWLINE, at)
      if (!inLine) {
        const seen = end < 0 ? bytes.length - at >= LINE_SHOWN : bytes.length - end > NEXT_SHOWN
        if (!seen && !last) break
        const text = bytes.toString(
          'latin1',
          at,
          Math.min(end < 0 ? bytes.length : end, at + LINE_SHOWN),
        )
        if (begins!(text.replace(/\r$/, '')) && size + at - from > 0) {
          add(bytes.subarray(from, at))
          yield finish()
          from = at
        }
        if (spans && end >= 0) spanned = spans(text, bytes.subarray(end + 1, end + 1 + NEXT_SHOWN))
      }
      inLine = end < 0
      if (!inLine) line++
      at = inLine ? bytes.length : end + 1
    }
    add(bytes.subarray(from, at))
    return Buffer.from(bytes.subarray(at))
  }
  let carry: Buffer = Buffer.alloc(0)
  for await (const chunk of source) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    if (begins) carry = yield* take(carry.length > 0 ? Buffer.concat([carry, bytes]) : bytes, false)
    else add(bytes)
  }
  yield* take(carry, true)
  if (size > 0) yield finish()
}

function countNewlines(bytes: Buffer, from: number, to: number): number {
  let count = 0
  for (let i = bytes.indexOf(NEWLINE, from); i >= 0 && i < to; i = bytes.indexOf(NEWLINE, i + 1))
    count++
  return count
}
