/**
 * Atlassian Statuspage: incidents and maintenances of its public API, https://support.atlassian.com/statuspage/docs/what-are-the-different-apis-under-statuspage/ (`/api/v2/incidents.json`,
 * `summary.json`, one incident alone), webhooks, https://support.atlassian.com/statuspage/docs/enable-webhook-notifications/ (`incident`, or `component_update`), and the archives of
 * https://github.com/mrshu/github-statuses (`updates` with `at`). So are the incidents of Google Cloud, https://status.cloud.google.com/incidents.schema.json, Heroku, https://devcenter.heroku.com/articles/heroku-status,
 * and Slack, https://docs.slack.dev/reference/slack-status-api. Each update is an event, at `display_at`: the time that the page shows.
 */
import { momentOf, type Told } from '../shared/event-items.ts'
import { at, isObject, text, type JsonObject } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

const namesOf = (list: unknown): string[] =>
  Array.isArray(list)
    ? list.flatMap((one) => text(isObject(one) ? at(one, 'name') : one) ?? [])
    : []

const actionOf = (status: unknown): string =>
  text(status)?.toLowerCase().replaceAll(/[ _]/g, '-') ?? 'update'

function updateTold(
  incident: JsonObject,
  update: JsonObject,
  time: unknown,
  name: string | undefined,
  said: unknown,
): Told {
  const id = text(at(update, 'id'))
  const status = text(at(update, 'status'))
  const body = text(said)?.trim()
  return {
    time: momentOf(time),
    message: `${name ?? 'incident'}: ${[status, body].filter((part) => part).join(' - ')}`,
    fields: {
      'event.action': actionOf(status),
      'event.reference': at(incident, 'shortlink') ?? at(incident, 'url'),
      'labels.incident': at(incident, 'id'),
      'labels.impact': at(incident, 'impact'),
      'labels.components': namesOf(at(incident, 'components')),
      'labels.scheduled_for': at(incident, 'scheduled_for'),
      'labels.scheduled_until': at(incident, 'scheduled_until'),
    },
    nativeId:
      id === undefined
        ? // several may have one time and one status
          `status incident ${text(at(incident, 'id'))} ${text(time)} ${status} ${body}`
        : `status update ${id}`,
  }
}

const isIncident = (value: unknown): value is JsonObject =>
  typeof at(value, 'name') === 'string' &&
  typeof at(value, 'status') === 'string' &&
  Array.isArray(at(value, 'incident_updates'))

function* incidentEvents(incident: JsonObject): Generator<Told> {
  const name = text(at(incident, 'name'))
  const updates = (at(incident, 'incident_updates') as unknown[]).filter(isObject)
  for (const update of updates) {
    const time = at(update, 'display_at') ?? at(update, 'created_at')
    yield updateTold(incident, update, time, name, at(update, 'body'))
  }
  if (updates.length === 0) {
    const begun = at(incident, 'started_at') ?? at(incident, 'created_at')
    yield updateTold(incident, { status: at(incident, 'status') }, begun, name, undefined)
  }
}

const incident: Variant = { is: isIncident, events: (value) => incidentEvents(value) }

const incidentHook: Variant = {
  is: (value) => isIncident(at(value, 'incident')),
  events: (value) => incidentEvents(at(value, 'incident') as JsonObject),
}

const componentHook: Variant = {
  is: (value) =>
    isObject(at(value, 'component_update')) && typeof at(value, 'component', 'name') === 'string',
  *events(value) {
    const update = at(value, 'component_update')
    const now = text(at(update, 'new_status'))
    const before = text(at(update, 'old_status'))
    yield {
      time: momentOf(at(update, 'created_at')),
      message: `${text(at(value, 'component', 'name'))}: ${[before, now].filter((part) => part).join(' → ')}`,
      fields: {
        'event.action': actionOf(now),
        'labels.components': at(value, 'component', 'name'),
        'labels.previous_state': before,
      },
      nativeId: `status component update ${text(at(update, 'id'))}`,
    }
  },
}

/** An incident whose updates have names of their own: where they are, and what the incident and an update call their parts. */
interface Names {
  updates: string
  title: string
  time: string
  said: string
  status?: string
}

const OTHERS: readonly Names[] = [
  { updates: 'updates', title: 'title', time: 'at', said: 'message', status: 'status' },
  // Google Cloud
  { updates: 'updates', title: 'external_desc', time: 'when', said: 'text', status: 'status' },
  // Heroku
  {
    updates: 'updates',
    title: 'title',
    time: 'created_at',
    said: 'contents',
    status: 'update_type',
  },
  // Slack
  { updates: 'notes', title: 'title', time: 'date_created', said: 'body' },
]

const variantOf = ({ updates, title, time, said, status }: Names): Variant => ({
  is: (value) => {
    const list = at(value, updates)
    const first: unknown = Array.isArray(list) ? list[0] : undefined
    return (
      typeof at(value, title) === 'string' &&
      [time, said, ...(status === undefined ? [] : [status])].every(
        (name) => typeof at(first, name) === 'string',
      )
    )
  },
  *events(value) {
    const name = text(at(value, title))
    for (const update of (at(value, updates) as unknown[]).filter(isObject)) {
      const known = { ...update, status: status === undefined ? undefined : at(update, status) }
      yield updateTold(value, known, at(update, time), name, at(update, said))
    }
  },
})

export const adapter = variantsAdapter(
  'Statuspage incidents',
  [incident, incidentHook, componentHook, ...OTHERS.map(variantOf)],
  [['incidents'], ['scheduled_maintenances'], ['active_incidents']],
)
