/**
 * Splunk Observability Cloud, once SignalFx: webhooks of detectors, https://docs.splunk.com/observability/en/admin/notif-services/webhook.html (`incidentId`, `statusExtended`,
 * `timestamp` as ISO 8601), and incidents as its API lists them (`anomalyState`, `events` with `timestamp` in milliseconds). A payload without `timestamp` tells
 * a time only in the prose of its message, which stays prose.
 */
import { alertText } from '../shared/alert-state.ts'
import { momentOf } from '../shared/event-items.ts'
import { at, isObject, text } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

const ACTIONS: ReadonlyMap<string, string> = new Map([
  ['anomalous', 'fired'],
  ['ok', 'resolved'],
  ['manually resolved', 'resolved'],
  ['stopped', 'stopped'],
])
const actionOf = (state: unknown): string =>
  ACTIONS.get(text(state)?.toLowerCase() ?? '') ?? 'changed'

const webhook: Variant = {
  is: (value) =>
    at(value, 'incidentId') !== undefined &&
    (typeof at(value, 'statusExtended') === 'string' || at(value, 'detectorUrl') !== undefined),
  *events(value) {
    const action = actionOf(at(value, 'statusExtended') ?? at(value, 'status'))
    const id = text(at(value, 'incidentId'))
    yield {
      time: momentOf(at(value, 'timestamp')),
      message: alertText(action, at(value, 'messageTitle'), at(value, 'description')),
      fields: {
        'event.action': action,
        'rule.name': at(value, 'rule'),
        'rule.ruleset': at(value, 'detector'),
        'event.reference': at(value, 'detectorUrl'),
        'labels.incident': id,
        'labels.severity': at(value, 'severity'),
        'labels.metric': at(value, 'originatingMetric'),
        'labels.runbook': at(value, 'runbookUrl'),
      },
      nativeId: `signalfx incident ${id} ${action} ${text(at(value, 'timestamp'))}`,
    }
  },
}

const incident: Variant = {
  is: (value) =>
    at(value, 'incidentId') !== undefined &&
    typeof at(value, 'anomalyState') === 'string' &&
    Array.isArray(at(value, 'events')),
  *events(value) {
    const id = text(at(value, 'incidentId'))
    for (const event of (at(value, 'events') as unknown[]).filter(isObject)) {
      const action = actionOf(at(event, 'anomalyState'))
      yield {
        time: momentOf(at(event, 'timestamp'), 'ms'),
        message: alertText(action, at(value, 'detectorName'), at(value, 'detectLabel')),
        fields: {
          'event.action': action,
          'rule.name': at(value, 'detectLabel'),
          'rule.ruleset': at(value, 'detectorName'),
          'labels.incident': id,
          'labels.severity': at(value, 'severity'),
        },
        nativeId: `signalfx incident ${id} ${action} ${text(at(event, 'timestamp'))}`,
      }
    }
  },
}

export const adapter = variantsAdapter('Splunk Observability Cloud detectors', [incident, webhook])
