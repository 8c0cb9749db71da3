/** Rows of tickets in which several columns each hold when something happened to the ticket. */
import type { Fields } from '../../schemas/source-record.ts'
import type { Item } from '../adapter.ts'
import { wholeStamp } from './json-stamp.ts'
import type { Row } from './csv.ts'

/** The cells of a row by the names of the header; some names stand several times. */
export interface Ticket {
  row: Row
  first(...names: string[]): string | undefined
  all(name: string): readonly string[]
}

export function ticketOf(header: readonly string[], row: Row): Ticket {
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
