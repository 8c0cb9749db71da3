/**
 * UptimeRobot: webhooks, https://uptimerobot.com/help/web-hook-alert-contacts/, whose template the user writes with the documented names in any spelling
 * (`monitorID`, `monitorFriendlyName`, `alertType`, `alertDateTime` in seconds), and monitors with their logs as https://uptimerobot.com/api/ lists them (`datetime` in seconds).
 * A template without `alertDateTime` tells no time.
 */
import { alertText } from '../shared/alert-state.ts'
import { momentOf, type Told } from '../shared/event-items.ts'
import { at, isObject, text, type JsonObject } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

/** https://uptimerobot.com/api/: the types of a log, which a webhook calls `alertType`. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['1', 'fired'],
  ['2', 'resolved'],
  ['3', 'expiring'],
  ['98', 'started'],
  ['99', 'paused'],
])
const typeOf = (value: unknown): string => TYPES.get(text(value) ?? '') ?? 'changed'

/** The member that a template calls `alertDateTime`, `alert_date_time` or `alert-datetime`. */
const named = (value: JsonObject, name: string): unknown =>
  Object.entries(value).find(([key]) => key.toLowerCase().replace(/[^a-z]/g, '') === name)?.[1]

const webhook: Variant = {
  is: (value) =>
    named(value, 'monitorfriendlyname') !== undefined &&
    (named(value, 'alerttype') !== undefined ||
      named(value, 'alerttypefriendlyname') !== undefined),
  *events(value) {
    const action = typeOf(named(value, 'alerttype'))
    const time = named(value, 'alertdatetime')
    const id = text(named(value, 'monitorid'))
    yield {
      time: momentOf(time, 's'),
      message: alertText(action, named(value, 'monitorfriendlyname'), named(value, 'alertdetails')),
      fields: {
        'event.action': action,
        'rule.name': named(value, 'monitorfriendlyname'),
        'rule.id': id,
        'url.full': named(value, 'monitorurl'),
        'labels.duration_s': named(value, 'alertduration'),
      },
      nativeId: id === undefined ? undefined : `uptimerobot ${id} ${text(time)} ${action}`,
    }
  },
}

const monitor: Variant = {
  is: (value) =>
    typeof at(value, 'friendly_name') === 'string' &&
    at(value, 'url') !== undefined &&
    Array.isArray(at(value, 'logs')),
  *events(value) {
    const id = text(at(value, 'id')) ?? text(at(value, 'url'))
    for (const log of (at(value, 'logs') as unknown[]).filter(isObject)) {
      const action = typeOf(at(log, 'type'))
      const told: Told = {
        time: momentOf(at(log, 'datetime'), 's'),
        message: alertText(action, at(value, 'friendly_name'), at(log, 'reason', 'detail')),
        fields: {
          'event.action': action,
          'rule.name': at(value, 'friendly_name'),
          'rule.id': at(value, 'id'),
          'url.full': at(value, 'url'),
          'labels.reason': at(log, 'reason', 'code'),
          'labels.duration_s': at(log, 'duration'),
        },
        nativeId: `uptimerobot ${id} ${text(at(log, 'datetime'))} ${action}`,
      }
      yield told
    }
  },
}

export const adapter = variantsAdapter('UptimeRobot', [webhook, monitor], [['monitors']])
