/**
 * JSON of no format that has an adapter of its own, https://jsonlines.org/: the time, the text, the level and the usual fields are found by
 * the names that programs give them. Variants: values one a line, spread over lines or in an array; records inside an envelope
 * (`{"Records":[…]}`, `{"hits":{"hits":[…]}}`); members nested in `event`, `fields`, `_source` and the like.
 */
import type { SourceRecord } from '../../schemas/source-record.ts'
import type { Item, JsonAdapter } from '../adapter.ts'
import { at, elementsAt, isObject, type JsonObject } from '../shared/json.ts'
import { eventTime, type EventTime } from '../shared/json-event-time.ts'
import { pairs, refuseValue } from '../shared/json-fields.ts'
import { readMembers } from '../shared/json-record.ts'
import { setSeverity } from '../shared/syslog-priority.ts'

/** GELF (https://go2docs.graylog.org/current/getting_in_log_data/gelf.html) counts levels as syslog does. */
function gelfLevel(value: JsonObject, fields: SourceRecord['fields']): void {
  const level = at(value, 'level')
  if (typeof at(value, 'short_message') === 'string' && typeof level === 'number')
    setSeverity(fields, level)
}

function describe(fields: SourceRecord['fields'], value: JsonObject, timePath: string): string {
  const request = [
    fields['http.request.method'],
    fields['url.original'] ?? fields['url.full'],
    fields['http.response.status_code'],
  ].filter((part) => part !== undefined)
  if (request.length > 1) return request.join(' ')
  const told = fields['error.message'] ?? fields['event.action']
  return String(told ?? '') || pairs(value, new Set([timePath])) || '(no message)'
}

function recordOf(value: JsonObject, time: EventTime, text: string, line: number): SourceRecord {
  const { fields, message } = readMembers(value, time.path)
  gelfLevel(value, fields)
  const stream = fields['container.id'] ?? fields['host.name']
  const told = message ?? describe(fields, value, time.path)
  const { stamp, witness } = time
  const record = {
    time: stamp,
    message: told,
    original: text,
    line,
    fields,
    ...(witness && { witness }),
  }
  return stream === undefined ? record : { ...record, stream: String(stream) }
}

function holdsRecords(list: unknown): boolean {
  const time = Array.isArray(list) && isObject(list[0]) ? eventTime(list[0], '') : undefined
  return typeof time === 'object' && !time.weak
}

/** Where an envelope's records are: an array of objects of which the first has a time of its own, also one object further in. */
function envelopeOf(value: JsonObject): string[] | undefined {
  const keys = Object.keys(value)
  const key = keys.find((name) => holdsRecords(value[name]))
  if (key !== undefined) return [key]
  for (const outer of keys) {
    const inside = value[outer]
    if (!isObject(inside)) continue
    const inner = Object.keys(inside).find((name) => holdsRecords(inside[name]))
    if (inner !== undefined) return [outer, inner]
  }
  return undefined
}

function* itemsOf(value: unknown, text: string, line: number): Generator<Item> {
  if (!isObject(value)) {
    yield refuseValue(text, line, 'not-a-record')
    return
  }
  const time = eventTime(value, text)
  if (typeof time === 'object' && !time.weak) {
    yield recordOf(value, time, text, line)
    return
  }
  const path = envelopeOf(value)
  let any = false
  if (path !== undefined) {
    for (const element of elementsAt(text, line, ...path)) {
      any = true
      yield* itemsOf(element.value, element.text, element.line)
    }
  }
  if (any) return
  if (typeof time === 'object') yield recordOf(value, time, text, line)
  else yield refuseValue(text, line, time ?? 'no-time')
}

export const adapter: JsonAdapter = {
  title: 'JSON records',
  unit: 'json',
  fallback: true,
  recognizes: (head) => head.values.some(isObject),
  parse: () => itemsOf,
}
