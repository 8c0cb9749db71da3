/**
 * Uptime Kuma: webhooks, https://github.com/louislam/uptime-kuma/blob/master/server/notification-providers/webhook.js (`heartbeat`, `monitor`, `msg`), and heartbeats as
 * its backup and socket give them. `heartbeat.time` is UTC without a zone; `localDateTime` is the same moment in the zone of `timezoneOffset`.
 */
import { alertText } from '../shared/alert-state.ts'
import { momentOf, type Told } from '../shared/event-items.ts'
import { at, isObject, text } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

const STATES = ['fired', 'resolved', 'pending', 'maintenance']

const utc = (time: Told['time']): Told['time'] =>
  typeof time === 'object' && time.offset === undefined ? { ...time, offset: 0 } : time

function heartbeatTold(beat: unknown, monitor: unknown, said: unknown): Told {
  const action = STATES[Number(at(beat, 'status'))] ?? 'changed'
  const id = text(at(beat, 'monitorID')) ?? text(at(beat, 'monitor_id'))
  const time = at(beat, 'time')
  return {
    time: utc(momentOf(time)),
    message: alertText(action, at(monitor, 'name') ?? `monitor ${id}`, at(beat, 'msg') || said),
    fields: {
      'event.action': action,
      'rule.name': at(monitor, 'name'),
      'rule.id': id,
      'url.full': at(monitor, 'url'),
      'host.name': at(monitor, 'hostname'),
      'labels.type': at(monitor, 'type'),
      'labels.ping_ms': at(beat, 'ping'),
      'labels.duration_s': at(beat, 'duration'),
    },
    nativeId: `uptime kuma ${id} ${text(time)} ${action}`,
  }
}

const isBeat = (value: unknown): boolean =>
  (at(value, 'monitorID') !== undefined || at(value, 'monitor_id') !== undefined) &&
  at(value, 'status') !== undefined &&
  typeof at(value, 'time') === 'string'

const webhook: Variant = {
  is: (value) => isBeat(at(value, 'heartbeat')) && isObject(at(value, 'monitor')),
  *events(value) {
    yield heartbeatTold(at(value, 'heartbeat'), at(value, 'monitor'), at(value, 'msg'))
  },
}

const heartbeat: Variant = {
  is: (value) => isBeat(value) && at(value, 'important') !== undefined,
  *events(value) {
    yield heartbeatTold(value, undefined, undefined)
  },
}

export const adapter = variantsAdapter(
  'Uptime Kuma',
  [webhook, heartbeat],
  [['heartbeats'], ['heartbeatList']],
)
