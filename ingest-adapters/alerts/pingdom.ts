/**
 * Pingdom: webhooks, https://www.pingdom.com/resources/webhooks/ (`state_changed_timestamp` in seconds), and what the API lists, https://docs.pingdom.com/api/:
 * the alerts of `/actions`, the periods of `/summary.outage`, and the probes of `/results`, all in seconds.
 */
import { alertAction, alertText } from '../shared/alert-state.ts'
import { momentOf } from '../shared/event-items.ts'
import { at, isObject, text } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

const webhook: Variant = {
  is: (value) =>
    at(value, 'check_id') !== undefined &&
    typeof at(value, 'current_state') === 'string' &&
    (at(value, 'state_changed_timestamp') !== undefined || isObject(at(value, 'check_params'))),
  *events(value) {
    const action = alertAction(at(value, 'current_state'))
    const changed = at(value, 'state_changed_timestamp')
    yield {
      time: momentOf(changed, 's'),
      message: alertText(action, at(value, 'check_name'), at(value, 'long_description')),
      fields: {
        'event.action': action,
        'rule.name': at(value, 'check_name'),
        'rule.id': at(value, 'check_id'),
        'url.full': at(value, 'check_params', 'full_url'),
        'host.name': at(value, 'check_params', 'hostname'),
        'labels.previous_state': at(value, 'previous_state'),
        'labels.importance': at(value, 'importance_level'),
        'labels.probe': at(value, 'first_probe', 'location'),
        'labels.tags': at(value, 'tags'),
      },
      nativeId: `pingdom ${text(at(value, 'check_id'))} ${text(changed)} ${action}`,
    }
  },
}

const sent: Variant = {
  is: (value) =>
    at(value, 'checkid') !== undefined &&
    at(value, 'time') !== undefined &&
    typeof at(value, 'messageshort') === 'string',
  *events(value) {
    const action = alertAction(at(value, 'messageshort'))
    yield {
      time: momentOf(at(value, 'time'), 's'),
      message: alertText(action, at(value, 'messagefull') ?? at(value, 'messageshort')),
      fields: {
        'event.action': action,
        'rule.id': at(value, 'checkid'),
        'user.name': at(value, 'username'),
        'labels.via': at(value, 'via'),
        'labels.sent_to': at(value, 'sentto'),
      },
    }
  },
}

const period: Variant = {
  is: (value) =>
    typeof at(value, 'status') === 'string' &&
    typeof at(value, 'timefrom') === 'number' &&
    typeof at(value, 'timeto') === 'number',
  *events(value) {
    const action = alertAction(at(value, 'status'))
    yield {
      time: momentOf(at(value, 'timefrom'), 's'),
      message: alertText(action, `state ${text(at(value, 'status'))}`),
      fields: { 'event.action': action, 'labels.until': at(value, 'timeto') },
    }
  },
}

const probed: Variant = {
  is: (value) =>
    at(value, 'probeid') !== undefined &&
    typeof at(value, 'time') === 'number' &&
    typeof at(value, 'status') === 'string',
  *events(value) {
    const action = alertAction(at(value, 'status'))
    yield {
      time: momentOf(at(value, 'time'), 's'),
      message: alertText(
        action,
        `probe ${text(at(value, 'probeid'))}`,
        at(value, 'statusdesclong') ?? at(value, 'statusdesc'),
      ),
      fields: {
        'event.action': action,
        'labels.probe': at(value, 'probeid'),
        'labels.response_time_ms': at(value, 'responsetime'),
      },
    }
  },
}

export const adapter = variantsAdapter(
  'Pingdom',
  [webhook, sent, period, probed],
  [['actions', 'alerts'], ['summary', 'states'], ['results']],
)
