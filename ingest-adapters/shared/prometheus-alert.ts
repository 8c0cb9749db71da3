/** One alert as Alertmanager and Grafana send it: labels, annotations, startsAt, endsAt, and whether it is over. */
import type { Fields } from '../../schemas/source-record.ts'
import type { Item } from '../adapter.ts'
import { at, isObject, text, type JsonObject } from './json.ts'
import { refuseValue, setField, setLabel, setLabels } from './json-fields.ts'
import { jsonStamp } from './json-stamp.ts'
import type { StampRead } from './stamp.ts'

/** Whether a value has the parts of an alert; Prometheus's own API says `activeAt`. */
export const isAlert = (value: unknown): value is JsonObject =>
  isObject(at(value, 'labels')) &&
  (typeof at(value, 'startsAt') === 'string' || typeof at(value, 'activeAt') === 'string')

/** Go's zero time stands for "not yet". */
const isZero = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (typeof value === 'string' && value.startsWith('0001-01-01'))

function statusOf(alert: JsonObject, group: unknown): string {
  const own = at(alert, 'status')
  return (
    text(own) ??
    text(at(own, 'state')) ??
    text(at(alert, 'state')) ??
    text(at(group, 'status')) ??
    'firing'
  )
}

/** What tells an alert from others: its fingerprint, else its labels in order. */
function identityOf(alert: JsonObject): string {
  const fingerprint = text(at(alert, 'fingerprint'))
  if (fingerprint !== undefined) return fingerprint
  const labels = at(alert, 'labels')
  if (!isObject(labels)) return '{}'
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
}

const FIELDS: readonly (readonly [string, ...string[]])[] = [
  ['rule.name', 'labels', 'alertname'],
  ['rule.id', 'labels', '__alert_rule_uid__'],
  ['service.name', 'labels', 'service'],
  ['orchestrator.namespace', 'labels', 'namespace'],
  ['event.reference', 'annotations', 'runbook_url'],
  ['event.reference', 'panelURL'],
  ['event.reference', 'dashboardURL'],
  ['event.reference', 'generatorURL'],
]
const RENAMED: ReadonlySet<string> = new Set([
  'alertname',
  '__alert_rule_uid__',
  'service',
  'namespace',
])
const TEXTS = ['summary', 'title', 'description', 'message'] as const

function fieldsOf(alert: JsonObject, group: unknown): Fields {
  const fields: Fields = {}
  for (const [name, ...path] of FIELDS) setField(fields, name, at(alert, ...path))
  setLabels(fields, at(alert, 'labels'), RENAMED)
  setLabels(fields, at(alert, 'annotations'), new Set([...TEXTS, 'runbook_url']))
  setLabel(fields, 'receiver', at(group, 'receiver'))
  setLabel(fields, 'value', at(alert, 'valueString') ?? at(alert, 'value'))
  setLabels(fields, { values: at(alert, 'values') })
  const state = at(alert, 'status', 'state')
  if (state === 'suppressed') setLabel(fields, 'suppressed', 'true')
  return fields
}

function messageOf(alert: JsonObject, action: string): string {
  const name = text(at(alert, 'labels', 'alertname'))
  const told = TEXTS.map((key) => text(at(alert, 'annotations', key))?.trim()).find((t) => t)
  const where = text(at(alert, 'labels', 'instance'))
  const what = told ?? [name, where].filter((part) => part !== undefined).join(' on ')
  const prefix = action === 'fired' ? '[FIRING] ' : `[${action.toUpperCase()}] `
  return (
    prefix +
    (told !== undefined && name !== undefined && !told.includes(name)
      ? `${name}: ${told}`
      : what || 'alert')
  )
}

/**
 * The alert's events: fired at its start and, once it is over, resolved at its end. The end of one that still fires is zero or a guess;
 * one that is pending in Prometheus has not fired yet.
 * Both have the identity that every repeated notification gives them.
 */
export function* alertItems(
  alert: JsonObject,
  json: string,
  line: number,
  group: unknown,
): Generator<Item> {
  const status = statusOf(alert, group)
  const start = at(alert, 'startsAt') ?? at(alert, 'activeAt')
  const end = at(alert, 'endsAt')
  const begun = isZero(start) ? undefined : jsonStamp(start)
  const over = status === 'resolved' && !isZero(end) ? jsonStamp(end) : undefined
  let any = false
  const first = status === 'pending' ? 'pending' : 'fired'
  const moments: [string, StampRead][] = [
    [first, begun],
    ['resolved', over],
  ]
  for (const [action, time] of moments) {
    if (time === undefined || time === 'impossible-time') continue
    any = true
    const fields = fieldsOf(alert, group)
    fields['event.action'] = action
    yield {
      time,
      message: messageOf(alert, action),
      original: json,
      line,
      fields,
      nativeId: `${identityOf(alert)} ${text(start) ?? ''} ${action}`,
    }
  }
  if (any) return
  const impossible = begun === 'impossible-time' || over === 'impossible-time'
  yield refuseValue(json, line, impossible ? 'impossible-time' : 'no-time')
}
