/**
 * New Relic: webhooks of alert policies, https://docs.newrelic.com/docs/alerts/get-notified/customize-your-webhook-payload/ (`current_state`, `timestamp` in milliseconds);
 * of workflows, https://docs.newrelic.com/docs/alerts/get-notified/custom-variables-incident-workflows/ (`issueUrl`, `state`, `createdAt` and `updatedAt` in milliseconds:
 * the beginning, and when it came to that state); and incidents as NrAiIncident lists them (`event`, `incidentId`, `openTime`, `closeTime`, in milliseconds).
 */
import { alertAction, alertText } from '../shared/alert-state.ts'
import { momentOf } from '../shared/event-items.ts'
import { at, text } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

const policy: Variant = {
  is: (value) =>
    typeof at(value, 'current_state') === 'string' &&
    typeof at(value, 'condition_name') === 'string' &&
    (typeof at(value, 'policy_name') === 'string' || at(value, 'incident_id') !== undefined),
  *events(value) {
    const action = alertAction(at(value, 'current_state'))
    const id = text(at(value, 'incident_id'))
    const time = momentOf(at(value, 'timestamp'), 'ms')
    const when = typeof time === 'object' ? time.original : ''
    yield {
      time,
      message: alertText(action, at(value, 'condition_name'), at(value, 'details')),
      fields: {
        'event.action': action,
        'rule.name': at(value, 'condition_name'),
        'rule.id': at(value, 'condition_id'),
        'rule.ruleset': at(value, 'policy_name'),
        'user.name': action === 'acknowledged' ? at(value, 'owner') : undefined,
        'event.reference': at(value, 'incident_url'),
        'labels.incident': id,
        'labels.severity': at(value, 'severity'),
        'labels.event_type': at(value, 'event_type'),
        'labels.account': at(value, 'account_name'),
        'labels.runbook': at(value, 'runbook_url'),
      },
      nativeId: id === undefined ? undefined : `new relic incident ${id} ${action} ${when}`,
    }
  },
}

const SAME_AS_BEGUN: ReadonlySet<string> = new Set(['created', 'fired'])

const workflow: Variant = {
  is: (value) =>
    typeof (at(value, 'issueUrl') ?? at(value, 'issuePageUrl')) === 'string' &&
    typeof at(value, 'state') === 'string' &&
    at(value, 'title') !== undefined,
  *events(value) {
    const state = text(at(value, 'state')) ?? 'changed'
    const id = text(at(value, 'id')) ?? text(at(value, 'issueId'))
    const fields = {
      'rule.name': at(value, 'alertConditionNames'),
      'rule.ruleset': at(value, 'alertPolicyNames'),
      'event.reference': at(value, 'issueUrl') ?? at(value, 'issuePageUrl'),
      'labels.issue': id,
      'labels.priority': at(value, 'priority'),
      'labels.entities': at(value, 'impactedEntities'),
      'labels.workflow': at(value, 'workflowName'),
    }
    const reached = state === 'ACTIVATED' ? 'activated' : alertAction(state)
    for (const [action, key] of [
      ['fired', 'createdAt'],
      [reached, 'updatedAt'],
    ] as const) {
      if (key === 'updatedAt' && SAME_AS_BEGUN.has(action)) continue
      yield {
        time: momentOf(at(value, key), 'ms'),
        message: alertText(action, at(value, 'title')),
        fields: { ...fields, 'event.action': action },
        nativeId:
          id === undefined ? undefined : `new relic issue ${id} ${action} ${text(at(value, key))}`,
      }
    }
  },
}

const incident: Variant = {
  is: (value) =>
    at(value, 'incidentId') !== undefined &&
    at(value, 'conditionName') !== undefined &&
    (at(value, 'openTime') !== undefined || at(value, 'event') !== undefined),
  *events(value) {
    const over = at(value, 'event') === 'close'
    const id = text(at(value, 'incidentId'))
    for (const [action, key] of [
      ['fired', 'openTime'],
      ['resolved', 'closeTime'],
    ] as const) {
      if (over !== (action === 'resolved') && at(value, key) === undefined) continue
      yield {
        time: momentOf(at(value, key) ?? at(value, 'timestamp'), 'ms'),
        message: alertText(action, at(value, 'conditionName'), at(value, 'title')),
        fields: {
          'event.action': action,
          'rule.name': at(value, 'conditionName'),
          'rule.ruleset': at(value, 'policyName'),
          'event.reference': at(value, 'incidentLink') ?? at(value, 'violationUrl'),
          'labels.incident': id,
          'labels.priority': at(value, 'priority'),
          'labels.entity': at(value, 'entity.name') ?? at(value, 'targetName'),
        },
        nativeId: `new relic incident ${id} ${action}`,
      }
    }
  },
}

export const adapter = variantsAdapter(
  'New Relic alerts',
  [policy, workflow, incident],
  [['results'], ['events']],
)
