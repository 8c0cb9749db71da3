/**
 * Graylog: HTTP notifications of events, https://go2docs.graylog.org/current/interacting_with_your_log_data/notifications.html (`event_definition_id` and `event`
 * with `timestamp`), and the alarm callback before version 3 (`check_result` with `triggered_at`). Graylog tells no end of an alert.
 */
import { alertText } from '../shared/alert-state.ts'
import { momentOf } from '../shared/event-items.ts'
import { at, isObject, text } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

const PRIORITIES = ['', 'low', 'normal', 'high', 'critical']

const event: Variant = {
  is: (value) =>
    typeof at(value, 'event_definition_id') === 'string' &&
    at(value, 'event', 'timestamp') !== undefined,
  *events(value) {
    const inner = at(value, 'event')
    yield {
      time: momentOf(at(inner, 'timestamp')),
      message: alertText('fired', at(value, 'event_definition_title'), at(inner, 'message')),
      fields: {
        'event.action': 'fired',
        'rule.name': at(value, 'event_definition_title'),
        'rule.id': at(value, 'event_definition_id'),
        'rule.description': at(value, 'event_definition_description'),
        'host.name': at(inner, 'source'),
        'labels.key': at(inner, 'key'),
        'labels.priority': PRIORITIES[Number(at(inner, 'priority'))],
      },
      nativeId: `graylog event ${text(at(inner, 'id'))}`,
    }
  },
}

const callback: Variant = {
  is: (value) =>
    at(value, 'check_result', 'triggered_at') !== undefined ||
    (isObject(at(value, 'check_result', 'triggered_condition')) && isObject(at(value, 'stream'))),
  *events(value) {
    const check = at(value, 'check_result')
    const time = at(check, 'triggered_at')
    const condition = at(check, 'triggered_condition', 'id')
    yield {
      time: momentOf(time),
      message: alertText('fired', at(value, 'stream', 'title'), at(check, 'result_description')),
      fields: {
        'event.action': 'fired',
        'rule.name': at(value, 'stream', 'title'),
        'rule.id': condition,
        'rule.description': at(check, 'triggered_condition', 'description'),
        'labels.stream': at(value, 'stream', 'id'),
      },
      nativeId: `graylog ${text(condition)} ${text(time)}`,
    }
  },
}

export const adapter = variantsAdapter('Graylog alerts', [event, callback])
