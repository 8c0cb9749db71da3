/**
 * Graylog's GELF, https://go2docs.graylog.org/current/getting_in_log_data/gelf.html: `version`, `host`, `short_message`, `timestamp` as an
 * epoch in s with a fraction, `level` as syslog counts it, own fields with an underscore. Variants: objects one a line, and the stream of its TCP input,
 * in which a NUL stands between them. Without `timestamp`, which is optional, nothing tells when.
 */
import { at, text as textOf, type JsonObject } from '../shared/json.ts'
import { fieldsOf, jsonFormat, type FieldTable } from '../shared/json-format.ts'
import { jsonStamp } from '../shared/json-stamp.ts'
import { setSeverity } from '../shared/syslog-priority.ts'

const TABLE: FieldTable = [
  ['host.name', 'host'],
  ['log.syslog.severity.code', 'level'],
  ['log.logger', 'facility'],
  ['log.logger', '_logger'],
  ['log.logger', '_logger_name'],
  ['log.origin.file.name', 'file'],
  ['log.origin.file.line', 'line'],
  ['process.thread.name', '_thread'],
  ['process.thread.name', '_thread_name'],
  ['process.pid', '_pid'],
  ['container.id', '_container_id'],
  ['container.name', '_container_name'],
  ['container.image.name', '_image_name'],
  ['error.stack_trace', '_stack_trace'],
  ['trace.id', '_trace_id'],
]

const isMessage = (value: unknown): value is JsonObject =>
  /^1\.\d$/.test(textOf(at(value, 'version')) ?? '') &&
  typeof at(value, 'host') === 'string' &&
  typeof at(value, 'short_message') === 'string'

export const adapter = jsonFormat({
  title: 'GELF (Graylog)',
  isRecord: isMessage,
  read: (value, json) => {
    const fields = fieldsOf(value, TABLE, ['version', 'timestamp', 'short_message', 'full_message'])
    setSeverity(fields, Number(textOf(at(value, 'level')) ?? 'none'))
    const short = textOf(at(value, 'short_message'))?.trim() ?? ''
    const full = textOf(at(value, 'full_message'))?.trim() ?? ''
    return {
      time: jsonStamp(at(value, 'timestamp'), { key: 'timestamp', json }, 's'),
      message: (full.startsWith(short) ? full : short) || '(no message)',
      fields,
      stream: textOf(at(value, '_container_id')) ?? textOf(at(value, 'host')),
    }
  },
})
