/**
 * Docker's json-file logging driver, https://docs.docker.com/engine/logging/drivers/json-file/:
 * `{"log":"text\n","stream":"stdout","time":"2024-05-01T10:00:00.123456789Z"}`, with `attrs` where labels or tags are logged too.
 * The time is the daemon's; a stamp in the text stays where it is. A line over 16 KiB comes in parts of which only the last ends in a
 * newline: each stays an event of its own, the last too marked `labels.partial`, because parts of both streams stand between each other.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { JsonAdapter } from '../adapter.ts'
import { plain } from '../shared/console-text.ts'
import { describeInner } from '../shared/container-line.ts'
import { at, isObject, type JsonObject } from '../shared/json.ts'
import { mostValues, refuseValue, setField, setLabel, setLabels } from '../shared/json-fields.ts'
import { jsonStamp } from '../shared/json-stamp.ts'
import { nodeLevel } from '../shared/node-log.ts'

const isDocker = (value: JsonObject): boolean =>
  typeof at(value, 'log') === 'string' &&
  typeof at(value, 'time') === 'string' &&
  (at(value, 'stream') === 'stdout' ||
    at(value, 'stream') === 'stderr' ||
    isObject(at(value, 'attrs')))

export const adapter: JsonAdapter = {
  title: 'Docker json-file log',
  unit: 'json',
  recognizes: (head) => mostValues(head, isDocker),
  parse: () => {
    /** The streams of which the last line has not ended yet. */
    const open = new Set<unknown>()
    return function* (value, text, line) {
      const log = at(value, 'log')
      if (!isObject(value) || typeof log !== 'string') {
        yield refuseValue(text, line, 'not-a-record')
        return
      }
      const time = jsonStamp(at(value, 'time'))
      if (time === undefined || time === 'impossible-time') {
        yield refuseValue(text, line, time ?? 'no-time')
        return
      }
      const fields: Fields = {}
      const message = describeInner(plain(log), fields)
      const level = fields['log.level']
      if (level !== undefined && log.startsWith('{')) {
        setField(
          fields,
          'log.level',
          nodeLevel(/^\d{2}$/.test(String(level)) ? Number(level) : level),
        )
      }
      setField(fields, 'container.name', at(value, 'attrs', 'com.docker.compose.service'))
      const stream = at(value, 'stream')
      setLabel(fields, 'stream', stream)
      const ends = log.endsWith('\n')
      if (!ends || open.has(stream)) setLabel(fields, 'partial', 'true')
      if (ends) open.delete(stream)
      else open.add(stream)
      setLabels(fields, at(value, 'attrs'))
      yield {
        time,
        message: message.trim() === '' ? '(empty line)' : message,
        original: text,
        line,
        fields,
      }
    }
  },
}
