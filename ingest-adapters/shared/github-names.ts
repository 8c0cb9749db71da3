/** The names of GitHub's webhook events, which their payloads do not tell, and the thing that each is about. */
import { at, type JsonObject } from './json.ts'

/** The members that tell an event, the more special first: a deployment's status also holds the deployment and its workflow run. */
const BY_MEMBERS: readonly (readonly [name: string, ...members: string[]])[] = [
  ['workflow_job', 'workflow_job'],
  ['deployment_status', 'deployment_status'],
  ['deployment_protection_rule', 'deployment_callback_url'],
  ['deployment_review', 'approver', 'workflow_run'],
  ['deployment', 'deployment', 'action'],
  ['check_run', 'check_run'],
  ['check_suite', 'check_suite'],
  ['workflow_run', 'workflow_run'],
  ['pull_request_review', 'review', 'pull_request'],
  ['pull_request_review_comment', 'comment', 'pull_request'],
  ['pull_request_review_thread', 'thread', 'pull_request'],
  ['pull_request', 'pull_request'],
  ['issue_comment', 'comment', 'issue'],
  ['issues', 'issue'],
  ['discussion_comment', 'comment', 'discussion'],
  ['discussion', 'discussion'],
  ['commit_comment', 'comment'],
  ['release', 'release'],
  ['push', 'ref', 'before', 'after'],
  ['create', 'ref', 'ref_type', 'master_branch'],
  ['delete', 'ref', 'ref_type'],
  ['workflow_dispatch', 'workflow', 'inputs'],
  ['security_advisory', 'security_advisory'],
  ['alert', 'alert'],
  ['status', 'sha', 'state', 'context'],
  ['fork', 'forkee'],
  ['gollum', 'pages'],
  ['page_build', 'build'],
  ['package', 'package'],
  ['package', 'registry_package'],
  ['branch_protection_rule', 'rule'],
  ['milestone', 'milestone'],
  ['label', 'label'],
  ['member', 'member'],
  ['team', 'team'],
  ['ping', 'hook', 'zen'],
  ['star', 'starred_at'],
  ['installation', 'installation', 'action'],
  ['repository', 'action', 'repository'],
]

export function eventNameOf(payload: JsonObject): string {
  const found = BY_MEMBERS.find(([, ...members]) =>
    members.every((key) => Object.hasOwn(payload, key)),
  )
  return found?.[0] ?? 'event'
}

const SUBJECTS = new Map([
  ['issues', 'issue'],
  ['issue_comment', 'comment'],
  ['commit_comment', 'comment'],
  ['discussion_comment', 'comment'],
  ['pull_request_review', 'review'],
  ['pull_request_review_comment', 'comment'],
  ['pull_request_review_thread', 'pull_request'],
  ['deployment_review', 'workflow_run'],
  ['page_build', 'build'],
  ['fork', 'forkee'],
  ['push', 'head_commit'],
])

export function subjectOf(name: string, payload: unknown): unknown {
  return (
    at(payload, SUBJECTS.get(name) ?? name) ??
    (name === 'package' ? at(payload, 'registry_package') : undefined)
  )
}
