/**
 * osquery, https://osquery.readthedocs.io/en/stable/deployment/logging/: results of queries one event a line (`columns`, `action` added or removed),
 * in batches (`diffResults`), snapshots (`snapshot`), and status lines (`severity`, `filename`, `message`). The time is `unixTime`, in s, when the
 * query ran (`calendarTime` is the same as text).
 */
import { at, isObject, text as textOf, type JsonObject } from '../shared/json.ts'
import { pairs } from '../shared/json-fields.ts'
import { fieldsOf, jsonFormat, phrase, told, type FieldTable } from '../shared/json-format.ts'
import { jsonStamp } from '../shared/json-stamp.ts'

const TABLE: FieldTable = [
  ['host.name', 'hostIdentifier'],
  ['rule.name', 'name'],
  ['event.action', 'action'],
  ['log.origin.file.name', 'filename'],
  ['log.origin.file.line', 'line'],
  ['service.version', 'version'],
  ['process.pid', 'columns', 'pid'],
  ['user.name', 'columns', 'username'],
]
const SKIP = ['unixTime', 'calendarTime', 'severity', 'message', 'snapshot', 'diffResults']
const LEVELS = ['info', 'warn', 'error', 'fatal']

const isResult = (value: unknown): boolean =>
  typeof at(value, 'name') === 'string' &&
  (isObject(at(value, 'columns')) ||
    isObject(at(value, 'diffResults')) ||
    Array.isArray(at(value, 'snapshot')))

const isStatus = (value: unknown): boolean =>
  typeof at(value, 'message') === 'string' &&
  typeof at(value, 'filename') === 'string' &&
  at(value, 'severity') !== undefined

const isEvent = (value: unknown): value is JsonObject =>
  typeof at(value, 'hostIdentifier') === 'string' &&
  (at(value, 'unixTime') !== undefined || at(value, 'calendarTime') !== undefined) &&
  (isResult(value) || isStatus(value))

const count = (rows: unknown): number => (Array.isArray(rows) ? rows.length : 0)

function messageOf(event: JsonObject): string {
  if (isStatus(event)) return textOf(at(event, 'message'))?.trim() || '(no message)'
  const name = textOf(at(event, 'name'))
  const snapshot = at(event, 'snapshot')
  if (Array.isArray(snapshot)) return `${name}: ${snapshot.length} rows`
  const batch = at(event, 'diffResults')
  if (isObject(batch))
    return `${name}: ${count(at(batch, 'added'))} rows added, ${count(at(batch, 'removed'))} removed`
  return told(phrase(name, textOf(at(event, 'action'))), pairs(at(event, 'columns'), undefined, 6))
}

export const adapter = jsonFormat({
  title: 'osquery',
  isRecord: isEvent,
  read: (event, json) => {
    const fields = fieldsOf(event, TABLE, SKIP)
    const level = isStatus(event) && LEVELS[Number(textOf(at(event, 'severity')))]
    if (level) fields['log.level'] = level
    return {
      time:
        jsonStamp(at(event, 'unixTime'), { key: 'unixTime', json }, 's') ??
        jsonStamp(at(event, 'calendarTime')),
      message: messageOf(event),
      fields,
      stream: textOf(at(event, 'hostIdentifier')),
    }
  },
})
