/**
 * systemd journal in its export format, `journalctl -o export`: https://systemd.io/JOURNAL_EXPORT_FORMATS/#journal-export-format.
 * Entries end with an empty line. A field is `NAME=text`, or, where the value holds newlines or other control characters, a line with
 * the name, eight bytes of length (little endian), the value, and a newline. Fields that stand several times have several values.
 * Every entry of a journal file opens with its cursor, which is where the file is cut into documents, but not within a value whose length
 * is told: anybody may log a newline and a cursor behind it. A file that journal-upload or another sender made has none, and is read whole.
 */
import type { DocumentAdapter, Item } from '../adapter.ts'
import { journalRecord } from '../shared/journal-entry.ts'
import { textOf } from '../shared/utf8-text.ts'

const NEWLINE = 10
const EQUALS = 61
const LENGTH_BYTES = 8
/** No journal holds longer values than a document may be: such a length is damaged. */
const LONGEST = 64 * 1024 * 1024
const NAME = /^[A-Z_][A-Z0-9_]{0,63}$/
const CURSOR = /^__CURSOR=/
const FIELD = /^[A-Z_][A-Z0-9_]{0,63}(?:=|$)/
const TIME = /^(?:__REALTIME_TIMESTAMP|_SOURCE_REALTIME_TIMESTAMP)=\d{1,18}$/
const MOST = 60

interface Field {
  name: string
  value: string
  /** The place after its last newline. */
  end: number
}

/** The length of the value that stands behind it, undefined where that cannot be: what follows is then text like any other. */
function readLength(bytes: Uint8Array): number | undefined {
  if (bytes.length < LENGTH_BYTES) return undefined
  const length = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getBigUint64(0, true)
  return length > LONGEST ? undefined : Number(length)
}

/**
 * The field at `at`. 'cut-off' where the bytes end within its value: all of them are of that value. 'damaged' where the length before it
 * cannot be right, undefined where no field stands.
 */
function readField(bytes: Uint8Array, at: number): Field | 'cut-off' | 'damaged' | undefined {
  let lineEnd = bytes.indexOf(NEWLINE, at)
  if (lineEnd < 0) lineEnd = bytes.length
  const equals = bytes.subarray(at, Math.min(lineEnd, at + 65)).indexOf(EQUALS)
  const name = textOf(bytes.subarray(at, equals < 0 ? Math.min(lineEnd, at + 65) : at + equals))
  if (!NAME.test(name)) return undefined
  if (equals >= 0)
    return { name, value: textOf(bytes.subarray(at + equals + 1, lineEnd)), end: lineEnd + 1 }
  const from = lineEnd + 1 + LENGTH_BYTES
  const length = readLength(bytes.subarray(lineEnd + 1, from))
  if (length === undefined) return 'damaged'
  const end = from + length
  if (end > bytes.length) return 'cut-off'
  if (end < bytes.length && bytes[end] !== NEWLINE) return 'damaged'
  return { name, value: textOf(bytes.subarray(from, end)), end: end + 1 }
}

function countNewlines(bytes: Uint8Array, from: number, to: number): number {
  let count = 0
  for (let i = bytes.indexOf(NEWLINE, from); i >= 0 && i < to; i = bytes.indexOf(NEWLINE, i + 1))
    count++
  return count
}

/** The entry that begins at `from`, and the place after it. Of a damaged one, all up to the next empty line is refused, of one cut off all. */
function readEntry(bytes: Uint8Array, from: number, line: number): { item: Item; end: number } {
  const entry = new Map<string, string>()
  let at = from
  while (at < bytes.length && bytes[at] !== NEWLINE) {
    const field = readField(bytes, at)
    if (typeof field !== 'object') {
      const end = field === 'cut-off' ? bytes.length : afterEmptyLine(bytes, at)
      const rejected = textOf(bytes.subarray(from, end)).trimEnd()
      return { item: { rejected, reason: field ? 'incomplete' : 'not-a-record', line }, end }
    }
    const before = entry.get(field.name)
    entry.set(field.name, before === undefined ? field.value : `${before}, ${field.value}`)
    at = Math.min(field.end, bytes.length)
  }
  const textEnd = bytes[at - 1] === NEWLINE ? at - 1 : at
  const original = textOf(bytes.subarray(from, textEnd))
  const record = journalRecord(entry, original, line)
  return { item: record ?? { rejected: original, reason: 'no-time', line }, end: at }
}

function afterEmptyLine(bytes: Uint8Array, at: number): number {
  for (let i = bytes.indexOf(NEWLINE, at); i >= 0; i = bytes.indexOf(NEWLINE, i + 1)) {
    if (bytes[i + 1] === NEWLINE) return i + 1
  }
  return bytes.length
}

export const adapter: DocumentAdapter = {
  title: 'systemd journal (export format)',
  unit: 'document',
  recognizes: ({ lines }) =>
    lines.length > 1 &&
    FIELD.test(lines[0]!) &&
    lines.slice(0, MOST).some((line) => TIME.test(line)) &&
    lines.slice(0, MOST).some((line) => /^(?:MESSAGE(?:=|$)|__CURSOR=)/.test(line)),
  begins: (line) => CURSOR.test(line),
  spans(line, next) {
    const length = NAME.test(line) ? readLength(next) : undefined
    return length === undefined ? 0 : LENGTH_BYTES + length
  },
  parse: () =>
    function* (bytes, first) {
      let line = first
      for (let at = 0; at < bytes.length;) {
        if (bytes[at] === NEWLINE) {
          at++
          line++
          continue
        }
        const { item, end } = readEntry(bytes, at, line)
        yield item
        line += countNewlines(bytes, at, end)
        at = end
      }
    },
}
