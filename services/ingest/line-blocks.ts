import type { Refused } from '../../ingest-adapters/adapter.ts'
import { decoded } from './decode.ts'

export const LINE_LIMIT = 1024 * 1024
/** A record of so many characters is cut: a file of which no line begins a record must not fill the memory. More than what is read at once. */
const RECORD_LIMIT = 8 * 1024 * 1024
const SHOWN = 1024

export interface LineBlock {
  /** One at least. */
  lines: string[]
  /** The number of `lines[0]`, from 1. */
  first: number
}

/**
 * The lines of a text, in blocks of whole records: a block ends before a line that `begins` one. Line ends (LF, CRLF) are taken off.
 * A line over 1 MiB is refused with its length. What stands between it, or 8 MiB of one record, and the next line that begins one comes
 * as blocks of which no line does.
 */
export async function* lineBlocks(
  source: AsyncIterable<Uint8Array>,
  begins?: (line: string) => boolean,
): AsyncGenerator<LineBlock | Refused> {
  const cut = begins ? recordCutter(begins) : wholeLines()
  let partial = ''
  let partialLength = 0
  let first = 1
  function* take(lines: string[], firstLength: number): Generator<LineBlock | Refused> {
    let from = 0
    const put = function* (blocks: Iterable<string[]>): Generator<LineBlock> {
      for (const block of blocks) {
        if (block.length > 0) yield { lines: block, first }
        first += block.length
      }
    }
    for (let i = 0; i < lines.length; i++) {
      const line = lines[i]!
      if (line.charCodeAt(line.length - 1) === 13) lines[i] = line.slice(0, -1)
      if (line.length <= LINE_LIMIT) continue
      yield* put(cut.push(lines.slice(from, i)))
      yield* put(cut.end())
      const length = i === 0 ? firstLength : line.length
      const rejected = `${line.slice(0, SHOWN)}… (${length} characters)`
      yield { rejected, reason: 'line-too-long', line: first++ }
      from = i + 1
    }
    yield* put(cut.push(from === 0 ? lines : lines.slice(from)))
  }
  for await (const text of decoded(source)) {
    const lines = text.split('\n')
    const firstLength = partialLength + lines[0]!.length
    lines[0] = partial + lines[0]!
    partial = lines.pop()!
    partialLength = lines.length > 0 ? partial.length : firstLength
    // One character more than allowed tells that it is too long.
    if (partial.length > LINE_LIMIT) partial = partial.slice(0, LINE_LIMIT + 1)
    yield* take(lines, firstLength)
  }
  if (partial !== '') yield* take([partial], partialLength)
  const held = [...cut.end()].flat()
  if (held.length > 0) yield { lines: held, first }
}

/** Gathers lines into blocks; `end` gives what is held, after which no line belongs to a record until one begins. */
interface Cutter {
  push(lines: string[]): Iterable<string[]>
  end(): Iterable<string[]>
}

const wholeLines = (): Cutter => ({ push: (lines) => [lines], end: () => [] })

function recordCutter(begins: (line: string) => boolean): Cutter {
  let held: string[] = []
  let heldSize = 0
  let orphans = false
  const hold = (lines: string[], size: number): void => {
    held = lines
    heldSize = size
  }
  function* end(): Generator<string[]> {
    yield held
    hold([], 0)
    orphans = true
  }
  return {
    *push(lines) {
      if (heldSize + sizeOf(lines) > RECORD_LIMIT) {
        const place = endOfRecord(lines, begins, RECORD_LIMIT - heldSize)
        if (place < lines.length && !begins(lines[place]!)) {
          held = held.concat(lines.splice(0, place))
          yield* end()
        }
      }
      if (orphans) {
        yield lines.splice(0, endOfRecord(lines, begins, Infinity))
        orphans = lines.length === 0
      }
      const place = lastBegin(lines, begins, held.length > 0 ? 0 : 1)
      if (place === undefined) {
        for (const line of lines) held.push(line)
        heldSize += sizeOf(lines)
        return
      }
      const block = held.concat(lines.slice(0, place))
      const rest = lines.slice(place)
      hold(rest, sizeOf(rest))
      yield block
    },
    end,
  }
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

/** The place of the last line that begins a record, from `least` on. */
function lastBegin(
  lines: readonly string[],
  begins: (line: string) => boolean,
  least: number,
): number | undefined {
  for (let i = lines.length - 1; i >= least; i--) if (begins(lines[i]!)) return i
  return undefined
}
