/**
 * PostgreSQL's csvlog, https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-LOGGING-CSVLOG:
 * one record of 23 columns (to version 12), 24 (13) or 26 (14 and later), RFC 4180, quoted texts with newlines.
 */
import type { Fields } from '../../schemas/source-record.ts'
import { addressField } from '../shared/client-address.ts'
import type { Item, LineAdapter } from '../adapter.ts'
import { isBlank, mostLines, readGroups, refuse } from '../shared/lines.ts'
import { addDuration, postgresqlStamp } from '../shared/postgresql-stamp.ts'

const NAME = '(?:"[^"]*(?:""[^"]*)*"|[^,"]*)'
const BEGINS = new RegExp(
  String.raw`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ [\w<>+-]+,${NAME},${NAME},\d+,`,
)
const COUNTS = new Set([23, 24, 26])
/** What one message on the bus carries. A quote that a damaged record left open must not hold back the whole file. */
const RECORD_LENGTH = 4_000_000
const SEVERITY = 11
const MESSAGE = 13
const COLUMNS: Readonly<Record<number, string>> = {
  1: 'user.name',
  2: 'labels.database',
  5: 'labels.session_id',
  7: 'labels.command',
  10: 'labels.transaction_id',
  11: 'log.level',
  12: 'event.code',
  14: 'labels.detail',
  15: 'labels.hint',
  16: 'labels.internal_query',
  18: 'labels.context',
  19: 'labels.statement',
  21: 'labels.location',
  22: 'labels.application',
  23: 'labels.backend_type',
  25: 'labels.query_id',
}

/** The values of a record, '' where there is none; undefined where it is no record of RFC 4180. */
function columns(text: string): string[] | undefined {
  const values: string[] = []
  let i = 0
  while (i <= text.length) {
    if (text.charCodeAt(i) !== 34) {
      const comma = text.indexOf(',', i)
      const end = comma < 0 ? text.length : comma
      values.push(text.slice(i, end))
      i = end + 1
      continue
    }
    let end = text.indexOf('"', i + 1)
    while (end >= 0 && text.charCodeAt(end + 1) === 34) end = text.indexOf('"', end + 2)
    if (end < 0 || (end + 1 < text.length && text.charCodeAt(end + 1) !== 44)) return undefined
    values.push(text.slice(i + 1, end).replaceAll('""', '"'))
    i = end + 2
  }
  return COUNTS.has(values.length) ? values : undefined
}

const begins = (line: string): boolean => BEGINS.test(line)

function oddQuotes(line: string): boolean {
  let odd = false
  for (let i = line.indexOf('"'); i >= 0; i = line.indexOf('"', i + 1)) odd = !odd
  return odd
}

function nextBeginning(lines: readonly string[], from: number): number {
  let i = from
  while (i < lines.length && !begins(lines[i]!)) i++
  return i
}

/**
 * The place after the record that begins at `start`; undefined where the lines end within its quotes. A line within quotes begins no
 * record, whatever it looks like, because anyone who can run a statement can put one there.
 */
function recordEnd(lines: readonly string[], start: number): number | undefined {
  let open = false
  let length = 0
  for (let i = start; i < lines.length; i++) {
    if (open ? length > RECORD_LENGTH : i > start && begins(lines[i]!)) return i
    length += lines[i]!.length
    if (oddQuotes(lines[i]!)) open = !open
  }
  return open ? undefined : lines.length
}

export const adapter: LineAdapter = {
  title: 'PostgreSQL csvlog',
  unit: 'lines',
  recognizes: (head) => mostLines(head, begins, 0.3),
  begins,
  parse: () => {
    let held: readonly string[] = []
    return function* (block, first) {
      const lines = held.length > 0 ? held.concat(block) : block
      const number = first - held.length
      held = []
      let start = nextBeginning(lines, 0)
      yield* damaged(lines.slice(0, start), number)
      while (start < lines.length) {
        const end = recordEnd(lines, start)
        if (end === undefined && block.length > 0) {
          held = lines.slice(start)
          return
        }
        const [next, items] = record(lines, start, end ?? lines.length, number + start)
        yield* items
        start = next
      }
    }
  },
}

/** Lines of which no record can be made. */
const damaged = readGroups(begins, (group) => refuse(group, 'incomplete'))

/**
 * What the lines from `start` to `end` are, and where to go on. Where they are no record, a quote was lost, so that each of them that
 * looks like a beginning is one.
 */
function record(
  lines: readonly string[],
  start: number,
  end: number,
  line: number,
): [next: number, items: Iterable<Item>] {
  let last = end
  while (isBlank(lines[last - 1]!)) last--
  const original = lines.slice(start, last).join('\n')
  const blanks = last < end ? [{ context: end - last, line: line + last - start }] : []
  const values = columns(original)
  if (values === undefined) {
    const next = Math.min(end, nextBeginning(lines, start + 1))
    return [next, damaged(lines.slice(start, next), line)]
  }
  const head = lines[start]!
  const time = postgresqlStamp(head)
  if (time === undefined || time === 'impossible-time') {
    const group = { head, text: original, line, count: last - start }
    return [end, [...refuse(group, 'impossible-time'), ...blanks]]
  }
  const fields: Fields = {}
  for (const [i, name] of Object.entries(COLUMNS)) {
    const value = values[Number(i)]
    if (value && value !== '0') fields[name] = value
  }
  const pid = Number(values[3])
  if (pid > 0) fields['process.pid'] = pid
  addClient(fields, values[4]!)
  const message = values[MESSAGE]!
  addDuration(fields, message)
  const item: Item = { time, message: message || values[SEVERITY] || head, original, line, fields }
  return [end, [item, ...blanks]]
}

/** `203.0.113.7:51234`, `[local]`. */
function addClient(fields: Fields, client: string): void {
  const colon = client.lastIndexOf(':')
  if (colon <= 0) return
  const host = client.slice(0, colon)
  fields[addressField('client', host)] = host
  const port = Number(client.slice(colon + 1))
  if (port > 0) fields['client.port'] = port
}
