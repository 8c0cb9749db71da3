/**
 * PostgreSQL's csvlog, https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-LOGGING-CSVLOG:
 * one record of 23 columns (to version 12), 24 (13) or 26 (14 and later), RFC 4180, quoted texts with newlines.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { LineAdapter } from '../adapter.ts'
import { groups, isGroup, mostLines, refuse } from '../shared/lines.ts'
import { addDuration, postgresqlStamp } from '../shared/postgresql-stamp.ts'

const BEGINS =
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ [\w<>+-]+,(?:"[^"]*")?[^,"]*,(?:"[^"]*")?[^,"]*,\d+,/
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

/** The values of a record, '' where there is none; undefined where a quote is not closed. */
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
    if (end < 0) return undefined
    values.push(text.slice(i + 1, end).replaceAll('""', '"'))
    i = end + 2
  }
  return values
}

const begins = (line: string): boolean => BEGINS.test(line)

export const adapter: LineAdapter = {
  title: 'PostgreSQL csvlog',
  unit: 'lines',
  recognizes: (head) => mostLines(head, begins, 0.3),
  begins,
  parse: () =>
    function* (lines, first) {
      for (const group of groups(lines, first, begins)) {
        if (!isGroup(group)) {
          yield group
          continue
        }
        const time = postgresqlStamp(group.head)
        const values = columns(group.text)
        const message = values?.[MESSAGE]
        if (time === undefined || time === 'impossible-time') {
          yield* refuse(group, 'impossible-time')
          continue
        }
        if (values === undefined || message === undefined) {
          yield* refuse(group, 'incomplete')
          continue
        }
        const fields: Fields = {}
        for (const [i, name] of Object.entries(COLUMNS)) {
          const value = values[Number(i)]
          if (value && value !== '0') fields[name] = value
        }
        const pid = Number(values[3])
        if (pid > 0) fields['process.pid'] = pid
        addClient(fields, values[4] ?? '')
        addDuration(fields, message)
        yield {
          time,
          message: message || values[SEVERITY] || group.head,
          original: group.text,
          line: group.line,
          fields,
        }
      }
    },
}

/** `203.0.113.7:51234`, `[local]`. */
function addClient(fields: Fields, client: string): void {
  const colon = client.lastIndexOf(':')
  if (colon <= 0) return
  fields['client.ip'] = client.slice(0, colon)
  const port = Number(client.slice(colon + 1))
  if (port > 0) fields['client.port'] = port
}
