/**
 * Datasets of Cloudflare's Logpush, https://developers.cloudflare.com/logs/logpush/logpush-job/datasets/: an object a line, with the fields that the job
 * was told to write. HTTP requests (`EdgeStartTimestamp`, the time when the edge received the request), firewall events (`Datetime`), DNS
 * (`Timestamp`), audit logs (`When`), Spectrum (`ConnectTimestamp`) and Gateway (`Datetime`). Times are RFC 3339 or epochs in ns or s, as the job's
 * `timestamp_format` says: the three are told apart by their shape.
 */
import { at, text as textOf, type JsonObject } from '../shared/json.ts'
import { pairs } from '../shared/json-fields.ts'
import { fieldsOf, jsonFormat, phrase, told, type FieldTable } from '../shared/json-format.ts'
import { jsonStamp } from '../shared/json-stamp.ts'

const TABLE: FieldTable = [
  ['http.request.method', 'ClientRequestMethod'],
  ['http.response.status_code', 'EdgeResponseStatus'],
  ['http.response.body.bytes', 'EdgeResponseBytes'],
  ['http.request.referrer', 'ClientRequestReferer'],
  ['http.request.id', 'RayID'],
  ['url.domain', 'ClientRequestHost'],
  ['url.original', 'ClientRequestURI'],
  ['url.original', 'ClientRequestPath'],
  ['user_agent.original', 'ClientRequestUserAgent'],
  ['source.ip', 'ClientIP'],
  ['source.ip', 'SourceIP'],
  ['source.ip', 'ActorIP'],
  ['source.port', 'ClientSrcPort'],
  ['user.email', 'ActorEmail'],
  ['user.id', 'ActorID'],
  ['event.action', 'Action'],
  ['event.action', 'ActionType'],
  ['event.action', 'Event'],
  ['rule.id', 'RuleID'],
]

/** For every dataset its time, and members that together stand in no other format. */
const DATASETS: readonly (readonly [time: string, ...required: string[]])[] = [
  ['EdgeStartTimestamp', 'RayID'],
  ['EdgeStartTimestamp', 'ClientRequestHost'],
  ['EdgeEndTimestamp', 'RayID'],
  ['Datetime', 'RayID', 'Action'],
  ['Datetime', 'RayID', 'RuleID'],
  ['Timestamp', 'QueryName', 'QueryType', 'ColoCode'],
  ['When', 'ActionType', 'ActorType', 'ResourceType'],
  ['ConnectTimestamp', 'ColoCode', 'Event', 'ClientIP'],
  ['Datetime', 'DeviceID', 'SourceIP', 'Action'],
]
const datasetOf = (value: unknown): readonly [string, ...string[]] | undefined =>
  DATASETS.find((keys) => keys.every((key) => at(value, key) !== undefined))

function messageOf(row: JsonObject, time: string): string {
  const get = (key: string): string | undefined => textOf(at(row, key))
  const action = get('Action') ?? get('ActionType')
  const host = get('ClientRequestHost') ?? ''
  const path = get('ClientRequestURI') ?? get('ClientRequestPath') ?? ''
  const request = phrase(get('ClientRequestMethod'), host + path, get('EdgeResponseStatus'))
  if (request !== '') return told(action, request)
  const query = phrase(get('QueryName'), get('QueryType'), get('ResponseCode'))
  if (query !== '') return told('DNS', query)
  const who = get('ActorEmail') ?? get('ActorID') ?? get('Email')
  const what = phrase(get('ResourceType'), get('ResourceID'))
  const done = phrase(action, what, who && `by ${who}`)
  return done || pairs(row, new Set([time]))
}

export const adapter = jsonFormat({
  title: 'Cloudflare Logpush',
  isRecord: (value) => datasetOf(value) !== undefined,
  read: (row, json) => {
    const key = datasetOf(row)?.[0] ?? ''
    const id = key === 'When' ? textOf(at(row, 'ID')) : undefined
    return {
      time: jsonStamp(at(row, key), { key, json }),
      message: messageOf(row, key),
      fields: fieldsOf(row, TABLE, [key]),
      nativeId: id && `cloudflare audit ${id}`,
    }
  },
})
