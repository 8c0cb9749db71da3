/**
 * Azure Monitor, https://learn.microsoft.com/en-us/azure/azure-monitor/alerts/alerts-common-schema (`schemaId` azureMonitorCommonAlertSchema: an alert that is over
 * gives two events), the older payloads of each service, https://learn.microsoft.com/en-us/azure/azure-monitor/alerts/alerts-non-common-schema-definitions (metric alerts
 * with `data.context.timestamp`, classic ones with `context` outside, activity log, log alerts with the end of the search), and alerts as the REST API lists them.
 */
import { alertAction, alertText } from '../shared/alert-state.ts'
import { momentOf, type Told } from '../shared/event-items.ts'
import { at, isObject, text, type JsonObject } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

/** Both states of an alert, from the part that the common schema and the API share. */
function* bothStates(
  essentials: unknown,
  id: unknown,
  begun: unknown,
  over: unknown,
): Generator<Told> {
  for (const [action, written] of [
    ['fired', begun],
    ['resolved', over],
  ] as const) {
    const name = at(essentials, 'alertRule')
    yield {
      time: momentOf(written),
      message: alertText(action, name, at(essentials, 'description')),
      fields: {
        'event.action': action,
        'rule.name': name,
        'rule.description': at(essentials, 'description'),
        'event.reference': at(essentials, 'investigationLink'),
        'labels.severity': at(essentials, 'severity'),
        'labels.signal': at(essentials, 'signalType'),
        'labels.monitoring_service':
          at(essentials, 'monitoringService') ?? at(essentials, 'monitorService'),
        'labels.targets': at(essentials, 'alertTargetIDs') ?? at(essentials, 'targetResource'),
      },
      nativeId: `azure ${text(id) ?? text(name)} ${text(begun)} ${action}`,
    }
  }
}

const common: Variant = {
  is: (value) => isObject(at(value, 'data', 'essentials')),
  events(value) {
    const essentials = at(value, 'data', 'essentials')
    return bothStates(
      essentials,
      at(essentials, 'alertId'),
      at(essentials, 'firedDateTime'),
      at(essentials, 'resolvedDateTime'),
    )
  },
}

const listed: Variant = {
  is: (value) => isObject(at(value, 'properties', 'essentials')),
  events(value) {
    const essentials = at(value, 'properties', 'essentials')
    return bothStates(
      essentials,
      at(value, 'id'),
      at(essentials, 'startDateTime'),
      at(essentials, 'monitorConditionResolvedDateTime'),
    )
  },
}

const contextOf = (value: JsonObject): unknown =>
  at(value, 'data', 'context') ?? at(value, 'context')

const metric: Variant = {
  is: (value) =>
    isObject(contextOf(value)) &&
    typeof at(contextOf(value), 'timestamp') === 'string' &&
    typeof (at(value, 'data', 'status') ?? at(value, 'status')) === 'string',
  *events(value) {
    const context = contextOf(value)
    const state = at(value, 'data', 'status') ?? at(value, 'status')
    const action = alertAction(state)
    const time = at(context, 'timestamp')
    yield {
      time: momentOf(time),
      message: alertText(action, at(context, 'name'), at(context, 'description')),
      fields: {
        'event.action': action,
        'rule.name': at(context, 'name'),
        'cloud.region': at(context, 'resourceRegion'),
        'event.reference': at(context, 'portalLink'),
        'labels.severity': at(context, 'severity'),
        'labels.condition_type': at(context, 'conditionType'),
        'labels.resource': at(context, 'resourceId') ?? at(context, 'resourceName'),
      },
      nativeId: `azure ${text(at(context, 'id')) ?? text(at(context, 'name'))} ${text(time)} ${action}`,
    }
  },
}

const activity: Variant = {
  is: (value) => isObject(at(value, 'data', 'context', 'activityLog')),
  *events(value) {
    const log = at(value, 'data', 'context', 'activityLog')
    const said =
      at(log, 'description') ??
      at(log, 'properties', 'title') ??
      at(log, 'properties', 'currentHealthStatus')
    const event = text(at(log, 'eventDataId'))
    yield {
      time: momentOf(at(log, 'eventTimestamp')) ?? momentOf(at(log, 'submissionTimestamp')),
      message: alertText('fired', at(log, 'operationName'), said ?? at(log, 'status')),
      fields: {
        'event.action': 'fired',
        'user.name': at(log, 'caller'),
        'log.level': at(log, 'level'),
        'labels.operation': at(log, 'operationName'),
        'labels.status': at(log, 'status'),
        'labels.resource': at(log, 'resourceId'),
      },
      nativeId: event === undefined ? undefined : `azure activity ${event}`,
    }
  },
}

const logSearch: Variant = {
  is: (value) =>
    isObject(at(value, 'data')) &&
    typeof at(value, 'data', 'AlertRuleName') === 'string' &&
    at(value, 'data', 'SearchQuery') !== undefined,
  *events(value) {
    const data = at(value, 'data')
    const end = at(data, 'SearchIntervalEndtimeUtc') ?? at(data, 'SearchIntervalEndTimeUtc')
    yield {
      // Its zone is in the member's name.
      time: inUtc(momentOf(end)),
      message: alertText('fired', at(data, 'AlertRuleName'), at(data, 'Description')),
      fields: {
        'event.action': 'fired',
        'rule.name': at(data, 'AlertRuleName'),
        'event.reference': at(data, 'LinkToSearchResults'),
        'labels.severity': at(data, 'Severity'),
        'labels.query': at(data, 'SearchQuery'),
        'labels.results': at(data, 'ResultCount'),
      },
    }
  },
}

const inUtc = (time: Told['time']): Told['time'] =>
  typeof time === 'object' && time.offset === undefined ? { ...time, offset: 0 } : time

export const adapter = variantsAdapter(
  'Azure Monitor alerts',
  [common, listed, activity, logSearch, metric],
  [['value']],
)
