/**
 * Opsgenie and the operations of Jira Service Management: webhooks,
 * https://support.atlassian.com/opsgenie/docs/opsgenie-edge-connector-alert-action-data/ (`action` and `alert`; `createdAt` counts milliseconds, `updatedAt`
 * nanoseconds, in older payloads milliseconds, and tells when the action was), alerts as https://docs.opsgenie.com/docs/alert-api lists them (of each its beginning,
 * its acknowledgement and its end, which `report` tells as milliseconds after the beginning), and the log of an alert.
 */
import { alertAction, alertText } from '../shared/alert-state.ts'
import { later, momentOf, type Told } from '../shared/event-items.ts'
import { at, isObject, text, type JsonObject } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

const idOf = (alert: unknown): string | undefined =>
  text(at(alert, 'alertId')) ?? text(at(alert, 'id'))

const fieldsOf = (alert: unknown): Told['fields'] => ({
  'rule.name': at(alert, 'message'),
  'labels.alert': idOf(alert),
  'labels.alias': at(alert, 'alias'),
  'labels.tiny_id': at(alert, 'tinyId'),
  'labels.priority': at(alert, 'priority'),
  'labels.entity': at(alert, 'entity'),
  'labels.tags': at(alert, 'tags'),
})

const webhook: Variant = {
  is: (value) =>
    typeof at(value, 'action') === 'string' &&
    isObject(at(value, 'alert')) &&
    idOf(at(value, 'alert')) !== undefined &&
    typeof at(value, 'alert', 'message') === 'string' &&
    at(value, 'alert', 'tinyId') !== undefined,
  *events(value) {
    const alert = at(value, 'alert')
    const action = alertAction(at(value, 'action'))
    const written = action === 'fired' ? at(alert, 'createdAt') : at(alert, 'updatedAt')
    const id = `opsgenie ${idOf(alert)} ${action}`
    yield {
      time: momentOf(written ?? at(alert, 'createdAt')),
      message: alertText(
        action,
        at(alert, 'message'),
        at(alert, 'note') ?? at(alert, 'description'),
      ),
      fields: {
        ...fieldsOf(alert),
        'event.action': action,
        'user.name': action === 'fired' ? undefined : at(alert, 'username'),
        'labels.source': at(value, 'source', 'name') ?? at(alert, 'source'),
        'labels.integration': at(value, 'integrationName'),
      },
      nativeId: action === 'fired' ? id : `${id} ${text(written)}`,
    }
  },
}

function stateOf(alert: JsonObject, action: string, user: unknown, time: Told['time']): Told {
  return {
    time,
    message: alertText(action, at(alert, 'message'), at(alert, 'description')),
    fields: { ...fieldsOf(alert), 'event.action': action, 'user.name': user },
    nativeId: `opsgenie ${idOf(alert)} ${action}`,
  }
}

const listed: Variant = {
  is: (value) =>
    at(value, 'tinyId') !== undefined &&
    typeof at(value, 'message') === 'string' &&
    typeof at(value, 'createdAt') === 'string' &&
    (at(value, 'status') === 'open' || at(value, 'status') === 'closed'),
  *events(value) {
    const begun = momentOf(at(value, 'createdAt'))
    const report = at(value, 'report')
    yield stateOf(value, 'fired', undefined, begun)
    const acknowledged = later(begun, at(report, 'ackTime'))
    yield stateOf(value, 'acknowledged', at(report, 'acknowledgedBy'), acknowledged)
    yield stateOf(value, 'resolved', at(report, 'closedBy'), later(begun, at(report, 'closeTime')))
  },
}

const logged: Variant = {
  is: (value) =>
    typeof at(value, 'log') === 'string' &&
    typeof at(value, 'type') === 'string' &&
    typeof at(value, 'createdAt') === 'string' &&
    at(value, 'offset') !== undefined,
  *events(value) {
    yield {
      time: momentOf(at(value, 'createdAt')),
      message: String(at(value, 'log')),
      fields: {
        'event.action': alertAction(at(value, 'type')),
        'user.name': at(value, 'owner'),
      },
    }
  },
}

export const adapter = variantsAdapter(
  'Opsgenie and Jira Service Management alerts',
  [webhook, listed, logged],
  [['data']],
)
