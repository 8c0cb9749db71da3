/**
 * Splunk On-Call, once VictorOps: what monitoring sends to its REST endpoint, https://help.victorops.com/knowledge-base/rest-endpoint-integration-guide/ (`message_type`,
 * `entity_id`, `state_start_time` and `timestamp` in seconds), and incidents as https://portal.victorops.com/public/api-docs.html lists them (`currentPhase`, `startTime`,
 * `transitions`; the reporting API has the same).
 */
import { alertAction, alertText } from '../shared/alert-state.ts'
import { momentOf, type Told } from '../shared/event-items.ts'
import { at, isObject, text, type JsonObject } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

const sent: Variant = {
  is: (value) =>
    typeof at(value, 'message_type') === 'string' &&
    at(value, 'entity_id') !== undefined &&
    (at(value, 'state_message') !== undefined ||
      at(value, 'state_start_time') !== undefined ||
      at(value, 'entity_display_name') !== undefined),
  *events(value) {
    const action = alertAction(at(value, 'message_type'))
    const time = at(value, 'state_start_time') ?? at(value, 'timestamp')
    const name = at(value, 'entity_display_name') ?? at(value, 'entity_id')
    yield {
      time: momentOf(time, 's'),
      message: alertText(action, name, at(value, 'state_message')),
      fields: {
        'event.action': action,
        'rule.name': name,
        'host.name': at(value, 'hostname') ?? at(value, 'host_name'),
        'user.name': at(value, 'ack_author'),
        'labels.entity': at(value, 'entity_id'),
        'labels.severity': at(value, 'message_type'),
        'labels.monitoring_tool': at(value, 'monitoring_tool'),
      },
      nativeId: `victorops ${text(at(value, 'entity_id'))} ${text(time)} ${action}`,
    }
  },
}

const transitionsOf = (value: JsonObject): JsonObject[] => {
  const list = at(value, 'transitions')
  return Array.isArray(list) ? list.filter(isObject) : []
}

const incident: Variant = {
  is: (value) =>
    at(value, 'incidentNumber') !== undefined &&
    typeof at(value, 'currentPhase') === 'string' &&
    typeof at(value, 'startTime') === 'string',
  *events(value) {
    const number = text(at(value, 'incidentNumber'))
    const name = at(value, 'entityDisplayName') ?? at(value, 'entityId')
    const one = (
      action: string,
      written: unknown,
      extra: Told['fields'],
      said?: unknown,
    ): Told => ({
      time: momentOf(written),
      message: alertText(action, `#${number} ${text(name) ?? ''}`, said),
      fields: {
        'event.action': action,
        'service.name': at(value, 'service'),
        'host.name': at(value, 'host'),
        'event.reference': at(value, 'incidentLink'),
        'labels.incident': number,
        'labels.entity': at(value, 'entityId'),
        'labels.teams': at(value, 'pagedTeams'),
        ...extra,
      },
      nativeId: `victorops incident ${number} ${action} ${text(written)}`,
    })
    const transitions = transitionsOf(value)
    if (!transitions.some((t) => alertAction(at(t, 'name')) === 'fired'))
      yield one('fired', at(value, 'startTime'), {}, at(value, 'faults') ?? at(value, 'service'))
    for (const transition of transitions) {
      const action = alertAction(at(transition, 'name'))
      const person = { 'user.name': at(transition, 'by') }
      yield one(action, at(transition, 'at'), person, at(transition, 'message'))
    }
  },
}

export const adapter = variantsAdapter('Splunk On-Call', [sent, incident], [['incidents']])
