/**
 * AWS CloudTrail, https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html.
 * Variants: log files (`Records`), events alone, one a line or in an array, in an event of EventBridge (`detail`), as `aws cloudtrail lookup-events`
 * prints them (`Events`, with the event as text in `CloudTrailEvent`), Insights events, and events that Logstash passed on, which moves
 * `eventTime` to `@timestamp`. The time is `eventTime`, when the request was completed; `eventID` is the identity.
 */
import { at, isObject, parseJson, text as textOf, type JsonObject } from '../shared/json.ts'
import { pairs } from '../shared/json-fields.ts'
import {
  fieldsOf,
  jsonFormat,
  phrase,
  told,
  type FieldTable,
  type ToldRecord,
} from '../shared/json-format.ts'
import { jsonStamp } from '../shared/json-stamp.ts'

const TABLE: FieldTable = [
  ['event.action', 'eventName'],
  ['event.provider', 'eventSource'],
  ['event.code', 'eventType'],
  ['cloud.region', 'awsRegion'],
  ['cloud.account.id', 'recipientAccountId'],
  ['cloud.account.id', 'userIdentity', 'accountId'],
  ['user.name', 'userIdentity', 'userName'],
  ['user.name', 'userIdentity', 'sessionContext', 'sessionIssuer', 'userName'],
  ['user.id', 'userIdentity', 'arn'],
  ['user.id', 'userIdentity', 'principalId'],
  ['source.ip', 'sourceIPAddress'],
  ['user_agent.original', 'userAgent'],
  ['http.request.id', 'requestID'],
  ['error.code', 'errorCode'],
  ['error.message', 'errorMessage'],
]
const SKIP = ['eventTime', '@timestamp', '@version', 'eventVersion', 'eventID']

const isText = (value: unknown): value is string => typeof value === 'string'

/** `ec2.amazonaws.com`; what a bucket notifies of comes from `aws:s3`. */
const SERVICE = /^[\w-]+(?:\.[\w-]+)+$/

const isEvent = (value: unknown): value is JsonObject =>
  isText(at(value, 'eventVersion')) &&
  ((SERVICE.test(textOf(at(value, 'eventSource')) ?? '') && isText(at(value, 'eventName'))) ||
    isObject(at(value, 'insightDetails'))) &&
  (at(value, 'awsRegion') !== undefined || at(value, 'userIdentity') !== undefined)

const isLookedUp = (value: unknown): value is JsonObject =>
  isText(at(value, 'EventId')) &&
  isText(at(value, 'EventName')) &&
  isText(at(value, 'CloudTrailEvent'))

/** `user/ann`, `assumed-role/Deploy/ci`, the service that acted, or whatever is known. */
function whoOf(event: JsonObject): string | undefined {
  const identity = at(event, 'userIdentity')
  const arn = textOf(at(identity, 'arn'))
  return (
    arn?.split(':').slice(5).join(':') ??
    textOf(at(identity, 'userName')) ??
    textOf(at(identity, 'invokedBy')) ??
    textOf(at(identity, 'principalId')) ??
    textOf(at(identity, 'type'))
  )
}

function messageOf(event: JsonObject): string {
  const insight = at(event, 'insightDetails')
  const service = textOf(at(event, 'eventSource') ?? at(insight, 'eventSource'))
  const name = textOf(at(event, 'eventName') ?? at(insight, 'eventName'))
  const what = phrase(service?.replace(/\.amazonaws\.com$/, ''), name)
  if (isObject(insight))
    return phrase(
      'Insight:',
      textOf(at(insight, 'insightType')),
      'of',
      what,
      textOf(at(insight, 'state')),
    )
  const who = whoOf(event)
  const about = pairs(at(event, 'requestParameters'), undefined, 3)
  const error = told(textOf(at(event, 'errorCode')), textOf(at(event, 'errorMessage')))
  const done = phrase(what, who && `by ${who}`, about && `(${about})`)
  const signIn = textOf(at(event, 'responseElements', 'ConsoleLogin'))
  return error ? `${done} failed: ${error}` : told(done, signIn)
}

function readEvent(event: JsonObject): ToldRecord {
  const fields = fieldsOf(event, TABLE, SKIP)
  const failed =
    at(event, 'errorCode') !== undefined ||
    at(event, 'responseElements', 'ConsoleLogin') === 'Failure'
  if (!isObject(at(event, 'insightDetails')))
    fields['event.outcome'] = failed ? 'failure' : 'success'
  fields['cloud.provider'] = 'aws'
  const id = textOf(at(event, 'eventID'))
  return {
    time: jsonStamp(at(event, 'eventTime') ?? at(event, '@timestamp')),
    message: messageOf(event),
    fields,
    nativeId: id && `cloudtrail ${id}`,
  }
}

export const adapter = jsonFormat({
  title: 'AWS CloudTrail',
  lists: [['Records'], ['Events']],
  wrappers: [['detail']],
  isRecord: (value) => isEvent(value) || isLookedUp(value),
  read: (value) => {
    if (!isLookedUp(value)) return readEvent(value)
    const inner = parseJson(textOf(at(value, 'CloudTrailEvent')) ?? '')
    return 'value' in inner && isEvent(inner.value)
      ? readEvent(inner.value)
      : { time: undefined, message: '', fields: {} }
  },
})
