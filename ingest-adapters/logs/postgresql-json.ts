/**
 * PostgreSQL's jsonlog (15 and later), https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-LOGGING-JSONLOG:
 * one object a line, keys without a value left out.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { JsonAdapter } from '../adapter.ts'
import { setField } from '../shared/json-fields.ts'
import { isObject, text as textOf } from '../shared/json.ts'
import { addDuration, postgresqlStamp } from '../shared/postgresql-stamp.ts'

const NAMES: Readonly<Record<string, string>> = {
  user: 'user.name',
  dbname: 'labels.database',
  remote_host: 'client.ip',
  session_id: 'labels.session_id',
  ps: 'labels.command',
  error_severity: 'log.level',
  state_code: 'event.code',
  detail: 'labels.detail',
  hint: 'labels.hint',
  internal_query: 'labels.internal_query',
  context: 'labels.context',
  statement: 'labels.statement',
  func_name: 'labels.function',
  application_name: 'labels.application',
  backend_type: 'labels.backend_type',
  query_id: 'labels.query_id',
}
/** A connection over a socket has no peer. */
const LOCAL = '[local]'
const NUMBERS: Readonly<Record<string, string>> = {
  pid: 'process.pid',
  remote_port: 'client.port',
}

const isRecord = (value: unknown): boolean =>
  isObject(value) &&
  typeof value['timestamp'] === 'string' &&
  typeof value['error_severity'] === 'string' &&
  ('session_id' in value || 'backend_type' in value)

export const adapter: JsonAdapter = {
  title: 'PostgreSQL jsonlog',
  unit: 'json',
  recognizes: (head) =>
    head.values.length > 0 && head.values.filter(isRecord).length * 2 >= head.values.length,
  parse: () =>
    function* (value, text, line) {
      if (!isObject(value)) {
        yield { rejected: text, reason: 'not-a-record', line }
        return
      }
      const stamp = textOf(value['timestamp'])
      const time = stamp === undefined ? undefined : postgresqlStamp(stamp)
      if (time === undefined || time === 'impossible-time') {
        yield { rejected: text, reason: time ?? 'no-time', line }
        return
      }
      const fields: Fields = {}
      for (const [key, name] of Object.entries(NAMES)) {
        const found = textOf(value[key])
        if (found !== undefined && found !== '0' && found !== LOCAL) setField(fields, name, found)
      }
      for (const [key, name] of Object.entries(NUMBERS)) {
        const found = Number(textOf(value[key]))
        if (found > 0) fields[name] = found
      }
      const message = textOf(value['message']) ?? textOf(value['error_severity']) ?? text
      addDuration(fields, message)
      yield { time, message, original: text, line, fields }
    },
}
