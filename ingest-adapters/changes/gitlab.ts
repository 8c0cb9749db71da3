/**
 * GitLab: webhooks, https://docs.gitlab.com/user/project/integrations/webhook_events/ (`object_kind`: push, tag_push, issue, note, merge_request, pipeline, build, deployment,
 * release, feature_flag, emoji…), system hooks (`event_name`), and what the API lists, https://docs.gitlab.com/api/api_resources/: pipelines, jobs, deployments, merge requests,
 * releases and events of a project. A push tells the times of its commits only: these are its events, one without any is refused. Stamps are ISO 8601, or `2024-05-01 10:00:00 UTC` and `+0200`.
 */
import { momentOf, type Told } from '../shared/event-items.ts'
import { at, isObject, text, type JsonObject } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'
import type { StampRead } from '../shared/stamp.ts'

/** The commits of a push: when they were made is told, when they were pushed is not. */
function* pushedCommits(value: JsonObject, commits: readonly unknown[]): Generator<Told> {
  for (const commit of commits.filter(isObject)) {
    const sha = text(at(commit, 'id'))
    yield {
      time: momentOf(at(commit, 'timestamp')),
      message: text(at(commit, 'message'))?.trim() ?? `commit ${sha}`,
      fields: {
        'event.action': 'commit',
        'user.name': at(commit, 'author', 'name'),
        'user.email': at(commit, 'author', 'email'),
        'event.reference': at(commit, 'url'),
        'labels.commit': sha,
        'labels.pushed_by': at(value, 'user_username') ?? at(value, 'user_name'),
        'labels.project': at(value, 'project', 'path_with_namespace'),
        'labels.ref': at(value, 'ref'),
      },
      nativeId: sha,
    }
  }
}

/** Members that tell when an action was, which an update after it leaves as they were. */
const BY_ACTION: ReadonlyMap<string, string> = new Map([
  ['open', 'created_at'],
  ['created', 'created_at'],
  ['pending', 'created_at'],
  ['close', 'closed_at'],
  ['merge', 'merged_at'],
])
/** Of all else the newest that has happened: of a finished thing its end, of a begun one its beginning. */
const TIMES = [
  'status_changed_at',
  'finished_at',
  'build_finished_at',
  'build_started_at',
  'updated_at',
  'created_at',
  'build_created_at',
  'released_at',
]

function hookTime(value: JsonObject): StampRead {
  const about = at(value, 'object_attributes')
  const own = BY_ACTION.get(text(at(about, 'action')) ?? '')
  const names = own === undefined ? TIMES : [own, ...TIMES]
  for (const thing of [about, value])
    for (const name of names) {
      const stamp = momentOf(at(thing, name))
      if (stamp !== undefined) return stamp
    }
  return undefined
}

const OUTCOMES: ReadonlyMap<string, string> = new Map([
  ['success', 'success'],
  ['failed', 'failure'],
  ['canceled', 'failure'],
])

const nameOf = (kind: string, value: JsonObject): string | undefined => {
  const about = at(value, 'object_attributes')
  const number = text(at(about, 'iid')) ?? text(at(about, 'id'))
  const title =
    text(at(about, 'title')) ??
    text(at(about, 'note')) ??
    text(at(value, 'build_name')) ??
    text(at(value, 'environment')) ??
    text(at(value, 'name')) ??
    text(at(about, 'ref')) ??
    text(at(value, 'ref'))
  return kind === 'build' || kind === 'note' || number === undefined
    ? title
    : `#${number} ${title ?? ''}`.trim()
}

const kindOf = (value: JsonObject): string | undefined =>
  text(at(value, 'object_kind')) ?? text(at(value, 'event_name'))

const hook: Variant = {
  is: (value) =>
    kindOf(value) !== undefined &&
    (isObject(at(value, 'project')) ||
      at(value, 'project_id') !== undefined ||
      isObject(at(value, 'repository'))) &&
    at(value, 'sender') === undefined,
  *events(value) {
    const commits = at(value, 'commits')
    if (Array.isArray(commits)) {
      yield* pushedCommits(value, commits)
      return
    }
    const about = at(value, 'object_attributes')
    const kind = kindOf(value) ?? 'event'
    const state = text(
      at(about, 'action') ??
        at(about, 'status') ??
        at(value, 'build_status') ??
        at(value, 'status') ??
        at(value, 'action') ??
        at(about, 'state'),
    )
    const who =
      text(at(value, 'user', 'username')) ??
      text(at(value, 'user_username')) ??
      text(at(value, 'user_name')) ??
      text(at(value, 'user', 'name'))
    yield {
      time: hookTime(value),
      message: [who, kind.replaceAll('_', ' '), state, nameOf(kind, value)]
        .filter((part) => part)
        .join(' '),
      fields: {
        'event.action': state ?? kind.replaceAll('_', '-'),
        'event.outcome': OUTCOMES.get(state ?? ''),
        'user.name': who,
        'event.reference': at(about, 'url') ?? at(value, 'deployable_url') ?? at(value, 'url'),
        'labels.event': kind,
        'labels.project': at(value, 'project', 'path_with_namespace') ?? at(value, 'project_name'),
        'labels.ref': at(value, 'ref') ?? at(about, 'ref') ?? at(about, 'source_branch'),
        'labels.commit':
          at(value, 'after') ?? at(about, 'sha') ?? at(value, 'sha') ?? at(value, 'short_sha'),
        'labels.environment': at(value, 'environment'),
        'labels.target_branch': at(about, 'target_branch'),
      },
    }
  },
}

