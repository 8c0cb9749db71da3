/**
 * Tables that people export from spreadsheets and tools that nobody else here reads: CSV (RFC 4180, https://www.rfc-editor.org/rfc/rfc4180), with semicolons, tabs or bars as well.
 * The header names the column of the time (`Time`, `Timestamp`, `Date` beside `Time`, `Started`, `Created` …), and a zone if there is one (`Time (UTC)`); where that is not
 * evident a line above it does, see shared/table-columns.ts. A row without a time is refused.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { DocumentAdapter, Item } from '../adapter.ts'
import { rows, tableText } from '../shared/csv.ts'
import { setLabel } from '../shared/json-fields.ts'
import { rowTime, tableColumns, type Columns } from '../shared/table-columns.ts'

const LABELS = 40

/** The names of the header as labels: `Time to fix` is `time_to_fix`. */
const label = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^\p{L}\d]+/gu, '_')
    .replace(/^_+|_+$/g, '')

function fieldsOf(cells: readonly string[], columns: Columns): Fields {
  const fields: Fields = {}
  const { time, clock, message, user, link, header } = columns
  const own = new Set([time, clock, message, user, link])
  if (user !== undefined && cells[user]?.trim()) fields['user.name'] = cells[user].trim()
  if (link !== undefined && cells[link]?.trim()) fields['event.reference'] = cells[link].trim()
  for (const [i, name] of header.slice(0, LABELS).entries()) {
    const value = cells[i]?.trim()
    if (!own.has(i) && value && label(name)) setLabel(fields, label(name), value)
  }
  return fields
}

function messageOf(cells: readonly string[], { message, time, clock, header }: Columns): string {
  const own = message === undefined ? '' : (cells[message]?.trim() ?? '')
  if (own !== '') return own
  return cells
    .map((cell, i) =>
      i === time || i === clock || !cell.trim() ? '' : `${header[i] ?? ''}: ${cell.trim()}`,
    )
    .filter(Boolean)
    .join(', ')
}

function* read(bytes: Uint8Array, first: number): Generator<Item> {
  const text = tableText(bytes)
  const columns = tableColumns(text)
  if (!columns) {
    yield { rejected: text.slice(0, 64 * 1024), reason: 'not-a-record', line: first }
    return
  }
  let row = 0
  for (const { cells, text: original, line } of rows(text, columns.separator, first)) {
    if (row++ < columns.above || cells.every((cell) => cell.trim() === '')) {
      yield { context: original.split('\n').length, line }
      continue
    }
    const time = rowTime(cells, columns)
    if (typeof time !== 'object') {
      yield { rejected: original, reason: time ?? 'no-time', line }
      continue
    }
    const message = messageOf(cells, columns) || original
    yield { time, message, original, line, fields: fieldsOf(cells, columns) }
  }
}

export const adapter: DocumentAdapter = {
  title: 'Table with a column of times',
  unit: 'document',
  fallback: true,
  recognizes: ({ text }) => tableColumns(text) !== undefined,
  parse: () => read,
}
