/**
 * Logs of Zeek as JSON, https://docs.zeek.org/en/current/log-formats.html#zeek-json-format-logs: an object a line with `ts`. Variants: Unix seconds, milliseconds, or ISO 8601
 * (LogAscii::json_timestamps); one log a file, or all in one with `_path` (json-streaming-logs, Corelight, with `_system_name` and `_write_ts`); `id` nested.
 */
import type { JsonAdapter } from '../adapter.ts'
import { at, isObject, scalars, text as textOf, type JsonObject } from '../shared/json.ts'
import { mostValues, refuseValue } from '../shared/json-fields.ts'
import { jsonStamp } from '../shared/json-stamp.ts'
import { zeekRecord } from '../shared/zeek-record.ts'

/** https://docs.zeek.org/en/current/script-reference/identifiers.html: C is a connection, F a file. */
const CONNECTION = /^C[A-Za-z0-9]{10,20}$/
const FILE = /^F[A-Za-z0-9]{10,20}$/
const MEMBERS = 200

const isZeek = (value: JsonObject): boolean =>
  ['number', 'string'].includes(typeof at(value, 'ts')) &&
  ((CONNECTION.test(textOf(at(value, 'uid')) ?? '') &&
    textOf(at(value, 'id.orig_h') ?? at(value, 'id', 'orig_h')) !== undefined) ||
    FILE.test(textOf(at(value, 'fuid') ?? at(value, 'id')) ?? '') ||
    (typeof at(value, '_path') === 'string' && at(value, '_write_ts') !== undefined))

export const adapter: JsonAdapter = {
  title: 'Zeek JSON log',
  unit: 'json',
  recognizes: (head) => mostValues(head, isZeek),
  parse: () =>
    function* (value, text, line) {
      if (!isObject(value)) {
        yield refuseValue(text, line, 'not-a-record')
        return
      }
      const time = jsonStamp(at(value, 'ts'), { key: 'ts', json: text })
      if (typeof time !== 'object') {
        yield refuseValue(text, line, time ?? 'no-time')
        return
      }
      const values: [string, string][] = []
      for (const [name, scalar] of scalars(value)) {
        if (values.length >= MEMBERS) break
        if (name !== 'ts' && scalar !== '') values.push([name, String(scalar)])
      }
      const path = textOf(at(value, '_path'))
      const system = textOf(at(value, '_system_name'))
      const record = { time, ...zeekRecord(path, values), original: text, line }
      yield system === undefined ? record : { ...record, stream: system }
    },
}
