/**
 * Checkly: webhooks with the variables of https://www.checklyhq.com/docs/alerting-and-retries/webhooks/ (`alert_type`, `check_name`, `started_at`: when the run began that
 * changed the state), and results as its API lists them (`hasFailures`, `checkRunId`, `startedAt`).
 */
import { alertText } from '../shared/alert-state.ts'
import { momentOf } from '../shared/event-items.ts'
import { at, text } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

const ACTIONS: ReadonlyMap<string, string> = new Map([
  ['ALERT_FAILURE', 'fired'],
  ['ALERT_FAILURE_REMAIN', 'fired'],
  ['ALERT_RECOVERY', 'resolved'],
  ['ALERT_DEGRADED_RECOVERY', 'resolved'],
  ['ALERT_DEGRADED', 'degraded'],
  ['ALERT_DEGRADED_FAILURE', 'fired'],
  ['ALERT_DEGRADED_REMAIN', 'degraded'],
  ['ALERT_SSL', 'expiring'],
])

const webhook: Variant = {
  is: (value) => {
    const type = at(value, 'alert_type')
    return (
      typeof type === 'string' &&
      type.startsWith('ALERT_') &&
      typeof at(value, 'check_name') === 'string' &&
      (at(value, 'check_result_id') !== undefined || at(value, 'started_at') !== undefined)
    )
  },
  *events(value) {
    const action = ACTIONS.get(String(at(value, 'alert_type'))) ?? 'changed'
    const result = text(at(value, 'check_result_id'))
    yield {
      time: momentOf(at(value, 'started_at')),
      message: alertText(
        action,
        at(value, 'check_name'),
        at(value, 'check_error_message') || at(value, 'event'),
      ),
      fields: {
        'event.action': action,
        'rule.name': at(value, 'check_name'),
        'rule.id': at(value, 'check_id'),
        'event.reference': at(value, 'link'),
        'http.response.status_code': at(value, 'api_check_response_status_code'),
        'labels.location': at(value, 'run_location'),
        'labels.response_time_ms': at(value, 'response_time'),
      },
      nativeId: result === undefined ? undefined : `checkly result ${result} ${action}`,
    }
  },
}

const result: Variant = {
  is: (value) =>
    typeof at(value, 'hasFailures') === 'boolean' &&
    at(value, 'checkId') !== undefined &&
    typeof at(value, 'startedAt') === 'string',
  *events(value) {
    const action = at(value, 'hasFailures') === true ? 'fired' : 'passed'
    yield {
      time: momentOf(at(value, 'startedAt')),
      message: alertText(action, at(value, 'name') ?? `check ${text(at(value, 'checkId'))}`),
      fields: {
        'event.action': action,
        'rule.id': at(value, 'checkId'),
        'labels.location': at(value, 'runLocation'),
        'labels.response_time_ms': at(value, 'responseTime'),
      },
      nativeId: `checkly result ${text(at(value, 'id'))} ${action}`,
    }
  },
}

export const adapter = variantsAdapter('Checkly', [webhook, result])
