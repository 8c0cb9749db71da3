/**
 * Prometheus Alertmanager: webhook payloads, https://prometheus.io/docs/alerting/latest/configuration/#webhook_config (versions 3 and 4),
 * the list of https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml `/alerts`, the groups of `/alerts/groups`, and
 * Prometheus's own `/api/v1/alerts` and Alertmanager's old `/api/v1/alerts` with their envelope `data`.
 * An alert that is over gives two events. Without a fingerprint (version 3, 4 before 0.19) the sorted labels identify it.
 */
import type { Item, JsonAdapter } from '../adapter.ts'
import { at, elementsAt, isObject, type JsonObject } from '../shared/json.ts'
import { mostValues, refuseValue } from '../shared/json-fields.ts'
import { isGrafanaAlert, isGrafanaGroup } from '../shared/grafana-alert.ts'
import { alertItems, isAlert } from '../shared/prometheus-alert.ts'

const LISTS = [['alerts'], ['data', 'alerts'], ['data']] as const

/** Where the list of alerts stands in a payload. */
const listOf = (value: unknown): readonly string[] | undefined =>
  LISTS.find((path) => {
    const list = at(value, ...path)
    return Array.isArray(list) && isAlert(list[0])
  })

const isGroup = (value: JsonObject): boolean =>
  typeof at(value, 'receiver') === 'string' &&
  (isObject(at(value, 'groupLabels')) ||
    isObject(at(value, 'commonLabels')) ||
    typeof at(value, 'groupKey') === 'string')

function isOurs(value: JsonObject): boolean {
  if (isGrafanaGroup(value) || isGrafanaAlert(value)) return false
  // Alone, labels and a start could be those of a date in a calendar.
  const named = isAlert(value) && at(value, 'labels', 'alertname') !== undefined
  return named || isGroup(value) || listOf(value) !== undefined
}

function* itemsOf(value: unknown, text: string, line: number): Generator<Item> {
  const list = listOf(value)
  if (list !== undefined) {
    for (const alert of elementsAt(text, line, ...list)) {
      if (isAlert(alert.value)) yield* alertItems(alert.value, alert.text, alert.line, value)
      else yield refuseValue(alert.text, alert.line, 'incomplete')
    }
  } else if (isAlert(value)) yield* alertItems(value, text, line, undefined)
}

export const adapter: JsonAdapter = {
  title: 'Prometheus Alertmanager',
  unit: 'json',
  recognizes: (head) => mostValues(head, isOurs),
  parse: () =>
    function* (value, text, line) {
      let any = false
      for (const item of itemsOf(value, text, line)) {
        any = true
        yield item
      }
      if (!any)
        yield refuseValue(
          text,
          line,
          isObject(value) && isGroup(value) ? 'incomplete' : 'not-a-record',
        )
    },
}
