/** What pino and bunyan records have in common: their core members, serialized errors, requests and responses. */
import type { Fields, SourceRecord } from '../../schemas/source-record.ts'
import type { Item } from '../adapter.ts'
import { at, text, type JsonObject } from './json.ts'
import { pairs, refuseValue, setField, setLabels } from './json-fields.ts'
import { jsonStamp } from './json-stamp.ts'
import { plain } from './console-text.ts'

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

/** The level of a pino or bunyan record: the name of a number, of one between two that of the lower, else what was written. */
export function nodeLevel(level: unknown): string | undefined {
  if (typeof level === 'string') return level === '' ? undefined : level
  return typeof level === 'number'
    ? (LEVELS[Math.floor(level / 10) - 1] ?? String(level))
    : undefined
}

const FIELDS: readonly (readonly [string, ...string[]])[] = [
  ['process.pid', 'pid'],
  ['service.name', 'name'],
  ['service.name', 'service.name'],
  ['trace.id', 'trace_id'],
  ['trace.id', 'traceId'],
  ['trace.id', 'trace.id'],
  ['span.id', 'span_id'],
  ['span.id', 'spanId'],
  ['log.logger', 'component'],
  ['log.origin.file.name', 'src', 'file'],
  ['log.origin.file.line', 'src', 'line'],
  ['http.request.method', 'req', 'method'],
  ['url.original', 'req', 'url'],
  ['source.ip', 'req', 'remoteAddress'],
  ['source.port', 'req', 'remotePort'],
  ['source.ip', 'remoteAddress'],
  ['url.domain', 'req', 'headers', 'host'],
  ['user_agent.original', 'req', 'headers', 'user-agent'],
  ['http.request.referrer', 'req', 'headers', 'referer'],
  ['http.response.status_code', 'res', 'statusCode'],
  ['error.code', 'err', 'code'],
]
const READ: ReadonlySet<string> = new Set([
  'level',
  'time',
  'msg',
  'v',
  'hostname',
  'pid',
  'name',
  'service.name',
  'trace_id',
  'traceId',
  'trace.id',
  'span_id',
  'spanId',
  'component',
  'src',
  'req',
  'res',
  'err',
  'remoteAddress',
  'responseTime',
])

export function* nodeLogItem(value: JsonObject, json: string, line: number): Generator<Item> {
  const time = jsonStamp(at(value, 'time'), { key: 'time', json })
  if (time === undefined) {
    yield refuseValue(json, line, 'no-time')
    return
  }
  if (time === 'impossible-time') {
    yield refuseValue(json, line, time)
    return
  }
  const fields: Fields = {}
  const host = text(at(value, 'hostname'))
  setField(fields, 'log.level', nodeLevel(at(value, 'level')))
  setField(fields, 'host.name', host)
  for (const [name, ...path] of FIELDS) {
    if (!Object.hasOwn(fields, name)) setField(fields, name, at(value, ...path))
  }
  const error = at(value, 'err') ?? at(value, 'error')
  setField(fields, 'error.message', typeof error === 'string' ? error : at(error, 'message'))
  setField(fields, 'error.type', at(error, 'type') ?? at(error, 'name'))
  setField(fields, 'error.stack_trace', at(error, 'stack'))
  const ms = at(value, 'responseTime')
  if (typeof ms === 'number' && ms >= 0 && ms < 1e9) fields['event.duration'] = Math.round(ms * 1e6)
  setLabels(fields, value, READ)
  setLabels(fields, at(value, 'req'), REQUEST_READ, 'req.')
  const record: SourceRecord = {
    time,
    message: messageOf(value, fields),
    original: json,
    line,
    fields,
  }
  if (host !== undefined) record.stream = host
  yield record
}

const REQUEST_READ: ReadonlySet<string> = new Set([
  'method',
  'url',
  'remoteAddress',
  'remotePort',
  'headers',
])

function messageOf(value: JsonObject, fields: Fields): string {
  const written = text(at(value, 'msg'))
  const message = written === undefined ? '' : plain(written)
  if (message.trim() !== '') return message
  const error = fields['error.message'] ?? fields['error.type']
  if (error !== undefined) return String(error)
  const request = [
    fields['http.request.method'],
    fields['url.original'],
    fields['http.response.status_code'],
  ].filter((part) => part !== undefined)
  if (request.length > 1) return request.join(' ')
  return pairs(value, READ) || '(no message)'
}
