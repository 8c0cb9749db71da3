/**
 * pino, https://getpino.io/#/docs/api?id=logger: JSON lines with `level` (a number, or its label through `formatters.level`) and `time`
 * (an epoch in ms, or in s or ISO 8601 through `timestamp`), usually with `pid` and `hostname`, `msg`, serialized `err`, `req` and `res`.
 * Variants: `base: null` (no pid and hostname), versions up to 6 with `"v":1`, OpenTelemetry's trace_id and span_id, records without `msg`.
 */
import type { JsonAdapter } from '../adapter.ts'
import { at, isObject, type JsonObject } from '../shared/json.ts'
import { mostValues, refuseValue } from '../shared/json-fields.ts'
import { nodeLogItem } from '../shared/node-log.ts'

const isNumeric = (value: unknown): boolean =>
  typeof value === 'number' ||
  (typeof value === 'string' && /^-?\d{1,19}(?:\.\d{1,12})?$/.test(value))

/** Bunyan's `v` is 0 and its time never a number. Without pid and hostname, the level must be one of pino's numbers. */
function isPino(value: JsonObject): boolean {
  const level = at(value, 'level')
  const time = at(value, 'time')
  if (at(value, 'v') === 0 || (typeof time !== 'string' && typeof time !== 'number')) return false
  if (at(value, 'message') !== undefined && at(value, 'msg') === undefined) return false
  if (at(value, 'pid') !== undefined && typeof at(value, 'hostname') === 'string') {
    return typeof level === 'number' || typeof level === 'string'
  }
  const text = at(value, 'msg')
  return (
    typeof level === 'number' &&
    level >= 10 &&
    level <= 60 &&
    isNumeric(time) &&
    (typeof text === 'string' || at(value, 'err') !== undefined || at(value, 'req') !== undefined)
  )
}

export const adapter: JsonAdapter = {
  title: 'pino JSON log',
  unit: 'json',
  recognizes: (head) => mostValues(head, isPino),
  parse: () =>
    function* (value, text, line) {
      if (isObject(value)) yield* nodeLogItem(value, text, line)
      else yield refuseValue(text, line, 'not-a-record')
    },
}
