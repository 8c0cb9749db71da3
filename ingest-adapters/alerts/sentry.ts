/**
 * Sentry: webhooks of integrations, https://docs.sentry.io/organization/integrations/integration-platform/webhooks/ (`action` and `data` with an issue, an event alert,
 * a metric alert, an error or a comment), the older plug-in's (`project_name`, `event` with `received` and `timestamp` in seconds), and what the API lists:
 * issues (the first and the last time that they were seen) and events, https://docs.sentry.io/api/events/.
 */
import { alertAction, alertText } from '../shared/alert-state.ts'
import { momentOf, type Told } from '../shared/event-items.ts'
import { at, isObject, text, type JsonObject } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

const issueFields = (issue: unknown): Told['fields'] => ({
  'service.name': at(issue, 'project', 'slug') ?? at(issue, 'project', 'name'),
  'event.reference': at(issue, 'permalink') ?? at(issue, 'web_url'),
  'log.level': at(issue, 'level'),
  'error.type': at(issue, 'metadata', 'type'),
  'labels.issue': at(issue, 'shortId') ?? at(issue, 'id'),
  'labels.culprit': at(issue, 'culprit'),
  'labels.count': at(issue, 'count'),
})

const inApp = (value: JsonObject): boolean =>
  typeof at(value, 'action') === 'string' && isObject(at(value, 'data'))

/** When people resolve, assign or archive an issue is not in the payload. */
const ISSUE_TIMES: ReadonlyMap<string, string> = new Map([
  ['fired', 'firstSeen'],
  ['unresolved', 'lastSeen'],
])

const appIssue: Variant = {
  is: (value) => inApp(value) && isObject(at(value, 'data', 'issue')),
  *events(value) {
    const issue = at(value, 'data', 'issue')
    const action = alertAction(at(value, 'action'))
    const written = at(issue, ISSUE_TIMES.get(action) ?? '')
    yield {
      time: momentOf(written),
      message: alertText(action, at(issue, 'title'), at(issue, 'culprit')),
      fields: {
        ...issueFields(issue),
        'event.action': action,
        'user.name': at(value, 'actor', 'type') === 'user' ? at(value, 'actor', 'name') : undefined,
      },
      nativeId: `sentry issue ${text(at(issue, 'id'))} ${action} ${text(written)}`,
    }
  },
}

const eventOf = (value: JsonObject): unknown =>
  at(value, 'data', 'event') ?? at(value, 'data', 'error')

const appEvent: Variant = {
  is: (value) => inApp(value) && at(eventOf(value), 'event_id') !== undefined,
  *events(value) {
    const event = eventOf(value)
    yield {
      time: momentOf(at(event, 'datetime')) ?? momentOf(at(event, 'timestamp'), 's'),
      message: alertText('fired', at(event, 'title') ?? at(event, 'message'), at(event, 'culprit')),
      fields: {
        ...issueFields(event),
        'event.action': alertAction(at(value, 'action')),
        'rule.name': at(value, 'data', 'triggered_rule'),
        'service.environment': at(event, 'environment'),
        'labels.issue': at(event, 'issue_id'),
        'labels.release': at(event, 'release'),
      },
      nativeId: `sentry event ${text(at(event, 'event_id'))}`,
    }
  },
}

const METRIC_TIMES: ReadonlyMap<string, string> = new Map([
  ['fired', 'date_started'],
  ['resolved', 'date_closed'],
])

