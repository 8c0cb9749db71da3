/**
 * Events of Kubernetes as JSON, https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/: `kubectl get events -o json`
 * (a `List`, or the API's `EventList`), single objects, those of `--watch` one after the other or wrapped (`{"type":"ADDED","object":…}`), of `v1`
 * (`involvedObject`, `lastTimestamp`) and `events.k8s.io/v1` (`regarding`, `note`, `eventTime`, `series`). The time is that of the last
 * occurrence; count and first occurrence are told beside it. Object and version (`uid`, `resourceVersion`) are the identity.
 */
import { at, text as textOf, type JsonObject } from '../shared/json.ts'
import { fieldsOf, jsonFormat, phrase, told, type FieldTable } from '../shared/json-format.ts'
import { jsonStamp } from '../shared/json-stamp.ts'

const OBJECTS = ['involvedObject', 'regarding'] as const
const TABLE: FieldTable = [
  ['event.reason', 'reason'],
  ['event.action', 'action'],
  ['log.logger', 'source', 'component'],
  ['log.logger', 'reportingComponent'],
  ['log.logger', 'reportingController'],
  ['log.logger', 'deprecatedSource', 'component'],
  ['host.name', 'source', 'host'],
  ['host.name', 'deprecatedSource', 'host'],
  ...OBJECTS.flatMap((key) => [
    ['orchestrator.namespace', key, 'namespace'] as const,
    ['orchestrator.resource.name', key, 'name'] as const,
    ['labels.object_kind', key, 'kind'] as const,
  ]),
]
const SKIP = ['type', 'kind', 'apiVersion', 'metadata', 'message', 'note']
const TIMES = [
  ['series', 'lastObservedTime'],
  ['lastTimestamp'],
  ['deprecatedLastTimestamp'],
  ['eventTime'],
  ['firstTimestamp'],
  ['deprecatedFirstTimestamp'],
  ['metadata', 'creationTimestamp'],
] as const

const objectOf = (event: unknown): unknown => at(event, OBJECTS[0]) ?? at(event, OBJECTS[1])

const isEvent = (value: unknown): value is JsonObject =>
  (at(value, 'kind') === undefined || at(value, 'kind') === 'Event') &&
  typeof at(objectOf(value), 'kind') === 'string' &&
  typeof at(value, 'reason') === 'string' &&
  typeof at(value, 'metadata', 'name') === 'string'

function messageOf(event: JsonObject): string {
  const object = objectOf(event)
  const name = [textOf(at(object, 'namespace')), textOf(at(object, 'name'))]
    .filter((part) => part !== undefined)
    .join('/')
  const said = (textOf(at(event, 'message')) ?? textOf(at(event, 'note')))?.trim()
  const count = Number(
    textOf(at(event, 'series', 'count') ?? at(event, 'count') ?? at(event, 'deprecatedCount')),
  )
  const first = textOf(at(event, 'firstTimestamp')) ?? textOf(at(event, 'deprecatedFirstTimestamp'))
  const subject = phrase(textOf(at(object, 'kind')), name)
  return phrase(
    told(subject, textOf(at(event, 'reason')), said),
    count > 1 && `(${count} times${first === undefined ? '' : ` since ${first}`})`,
  )
}

export const adapter = jsonFormat({
  title: 'Kubernetes events',
  lists: [['items']],
  wrappers: [['object']],
  isRecord: isEvent,
  read: (event) => {
    const fields = fieldsOf(event, TABLE, SKIP)
    const type = textOf(at(event, 'type'))
    if (type !== undefined) fields['log.level'] = type === 'Normal' ? 'info' : type
    const written = TIMES.map((path) => textOf(at(event, ...path))).find((t) => t !== undefined)
    const uid = textOf(at(event, 'metadata', 'uid'))
    const version = textOf(at(event, 'metadata', 'resourceVersion'))
    return {
      time: jsonStamp(written),
      message: messageOf(event),
      fields,
      nativeId: uid && version && `kubernetes event ${uid} ${version}`,
    }
  },
})
