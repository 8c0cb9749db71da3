/**
 * Grafana: webhook of unified alerting, https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
 * (Alertmanager's payload with orgId, title, state and message, and values and links in each alert); legacy webhook up to version 10
 * (`ruleId`, `ruleName`, `state`, `evalMatches`), which tells no time of its own; annotations as
 * https://grafana.com/docs/grafana/latest/developers/http_api/annotations/ lists them, an epoch in ms.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { Item, JsonAdapter } from '../adapter.ts'
import { isGrafanaAlert, isGrafanaGroup } from '../shared/grafana-alert.ts'
import { at, elementsAt, isObject, text as textOf, type JsonObject } from '../shared/json.ts'
import { eventTime } from '../shared/json-event-time.ts'
import { mostValues, refuseValue, setField, setLabel, setLabels } from '../shared/json-fields.ts'
import { jsonStamp } from '../shared/json-stamp.ts'
import { alertItems, isAlert } from '../shared/prometheus-alert.ts'

const isLegacy = (value: JsonObject): boolean =>
  typeof at(value, 'ruleName') === 'string' &&
  typeof at(value, 'state') === 'string' &&
  (at(value, 'ruleId') !== undefined || Array.isArray(at(value, 'evalMatches')))

const isAnnotation = (value: JsonObject): boolean =>
  at(value, 'dashboardId') !== undefined &&
  at(value, 'panelId') !== undefined &&
  typeof at(value, 'text') === 'string' &&
  (typeof at(value, 'time') === 'number' || typeof at(value, 'time') === 'string') &&
  (at(value, 'timeEnd') !== undefined || Array.isArray(at(value, 'tags')))

const isOurs = (value: JsonObject): boolean =>
  isGrafanaGroup(value) ||
  (isGrafanaAlert(value) && isAlert(value)) ||
  isLegacy(value) ||
  isAnnotation(value)

const STATES = new Map([
  ['alerting', 'fired'],
  ['ok', 'resolved'],
  ['normal', 'resolved'],
  ['pending', 'pending'],
  ['no_data', 'no-data'],
  ['nodata', 'no-data'],
  ['paused', 'paused'],
])
const actionOf = (state: unknown): string | undefined => {
  const written = textOf(state)?.toLowerCase()
  return written === undefined ? undefined : (STATES.get(written) ?? written)
}

const LEGACY_READ = new Set(['title', 'message', 'ruleId', 'ruleName', 'ruleUrl', 'state'])

/** The moment is nowhere in the legacy payload, unless its author put one into the tags. */
function legacyItem(value: JsonObject, json: string, line: number): Item {
  const time = eventTime(value, json)
  if (typeof time !== 'object') return refuseValue(json, line, time ?? 'no-time')
  const fields: Fields = {}
  setField(fields, 'rule.name', at(value, 'ruleName'))
  setField(fields, 'rule.id', at(value, 'ruleId'))
  setField(fields, 'event.reference', at(value, 'ruleUrl'))
  setField(fields, 'event.action', actionOf(at(value, 'state')))
  setLabels(fields, value, LEGACY_READ)
  const parts = [textOf(at(value, 'title')), textOf(at(value, 'message'))].filter((t) => t)
  const message = parts.join(': ') || textOf(at(value, 'ruleName')) || 'alert'
  return { time: time.stamp, message, original: json, line, fields }
}

/** An annotation that an alert left tells its states; one that a person left is a note on the graph. */
function annotationItem(value: JsonObject, json: string, line: number): Item {
  const time = jsonStamp(at(value, 'time'), { key: 'time', json }, 'ms')
  if (time === undefined || time === 'impossible-time')
    return refuseValue(json, line, time ?? 'no-time')
  const fields: Fields = {}
  const states = [textOf(at(value, 'prevState')), textOf(at(value, 'newState'))].filter((s) => s)
  fields['event.action'] = actionOf(at(value, 'newState')) ?? 'annotation'
  setField(fields, 'rule.name', at(value, 'alertName'))
  const user = textOf(at(value, 'login')) ?? textOf(at(value, 'userName'))
  setField(fields, 'user.name', user)
  setField(fields, 'user.email', at(value, 'email'))
  for (const key of ['dashboardUID', 'dashboardId', 'panelId', 'tags', 'metric', 'timeEnd']) {
    const inner = at(value, key)
    setLabel(
      fields,
      key,
      Array.isArray(inner) ? inner.filter((t) => typeof t === 'string').join(', ') : inner,
    )
  }
  const said = textOf(at(value, 'text'))?.trim()
  const name = textOf(at(value, 'alertName'))
  const message = [name, states.join(' → '), said].filter((part) => part).join(': ') || 'annotation'
  const record = { time, message, original: json, line, fields }
  const id = textOf(at(value, 'id'))
  const board = textOf(at(value, 'dashboardUID')) ?? textOf(at(value, 'dashboardId')) ?? ''
  return id === undefined || id === '0'
    ? record
    : { ...record, nativeId: `grafana annotation ${board} ${id} ${time.original}` }
}

function* groupItems(group: JsonObject, json: string, line: number): Generator<Item> {
  let any = false
  for (const alert of elementsAt(json, line, 'alerts')) {
    any = true
    if (isAlert(alert.value)) yield* alertItems(alert.value, alert.text, alert.line, group)
    else yield refuseValue(alert.text, alert.line, 'incomplete')
  }
  if (!any) yield refuseValue(json, line, 'incomplete')
}

export const adapter: JsonAdapter = {
  title: 'Grafana alerts and annotations',
  unit: 'json',
  recognizes: (head) => mostValues(head, isOurs),
  parse: () =>
    function* (value, text, line) {
      if (!isObject(value)) yield refuseValue(text, line, 'not-a-record')
      else if (Array.isArray(at(value, 'alerts'))) yield* groupItems(value, text, line)
      else if (isAlert(value)) yield* alertItems(value, text, line, undefined)
      else if (isAnnotation(value)) yield annotationItem(value, text, line)
      else if (isLegacy(value)) yield legacyItem(value, text, line)
      else yield refuseValue(text, line, 'not-a-record')
    },
}
