import { isAscii, isUtf8 } from 'node:buffer'
import iconv from 'iconv-lite'

const NEWLINE = 10
/** So many bytes show the encoding, however they come. */
const LOOKED_AT = 512

/** The encoding that the first bytes show; 'utf-8' also stands for UTF-8 with lines of Windows-1252 between. */
export function encodingOf(head: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const [a, b] = head
  if (a === 0xff && b === 0xfe) return 'utf-16le'
  if (a === 0xfe && b === 0xff) return 'utf-16be'
  let even = 0
  let odd = 0
  const length = Math.min(head.length, LOOKED_AT)
  if (length < 4) return 'utf-8'
  for (let i = 0; i < length; i++) {
    if (head[i] !== 0) continue
    if (i % 2 === 0) even++
    else odd++
  }
  if (odd > length * 0.3 && even === 0) return 'utf-16le'
  if (even > length * 0.3 && odd === 0) return 'utf-16be'
  return 'utf-8'
}

/** Bytes that are whole lines: UTF-8, and line by line Windows-1252 where they are not. */
function decodeLines(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString('latin1')
  if (isUtf8(bytes)) return bytes.toString('utf8')
  const lines: string[] = []
  for (let at = 0; at <= bytes.length;) {
    const end = bytes.indexOf(NEWLINE, at)
    const line = bytes.subarray(at, end < 0 ? bytes.length : end)
    lines.push(isUtf8(line) ? line.toString('utf8') : iconv.decode(line, 'windows-1252'))
    if (end < 0) break
    at = end + 1
  }
  return lines.join('\n')
}

/** The whole of a byte sequence as text, without a byte order mark. */
export function decode(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const encoding = encodingOf(buffer)
  const text = encoding === 'utf-8' ? decodeLines(buffer) : iconv.decode(buffer, encoding)
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

/** How many bytes at the end are the beginning of an unfinished UTF-8 character. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!
    if (byte >= 0xc0)
      return byte >= 0xf0
        ? back < 4
          ? back
          : 0
        : byte >= 0xe0
          ? back < 3
            ? back
            : 0
          : back < 2
            ? back
            : 0
    if (byte < 0x80) return 0
  }
  return 0
}

/** Text as it comes, cut after a newline where there is one. A byte order mark is dropped. */
export async function* decoded(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let carry: Buffer = Buffer.alloc(0)
  let wide: { write(bytes: Buffer): string; end(): string | undefined } | undefined
  let begun = false
  for await (const chunk of source) {
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    if (carry.length > 0) bytes = Buffer.concat([carry, bytes])
    carry = Buffer.alloc(0)
    if (!begun) {
      if (bytes.length < LOOKED_AT) {
        carry = bytes
        continue
      }
      begun = true
      const encoding = encodingOf(bytes)
      if (encoding !== 'utf-8') wide = iconv.getDecoder(encoding)
      else if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
        bytes = bytes.subarray(3)
    }
    if (wide) {
      yield wide.write(bytes)
      continue
    }
    const newline = bytes.lastIndexOf(NEWLINE)
    const end = newline >= 0 ? newline + 1 : bytes.length - unfinished(bytes)
    if (end > 0) yield decodeLines(bytes.subarray(0, end))
    carry = Buffer.from(bytes.subarray(end))
  }
  const rest = wide?.end()
  if (rest) yield rest
  if (carry.length > 0) yield decode(carry)
}
