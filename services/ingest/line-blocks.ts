import type { Refused } from '../../ingest-adapters/adapter.ts'
import { decoded } from './decode.ts'

export const LINE_LIMIT = 1024 * 1024
/** A record of so many characters is cut: a file of which no line begins a record must not fill the memory. More than what is read at once. */
const RECORD_LIMIT = 8 * 1024 * 1024
const SHOWN = 1024

export interface LineBlock {
  lines: string[]
  /** The number of `lines[0]`, from 1. */
  first: number
  refused: Refused[]
}

/**
 * The lines of a text, in blocks of whole records: a block ends before a line that `begins` one. Line ends (LF, CRLF) are taken off.
 * A line over 1 MiB is refused with its length. The lines of a record beyond 8 MiB come as a block of their own, which no line begins.
 */
export async function* lineBlocks(
  source: AsyncIterable<Uint8Array>,
  begins?: (line: string) => boolean,
): AsyncGenerator<LineBlock> {
  let partial = ''
  let partialLength = 0
  let held: string[] = []
  let heldSize = 0
  let cutOff = false
  let first = 1
  for await (const text of decoded(source)) {
    const lines = text.split('\n')
    const refused: Refused[] = []
    const firstLength = partialLength + lines[0]!.length
    lines[0] = partial + lines[0]!
    partial = lines.pop()!
    partialLength = lines.length > 0 ? partial.length : firstLength
    if (partial.length > LINE_LIMIT) partial = partial.slice(0, LINE_LIMIT + 1)
    clean(lines, first + held.length, refused, firstLength)
    if (begins && heldSize + sizeOf(lines) > RECORD_LIMIT) {
      const end = endOfRecord(lines, begins, RECORD_LIMIT - heldSize)
      if (end < lines.length && !begins(lines[end]!)) {
        const block = held.concat(lines.splice(0, end))
        held = []
        heldSize = 0
        cutOff = true
        yield { lines: block, first, refused: [] }
        first += block.length
      }
    }
    if (begins && cutOff) {
      const block = lines.splice(0, endOfRecord(lines, begins, Infinity))
      cutOff = lines.length === 0
      if (block.length > 0) yield { lines: block, first, refused: [] }
      first += block.length
    }
    const block = held.length > 0 ? held.concat(lines) : lines
    const cut = begins ? lastBegin(block, begins) : block.length
    held = cut < block.length ? block.splice(cut) : []
    heldSize = cut > 0 ? sizeOf(held) : heldSize + sizeOf(lines)
    if (block.length > 0 || refused.length > 0) yield { lines: block, first, refused }
    first += block.length
  }
  const last: string[] = partial === '' ? [] : [partial]
  const refused: Refused[] = []
  clean(last, first + held.length, refused, partialLength)
  if (held.length + last.length > 0) yield { lines: held.concat(last), first, refused }
}

const sizeOf = (lines: readonly string[]): number =>
  lines.reduce((size, line) => size + line.length + 1, 0)

/** The place of the first line that begins a record, or with which there are more characters than `most`. */
function endOfRecord(
  lines: readonly string[],
  begins: (line: string) => boolean,
  most: number,
): number {
  let size = 0
  const end = lines.findIndex((line) => (size += line.length + 1) > most || begins(line))
  return end < 0 ? lines.length : end
}

/** Takes carriage returns off; replaces lines that are too long by empty ones and refuses them. The first may be cut already: it was of that length. */
function clean(lines: string[], first: number, refused: Refused[], firstLength: number): void {
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!
    if (line.charCodeAt(line.length - 1) === 13) lines[i] = line.slice(0, -1)
    if (line.length > LINE_LIMIT) {
      const long = i === 0 ? firstLength : line.length
      refused.push({
        rejected: `${line.slice(0, SHOWN)}… (${long} characters)`,
        reason: 'line-too-long',
        line: first + i,
      })
      lines[i] = ''
    }
  }
}

/** The place of the last line that begins a record, 0 where none after the first does. */
function lastBegin(lines: readonly string[], begins: (line: string) => boolean): number {
  for (let i = lines.length - 1; i > 0; i--) if (begins(lines[i]!)) return i
  return 0
}
