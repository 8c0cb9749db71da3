/** Tables of separated values, RFC 4180 (https://www.rfc-editor.org/rfc/rfc4180), with the separators and encodings that spreadsheets write. */
import iconv from 'iconv-lite'
import { textOf } from './utf8-text.ts'

export interface Row {
  cells: string[]
  /** The exact text of the row, without the newline at its end. */
  text: string
  /** Number of its first physical line. */
  line: number
}

/** A table's text: UTF-16 where a mark says so ("Unicode text" of Excel), else UTF-8 or Windows-1252. */
export function tableText(bytes: Uint8Array): string {
  const [a, b] = bytes
  const wide = a === 0xff && b === 0xfe ? 'utf-16le' : a === 0xfe && b === 0xff ? 'utf-16be' : ''
  const text = wide ? iconv.decode(Buffer.from(bytes), wide) : textOf(bytes)
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

const SEPARATORS = [',', ';', '\t', '|'] as const

/** The separator that a header has most of, outside quotes. */
export function separatorOf(header: string): string | undefined {
  const bare = header.replace(/"[^"]*"/g, '')
  let best: string | undefined
  let most = 0
  for (const separator of SEPARATORS) {
    const count = bare.split(separator).length - 1
    if (count > most) [best, most] = [separator, count]
  }
  return best
}

/** The rows of a text. A quote that is never closed ends with its line, so that it does not hide what comes after it. */
export function* rows(text: string, separator: string, first = 1): Generator<Row> {
  let at = 0
  let line = first
  while (at < text.length) {
    const start = at
    const cells: string[] = []
    let newlines = 0
    for (;;) {
      const quoted = text[at] === '"' ? closingQuote(text, at) : -1
      if (quoted >= 0) {
        const inside = text.slice(at + 1, quoted)
        for (let i = inside.indexOf('\n'); i >= 0; i = inside.indexOf('\n', i + 1)) newlines++
        cells.push(inside.replaceAll('""', '"'))
        at = quoted + 1
      } else {
        const end = cellEnd(text, at, separator)
        cells.push(text.slice(at, end).replace(/\r$/, ''))
        at = end
      }
      if (text[at] !== separator) break
      at++
    }
    const lineEnd = text.indexOf('\n', at)
    const end = lineEnd < 0 ? text.length : lineEnd
    const row = text.slice(start, end).replace(/\r$/, '')
    yield { cells, text: row, line }
    line += newlines + 1
    at = end + 1
  }
}

/** A cell of more characters than a spreadsheet holds was left open. */
const CELL_LIMIT = 64 * 1024

/** The place of the quote that closes a cell: what follows it must be a separator or the end of the line. */
function closingQuote(text: string, at: number): number {
  for (let end = text.indexOf('"', at + 1); end >= 0 && end - at < CELL_LIMIT;) {
    if (text[end + 1] !== '"') return /^[\s,;|]?$/.test(text[end + 1] ?? '') ? end : -1
    end = text.indexOf('"', end + 2)
  }
  return -1
}

function cellEnd(text: string, at: number, separator: string): number {
  let i = at
  while (i < text.length && text[i] !== separator && text[i] !== '\n') i++
  return i
}
