/**
 * Which of a GitHub payload's stamps tells when it happened: that of the thing that it is about which fits the action.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads
 */
import type { GithubEvent } from './github-event.ts'
import { at, isObject, text } from './json.ts'
import { jsonStamp } from './json-stamp.ts'
import type { StampRead } from './stamp.ts'

const BY_ACTION = new Map([
  ['opened', ['created_at']],
  ['created', ['created_at', 'started_at', 'starred_at']],
  ['create', ['created_at']],
  ['fork', ['created_at']],
  ['submitted', ['submitted_at']],
  ['closed', ['closed_at', 'merged_at']],
  ['completed', ['completed_at', 'updated_at']],
  ['in_progress', ['started_at', 'updated_at', 'run_started_at']],
  ['queued', ['created_at']],
  ['waiting', ['created_at']],
  ['requested', ['created_at', 'run_started_at']],
  ['published', ['published_at']],
  ['released', ['published_at']],
  ['prereleased', ['published_at']],
  ['dismissed', ['dismissed_at', 'updated_at']],
  ['dismiss', ['dismissed_at']],
  ['closed_by_user', ['dismissed_at']],
  ['auto_dismissed', ['auto_dismissed_at', 'updated_at']],
  ['fixed', ['fixed_at', 'updated_at']],
  ['resolve', ['fixed_at']],
  ['resolved', ['resolved_at', 'updated_at']],
])
/** Nothing in the payload is as late as this: what was removed was last changed before, and a member was not made by being added. */
const TIMELESS: ReadonlySet<string> = new Set(['deleted', 'added', 'removed'])
/** Things beside the subject, whose stamps are about something else. */
const OTHERS: ReadonlySet<string> = new Set([
  'repository',
  'organization',
  'sender',
  'installation',
  'enterprise',
  'head_repository',
  'base',
  'head',
  'user',
  'owner',
  'workflow',
  'member',
  'team',
  'label',
  'milestone',
])

function stampOf(thing: unknown, action: string): StampRead {
  let impossible: StampRead
  for (const key of [...(BY_ACTION.get(action) ?? []), 'updated_at']) {
    const written = at(thing, key)
    const stamp = typeof written === 'string' ? jsonStamp(written) : undefined
    if (stamp === 'impossible-time') impossible = stamp
    else if (stamp !== undefined) return stamp
  }
  return impossible
}

/** Making and deleting a branch or a tag are pushes too. */
const PUSHES: ReadonlySet<string> = new Set(['push', 'create', 'delete'])

export function webhookTime(event: GithubEvent): StampRead {
  const { payload } = event
  // its commits may be days old, or none where it deletes a branch
  if (PUSHES.has(event.name)) return jsonStamp(at(payload, 'repository', 'pushed_at'))
  const action = text(at(payload, 'action')) ?? event.name
  if (TIMELESS.has(action)) return undefined
  // `created_at` of a release is its commit's
  if (event.name === 'release' && action === 'created') return stampOf(event.subject, 'published')
  const own = stampOf(event.subject, action) ?? stampOf(payload, action)
  if (own !== undefined || !isObject(payload)) return own
  for (const [key, thing] of Object.entries(payload)) {
    const stamp = OTHERS.has(key) || !isObject(thing) ? undefined : stampOf(thing, action)
    if (stamp !== undefined) return stamp
  }
  return undefined
}
