/**
 * MySQL's error log as JSON (component `log_sink_json`),
 * https://dev.mysql.com/doc/refman/8.4/en/error-log-format.html#error-log-format-json: an object a line. `time` is ISO 8601 in UTC or,
 * with `log_timestamps=SYSTEM`, with an offset; `ts` the same as an epoch in s or ms.
 */
import { at, text as textOf, type JsonObject } from '../shared/json.ts'
import { fieldsOf, jsonFormat, type FieldTable } from '../shared/json-format.ts'
import { jsonStamp } from '../shared/json-stamp.ts'

const TABLE: FieldTable = [
  ['event.code', 'err_symbol'],
  ['log.logger', 'subsystem'],
  ['log.logger', 'component'],
  ['process.thread.id', 'thread'],
  ['log.origin.file.name', 'source_file'],
  ['log.origin.function', 'function'],
  ['user.name', 'user'],
  ['client.ip', 'host'],
]
const LEVELS = ['system', 'error', 'warn', 'info']

const isLine = (value: unknown): value is JsonObject =>
  typeof at(value, 'prio') === 'number' &&
  at(value, 'err_code') !== undefined &&
  typeof at(value, 'msg') === 'string' &&
  (at(value, 'err_symbol') !== undefined ||
    at(value, 'SQL_state') !== undefined ||
    at(value, 'subsystem') !== undefined)

export const adapter = jsonFormat({
  title: 'MySQL error log (JSON)',
  isRecord: isLine,
  read: (line, json) => {
    const fields = fieldsOf(line, TABLE, ['time', 'ts', 'msg', 'prio', 'log_type'])
    const level = LEVELS[Number(textOf(at(line, 'prio')))]
    if (level !== undefined) fields['log.level'] = level === 'system' ? 'info' : level
    return {
      time: jsonStamp(at(line, 'time')) ?? jsonStamp(at(line, 'ts'), { key: 'ts', json }),
      message: textOf(at(line, 'msg')) ?? '(no message)',
      fields,
    }
  },
})
