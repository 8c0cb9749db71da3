/**
 * The audit log of the Kubernetes API server, https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/: lines of `Event` of
 * `audit.k8s.io/v1` (and v1beta1), or an `EventList` as its webhook sends. Every stage of a request is an event of its own: its time is
 * `stageTimestamp`, its identity `auditID` with the stage.
 */
import { at, text as textOf, type JsonObject } from '../shared/json.ts'
import { fieldsOf, jsonFormat, phrase, told, type FieldTable } from '../shared/json-format.ts'
import { jsonStamp } from '../shared/json-stamp.ts'

const TABLE: FieldTable = [
  ['event.action', 'verb'],
  ['user.name', 'user', 'username'],
  ['user.id', 'user', 'uid'],
  ['user_agent.original', 'userAgent'],
  ['url.original', 'requestURI'],
  ['http.response.status_code', 'responseStatus', 'code'],
  ['error.message', 'responseStatus', 'message'],
  ['event.reason', 'responseStatus', 'reason'],
  ['orchestrator.namespace', 'objectRef', 'namespace'],
  ['orchestrator.resource.name', 'objectRef', 'name'],
]
const SKIP = [
  'kind',
  'apiVersion',
  'auditID',
  'requestReceivedTimestamp',
  'stageTimestamp',
  'requestObject',
  'responseObject',
  'responseStatus.metadata',
]

/** Within a list, the version stands on the list alone. */
const AUDIT = /^(?:$|audit\.k8s\.io\/)/

const isEvent = (value: unknown): value is JsonObject =>
  AUDIT.test(textOf(at(value, 'apiVersion')) ?? '') &&
  textOf(at(value, 'auditID')) !== undefined &&
  typeof at(value, 'stage') === 'string' &&
  typeof at(value, 'verb') === 'string'

function messageOf(event: JsonObject): string {
  const object = at(event, 'objectRef')
  const kind = [textOf(at(object, 'resource')), textOf(at(object, 'subresource'))]
    .filter((part) => part !== undefined)
    .join('/')
  const name = [textOf(at(object, 'namespace')), textOf(at(object, 'name'))]
    .filter((part) => part !== undefined)
    .join('/')
  const code = textOf(at(event, 'responseStatus', 'code'))
  const said = textOf(at(event, 'responseStatus', 'message'))
  const stage = textOf(at(event, 'stage'))
  const done = phrase(
    textOf(at(event, 'user', 'username')),
    textOf(at(event, 'verb')),
    phrase(kind, name) || textOf(at(event, 'requestURI')),
    code,
  )
  return told(stage === 'ResponseComplete' ? done : `${done} (${stage})`, said)
}

export const adapter = jsonFormat({
  title: 'Kubernetes audit log',
  lists: [['items']],
  isRecord: isEvent,
  read: (event) => {
    const fields = fieldsOf(event, TABLE, SKIP)
    const source = at(event, 'sourceIPs')
    if (Array.isArray(source) && typeof source[0] === 'string') fields['source.ip'] = source[0]
    const code = Number(textOf(at(event, 'responseStatus', 'code')))
    if (code > 0) fields['event.outcome'] = code < 400 ? 'success' : 'failure'
    return {
      time: jsonStamp(at(event, 'stageTimestamp') ?? at(event, 'requestReceivedTimestamp')),
      message: messageOf(event),
      fields,
      nativeId: `kubernetes audit ${textOf(at(event, 'auditID'))} ${textOf(at(event, 'stage'))}`,
    }
  },
})
