/**
 * What GitHub's API lists of changes, https://docs.github.com/en/rest: runs of workflows (`workflow_runs`) and their jobs (`jobs`), deployments and their statuses, releases, and
 * commits; and what `gh run list --json` prints. Each beginning and each end is an event. Issues and pull requests are read by tickets/github-issues.
 */
import { momentOf, type Told } from '../shared/event-items.ts'
import { at, isObject, text, type JsonObject } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

const OUTCOMES: ReadonlyMap<string, string> = new Map([
  ['success', 'success'],
  ['failure', 'failure'],
  ['error', 'failure'],
  ['timed_out', 'failure'],
  ['startup_failure', 'failure'],
])
const REPOSITORY = /github\.com\/(?:repos\/)?([\w.-]+\/[\w.-]+)/

/** One moment of a thing that has a number. */
function told(
  value: JsonObject,
  kind: string,
  name: string | undefined,
  action: string | undefined,
  written: unknown,
  more: Told['fields'] = {},
): Told {
  const url = text(at(value, 'html_url')) ?? text(at(value, 'url'))
  return {
    time: momentOf(written),
    message: [kind, name, action].filter((part) => part).join(' '),
    fields: {
      'event.action': action,
      'event.outcome': OUTCOMES.get(action ?? ''),
      'event.reference': url,
      'labels.event': kind.replaceAll(' ', '_'),
      'labels.repository': REPOSITORY.exec(url ?? '')?.[1],
      ...more,
    },
    nativeId: `github ${kind} ${text(at(value, 'id')) ?? url} ${action} ${text(written)}`,
  }
}

const run: Variant = {
  is: (value) =>
    at(value, 'run_number') !== undefined &&
    at(value, 'workflow_id') !== undefined &&
    typeof at(value, 'created_at') === 'string',
  *events(value) {
    const name = `${text(at(value, 'name')) ?? ''} #${text(at(value, 'run_number'))}`.trim()
    const more = {
      'labels.ref': at(value, 'head_branch'),
      'labels.commit': at(value, 'head_sha'),
      'labels.trigger': at(value, 'event'),
    }
    const begun = at(value, 'run_started_at') ?? at(value, 'created_at')
    const person = { 'user.name': at(value, 'actor', 'login') }
    yield told(value, 'workflow run', name, 'started', begun, { ...more, ...person })
    const conclusion = text(at(value, 'conclusion'))
    if (conclusion !== undefined)
      yield told(value, 'workflow run', name, conclusion, at(value, 'updated_at'), more)
  },
}

const job: Variant = {
  is: (value) =>
    at(value, 'run_id') !== undefined &&
    at(value, 'started_at') !== undefined &&
    Array.isArray(at(value, 'steps')),
  *events(value) {
    const name = text(at(value, 'name'))
    const more = { 'host.name': at(value, 'runner_name'), 'labels.run': at(value, 'run_id') }
    yield told(value, 'workflow job', name, 'started', at(value, 'started_at'), more)
    const conclusion = text(at(value, 'conclusion')) ?? 'completed'
    yield told(value, 'workflow job', name, conclusion, at(value, 'completed_at'), more)
  },
}

const deployment: Variant = {
  is: (value) =>
    typeof at(value, 'environment') === 'string' &&
    typeof at(value, 'created_at') === 'string' &&
    (typeof at(value, 'statuses_url') === 'string' ||
      typeof at(value, 'deployment_url') === 'string'),
  *events(value) {
    const status = text(at(value, 'state'))
    const name = text(at(value, 'environment'))
    yield told(value, 'deployment', name, status ?? 'created', at(value, 'created_at'), {
      'user.name': at(value, 'creator', 'login'),
      'labels.environment': name,
      'labels.ref': at(value, 'ref'),
      'labels.commit': at(value, 'sha'),
      'labels.description': at(value, 'description'),
    })
  },
}

const release: Variant = {
  is: (value) =>
    typeof at(value, 'tag_name') === 'string' &&
    at(value, 'published_at') !== undefined &&
    typeof at(value, 'draft') === 'boolean',
  *events(value) {
    const name = text(at(value, 'name')) ?? text(at(value, 'tag_name'))
    yield told(value, 'release', name, 'published', at(value, 'published_at'), {
      'user.name': at(value, 'author', 'login'),
      'labels.ref': at(value, 'tag_name'),
    })
  },
}

const commit: Variant = {
  is: (value) =>
    typeof at(value, 'sha') === 'string' &&
    typeof at(value, 'commit', 'message') === 'string' &&
    isObject(at(value, 'commit', 'committer')),
  *events(value) {
    const inner = at(value, 'commit')
    const sha = text(at(value, 'sha'))
    yield {
      time: momentOf(at(inner, 'committer', 'date')),
      message: String(at(inner, 'message')).trim() || `commit ${sha}`,
      fields: {
        'event.action': 'commit',
        'user.name': at(inner, 'author', 'name'),
        'user.email': at(inner, 'author', 'email'),
        'event.reference': at(value, 'html_url'),
        'labels.commit': sha,
        'labels.author_date': at(inner, 'author', 'date'),
      },
      nativeId: sha,
    }
  },
}

const runByGh: Variant = {
  is: (value) =>
    (at(value, 'databaseId') !== undefined || at(value, 'workflowName') !== undefined) &&
    (at(value, 'headSha') !== undefined || at(value, 'headBranch') !== undefined) &&
    typeof at(value, 'createdAt') === 'string',
  *events(value) {
    const name = text(at(value, 'workflowName')) ?? text(at(value, 'displayTitle'))
    const more = { 'labels.ref': at(value, 'headBranch'), 'labels.commit': at(value, 'headSha') }
    const begun = at(value, 'startedAt') ?? at(value, 'createdAt')
    yield told(value, 'workflow run', name, 'started', begun, more)
    const conclusion = text(at(value, 'conclusion'))
    if (conclusion !== undefined)
      yield told(value, 'workflow run', name, conclusion, at(value, 'updatedAt'), more)
  },
}

export const adapter = variantsAdapter(
  'GitHub runs, deployments, releases and commits',
  [run, job, deployment, release, commit, runByGh],
  [['workflow_runs'], ['jobs']],
)
