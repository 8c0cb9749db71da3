/**
 * MongoDB's log from 4.4 on, JSON lines: https://www.mongodb.com/docs/manual/reference/log-messages/#structured-logging. `t` is the time with its offset, `s` the
 * severity, `c` the component, `id` of the message, `ctx` the thread, `msg` the text, `attr` its values. Variants: with `svc`, `tags`, `truncated` and `size`; mongos.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { JsonAdapter } from '../adapter.ts'
import { at, isObject, text as textOf, type JsonObject } from '../shared/json.ts'
import { mostValues, refuseValue, setField, setLabels } from '../shared/json-fields.ts'
import { jsonStamp } from '../shared/json-stamp.ts'

const SEVERITY = /^(?:[FEWI]|D[1-5]?)$/
const READ: ReadonlySet<string> = new Set(['t', 's', 'c', 'id', 'ctx', 'msg', 'attr'])

const isMongo = (value: JsonObject): boolean =>
  isObject(at(value, 't')) &&
  at(value, 't', '$date') !== undefined &&
  SEVERITY.test(String(at(value, 's'))) &&
  typeof at(value, 'c') === 'string' &&
  typeof at(value, 'ctx') === 'string' &&
  typeof at(value, 'msg') === 'string'

export const adapter: JsonAdapter = {
  title: 'MongoDB log (JSON)',
  unit: 'json',
  recognizes: (head) => mostValues(head, isMongo),
  parse: () =>
    function* (value, original, line) {
      if (!isObject(value)) {
        yield refuseValue(original, line, 'not-a-record')
        return
      }
      const time = jsonStamp(at(value, 't', '$date'), { key: '$date', json: original })
      if (time === undefined || time === 'impossible-time') {
        yield refuseValue(original, line, time ?? 'no-time')
        return
      }
      const fields: Fields = {}
      setField(fields, 'log.level', textOf(at(value, 's'))?.slice(0, 1))
      setField(fields, 'log.logger', at(value, 'c'))
      setField(fields, 'event.code', at(value, 'id'))
      setField(fields, 'process.thread.name', at(value, 'ctx'))
      setField(
        fields,
        'error.message',
        at(value, 'attr', 'error', 'errmsg') ?? at(value, 'attr', 'error'),
      )
      const ms = at(value, 'attr', 'durationMillis')
      if (typeof ms === 'number' && ms >= 0 && ms < 1e9)
        fields['event.duration'] = Math.round(ms * 1e6)
      setLabels(fields, value, READ)
      setLabels(fields, at(value, 'attr'), new Set())
      yield { time, message: textOf(at(value, 'msg')) || '(no message)', original, line, fields }
    },
}
