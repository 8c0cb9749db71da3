/** What a GitHub event says, whether it came by webhook or from the events API: its sentence and its fields. */
import type { Fields } from '../../schemas/source-record.ts'
import { at, isObject, text } from './json.ts'
import { setField, setLabel } from './json-fields.ts'

export interface GithubEvent {
  /** As the webhook calls it: `pull_request`. */
  name: string
  payload: unknown
  /** The thing that it is about. */
  subject: unknown
  sender: string | undefined
  repository: string | undefined
}

const ACTIONS = new Map([
  ['opened', 'open'],
  ['closed', 'close'],
  ['reopened', 'reopen'],
])

function actionOf(event: GithubEvent): string {
  const action = text(at(event.payload, 'action'))
  if (
    event.name === 'push' ||
    event.name === 'create' ||
    event.name === 'delete' ||
    event.name === 'fork'
  )
    return event.name
  if (event.name.startsWith('deployment')) return 'deploy'
  if (event.name === 'release' && (action === 'published' || action === 'released'))
    return 'release'
  if (event.name === 'pull_request' && action === 'closed' && at(event.subject, 'merged') === true)
    return 'merge'
  return action === undefined ? event.name : (ACTIONS.get(action) ?? action)
}

const OUTCOMES = new Map([
  ['success', 'success'],
  ['failure', 'failure'],
  ['error', 'failure'],
  ['timed_out', 'failure'],
  ['startup_failure', 'failure'],
  ['cancelled', 'unknown'],
])

const short = (ref: string): string => ref.replace(/^refs\/(?:heads|tags)\//, '')
const firstLine = (value: unknown): string | undefined =>
  text(value)?.trim().split('\n', 1)[0]?.trim() || undefined

/** `pushed 2 commits to main: Fix the pool size`; the events API tells no count any more. */
function pushText(payload: unknown): string {
  const commits = at(payload, 'commits')
  const size = text(at(payload, 'size')) ?? (Array.isArray(commits) ? commits.length : undefined)
  const count = size === undefined ? '' : ` ${size} ${String(size) === '1' ? 'commit' : 'commits'}`
  const last: unknown = Array.isArray(commits) ? commits.at(-1) : undefined
  const told = firstLine(at(payload, 'head_commit', 'message')) ?? firstLine(at(last, 'message'))
  const ref = short(text(at(payload, 'ref')) ?? '')
  const forced = at(payload, 'forced') === true ? 'force-pushed' : 'pushed'
  return `${forced}${count} to ${ref}${told === undefined ? '' : `: ${told}`}`
}

/** The number and title of what an event is about, and what was said. */
function subjectText(event: GithubEvent): string {
  const { payload, subject } = event
  const about =
    at(payload, 'issue') ?? at(payload, 'pull_request') ?? at(payload, 'discussion') ?? subject
  const number = text(at(about, 'number'))
  const environment =
    text(at(subject, 'environment')) ?? text(at(payload, 'deployment', 'environment'))
  const title =
    firstLine(at(about, 'title')) ??
    firstLine(at(about, 'name')) ??
    firstLine(at(about, 'tag_name')) ??
    firstLine(at(about, 'display_title')) ??
    firstLine(at(about, 'rule', 'description')) ??
    firstLine(at(about, 'affected_package_name')) ??
    text(at(about, 'full_name')) ??
    text(at(about, 'login')) ??
    text(at(about, 'head_branch')) ??
    text(at(payload, 'context'))
  const ref = text(at(payload, 'ref'))
  const deployed = text(at(payload, 'deployment', 'ref')) ?? text(at(subject, 'ref'))
  const parts = [
    environment !== undefined && deployed !== undefined ? `of ${short(deployed)}` : undefined,
    number === undefined ? undefined : `#${number}`,
    title ?? [text(at(payload, 'ref_type')), short(ref ?? '')].filter((part) => part).join(' '),
    environment === undefined ? undefined : `to ${environment}`,
  ]
  return parts.filter((part) => part).join(' ')
}

const stateOf = ({ payload, subject }: GithubEvent): string | undefined =>
  text(at(subject, 'conclusion')) ??
  text(at(payload, 'deployment_status', 'state')) ??
  (at(payload, 'context') === undefined ? undefined : text(at(payload, 'state')))

function messageOf(event: GithubEvent): string {
  const who = event.sender === undefined ? '' : `${event.sender} `
  if (event.name === 'push') return who + pushText(event.payload)
  const action = at(event.payload, 'action')
  const merged = actionOf(event) === 'merge' ? 'merged' : text(action)
  const state = stateOf(event) ?? text(at(event.subject, 'state'))
  const said = firstLine(at(event.subject, 'body')) ?? firstLine(at(event.payload, 'description'))
  const name = event.name.startsWith('deployment') ? 'deployment' : event.name.replaceAll('_', ' ')
  const did = event.name === 'deployment_status' ? undefined : merged
  const parts = [name, did, subjectText(event)].filter((part) => part)
  const tail = event.name.includes('comment') || event.name.includes('review') ? said : undefined
  const shown =
    event.name.startsWith('pull_request') && event.name !== 'pull_request_review'
      ? undefined
      : state
  return `${who}${parts.join(' ')}${shown === undefined || shown === 'open' ? '' : ` (${shown})`}${tail === undefined ? '' : `: ${tail}`}`
}

export function describeEvent(event: GithubEvent): { message: string; fields: Fields } {
  const { payload, subject } = event
  const fields: Fields = { 'event.action': actionOf(event) }
  const state = stateOf(event)
  setField(fields, 'event.outcome', state === undefined ? undefined : OUTCOMES.get(state))
  setField(fields, 'user.name', event.sender)
  const link =
    text(at(payload, 'compare')) ??
    text(at(subject, 'html_url')) ??
    text(at(payload, 'deployment_status', 'target_url')) ??
    text(at(payload, 'target_url')) ??
    text(at(subject, 'url'))
  setField(fields, 'event.reference', link)
  setLabel(fields, 'event', event.name)
  setLabel(fields, 'repository', event.repository)
  setLabel(fields, 'state', state)
  setLabel(fields, 'ref', at(payload, 'ref') ?? at(subject, 'head_branch') ?? at(subject, 'ref'))
  setLabel(
    fields,
    'commit',
    at(payload, 'after') ??
      at(payload, 'head') ??
      at(subject, 'head_sha') ??
      at(subject, 'sha') ??
      at(payload, 'sha'),
  )
  setLabel(
    fields,
    'number',
    at(payload, 'number') ??
      at(payload, 'issue', 'number') ??
      at(payload, 'pull_request', 'number'),
  )
  setLabel(
    fields,
    'environment',
    at(subject, 'environment') ?? at(payload, 'deployment', 'environment'),
  )
  setLabel(fields, 'severity', at(subject, 'severity') ?? at(subject, 'rule', 'severity'))
  const commits = at(payload, 'commits')
  if (Array.isArray(commits)) setLabel(fields, 'commits', commits.filter(isObject).length)
  return { message: messageOf(event), fields }
}
