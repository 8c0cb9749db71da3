/** One log record of OpenTelemetry's data model, whatever the spelling of its members. */
import type { Fields, SourceRecord } from '../../schemas/source-record.ts'
import type { Item } from '../adapter.ts'
import { isEcsField } from './ecs-names.ts'
import { at, isObject, text, type JsonObject } from './json.ts'
import { pairs, refuseValue, setField, setLabels } from './json-fields.ts'
import { jsonStamp } from './json-stamp.ts'
import { plain } from './console-text.ts'
import type { StampRead } from './stamp.ts'

type Members = ReadonlyMap<string, { key: string; value: unknown }>

/** Members by their name without case and underscores, so that `severityText`, `SeverityText` and `severity_text` are one. */
function membersOf(value: JsonObject): Members {
  const members = new Map<string, { key: string; value: unknown }>()
  for (const [key, v] of Object.entries(value)) {
    members.set(key.toLowerCase().replaceAll('_', ''), { key, value: v })
  }
  return members
}

const NAMES =
  /^(?:@?timestamp|timeunixnano|observed(?:timestamp|timeunixnano)|resource(?:attributes)?|instrumentationscope)$/

export function isFlatRecord(value: JsonObject): boolean {
  let body = false
  let severity = false
  let other = false
  for (const key of Object.keys(value)) {
    const name = key.toLowerCase().replaceAll('_', '')
    if (name === 'body') body = true
    else if (name === 'severitytext' || name === 'severitynumber') severity = true
    else if (NAMES.test(name)) other = true
  }
  return body && severity && other
}

const DEPTH = 16

/** OTLP wraps every value in the name of its type. */
export function anyValue(value: unknown, depth = 0): unknown {
  if (!isObject(value) || depth > DEPTH) return value
  for (const key of ['stringValue', 'intValue', 'doubleValue', 'boolValue', 'bytesValue']) {
    if (Object.hasOwn(value, key)) return value[key]
  }
  const list = at(value, 'arrayValue', 'values')
  if (Array.isArray(list)) return list.map((v) => anyValue(v, depth + 1))
  const pairsOf = at(value, 'kvlistValue', 'values')
  return Array.isArray(pairsOf) ? attributes(pairsOf, depth + 1) : value
}

/** Attributes as an object: OTLP writes them as a list of keys and values. */
function attributes(value: unknown, depth = 0): JsonObject {
  if (isObject(value)) return value
  if (!Array.isArray(value)) return {}
  return Object.fromEntries(
    value.slice(0, 200).flatMap((pair): [string, unknown][] => {
      const key = at(pair, 'key')
      return typeof key === 'string' ? [[key, anyValue(at(pair, 'value'), depth)]] : []
    }),
  )
}

/** https://opentelemetry.io/docs/specs/semconv/: names that differ from ECS. */
const ECS = new Map([
  ['exception.message', 'error.message'],
  ['exception.type', 'error.type'],
  ['exception.stacktrace', 'error.stack_trace'],
  ['http.method', 'http.request.method'],
  ['http.status_code', 'http.response.status_code'],
  ['http.target', 'url.original'],
  ['http.url', 'url.full'],
  ['client.address', 'client.ip'],
  ['thread.name', 'process.thread.name'],
  ['thread.id', 'process.thread.id'],
  ['code.filepath', 'log.origin.file.name'],
  ['code.file.path', 'log.origin.file.name'],
  ['code.lineno', 'log.origin.file.line'],
  ['code.line.number', 'log.origin.file.line'],
  ['code.function', 'log.origin.function'],
  ['enduser.id', 'user.id'],
  ['event.name', 'event.action'],
  ['k8s.namespace.name', 'orchestrator.namespace'],
  ['k8s.container.name', 'container.name'],
  ['k8s.cluster.name', 'orchestrator.cluster.name'],
  ['deployment.environment', 'service.environment'],
  ['deployment.environment.name', 'service.environment'],
])

function takeAttributes(fields: Fields, values: JsonObject): void {
  const rest: [string, unknown][] = []
  for (const [key, value] of Object.entries(values)) {
    const name = ECS.get(key) ?? (isEcsField(key) ? key : undefined)
    if (name !== undefined && text(value) !== undefined) setField(fields, name, value)
    else if (!key.startsWith('telemetry.')) rest.push([key, value])
  }
  setLabels(fields, Object.fromEntries(rest))
}

/** When it happened; where that is missing or 0, when it was observed. */
function timeOf(members: Members, json: string): StampRead {
  const names = [
    'timeunixnano',
    'timestamp',
    '@timestamp',
    'observedtimeunixnano',
    'observedtimestamp',
  ]
  for (const name of names) {
    const found = members.get(name)
    if (!found || /^0*$/.test(text(found.value) ?? '')) continue
    const unit = name.endsWith('nano') ? 'ns' : undefined
    const stamp = jsonStamp(found.value, { key: found.key, json }, unit)
    if (stamp !== undefined) return stamp
  }
  return undefined
}

function messageOf(body: unknown, fields: Fields): string {
  const inner = isObject(body) ? (at(body, 'message') ?? at(body, 'msg') ?? at(body, 'text')) : body
  const written = plain(text(inner) ?? (typeof inner === 'boolean' ? String(inner) : ''))
  if (written.trim() !== '') return written
  const listed = Array.isArray(body) ? JSON.stringify(body).slice(0, 1000) : pairs(body)
  return listed || String(fields['error.message'] ?? fields['event.action'] ?? '(no body)')
}

const SEVERITIES = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

/** https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber: four numbers each, as a number or by name (`SEVERITY_NUMBER_INFO2`). */
function severityOf(value: unknown): string | undefined {
  const written = text(value)
  const named = /^SEVERITY_NUMBER_([A-Z]+)[2-4]?$/.exec(written ?? '')?.[1]
  return named ?? SEVERITIES[Math.floor((Number(written) - 1) / 4)]
}

const ZEROS = /^(?:0x)?0*$/

export function otelItem(
  value: JsonObject,
  json: string,
  line: number,
  resource: unknown,
  scope: unknown,
): Item {
  const members = membersOf(value)
  const get = (name: string): unknown => members.get(name)?.value
  const time = timeOf(members, json)
  if (time === undefined || time === 'impossible-time')
    return refuseValue(json, line, time ?? 'no-time')
  const fields: Fields = {}
  const severity = text(get('severitytext')) || severityOf(get('severitynumber'))
  setField(fields, 'log.level', severity)
  setField(
    fields,
    'log.logger',
    scope ?? get('scopename') ?? at(get('instrumentationscope'), 'name'),
  )
  for (const [field, name] of [
    ['trace.id', 'traceid'],
    ['span.id', 'spanid'],
  ] as const) {
    const id = text(get(name))
    if (id !== undefined && !ZEROS.test(id)) setField(fields, field, id.replace(/^0x/, ''))
  }
  const own = get('resourceattributes') ?? at(get('resource'), 'attributes') ?? get('resource')
  takeAttributes(fields, attributes(resource ?? own))
  if (fields['service.name'] === undefined) setField(fields, 'service.name', get('servicename'))
  takeAttributes(fields, attributes(get('logattributes') ?? get('attributes')))
  setField(fields, 'event.action', get('eventname'))
  const record: SourceRecord = {
    time,
    message: messageOf(anyValue(get('body')), fields),
    original: json,
    line,
    fields,
  }
  const stream = fields['container.id'] ?? fields['labels.k8s.pod.name'] ?? fields['host.name']
  return stream === undefined ? record : { ...record, stream: String(stream) }
}
