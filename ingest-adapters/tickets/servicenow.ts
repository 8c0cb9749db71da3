/**
 * ServiceNow: records of its table API, https://www.servicenow.com/docs/bundle/zurich-api-reference/page/integrate/inbound-rest/concept/c_TableAPI.html: incidents, changes, problems and
 * tasks (opened, worked on, resolved, closed), with the tables of their journal (`sys_journal_field`) and their history (`sys_audit`). Values are UTC without a zone; where the
 * API was asked for display values (references are then objects with `display_value`), times are in the zone of who asked, which nothing tells.
 */
import { momentOf, type Told } from '../shared/event-items.ts'
import { at, isObject, text, type JsonObject } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'
import type { StampRead } from '../shared/stamp.ts'

/** A member for people: the display value where there is one. */
const shown = (value: JsonObject, key: string): string | undefined =>
  text(at(value, key, 'display_value')) ?? text(at(value, key)) ?? text(at(value, key, 'value'))

/** Asked for display values alone: references are objects, but plain members are texts for people. */
const inOwnZone = (value: JsonObject): boolean =>
  Object.values(value).some(
    (one) => isObject(one) && one['display_value'] !== undefined && one['value'] === undefined,
  )

function timeOf(value: JsonObject, key: string): StampRead {
  const stamp = momentOf(at(value, key, 'value') ?? at(value, key))
  if (typeof stamp !== 'object' || stamp.offset !== undefined || inOwnZone(value)) return stamp
  return { ...stamp, offset: 0 }
}

const MOMENTS: readonly (readonly [action: string, key: string, who: string])[] = [
  ['opened', 'opened_at', 'opened_by'],
  ['work-started', 'work_start', 'assigned_to'],
  ['work-ended', 'work_end', 'assigned_to'],
  ['resolved', 'resolved_at', 'resolved_by'],
  ['closed', 'closed_at', 'closed_by'],
]

const task: Variant = {
  is: (value) =>
    shown(value, 'number') !== undefined &&
    at(value, 'sys_id') !== undefined &&
    at(value, 'short_description') !== undefined,
  *events(value) {
    const number = shown(value, 'number')
    const name = [number, shown(value, 'short_description')].filter((part) => part).join(' ')
    const opened = timeOf(value, 'opened_at')
    for (const [action, key, who] of MOMENTS) {
      const created = action === 'opened' && opened === undefined
      const person = shown(value, created ? 'sys_created_by' : who)
      const said = action === 'closed' || action === 'resolved' ? shown(value, 'close_notes') : ''
      yield {
        time: timeOf(value, created ? 'sys_created_on' : key),
        message: `${name} ${action.replace('-', ' ')}${said ? `: ${said}` : ''}`,
        fields: {
          'event.action': action,
          'user.name': person,
          'service.name': shown(value, 'business_service') ?? shown(value, 'cmdb_ci'),
          'labels.ticket': number,
          'labels.state': shown(value, 'state'),
          'labels.priority': shown(value, 'priority'),
          'labels.table': shown(value, 'sys_class_name'),
          'labels.planned_start': shown(value, 'start_date'),
          'labels.planned_end': shown(value, 'end_date'),
        },
        nativeId: `servicenow ${shown(value, 'sys_id')} ${action} ${shown(value, created ? 'sys_created_on' : key)}`,
      } satisfies Told
    }
  },
}

const journal: Variant = {
  is: (value) =>
    at(value, 'element') !== undefined &&
    at(value, 'element_id') !== undefined &&
    at(value, 'sys_created_on') !== undefined,
  *events(value) {
    yield {
      time: timeOf(value, 'sys_created_on'),
      message: shown(value, 'value') ?? '(empty)',
      fields: {
        'event.action': shown(value, 'element') === 'comments' ? 'commented' : 'noted',
        'user.name': shown(value, 'sys_created_by'),
        'labels.record': shown(value, 'element_id'),
        'labels.table': shown(value, 'name'),
      },
      nativeId: `servicenow journal ${shown(value, 'sys_id')}`,
    }
  },
}

const audit: Variant = {
  is: (value) =>
    at(value, 'fieldname') !== undefined &&
    at(value, 'documentkey') !== undefined &&
    at(value, 'sys_created_on') !== undefined,
  *events(value) {
    const before = shown(value, 'oldvalue')
    yield {
      time: timeOf(value, 'sys_created_on'),
      message: `${shown(value, 'fieldname')}: ${before === undefined ? '' : `${before} → `}${shown(value, 'newvalue') ?? 'nothing'}`,
      fields: {
        'event.action': 'updated',
        'user.name': shown(value, 'user') ?? shown(value, 'sys_created_by'),
        'labels.record': shown(value, 'documentkey'),
        'labels.table': shown(value, 'tablename'),
      },
      nativeId: `servicenow audit ${shown(value, 'sys_id')}`,
    }
  },
}

export const adapter = variantsAdapter(
  'ServiceNow records',
  [task, journal, audit],
  [['result'], ['records']],
)
