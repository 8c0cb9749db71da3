/** Tables of tickets: a row a ticket, in which several columns each hold when something happened to it. */
import type { Fields } from '../../schemas/source-record.ts'
import type { DocumentAdapter, Item } from '../adapter.ts'
import { rows, separatorOf, tableText, type Row } from './csv.ts'
import { wholeStamp } from './json-stamp.ts'

/** The cells of a row by the names of the header; some names stand several times. */
export interface Ticket {
  row: Row
  first(...names: string[]): string | undefined
  all(name: string): readonly string[]
}

function ticketOf(header: readonly string[], row: Row): Ticket {
  const all = (name: string): string[] =>
    header.flatMap((each, i) =>
      each === name && row.cells[i]?.trim() ? [row.cells[i].trim()] : [],
    )
  return { row, all, first: (...names) => names.flatMap(all)[0] }
}

export interface Moment {
  /** The stamp as written; a moment that has not come has none. */
  written: string | undefined
  action: string
  text: string
  /** What tells this moment from the others of its ticket. */
  id: string
  user?: string | undefined
}

/** An event for each moment of a ticket. A ticket without any is refused, and so is a moment whose stamp cannot be read. */
export function* ticketEvents(
  { row }: Ticket,
  key: string | undefined,
  moments: readonly Moment[],
  fields: Fields,
): Generator<Item> {
  const { text: original, line } = row
  const told = moments.filter(({ written }) => written)
  if (told.length === 0) yield { rejected: original, reason: 'no-time', line }
  for (const { written, action, text, id, user } of told) {
    const time = wholeStamp(written!)
    if (typeof time !== 'object') {
      yield { rejected: original, reason: time ?? 'no-time', line }
      continue
    }
    const own: Fields = { ...fields, 'event.action': action }
    if (user) own['user.name'] = user
    yield {
      time,
      message: text,
      original,
      line,
      fields: own,
      ...(key && { nativeId: `${key}/${id}` }),
    }
  }
}

const namesIn = (header: Row): string[] => header.cells.map((cell) => cell.trim())

/** An adapter for such a table: `isHeader` knows it by the names of its columns, `read` gives the items of a ticket. */
export const ticketTable = (
  title: string,
  isHeader: (columns: ReadonlySet<string>) => boolean,
  read: (ticket: Ticket) => Iterable<Item>,
): DocumentAdapter => ({
  title,
  unit: 'document',
  recognizes: ({ lines: [first = ''] }) => {
    const separator = separatorOf(first)
    if (separator === undefined) return false
    const [header] = rows(first, separator)
    return header !== undefined && isHeader(new Set(namesIn(header)))
  },
  parse: () =>
    function* (bytes, first) {
      const text = tableText(bytes)
      const separator = separatorOf(text.split('\n', 1)[0]!) ?? ','
      let header: string[] | undefined
      for (const row of rows(text, separator, first)) {
        if (row.text.trim() === '') yield { context: 1, line: row.line }
        else if (!header) {
          header = namesIn(row)
          yield { context: row.text.split('\n').length, line: row.line }
        } else yield* read(ticketOf(header, row))
      }
    },
})
