/** An incident as all of PagerDuty's APIs and webhooks show it, and the names of what happens to it. */
import type { Fields } from '../../schemas/source-record.ts'
import { at, isObject, text } from './json.ts'
import { setField, setLabel } from './json-fields.ts'

const ACTIONS = new Map([
  ['trigger', 'fired'],
  ['triggered', 'fired'],
  ['acknowledge', 'acknowledged'],
  ['unacknowledge', 'unacknowledged'],
  ['resolve', 'resolved'],
  ['reopen', 'reopened'],
  ['escalate', 'escalated'],
  ['delegate', 'delegated'],
  ['assign', 'assigned'],
  ['reassign', 'reassigned'],
  ['annotate', 'annotated'],
  ['notify', 'notified'],
  ['snooze', 'snoozed'],
  ['merge', 'merged'],
  ['custom', 'custom'],
])

/** `incident.acknowledge`, `incident.acknowledged`, `acknowledge_log_entry`: acknowledged. */
export function actionOf(type: string | undefined): string | undefined {
  if (type === undefined) return undefined
  const name = type
    .replace(/^incident\./, '')
    .replace(/_log_entry(?:_reference)?$/, '')
    .replaceAll('_', '-')
  return ACTIONS.get(name) ?? (name.replaceAll('.', '-') || undefined)
}

export const nameOf = (reference: unknown): string | undefined =>
  text(at(reference, 'summary')) ?? text(at(reference, 'name'))

/** Who did something, where that was a person: services and integrations act too. */
export function personOf(agent: unknown): unknown {
  const type = text(at(agent, 'type'))
  return type === undefined || type.startsWith('user') ? agent : undefined
}

/** `#12 The server is on fire`. */
export function incidentText(incident: unknown): string {
  const number = text(at(incident, 'incident_number')) ?? text(at(incident, 'number'))
  const title =
    text(at(incident, 'title')) ??
    text(at(incident, 'trigger_summary_data', 'subject')) ??
    text(at(incident, 'trigger_summary_data', 'description')) ??
    text(at(incident, 'description')) ??
    text(at(incident, 'summary'))?.replace(/^\[#\d{1,12}\] /, '')
  const parts = [number === undefined ? undefined : `#${number}`, title?.trim()].filter(
    (part) => part,
  )
  return parts.join(' ') || text(at(incident, 'id')) || 'incident'
}

export function incidentFields(fields: Fields, incident: unknown): void {
  if (!isObject(incident)) return
  setField(fields, 'service.name', nameOf(at(incident, 'service')))
  setField(fields, 'event.reference', at(incident, 'html_url'))
  setLabel(fields, 'incident', at(incident, 'id'))
  setLabel(fields, 'incident_key', at(incident, 'incident_key'))
  setLabel(fields, 'status', at(incident, 'status'))
  setLabel(fields, 'urgency', at(incident, 'urgency'))
  setLabel(fields, 'priority', nameOf(at(incident, 'priority')))
  setLabel(fields, 'escalation_policy', nameOf(at(incident, 'escalation_policy')))
}
