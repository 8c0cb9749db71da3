/**
 * GitLab's issues, as its API lists them, https://docs.gitlab.com/api/issues/: issues and incidents (opened, closed), their notes (https://docs.gitlab.com/api/notes/), and the events
 * of their states, labels and milestones (https://docs.gitlab.com/api/resource_state_events/). Webhooks and merge requests are read by changes/gitlab.
 */
import { momentOf, type Told } from '../shared/event-items.ts'
import { at, isObject, text } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

const issue: Variant = {
  is: (value) =>
    at(value, 'iid') !== undefined &&
    typeof at(value, 'title') === 'string' &&
    typeof at(value, 'created_at') === 'string' &&
    isObject(at(value, 'author')) &&
    at(value, 'source_branch') === undefined,
  *events(value) {
    const number = text(at(value, 'iid'))
    for (const [action, key, who] of [
      ['opened', 'created_at', at(value, 'author')],
      ['closed', 'closed_at', at(value, 'closed_by')],
    ] as const) {
      yield {
        time: momentOf(at(value, key)),
        message: `#${number} ${text(at(value, 'title'))} ${action}`,
        fields: {
          'event.action': action,
          'user.name': at(who, 'username'),
          'event.reference': at(value, 'web_url'),
          'labels.ticket': number,
          'labels.project': at(value, 'references', 'full') ?? at(value, 'project_id'),
          'labels.type': at(value, 'issue_type'),
          'labels.severity': at(value, 'severity'),
          'labels.labels': at(value, 'labels'),
          'labels.milestone': at(value, 'milestone', 'title'),
        },
        nativeId: `gitlab issue ${text(at(value, 'id'))} ${action} ${text(at(value, key))}`,
      } satisfies Told
    }
  },
}

const note: Variant = {
  is: (value) =>
    typeof at(value, 'body') === 'string' &&
    typeof at(value, 'created_at') === 'string' &&
    typeof at(value, 'noteable_type') === 'string',
  *events(value) {
    yield {
      time: momentOf(at(value, 'created_at')),
      message: String(at(value, 'body')).trim() || '(empty)',
      fields: {
        'event.action': at(value, 'system') === true ? 'updated' : 'commented',
        'user.name': at(value, 'author', 'username'),
        'labels.ticket': at(value, 'noteable_iid'),
        'labels.type': at(value, 'noteable_type'),
      },
      nativeId: `gitlab note ${text(at(value, 'id'))}`,
    }
  },
}

const resourceEvent: Variant = {
  is: (value) =>
    typeof at(value, 'resource_type') === 'string' &&
    at(value, 'resource_id') !== undefined &&
    typeof at(value, 'created_at') === 'string',
  *events(value) {
    const state = text(at(value, 'state'))
    const what = text(at(value, 'label', 'name')) ?? text(at(value, 'milestone', 'title'))
    const action = state ?? text(at(value, 'action')) ?? 'changed'
    const type = String(at(value, 'resource_type'))
    yield {
      time: momentOf(at(value, 'created_at')),
      message: [type, text(at(value, 'resource_id')), action, what]
        .filter((part) => part)
        .join(' '),
      fields: {
        'event.action': what === undefined ? action : `label-${action}`,
        'user.name': at(value, 'user', 'username'),
        'labels.resource': at(value, 'resource_id'),
        'labels.type': type,
      },
      nativeId: `gitlab ${type} event ${text(at(value, 'id'))} ${action}`,
    }
  },
}

export const adapter = variantsAdapter('GitLab issues', [note, resourceEvent, issue])
