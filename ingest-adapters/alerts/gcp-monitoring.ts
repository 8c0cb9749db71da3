/**
 * Google Cloud Monitoring, once Stackdriver: webhooks and Pub/Sub messages, https://cloud.google.com/monitoring/support/notification-options#schema-pubsub
 * (`incident` with `started_at` and `ended_at` in seconds, versions 1.0 to 1.2; in a Pub/Sub message as base64 in `message.data`), and alerts as
 * https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alerts lists them. An incident that is over gives two events.
 */
import { alertText } from '../shared/alert-state.ts'
import { momentOf, type Told } from '../shared/event-items.ts'
import { at, isObject, parseJson, text, type JsonObject } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

const isIncident = (value: unknown): value is JsonObject =>
  at(value, 'incident_id') !== undefined &&
  typeof at(value, 'state') === 'string' &&
  (at(value, 'started_at') !== undefined || at(value, 'policy_name') !== undefined)

function* incidentEvents(incident: JsonObject): Generator<Told> {
  for (const [action, key] of [
    ['fired', 'started_at'],
    ['resolved', 'ended_at'],
  ] as const) {
    if (action === 'resolved' && at(incident, 'state') === 'open') continue
    yield {
      time: momentOf(at(incident, key), 's'),
      message: alertText(action, at(incident, 'policy_name'), at(incident, 'summary')),
      fields: {
        'event.action': action,
        'rule.name': at(incident, 'policy_name'),
        'event.reference': at(incident, 'url'),
        'cloud.project.id': at(incident, 'scoping_project_id'),
        'labels.incident': at(incident, 'incident_id'),
        'labels.condition': at(incident, 'condition_name'),
        'labels.resource': at(incident, 'resource_display_name') ?? at(incident, 'resource_name'),
        'labels.severity': at(incident, 'severity'),
      },
      nativeId: `gcp incident ${text(at(incident, 'incident_id'))} ${action}`,
    }
  }
}

const webhook: Variant = {
  is: (value) => isIncident(at(value, 'incident')),
  events: (value) => incidentEvents(at(value, 'incident') as JsonObject),
}

function inPubSub(value: JsonObject): JsonObject | undefined {
  const data = at(value, 'message', 'data')
  if (typeof data !== 'string' || !data.startsWith('ey')) return undefined
  const inner = parseJson(Buffer.from(data, 'base64').toString('utf8'))
  const incident = 'value' in inner ? at(inner.value, 'incident') : undefined
  return isIncident(incident) ? incident : undefined
}

const pushed: Variant = {
  is: (value) => inPubSub(value) !== undefined,
  events: (value) => incidentEvents(inPubSub(value)!),
}

const listed: Variant = {
  is: (value) =>
    (at(value, 'state') === 'OPEN' || at(value, 'state') === 'CLOSED') &&
    typeof at(value, 'openTime') === 'string' &&
    isObject(at(value, 'policy')),
  *events(value) {
    for (const [action, key] of [
      ['fired', 'openTime'],
      ['resolved', 'closeTime'],
    ] as const) {
      const name = at(value, 'policy', 'displayName')
      yield {
        time: momentOf(at(value, key)),
        message: alertText(action, name),
        fields: {
          'event.action': action,
          'rule.name': name,
          'labels.severity': at(value, 'policy', 'severity'),
          'labels.resource': at(value, 'resource', 'type'),
        },
        nativeId: `gcp alert ${text(at(value, 'name'))} ${action}`,
      }
    }
  },
}

export const adapter = variantsAdapter(
  'Google Cloud Monitoring incidents',
  [webhook, pushed, listed],
  [['alerts']],
)
