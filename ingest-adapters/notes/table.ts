/**
 * Tables that people export from spreadsheets and tools that nobody else here reads: CSV (RFC 4180, https://www.rfc-editor.org/rfc/rfc4180), with semicolons, tabs or bars as well.
 * The header names the column of the time (`Time`, `Timestamp`, `Date` beside `Time`, `Started`, `Created` …), and a zone if there is one (`Time (UTC)`); where that is not
 * evident a line above it does, see shared/table-columns.ts. A row without a time is refused.
 * So are the sheets of .xlsx and .ods files, and what the event viewer of Windows saves as CSV, whose last column has no name.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { Item, LineAdapter } from '../adapter.ts'
import { rows } from '../shared/csv.ts'
import { setLabel } from '../shared/json-fields.ts'
import { levelAt } from '../shared/level.ts'
import { refuse } from '../shared/lines.ts'
import { rowTime, tableAdvice, tableColumns, type Columns } from '../shared/table-columns.ts'

const LABELS = 40

/** The names of the header as labels: `Time to fix` is `time_to_fix`. */
const label = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^\p{L}\d]+/gu, '_')
    .replace(/^_+|_+$/g, '')

/** Columns that programs export under these names; a level only where the cell holds one. */
const FIELDS = new Map(
  Object.entries({
    'host.name': 'host hostname host_name computer computername',
    'service.name': 'service service_name',
    'log.level': 'level log_level loglevel severity',
  }).flatMap(([field, names]) => names.split(' ').map((name) => [name, field] as const)),
)

function setCell(fields: Fields, name: string, value: string): void {
  const field = FIELDS.get(name)
  const isLevel = levelAt(value.toUpperCase(), 0)?.end === value.length
  if (field === undefined || field in fields || (field === 'log.level' && !isLevel))
    setLabel(fields, name, value)
  else fields[field] = value
}

function fieldsOf(cells: readonly string[], columns: Columns): Fields {
  const fields: Fields = {}
  const { time, clock, message, user, link, header } = columns
  const own = new Set([time, clock, message, user, link])
  if (user !== undefined && cells[user]?.trim()) fields['user.name'] = cells[user].trim()
  if (link !== undefined && cells[link]?.trim()) fields['event.reference'] = cells[link].trim()
  for (const [i, name] of header.slice(0, LABELS).entries()) {
    const value = cells[i]?.trim()
    if (!own.has(i) && value && label(name)) setCell(fields, label(name), value)
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

/** What may be within quotes that were opened and never closed: a spreadsheet's cell holds no more. */
const OPEN_LIMIT = 64 * 1024

const sizeOf = (lines: readonly string[]): number =>
  lines.reduce((sum, line) => sum + line.length + 1, 0)

/** How many of the lines end outside quotes: those after them wait for more. */
function wholeLines(lines: readonly string[]): number {
  let whole = 0
  let isOpen = false
  let size = 0
  for (const [i, line] of lines.entries()) {
    for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) isOpen = !isOpen
    size += line.length
    if (isOpen && size <= OPEN_LIMIT) continue
    isOpen = false
    size = 0
    whole = i + 1
  }
  return whole
}

function* read(lines: readonly string[], first: number, columns: Columns): Generator<Item> {
  for (const { cells, text: original, line } of rows(
    `${lines.join('\n')}\n`,
    columns.separator,
    first,
  )) {
    if (line <= columns.above || cells.every((cell) => cell.trim() === '')) {
      yield { context: original.split('\n').length, line }
      continue
    }
    const time = rowTime(cells, columns)
    if (typeof time !== 'object') {
      const count = original.split('\n').length
      yield* refuse({ head: original, text: original, line, count }, time ?? 'no-time')
      continue
    }
    const message = messageOf(cells, columns) || original
    yield { time, message, original, line, fields: fieldsOf(cells, columns) }
  }
}

export const adapter: LineAdapter = {
  title: 'Table with a column of times',
  unit: 'lines',
  fallback: true,
  recognizes: ({ text }) => tableColumns(text) !== undefined,
  advises: ({ text }) => tableAdvice(text),
  parse: () => {
    let columns: Columns | undefined
    let held: readonly string[] = []
    return function* (block, first) {
      const lines = held.length > 0 ? held.concat(block) : block
      const number = first - held.length
      if (!columns && block.length > 0 && sizeOf(lines) < OPEN_LIMIT) {
        held = lines
        return
      }
      columns ??= tableColumns(lines.join('\n'))
      const whole = block.length > 0 && columns ? wholeLines(lines) : lines.length
      held = lines.slice(whole)
      if (columns) yield* read(lines.slice(0, whole), number, columns)
      else
        for (const [i, line] of lines.entries())
          yield { rejected: line, reason: 'not-a-record', line: number + i }
    }
  },
}
