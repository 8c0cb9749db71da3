/**
 * Windows events of Winlogbeat and Elastic Agent, https://www.elastic.co/guide/en/beats/winlogbeat/current/exported-fields-winlog.html: JSON with `winlog`, as the file output writes
 * it and as it is exported from Elasticsearch (inside `_source`). Variants: ECS 1 (Winlogbeat 7) and ECS 8, nested or with dotted names; Winlogbeat 6 and older, without `winlog`
 * (`log_name`, `record_number`, `event_data`).
 */
import type { JsonAdapter } from '../adapter.ts'
import { at, isObject, text as textOf, type JsonObject } from '../shared/json.ts'
import { jsonStamp } from '../shared/json-stamp.ts'
import { mostValues, refuseValue } from '../shared/json-fields.ts'
import { dataOf, windowsItem } from '../shared/windows-json.ts'
import type { WindowsEvent } from '../shared/windows-event.ts'

const inner = (value: JsonObject): JsonObject => {
  const source = at(value, '_source')
  return isObject(source) ? source : value
}

/** A member under its dotted name, or nested. */
const member = (value: unknown, ...path: string[]): unknown =>
  at(value, path.join('.')) ?? at(value, ...path)

const isOld = (value: JsonObject): boolean =>
  typeof at(value, 'log_name') === 'string' &&
  at(value, 'event_id') !== undefined &&
  typeof at(value, 'computer_name') === 'string'

const isNew = (value: JsonObject): boolean =>
  textOf(member(value, 'winlog', 'channel')) !== undefined &&
  textOf(member(value, 'winlog', 'event_id')) !== undefined

function isWinlogbeat(whole: JsonObject): boolean {
  const value = inner(whole)
  return at(value, '@timestamp') !== undefined && (isNew(value) || isOld(value))
}

/** Data under dotted names, as `winlog.event_data.Image`. */
const dotted = (value: JsonObject, prefix: string): JsonObject =>
  Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), each]] : [],
    ),
  )

function newEvent(value: JsonObject): Omit<WindowsEvent, 'time'> {
  const log = (...path: string[]): unknown => member(value, 'winlog', ...path)
  const nested = log('event_data') ?? log('user_data')
  const winlog = at(value, 'winlog')
  const part = (...path: string[]): unknown => at(winlog, ...path) ?? log(...path)
  return {
    provider: part('provider_name') ?? member(value, 'event', 'provider'),
    code: part('event_id'),
    level: member(value, 'log', 'level'),
    keywords: part('keywords'),
    computer: part('computer_name') ?? member(value, 'host', 'name'),
    channel: part('channel'),
    recordId: part('record_id'),
    pid: part('process', 'pid'),
    thread: part('process', 'thread', 'id'),
    userId: part('user', 'identifier'),
    userName: member(value, 'user', 'name') ?? part('user', 'name'),
    userDomain: member(value, 'user', 'domain') ?? part('user', 'domain'),
    activity: part('activity_id'),
    data: dataOf(isObject(nested) ? nested : dotted(value, 'winlog.event_data.')),
    message: at(value, 'message'),
  }
}

const oldEvent = (value: JsonObject): Omit<WindowsEvent, 'time'> => ({
  provider: at(value, 'source_name'),
  code: at(value, 'event_id'),
  level: at(value, 'level'),
  keywords: at(value, 'keywords'),
  computer: at(value, 'computer_name'),
  channel: at(value, 'log_name'),
  recordId: at(value, 'record_number'),
  pid: at(value, 'process_id'),
  thread: at(value, 'thread_id'),
  userId: at(value, 'user', 'identifier'),
  userName: at(value, 'user', 'name'),
  userDomain: at(value, 'user', 'domain'),
  activity: at(value, 'activity_id'),
  data: dataOf(at(value, 'event_data') ?? at(value, 'user_data')),
  message: at(value, 'message'),
})

export const adapter: JsonAdapter = {
  title: 'Winlogbeat',
  unit: 'json',
  twoClocks: true,
  recognizes: (head) => mostValues(head, isWinlogbeat),
  parse: () =>
    function* (whole, text, line) {
      const value = isObject(whole) ? inner(whole) : undefined
      if (!value || !(isNew(value) || isOld(value))) {
        yield refuseValue(text, line, 'not-a-record')
        return
      }
      const time = jsonStamp(at(value, '@timestamp'), { key: '@timestamp', json: text })
      const event = isNew(value) ? newEvent(value) : oldEvent(value)
      yield* windowsItem({ time, ...event }, text, line)
    },
}
