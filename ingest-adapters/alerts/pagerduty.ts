/**
 * PagerDuty webhooks: version 3, https://developer.pagerduty.com/docs/webhooks-overview (`event` with `event_type` and `occurred_at`);
 * version 2, https://developer.pagerduty.com/docs/webhooks-v2-overview (`messages[]` with `event`, `incident`, `log_entries`);
 * version 1 (`messages[]` with `type`, `data.incident`).
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { Item, JsonAdapter } from '../adapter.ts'
import { at, elementsAt, isObject, text as textOf, type JsonObject } from '../shared/json.ts'
import { mostValues, refuseValue, setField, setLabel } from '../shared/json-fields.ts'
import { jsonStamp } from '../shared/json-stamp.ts'
import {
  actionOf,
  incidentFields,
  incidentText,
  nameOf,
  personOf,
} from '../shared/pagerduty-incident.ts'

const isVersion3 = (value: JsonObject): boolean =>
  typeof at(value, 'event', 'event_type') === 'string' &&
  at(value, 'event', 'occurred_at') !== undefined

const isMessage = (value: unknown): value is JsonObject =>
  typeof (at(value, 'event') ?? at(value, 'type')) === 'string' &&
  at(value, 'created_on') !== undefined &&
  (isObject(at(value, 'incident')) || isObject(at(value, 'data', 'incident')))

const hasMessages = (value: JsonObject): boolean => {
  const messages = at(value, 'messages')
  return Array.isArray(messages) && isMessage(messages[0])
}

interface Told {
  type: string | undefined
  time: unknown
  id: string | undefined
  incident: unknown
  who: unknown
}

function item(told: Told, json: string, line: number): Item {
  const time = jsonStamp(told.time)
  if (time === undefined || time === 'impossible-time')
    return refuseValue(json, line, time ?? 'no-time')
  const fields: Fields = {}
  const action = actionOf(told.type)
  setField(fields, 'event.action', action)
  setLabel(fields, 'event_type', told.type)
  incidentFields(fields, told.incident)
  const person = personOf(told.who)
  const who = nameOf(told.who)
  setField(fields, 'user.name', nameOf(person))
  setField(fields, 'user.id', at(person, 'id'))
  setField(fields, 'user.email', at(person, 'email'))
  if (person === undefined) setLabel(fields, 'agent_type', at(told.who, 'type'))
  const message = `${incidentText(told.incident)} ${action ?? 'changed'}${who === undefined ? '' : ` by ${who}`}`
  const record = { time, message, original: json, line, fields }
  return told.id === undefined ? record : { ...record, nativeId: `pagerduty event ${told.id}` }
}

/** In version 3, notes, responders and updates carry their incident inside. */
function ofVersion3(value: JsonObject, json: string, line: number): Item {
  const event = at(value, 'event')
  const inner = at(event, 'data')
  const incident = at(inner, 'incident')
  const told = item(
    {
      type: textOf(at(event, 'event_type')),
      time: at(event, 'occurred_at'),
      id: textOf(at(event, 'id')),
      incident: isObject(incident) ? incident : inner,
      who: at(event, 'agent'),
    },
    json,
    line,
  )
  if ('time' in told) {
    setLabel(told.fields, 'client', nameOf(at(event, 'client')))
    const note = textOf(at(inner, 'content')) ?? textOf(at(inner, 'message'))
    if (note !== undefined) told.message += `: ${note}`
  }
  return told
}

function ofMessage(value: JsonObject, json: string, line: number): Item {
  const incident = at(value, 'incident') ?? at(value, 'data', 'incident')
  const entries = at(value, 'log_entries')
  const entry = Array.isArray(entries) ? entries[0] : undefined
  const type = textOf(at(value, 'event')) ?? textOf(at(value, 'type'))
  return item(
    {
      type,
      time: at(value, 'created_on'),
      id: textOf(at(value, 'id')),
      incident,
      who: at(entry, 'agent') ?? (type?.endsWith('trigger') ? undefined : changedBy(incident)),
    },
    json,
    line,
  )
}

const changedBy = (incident: unknown): unknown =>
  [at(incident, 'resolved_by_user'), at(incident, 'last_status_change_by')].find(isObject)

function* itemsOf(value: unknown, text: string, line: number): Generator<Item> {
  if (!isObject(value)) yield refuseValue(text, line, 'not-a-record')
  else if (isVersion3(value)) yield ofVersion3(value, text, line)
  else if (isMessage(value)) yield ofMessage(value, text, line)
  else {
    let any = false
    if (Array.isArray(at(value, 'messages'))) {
      for (const one of elementsAt(text, line, 'messages')) {
        any = true
        if (isMessage(one.value)) yield ofMessage(one.value, one.text, one.line)
        else yield refuseValue(one.text, one.line, 'incomplete')
      }
    }
    if (!any) yield refuseValue(text, line, 'not-a-record')
  }
}

export const adapter: JsonAdapter = {
  title: 'PagerDuty webhooks',
  unit: 'json',
  recognizes: (head) =>
    mostValues(head, (value) => isVersion3(value) || hasMessages(value) || isMessage(value)),
  parse: () => itemsOf,
}
