/**
 * Alerts of Wazuh as JSON (`alerts.json`, `archives.json`; https://documentation.wazuh.com/current/user-manual/manager/event-logging.html) and of OSSEC
 * (`<jsonout_output>`, https://www.ossec.net/docs/docs/formats/alerts.html). The time is `timestamp` (OSSEC: `TimeStamp`, an epoch in ms), when the
 * manager handled the event; what the log itself said stays in `full_log`. `id` is the manager's own.
 */
import { at, isObject, text as textOf, type JsonObject } from '../shared/json.ts'
import { fieldsOf, jsonFormat, told, type FieldTable } from '../shared/json-format.ts'
import { jsonStamp } from '../shared/json-stamp.ts'

const TABLE: FieldTable = [
  ['rule.id', 'rule', 'id'],
  ['rule.id', 'rule', 'sidid'],
  ['rule.name', 'rule', 'description'],
  ['rule.name', 'rule', 'comment'],
  ['event.severity', 'rule', 'level'],
  ['host.name', 'agent', 'name'],
  ['host.name', 'hostname'],
  ['log.logger', 'decoder', 'name'],
  ['log.logger', 'decoder'],
  ['source.ip', 'data', 'srcip'],
  ['source.ip', 'srcip'],
  ['source.port', 'data', 'srcport'],
  ['destination.ip', 'data', 'dstip'],
  ['destination.ip', 'dstip'],
  ['user.name', 'data', 'dstuser'],
  ['user.name', 'data', 'srcuser'],
  ['user.name', 'dstuser'],
  ['file.path', 'syscheck', 'path'],
]
const SKIP = ['timestamp', 'TimeStamp', 'id', 'full_log', 'previous_output']

const isAlert = (value: unknown): value is JsonObject => {
  const wazuh = textOf(at(value, 'timestamp')) !== undefined && isObject(at(value, 'agent'))
  const ossec = typeof at(value, 'TimeStamp') === 'number' && isObject(at(value, 'rule'))
  const handled = isObject(at(value, 'manager')) || typeof at(value, 'location') === 'string'
  const ruled = typeof at(value, 'rule', 'level') === 'number' || isObject(at(value, 'decoder'))
  return handled && ruled && (wazuh || ossec)
}

/** https://documentation.wazuh.com/current/user-manual/ruleset/rules/rules-classification.html: 0 to 16. */
const levelOf = (level: number): string =>
  level >= 12 ? 'critical' : level >= 8 ? 'error' : level >= 5 ? 'warn' : 'info'

export const adapter = jsonFormat({
  title: 'Wazuh and OSSEC alerts (JSON)',
  wrappers: [['_source']],
  isRecord: isAlert,
  read: (alert, json) => {
    const fields = fieldsOf(alert, TABLE, SKIP)
    const level = at(alert, 'rule', 'level')
    if (typeof level === 'number') fields['log.level'] = levelOf(level)
    const rule = textOf(at(alert, 'rule', 'description')) ?? textOf(at(alert, 'rule', 'comment'))
    const id = textOf(at(alert, 'id'))
    const manager = textOf(at(alert, 'manager', 'name'))
    const written = at(alert, 'TimeStamp')
    return {
      time:
        written === undefined
          ? jsonStamp(at(alert, 'timestamp'))
          : jsonStamp(written, { key: 'TimeStamp', json }, 'ms'),
      message: told(rule, textOf(at(alert, 'full_log'))?.trim()) || '(no message)',
      fields,
      nativeId: id && manager && `wazuh ${manager} ${id}`,
    }
  },
})
