/**
 * Axiom: webhooks of monitors, https://axiom.co/docs/monitor-data/custom-webhook-notifier (`action` Open or Closed, `event` with `monitorID` and `timestamp`,
 * which Go writes as `2025-02-15 14:59:03 +0000 UTC`).
 */
import { alertAction, alertText } from '../shared/alert-state.ts'
import { momentOf } from '../shared/event-items.ts'
import { at, text } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

const monitor: Variant = {
  is: (value) =>
    typeof at(value, 'action') === 'string' && typeof at(value, 'event', 'monitorID') === 'string',
  *events(value) {
    const event = at(value, 'event')
    const action = alertAction(at(value, 'action'))
    yield {
      time: momentOf(at(event, 'timestamp')),
      message: alertText(action, at(event, 'title'), at(event, 'body')),
      fields: {
        'event.action': action,
        'rule.name': at(event, 'title'),
        'rule.id': at(event, 'monitorID'),
        'rule.description': at(event, 'description'),
        'labels.value': at(event, 'value'),
        'labels.query_start': at(event, 'queryStartTime'),
        'labels.query_end': at(event, 'queryEndTime'),
      },
      nativeId: `axiom ${text(at(event, 'monitorID'))} ${text(at(event, 'timestamp'))} ${action}`,
    }
  },
}

export const adapter = variantsAdapter('Axiom monitors', [monitor])
