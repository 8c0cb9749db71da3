import type { Refused } from '../../ingest-adapters/adapter.ts'

const DOCUMENT_LIMIT = 64 * 1024 * 1024
const NEWLINE = 10

export interface Document {
  bytes: Buffer
  /** Number of its first line, from 1. */
  line: number
}

/** The documents of a file: one, or as many as lines that `begins` one. What is over 64 MiB is refused. */
export async function* documents(
  source: AsyncIterable<Uint8Array>,
  begins?: (line: string) => boolean,
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
    if (size <= DOCUMENT_LIMIT) parts.push(bytes)
    size += bytes.length
  }
  let carry: Buffer = Buffer.alloc(0)
  for await (const chunk of source) {
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    if (!begins) {
      add(Buffer.from(bytes))
      continue
    }
    if (carry.length > 0) bytes = Buffer.concat([carry, bytes])
    let from = 0
    for (let at = 0; at < bytes.length;) {
      const end = bytes.indexOf(NEWLINE, at)
      if (end < 0) break
      if (
        begins(bytes.toString('latin1', at, Math.min(end, at + 200)).replace(/\r$/, '')) &&
        size + at - from > 0
      ) {
        if (at > from) add(Buffer.from(bytes.subarray(from, at)))
        yield finish()
        from = at
      }
      line++
      at = end + 1
    }
    const whole = bytes.lastIndexOf(NEWLINE) + 1
    if (whole > from) add(Buffer.from(bytes.subarray(from, whole)))
    carry = Buffer.from(bytes.subarray(Math.max(whole, from)))
    if (carry.length > DOCUMENT_LIMIT) {
      add(carry)
      carry = Buffer.alloc(0)
    }
  }
  if (carry.length > 0) add(carry)
  if (size > 0) yield finish()
}