const metricAlert: Variant = {
  is: (value) => inApp(value) && isObject(at(value, 'data', 'metric_alert')),
  *events(value) {
    const alert = at(value, 'data', 'metric_alert')
    const reached = alertAction(at(value, 'action'))
    for (const action of reached === 'resolved' ? ['fired', 'resolved'] : [reached]) {
      const key = METRIC_TIMES.get(action) ?? 'date_detected'
      const name = at(alert, 'alert_rule', 'name') ?? at(alert, 'title')
      const said = action === reached ? at(value, 'data', 'description_text') : undefined
      yield {
        time: momentOf(at(alert, key)) ?? momentOf(at(alert, 'date_created')),
        message: alertText(action, name, said),
        fields: {
          'event.action': action,
          'rule.name': name,
          'event.reference': at(value, 'data', 'web_url'),
          'service.name': at(alert, 'projects'),
          'labels.incident': at(alert, 'identifier'),
          'labels.severity': at(value, 'action'),
        },
        nativeId: `sentry metric alert ${text(at(alert, 'id'))} ${text(at(alert, 'date_started'))} ${action}`,
      }
    }
  },
}

const comment: Variant = {
  is: (value) =>
    inApp(value) &&
    typeof at(value, 'data', 'comment') === 'string' &&
    at(value, 'data', 'issue_id') !== undefined,
  *events(value) {
    yield {
      time: momentOf(at(value, 'data', 'timestamp')),
      message: String(at(value, 'data', 'comment')),
      fields: {
        'event.action': 'annotated',
        'user.name': at(value, 'actor', 'name'),
        'service.name': at(value, 'data', 'project_slug'),
        'labels.issue': at(value, 'data', 'issue_id'),
      },
      nativeId: `sentry comment ${text(at(value, 'data', 'comment_id'))} ${text(at(value, 'action'))}`,
    }
  },
}

const plugin: Variant = {
  is: (value) =>
    typeof at(value, 'project_name') === 'string' &&
    typeof at(value, 'culprit') === 'string' &&
    isObject(at(value, 'event')),
  *events(value) {
    const event = at(value, 'event')
    const id = text(at(event, 'event_id'))
    yield {
      time: momentOf(at(event, 'timestamp'), 's') ?? momentOf(at(event, 'received'), 's'),
      message: alertText('fired', at(event, 'title') ?? at(value, 'message'), at(value, 'culprit')),
      fields: {
        'event.action': 'fired',
        'service.name': at(value, 'project_slug') ?? at(value, 'project'),
        'service.environment': at(event, 'environment'),
        'log.level': at(value, 'level'),
        'event.reference': at(value, 'url'),
        'rule.name': at(value, 'triggering_rules'),
        'labels.issue': at(value, 'id'),
      },
      nativeId: id === undefined ? undefined : `sentry event ${id}`,
    }
  },
}

const listedIssue: Variant = {
  is: (value) =>
    typeof at(value, 'shortId') === 'string' &&
    typeof at(value, 'firstSeen') === 'string' &&
    at(value, 'culprit') !== undefined,
  *events(value) {
    for (const [action, key] of [
      ['fired', 'firstSeen'],
      ['last-seen', 'lastSeen'],
    ] as const) {
      yield {
        time: momentOf(at(value, key)),
        message: alertText(action, at(value, 'title'), at(value, 'culprit')),
        fields: { ...issueFields(value), 'event.action': action },
        nativeId: `sentry issue ${text(at(value, 'id'))} ${action} ${text(at(value, key))}`,
      }
    }
  },
}

const listedEvent: Variant = {
  is: (value) =>
    typeof at(value, 'eventID') === 'string' &&
    (at(value, 'groupID') !== undefined || at(value, 'projectID') !== undefined) &&
    typeof at(value, 'dateCreated') === 'string',
  *events(value) {
    yield {
      time: momentOf(at(value, 'dateCreated')),
      message: text(at(value, 'title')) ?? text(at(value, 'message')) ?? 'event',
      fields: {
        'event.action': 'error',
        'labels.issue': at(value, 'groupID'),
        'labels.culprit': at(value, 'culprit'),
      },
      nativeId: `sentry event ${text(at(value, 'eventID'))}`,
    }
  },
}

export const adapter = variantsAdapter('Sentry issues and alerts', [
  metricAlert,
  appEvent,
  comment,
  appIssue,
  plugin,
  listedIssue,
  listedEvent,
])