/** What the API lists: each has its own beginning and its own end. */
function* steps(
  value: JsonObject,
  kind: string,
  name: string | undefined,
  moments: readonly (readonly [action: string, time: unknown, who?: unknown])[],
): Generator<Told> {
  const id = text(at(value, 'id')) ?? text(at(value, 'tag_name'))
  const state = text(at(value, 'status')) ?? text(at(value, 'state'))
  for (const [action, written, who] of moments) {
    const person = text(at(who, 'username')) ?? text(at(who, 'name'))
    yield {
      time: momentOf(written),
      message: [kind, name, action, person === undefined ? undefined : `by ${person}`]
        .filter((part) => part)
        .join(' '),
      fields: {
        'event.action': action,
        'event.outcome': OUTCOMES.get(action),
        'user.name': person,
        'event.reference': at(value, 'web_url'),
        'labels.event': kind.replaceAll(' ', '_'),
        'labels.state': state,
        'labels.ref': at(value, 'ref') ?? at(value, 'source_branch'),
        'labels.commit': at(value, 'sha') ?? at(value, 'commit', 'id'),
        'labels.environment': at(value, 'environment', 'name'),
      },
      nativeId: `gitlab ${kind} ${id} ${action} ${text(written)}`,
    }
  }
}

const stateOf = (value: JsonObject): string => text(at(value, 'status')) ?? 'finished'

const deployment: Variant = {
  is: (value) =>
    isObject(at(value, 'environment')) &&
    (isObject(at(value, 'deployable')) || at(value, 'sha') !== undefined) &&
    typeof at(value, 'created_at') === 'string',
  events: (value) =>
    steps(value, 'deployment', text(at(value, 'environment', 'name')), [
      ['created', at(value, 'created_at'), at(value, 'user')],
      [stateOf(value), at(value, 'deployable', 'finished_at') ?? at(value, 'updated_at')],
    ]),
}

const job: Variant = {
  is: (value) =>
    isObject(at(value, 'pipeline')) &&
    typeof at(value, 'stage') === 'string' &&
    typeof at(value, 'created_at') === 'string',
  events: (value) =>
    steps(value, 'job', text(at(value, 'name')), [
      ['started', at(value, 'started_at') ?? at(value, 'created_at'), at(value, 'user')],
      [stateOf(value), at(value, 'finished_at')],
    ]),
}

const pipeline: Variant = {
  is: (value) =>
    typeof at(value, 'sha') === 'string' &&
    typeof at(value, 'status') === 'string' &&
    typeof at(value, 'web_url') === 'string' &&
    String(at(value, 'web_url')).includes('/pipelines/'),
  events: (value) =>
    steps(value, 'pipeline', `#${text(at(value, 'id'))} ${text(at(value, 'ref')) ?? ''}`.trim(), [
      ['created', at(value, 'created_at'), at(value, 'user')],
      [stateOf(value), at(value, 'finished_at') ?? at(value, 'updated_at')],
    ]),
}

const mergeRequest: Variant = {
  is: (value) =>
    at(value, 'iid') !== undefined &&
    typeof at(value, 'source_branch') === 'string' &&
    typeof at(value, 'created_at') === 'string',
  events: (value) =>
    steps(
      value,
      'merge request',
      `!${text(at(value, 'iid'))} ${text(at(value, 'title')) ?? ''}`.trim(),
      [
        ['opened', at(value, 'created_at'), at(value, 'author')],
        ['merged', at(value, 'merged_at'), at(value, 'merge_user') ?? at(value, 'merged_by')],
        ['closed', at(value, 'closed_at'), at(value, 'closed_by')],
      ],
    ),
}

const release: Variant = {
  is: (value) =>
    typeof at(value, 'tag_name') === 'string' &&
    typeof at(value, 'released_at') === 'string' &&
    isObject(at(value, 'commit')),
  events: (value) =>
    steps(value, 'release', text(at(value, 'name')) ?? text(at(value, 'tag_name')), [
      ['released', at(value, 'released_at'), at(value, 'author')],
    ]),
}

const projectEvent: Variant = {
  is: (value) =>
    typeof at(value, 'action_name') === 'string' &&
    typeof at(value, 'created_at') === 'string' &&
    at(value, 'project_id') !== undefined,
  events: (value) =>
    steps(
      value,
      'event',
      text(at(value, 'target_title')) ??
        text(at(value, 'push_data', 'commit_title')) ??
        text(at(value, 'push_data', 'ref')),
      [
        [
          String(at(value, 'action_name')).replaceAll(' ', '-'),
          at(value, 'created_at'),
          at(value, 'author'),
        ],
      ],
    ),
}

export const adapter = variantsAdapter('GitLab webhooks and lists', [
  hook,
  deployment,
  job,
  mergeRequest,
  release,
  projectEvent,
  pipeline,
])
