/**
 * ECS logging, https://www.elastic.co/guide/en/ecs-logging/overview/current/intro.html: JSON lines with `@timestamp`, `log.level`,
 * `message` and `ecs.version`, each dotted or nested, by the ECS loggers of Java, Python, Go, Node.js, Ruby, PHP and .NET, and by Beats.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { JsonAdapter } from '../adapter.ts'
import { isEcsField } from '../shared/ecs-names.ts'
import { at, isObject, scalars, text as textOf, type JsonObject } from '../shared/json.ts'
import { mostValues, pairs, refuseValue, setField, setLabels } from '../shared/json-fields.ts'
import { jsonStamp } from '../shared/json-stamp.ts'
import { plain } from '../shared/console-text.ts'

/** A member that may stand under its dotted name, or nested. */
const dotted = (value: unknown, first: string, second: string): unknown =>
  at(value, `${first}.${second}`) ?? at(value, first, second)

/** Windows events that Winlogbeat wraps are another format's. */
const isEcs = (value: JsonObject): boolean =>
  at(value, '@timestamp') !== undefined &&
  at(value, 'winlog') === undefined &&
  (textOf(dotted(value, 'ecs', 'version')) !== undefined ||
    (typeof dotted(value, 'log', 'level') === 'string' && typeof at(value, 'message') === 'string'))

const SKIP: ReadonlySet<string> = new Set([
  '@timestamp',
  'message',
  'ecs',
  'ecs.version',
  '@metadata',
])
const MEMBERS = 200

export const adapter: JsonAdapter = {
  title: 'ECS JSON log',
  unit: 'json',
  recognizes: (head) => mostValues(head, isEcs),
  parse: () =>
    function* (value, text, line) {
      if (!isObject(value)) {
        yield refuseValue(text, line, 'not-a-record')
        return
      }
      const time = jsonStamp(at(value, '@timestamp'), { key: '@timestamp', json: text })
      if (time === undefined || time === 'impossible-time') {
        yield refuseValue(text, line, time ?? 'no-time')
        return
      }
      const fields: Fields = {}
      const rest = new Map<string, string | number>()
      let seen = 0
      for (const [key, member] of Object.entries(value)) {
        if (SKIP.has(key)) continue
        for (const [path, scalar] of scalars(member, key)) {
          if (++seen > MEMBERS) break
          if (isEcsField(path)) setField(fields, path, scalar)
          else if (path !== 'log.original' && path !== 'event.original') {
            rest.set(path.startsWith('labels.') ? path.slice(7) : path, scalar)
          }
        }
      }
      setLabels(fields, Object.fromEntries(rest))
      // log4j's EcsLayout can write a line of the trace as an element each
      const trace = dotted(value, 'error', 'stack_trace')
      if (Array.isArray(trace)) setField(fields, 'error.stack_trace', trace.join('\n'))
      const written = plain(textOf(at(value, 'message')) ?? '')
      const message = written.trim() || String(fields['error.message'] ?? '') || pairs(value, SKIP)
      const host = dotted(value, 'host', 'name') ?? dotted(value, 'host', 'hostname')
      const stream = textOf(dotted(value, 'container', 'id')) ?? textOf(host)
      const record = { time, message: message || '(no message)', original: text, line, fields }
      yield stream === undefined ? record : { ...record, stream }
    },
}
