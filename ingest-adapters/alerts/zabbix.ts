/**
 * Zabbix: what `event.get` and `problem.get` answer, https://www.zabbix.com/documentation/current/en/manual/api/reference/problem/object (`clock` and `ns`, a problem with
 * `r_clock` gives two events), `alert.get` (what was sent), the real-time export of events, https://www.zabbix.com/documentation/current/en/manual/appendix/protocols/real_time_export (a recovery
 * names its problem in `p_eventid`), and webhooks with the documented parameters `event_id`, `event_date`, `event_time`. A value of 1 is a problem, 0 a recovery.
 */
import { alertAction, alertText } from '../shared/alert-state.ts'
import { epochStamp } from '../shared/epoch-stamp.ts'
import { momentOf, type Told } from '../shared/event-items.ts'
import { at, isObject, text, type JsonObject } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

const SEVERITIES = ['not classified', 'information', 'warning', 'average', 'high', 'disaster']

/** Seconds and nanoseconds stand in two members, as numbers or as texts. */
function clockOf(clock: unknown, ns: unknown): Told['time'] {
  const seconds = text(clock)
  if (seconds === undefined || seconds === '0' || !/^\d{1,12}$/.test(seconds)) return undefined
  const nanos = text(ns)
  return nanos !== undefined && /^\d{1,9}$/.test(nanos)
    ? epochStamp(`${seconds}.${nanos.padStart(9, '0')}`, 's')
    : epochStamp(seconds, 's')
}

const namesOf = (list: unknown): string[] =>
  Array.isArray(list)
    ? list.flatMap((one) => text(isObject(one) ? (at(one, 'host') ?? at(one, 'name')) : one) ?? [])
    : []

function told(value: JsonObject, action: string, id: string | undefined, time: Told['time']): Told {
  const hosts = namesOf(at(value, 'hosts'))
  const name = text(at(value, 'name'))
  const severity = text(at(value, 'severity'))
  return {
    time,
    message: alertText(action, name ?? `event ${id}`, hosts.join(', ') || undefined),
    fields: {
      'event.action': action,
      'rule.name': name,
      'rule.id': at(value, 'objectid'),
      'host.name': hosts[0],
      'labels.event': id,
      'labels.problem': at(value, 'p_eventid'),
      'labels.severity': severity === undefined ? undefined : SEVERITIES[Number(severity)],
      'labels.groups': namesOf(at(value, 'groups')),
      'labels.acknowledged': at(value, 'acknowledged'),
    },
    nativeId: `zabbix event ${id}`,
  }
}

const event: Variant = {
  is: (value) =>
    at(value, 'eventid') !== undefined &&
    at(value, 'clock') !== undefined &&
    (at(value, 'ns') !== undefined || at(value, 'value') !== undefined),
  *events(value) {
    const over = text(at(value, 'value')) === '0'
    const id = text(at(value, 'eventid'))
    yield told(value, over ? 'resolved' : 'fired', id, clockOf(at(value, 'clock'), at(value, 'ns')))
    const recovery = clockOf(at(value, 'r_clock'), at(value, 'r_ns'))
    if (recovery !== undefined)
      yield told(value, 'resolved', text(at(value, 'r_eventid')), recovery)
  },
}

/** What was sent to people: https://www.zabbix.com/documentation/current/en/manual/api/reference/alert/object */
const sent: Variant = {
  is: (value) =>
    at(value, 'alertid') !== undefined &&
    at(value, 'clock') !== undefined &&
    at(value, 'sendto') !== undefined,
  *events(value) {
    const said = text(at(value, 'subject')) ?? text(at(value, 'message'))
    yield {
      time: clockOf(at(value, 'clock'), undefined),
      message: `notified ${text(at(value, 'sendto')) ?? 'nobody'}: ${said ?? ''}`,
      fields: {
        'event.action': 'notified',
        'labels.event': at(value, 'eventid'),
        'labels.problem': at(value, 'p_eventid'),
        'labels.error': at(value, 'error'),
      },
      nativeId: `zabbix alert ${text(at(value, 'alertid'))}`,
    }
  },
}

const webhook: Variant = {
  is: (value) =>
    at(value, 'event_id') !== undefined &&
    typeof at(value, 'event_date') === 'string' &&
    typeof at(value, 'event_time') === 'string',
  *events(value) {
    const state = text(at(value, 'event_value')) === '0' ? 'resolved' : at(value, 'event_status')
    const over = alertAction(state ?? 'problem') === 'resolved'
    const action = over ? 'resolved' : 'fired'
    const recovery = [at(value, 'event_recovery_date'), at(value, 'event_recovery_time')]
    const begun = [at(value, 'event_date'), at(value, 'event_time')]
    const parts = over && recovery.every((part) => /^\d/.test(text(part) ?? '')) ? recovery : begun
    const id = text(at(value, 'event_id'))
    yield {
      time: momentOf(parts.join(' ')),
      message: alertText(
        action,
        at(value, 'event_name') ?? at(value, 'alert_subject') ?? at(value, 'trigger_name'),
        at(value, 'event_opdata') ?? at(value, 'alert_message'),
      ),
      fields: {
        'event.action': action,
        'rule.name': at(value, 'event_name') ?? at(value, 'trigger_name'),
        'host.name': at(value, 'host_name') ?? at(value, 'host'),
        'host.ip': at(value, 'host_ip'),
        'event.reference': at(value, 'zabbix_url'),
        'labels.event': id,
        'labels.severity': at(value, 'event_severity') ?? at(value, 'trigger_severity'),
      },
      nativeId: `zabbix problem ${id} ${action}`,
    }
  },
}

export const adapter = variantsAdapter('Zabbix events', [event, sent, webhook], [['result']])
