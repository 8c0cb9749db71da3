/**
 * Rows of the tables of Azure Monitor Logs (Log Analytics, Microsoft Sentinel), https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables-category:
 * exported one a line, or as an array such as `az monitor log-analytics query` prints (with `TableName`). The time is `TimeGenerated`, in Syslog `EventTime`,
 * "date and time that the event was generated". Rows of Windows events and of the activity log are other formats.
 */
import { plain } from '../shared/console-text.ts'
import { at, text as textOf, type JsonObject } from '../shared/json.ts'
import { pairs } from '../shared/json-fields.ts'
import { fieldsOf, jsonFormat, type FieldTable } from '../shared/json-format.ts'
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
const SKIP = ['TimeGenerated', 'EventTime', 'TenantId']
const MESSAGES = ['SyslogMessage', 'LogMessage', 'LogEntry', 'Message', 'RawData', 'Description']

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

export const adapter = jsonFormat({
  title: 'Azure Log Analytics rows',
  isRecord: isRow,
  read: (row) => ({
    time: jsonStamp(at(row, 'EventTime')) ?? jsonStamp(at(row, 'TimeGenerated')),
    message: messageOf(row) || '(no message)',
    fields: fieldsOf(row, TABLE, [...SKIP, ...MESSAGES]),
    stream: textOf(at(row, 'Computer')) ?? textOf(at(row, 'ContainerId')),
  }),
})
