/**
 * Okta's System Log, https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/ (`LogEvent`). Variants: the array of the API,
 * one a line, an event hook (`data.events`), an event of EventBridge (`detail`). The time is `published`; `uuid` is the identity.
 */
import { at, text as textOf, type JsonObject } from '../shared/json.ts'
import { fieldsOf, jsonFormat, phrase, told, type FieldTable } from '../shared/json-format.ts'
import { jsonStamp } from '../shared/json-stamp.ts'

const TABLE: FieldTable = [
  ['event.action', 'eventType'],
  ['event.outcome', 'outcome', 'result'],
  ['event.reason', 'outcome', 'reason'],
  ['log.level', 'severity'],
  ['user.name', 'actor', 'alternateId'],
  ['user.id', 'actor', 'id'],
  ['source.ip', 'client', 'ipAddress'],
  ['user_agent.original', 'client', 'userAgent', 'rawUserAgent'],
  ['url.original', 'debugContext', 'debugData', 'requestUri'],
  ['http.request.id', 'debugContext', 'debugData', 'requestId'],
  ['transaction.id', 'transaction', 'id'],
]
const SKIP = ['uuid', 'published', 'version', 'displayMessage', 'legacyEventType', 'request']

const isEvent = (value: unknown): value is JsonObject =>
  typeof at(value, 'uuid') === 'string' &&
  typeof at(value, 'published') === 'string' &&
  typeof at(value, 'eventType') === 'string' &&
  at(value, 'actor') !== undefined &&
  at(value, 'outcome') !== undefined

function messageOf(event: JsonObject): string {
  const actor = at(event, 'actor')
  const who = textOf(at(actor, 'displayName')) ?? textOf(at(actor, 'alternateId'))
  const targets = at(event, 'target')
  const target = Array.isArray(targets)
    ? targets
        .map((one) => textOf(at(one, 'displayName')) ?? textOf(at(one, 'alternateId')))
        .filter((name) => name !== undefined)
        .join(', ')
    : ''
  const what = textOf(at(event, 'displayMessage')) ?? textOf(at(event, 'eventType'))
  const result = textOf(at(event, 'outcome', 'result'))
  const done = phrase(what, who && `by ${who}`, target && `on ${target}`)
  return told(done, result, textOf(at(event, 'outcome', 'reason')))
}

export const adapter = jsonFormat({
  title: 'Okta System Log',
  lists: [['data', 'events']],
  wrappers: [['detail']],
  isRecord: isEvent,
  read: (event) => ({
    time: jsonStamp(at(event, 'published')),
    message: messageOf(event),
    fields: fieldsOf(event, TABLE, SKIP),
    nativeId: `okta ${textOf(at(event, 'uuid'))}`,
  }),
})
