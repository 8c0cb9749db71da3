/**
 * Rows of the tables of Azure Monitor Logs (Log Analytics, Microsoft Sentinel), https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables-category:
 * exported one a line, or as an array such as `az monitor log-analytics query` prints (with `TableName`). The time is `TimeGenerated`, in Syslog `EventTime`,
 * "date and time that the event was generated". What the query API answers (`tables` with `columns` and `rows`), where one column is `TimeGenerated` or Application Insights' `timestamp`,
 * and Azure Data Explorer's (`Tables` with `Columns` and `Rows`, https://learn.microsoft.com/en-us/kusto/api/rest/response: of more than two tables the last says what each is). Rows of Windows events and of the activity log are other formats.
 */
import type { Item, JsonAdapter } from '../adapter.ts'
import { plain } from '../shared/console-text.ts'
import { at, elementsAt, text as textOf, type JsonObject } from '../shared/json.ts'
import { mostValues, pairs, refuseValue } from '../shared/json-fields.ts'
import { fieldsOf, jsonFormat, type FieldTable, type ToldRecord } from '../shared/json-format.ts'
import { jsonStamp } from '../shared/json-stamp.ts'

const TABLE: FieldTable = [
  ['host.name', 'Computer'],
  ['host.name', 'HostName'],
  ['process.name', 'ProcessName'],
  ['process.pid', 'ProcessID'],
  ['log.level', 'SeverityLevel'],
  ['log.level', 'LogLevel'],
  ['log.level', 'Level'],
  ['container.id', 'ContainerId'],
  ['container.id', 'ContainerID'],
  ['container.name', 'ContainerName'],
  ['orchestrator.namespace', 'PodNamespace'],
  ['orchestrator.resource.name', 'PodName'],
  ['service.name', 'AppRoleName'],
  ['user.name', 'UserPrincipalName'],
  ['user.name', 'Identity'],
  ['source.ip', 'SourceIp'],
  ['source.ip', 'SourceIP'],
  ['source.ip', 'CallerIPAddress'],
  ['source.ip', 'IPAddress'],
  ['destination.ip', 'DestinationIp'],
  ['destination.ip', 'DestinationIP'],
  ['destination.port', 'DestinationPort'],
  ['event.action', 'OperationName'],
  ['event.action', 'Operation'],
  ['event.outcome', 'ResultType'],
  ['trace.id', 'OperationId'],
  ['cloud.region', 'Location'],
]
/** The time of a row, the surest first. */
const TIMES = ['EventTime', 'TimeGenerated', 'timestamp', 'Timestamp']
const SKIP = [...TIMES, 'TenantId']
const MESSAGES = [
  'SyslogMessage',
  'LogMessage',
  'LogEntry',
  'Message',
  'message',
  'outerMessage',
  'RawData',
  'Description',
]

const has = (value: unknown, name: string): boolean => textOf(at(value, name)) !== undefined

const isRow = (value: unknown): value is JsonObject =>
  typeof at(value, 'TimeGenerated') === 'string' &&
  (has(value, 'TableName') ||
    (has(value, 'Type') && (has(value, 'TenantId') || has(value, '_ResourceId')))) &&
  !has(value, 'EventID') &&
  !has(value, 'OperationNameValue')

function messageOf(row: JsonObject): string {
  for (const name of MESSAGES) {
    const said = plain(textOf(at(row, name)) ?? '').trim()
    if (said !== '') return said
  }
  return pairs(row, new Set([...SKIP, 'Type', 'SourceSystem', '_ResourceId', 'TableName']))
}

const toldBy = (row: JsonObject): ToldRecord => ({
  time: TIMES.map((name) => jsonStamp(at(row, name))).find((read) => read !== undefined),
  message: messageOf(row) || '(no message)',
  fields: fieldsOf(row, TABLE, [...SKIP, ...MESSAGES]),
  stream: textOf(at(row, 'Computer')) ?? textOf(at(row, 'ContainerId')),
})

const alone = jsonFormat({ title: 'Azure Log Analytics rows', isRecord: isRow, read: toldBy })

/** Where an answer of the query API holds its tables, and they their columns, names and rows; Data Explorer's differ in case. */
const ANSWERS = [
  { tables: 'tables', columns: 'columns', name: 'name', rows: 'rows' },
  { tables: 'Tables', columns: 'Columns', name: 'ColumnName', rows: 'Rows' },
] as const
type Answer = (typeof ANSWERS)[number]

function columnsOf(table: unknown, { columns, name, rows }: Answer): string[] {
  const list = at(table, columns)
  if (!Array.isArray(list) || !Array.isArray(at(table, rows))) return []
  return list.map((column) => textOf(at(column, name)) ?? '')
}

const tablesOf = (value: unknown, { tables }: Answer): readonly unknown[] => {
  const list = at(value, tables)
  return Array.isArray(list) ? list : []
}

/** Whether a table holds what was asked for: Data Explorer's answers also tell how the query went, with times of their own. */
function isResult(all: readonly unknown[], i: number, answer: Answer): boolean {
  if (answer.tables === 'tables') return true
  if (all.length <= 2) return i === 0
  const contents = all.at(-1)
  const kind = columnsOf(contents, answer).indexOf('Kind')
  if (kind < 0) return true
  const kinds = at(contents, answer.rows) as readonly unknown[]
  const row = kinds[i]
  return Array.isArray(row) && row[kind] === 'QueryResult'
}

const answerOf = (value: unknown): Answer | undefined =>
  ANSWERS.find((answer) =>
    tablesOf(value, answer).some(
      (table, i, all) =>
        isResult(all, i, answer) && columnsOf(table, answer).some((name) => TIMES.includes(name)),
    ),
  )

function* answerRows(answer: Answer, value: unknown, json: string, line: number): Generator<Item> {
  const all = tablesOf(value, answer)
  let i = 0
  for (const table of elementsAt(json, line, answer.tables)) {
    const names = columnsOf(table.value, answer)
    const holdsEvents = isResult(all, i++, answer)
    for (const row of elementsAt(table.text, table.line, answer.rows)) {
      if (!holdsEvents) {
        yield { context: 1, line: row.line }
        continue
      }
      const cells: readonly unknown[] = Array.isArray(row.value) ? row.value : []
      const { time, stream, message, fields } = toldBy(
        Object.fromEntries(names.map((name, i) => [name, cells[i]])),
      )
      if (typeof time !== 'object') yield refuseValue(row.text, row.line, time ?? 'no-time')
      else {
        const record = { time, message, fields, original: row.text, line: row.line }
        yield stream === undefined ? record : { ...record, stream }
      }
    }
  }
}

export const adapter: JsonAdapter = {
  ...alone,
  recognizes: (head) =>
    alone.recognizes(head) || mostValues(head, (value) => answerOf(value) !== undefined),
  parse: (file) => {
    const parse = alone.parse(file)
    return (value, json, line) => {
      const answer = answerOf(value)
      return answer ? answerRows(answer, value, json, line) : parse(value, json, line)
    }
  },
}
