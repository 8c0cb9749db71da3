/**
 * Bunyan, https://github.com/trentm/node-bunyan#core-fields: JSON lines with `v` (0), `level` (a number), `name`, `hostname`, `pid`,
 * `time` (ISO 8601 in UTC) and `msg`; optional `src`, `err` (message, name, stack), `req`, `res`. Variants: restify's audit log, gcloud's.
 */
import type { JsonAdapter } from '../adapter.ts'
import { at, isObject, type JsonObject } from '../shared/json.ts'
import { mostValues, refuseValue } from '../shared/json-fields.ts'
import { nodeLogItem } from '../shared/node-log.ts'

const isBunyan = (value: JsonObject): boolean =>
  at(value, 'v') === 0 &&
  typeof at(value, 'name') === 'string' &&
  typeof at(value, 'hostname') === 'string' &&
  typeof at(value, 'level') === 'number' &&
  at(value, 'time') !== undefined

export const adapter: JsonAdapter = {
  title: 'Bunyan JSON log',
  unit: 'json',
  recognizes: (head) => mostValues(head, isBunyan),
  parse: () =>
    function* (value, text, line) {
      if (isObject(value)) yield* nodeLogItem(value, text, line)
      else yield refuseValue(text, line, 'not-a-record')
    },
}
