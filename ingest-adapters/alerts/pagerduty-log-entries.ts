/**
 * PagerDuty's REST API, as exported for a retrospective: https://developer.pagerduty.com/api-reference/c661e065403b5-list-log-entries
 * (`log_entries[]`: what happened to incidents, and who did it) and https://developer.pagerduty.com/api-reference/9d0b4b12e36f9-list-incidents
 * (`incidents[]`: of each its beginning, the acknowledgements that are left and its end). Variants: the bare list, one entry a line, `{"log_entry":…}`.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { Item, JsonAdapter } from '../adapter.ts'
import {
  at,
  elementsAt,
  isObject,
  member,
  text as textOf,
  type JsonObject,
} from '../shared/json.ts'
import { mostValues, refuseValue, setField, setLabel, setLabels } from '../shared/json-fields.ts'
import { jsonStamp } from '../shared/json-stamp.ts'
import {
  actionOf,
  incidentFields,
  incidentText,
  nameOf,
  personOf,
} from '../shared/pagerduty-incident.ts'

const ENTRY_TYPE = /_log_entry$/
const isEntry = (value: unknown): value is JsonObject => {
  const type = at(value, 'type')
  return typeof type === 'string' && ENTRY_TYPE.test(type) && at(value, 'created_at') !== undefined
}
const isIncident = (value: unknown): value is JsonObject =>
  at(value, 'type') === 'incident' &&
  at(value, 'created_at') !== undefined &&
  (at(value, 'incident_number') !== undefined || isObject(at(value, 'service')))

const LISTS = ['log_entries', 'incidents']
const SINGLES = ['log_entry', 'incident']

/** What an entry says beyond its incident. */
function detailOf(entry: JsonObject): string | undefined {
  const channel = at(entry, 'channel')
  const told =
    textOf(at(entry, 'note')) ??
    textOf(at(channel, 'content')) ??
    textOf(at(entry, 'event_details', 'description')) ??
    textOf(at(channel, 'details', 'description')) ??
    textOf(at(channel, 'summary'))
  return told?.trim() || undefined
}

function entryItem(entry: JsonObject, json: string, line: number): Item {
  const time = jsonStamp(at(entry, 'created_at'))
  if (time === undefined || time === 'impossible-time')
    return refuseValue(json, line, time ?? 'no-time')
  const fields: Fields = {}
  const incident = at(entry, 'incident')
  incidentFields(fields, incident)
  setField(fields, 'event.action', actionOf(textOf(at(entry, 'type'))))
  setField(fields, 'service.name', nameOf(at(entry, 'service')))
  if (fields['event.reference'] === undefined)
    setField(fields, 'event.reference', at(entry, 'html_url'))
  const agent = at(entry, 'agent')
  setField(fields, 'user.name', nameOf(personOf(agent)))
  setField(fields, 'user.id', at(personOf(agent), 'id'))
  setLabel(fields, 'channel', at(entry, 'channel', 'type'))
  setLabel(fields, 'agent_type', at(agent, 'type'))
  setLabel(fields, 'notified', nameOf(at(entry, 'user')))
  setLabels(fields, { details: at(entry, 'channel', 'details') })
  const title = isObject(incident) ? incidentText(incident) : undefined
  const summary = textOf(at(entry, 'summary')) ?? String(fields['event.action'] ?? 'changed')
  const parts = [title, summary, detailOf(entry)].filter((part) => part !== undefined)
  const record = { time, message: [...new Set(parts)].join(': '), original: json, line, fields }
  const id = textOf(at(entry, 'id'))
  return id === undefined ? record : { ...record, nativeId: `pagerduty log entry ${id}` }
}

/** The moments of an incident that the list knows: what was acknowledged and by whom is forgotten once it is resolved. */
function* incidentItems(incident: JsonObject, json: string, line: number): Generator<Item> {
  const moments: [string, unknown, unknown][] = [['fired', at(incident, 'created_at'), undefined]]
  const acknowledged = at(incident, 'acknowledgements')
  for (const one of Array.isArray(acknowledged) ? acknowledged.slice(0, 100) : []) {
    moments.push(['acknowledged', at(one, 'at'), at(one, 'acknowledger')])
  }
  if (at(incident, 'status') === 'resolved') {
    const end = textOf(at(incident, 'resolved_at')) ?? at(incident, 'last_status_change_at')
    moments.push(['resolved', end, at(incident, 'last_status_change_by')])
  }
  let any = false
  const id = textOf(at(incident, 'id')) ?? ''
  for (const [action, written, who] of moments) {
    const time = jsonStamp(written)
    if (time === undefined || time === 'impossible-time') continue
    any = true
    const fields: Fields = { 'event.action': action }
    incidentFields(fields, incident)
    const name = nameOf(who)
    setField(fields, 'user.name', nameOf(personOf(who)))
    setField(fields, 'user.id', at(personOf(who), 'id'))
    const message = `${incidentText(incident)} ${action}${name === undefined ? '' : ` by ${name}`}`
    const nativeId = `pagerduty incident ${id} ${action} ${time.original}`
    const record = { time, message, original: json, line, fields }
    yield id === '' ? record : { ...record, nativeId }
  }
  if (!any) yield refuseValue(json, line, 'no-time')
}

function* one(value: unknown, text: string, line: number): Generator<Item> {
  if (isEntry(value)) yield entryItem(value, text, line)
  else if (isIncident(value)) yield* incidentItems(value, text, line)
  else yield refuseValue(text, line, isObject(value) ? 'incomplete' : 'not-a-record')
}

function* itemsOf(value: unknown, text: string, line: number): Generator<Item> {
  let any = false
  for (const key of LISTS) {
    if (isEntry(value) || !Array.isArray(at(value, key))) continue
    for (const element of elementsAt(text, line, key)) {
      any = true
      yield* one(element.value, element.text, element.line)
    }
  }
  if (any) return
  const key = SINGLES.find((name) => isEntry(at(value, name)) || isIncident(at(value, name)))
  const inner = key !== undefined && !isEntry(value) ? member(text, key) : undefined
  if (inner && key !== undefined) yield* one(at(value, key), inner.text, line)
  else yield* one(value, text, line)
}

const holds = (value: unknown): boolean => isEntry(value) || isIncident(value)

export const adapter: JsonAdapter = {
  title: 'PagerDuty log entries and incidents',
  unit: 'json',
  recognizes: (head) =>
    mostValues(
      head,
      (value) =>
        holds(value) ||
        SINGLES.some((key) => holds(at(value, key))) ||
        LISTS.some((key) => {
          const list = at(value, key)
          return Array.isArray(list) && holds(list[0])
        }),
    ),
  parse: () => itemsOf,
}
