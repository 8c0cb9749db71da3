/**
 * Jira: issues of its REST API, https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/ (alone, or those that a search gives; with `expand=changelog` their
 * history, with their comments), the pages of a changelog, and webhooks, https://developer.atlassian.com/server/jira/platform/webhooks/ (`webhookEvent`, `timestamp` in
 * milliseconds). Each change is an event at its `created`; a webhook's own time is when the change was made.
 */
import { momentOf, type Told } from '../shared/event-items.ts'
import { at, isObject, text, type JsonObject } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

const listOf = (value: unknown): JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : []

const nameOf = (person: unknown): string | undefined =>
  text(at(person, 'displayName')) ?? text(at(person, 'name'))

const DEPTH = 20

/** The words of a text, or of a tree of nodes (Atlassian's document format), without marks, on one line for each block. */
function plainText(value: unknown, depth = 0): string {
  const written = text(value) ?? text(at(value, 'text'))
  if (written !== undefined) return written
  const content = at(value, 'content')
  if (!Array.isArray(content) || depth > DEPTH) return ''
  const between = content.some((node) => at(node, 'type') === 'text') ? '' : '\n'
  return content.map((node) => plainText(node, depth + 1)).join(between)
}

const titleOf = (issue: unknown): string =>
  [text(at(issue, 'key')), text(at(issue, 'fields', 'summary'))].filter((part) => part).join(' ')

const issueFields = (issue: unknown): Told['fields'] => ({
  'labels.ticket': at(issue, 'key'),
  'labels.type': at(issue, 'fields', 'issuetype', 'name'),
  'labels.priority': at(issue, 'fields', 'priority', 'name'),
  'labels.project': at(issue, 'fields', 'project', 'key'),
})

const changeText = (items: unknown): string =>
  listOf(items)
    .map((item) => {
      const from = text(at(item, 'fromString')) ?? text(at(item, 'from'))
      const to = text(at(item, 'toString')) ?? text(at(item, 'to')) ?? 'nothing'
      return `${text(at(item, 'field'))}: ${from === undefined ? '' : `${from} → `}${to}`
    })
    .join('; ')

const actionOf = (items: unknown): string => {
  const fields = listOf(items).map((item) => text(at(item, 'field'))?.toLowerCase())
  if (fields.includes('resolution')) {
    const to = listOf(items).find((item) => at(item, 'field') === 'resolution')
    return text(at(to, 'to')) === undefined ? 'reopened' : 'resolved'
  }
  return fields.includes('status') ? 'transitioned' : 'updated'
}

function historyTold(history: JsonObject, issue: unknown): Told {
  const id = text(at(history, 'id'))
  return {
    time: momentOf(at(history, 'created'), 'ms'),
    message: [titleOf(issue), changeText(at(history, 'items'))].filter((part) => part).join(': '),
    fields: {
      ...issueFields(issue),
      'event.action': actionOf(at(history, 'items')),
      'user.name': nameOf(at(history, 'author')),
    },
    nativeId: id === undefined ? undefined : `jira change ${text(at(issue, 'key')) ?? ''} ${id}`,
  }
}

function commentTold(comment: JsonObject, issue: unknown): Told {
  return {
    time: momentOf(at(comment, 'created')),
    message: `${titleOf(issue)}: ${plainText(at(comment, 'body')).trim()}`,
    fields: {
      ...issueFields(issue),
      'event.action': 'commented',
      'user.name': nameOf(at(comment, 'author')),
    },
    nativeId: `jira comment ${text(at(comment, 'id'))}`,
  }
}

const isIssue = (value: unknown): value is JsonObject =>
  typeof at(value, 'key') === 'string' &&
  isObject(at(value, 'fields')) &&
  (at(value, 'fields', 'created') !== undefined ||
    at(value, 'fields', 'summary') !== undefined ||
    isObject(at(value, 'changelog')))

const issue: Variant = {
  is: (value) => isIssue(value) && at(value, 'webhookEvent') === undefined,
  *events(value) {
    const fields = at(value, 'fields')
    const histories = listOf(at(value, 'changelog', 'histories'))
    yield {
      time: momentOf(at(fields, 'created')),
      message: `${titleOf(value)} created`,
      fields: {
        ...issueFields(value),
        'event.action': 'created',
        'user.name': nameOf(at(fields, 'reporter')) ?? nameOf(at(fields, 'creator')),
      },
      nativeId: `jira ${text(at(value, 'key'))} created`,
    }
    for (const history of histories) yield historyTold(history, value)
    for (const comment of listOf(at(fields, 'comment', 'comments')))
      yield commentTold(comment, value)
    // the history tells it, with who did it
    if (histories.length > 0) return
    yield {
      time: momentOf(at(fields, 'resolutiondate')),
      message:
        `${titleOf(value)} resolved: ${text(at(fields, 'resolution', 'name')) ?? ''}`.replace(
          /: $/,
          '',
        ),
      fields: { ...issueFields(value), 'event.action': 'resolved' },
      nativeId: `jira ${text(at(value, 'key'))} resolved ${text(at(fields, 'resolutiondate'))}`,
    }
  },
}

const webhook: Variant = {
  is: (value) =>
    typeof at(value, 'webhookEvent') === 'string' && at(value, 'timestamp') !== undefined,
  *events(value) {
    const about = at(value, 'issue')
    const name = String(at(value, 'webhookEvent')).replace(/^jira:/, '')
    const items = at(value, 'changelog', 'items')
    const comment = at(value, 'comment')
    // as an export of the issue tells it, so that both are one event
    if (name === 'comment_created' && isObject(comment) && at(comment, 'created') !== undefined) {
      yield commentTold(comment, about)
      return
    }
    const said = isObject(comment) ? plainText(at(comment, 'body')).trim() : changeText(items)
    const what = titleOf(about) || name.replaceAll('_', ' ')
    yield {
      time: momentOf(at(value, 'timestamp'), 'ms'),
      message: said === '' ? `${what} ${name.replace(/^issue_/, '')}` : `${what}: ${said}`,
      fields: {
        ...issueFields(about),
        'event.action':
          name === 'issue_updated' && Array.isArray(items)
            ? actionOf(items)
            : name === 'comment_created'
              ? 'commented'
              : name.replace(/^issue_/, '').replace('_', '-'),
        'user.name': nameOf(at(value, 'user')) ?? nameOf(at(comment, 'updateAuthor')),
      },
      nativeId: `jira webhook ${text(at(about, 'id')) ?? ''} ${name} ${text(at(value, 'timestamp'))} ${text(at(comment, 'id')) ?? ''}`,
    }
  },
}

const history: Variant = {
  is: (value) => {
    const items = at(value, 'items')
    return (
      at(value, 'created') !== undefined &&
      isObject(at(value, 'author')) &&
      Array.isArray(items) &&
      typeof at(items[0], 'field') === 'string'
    )
  },
  *events(value) {
    yield historyTold(value, undefined)
  },
}

export const adapter = variantsAdapter(
  'Jira issues',
  [webhook, issue, history],
  [['issues'], ['values'], ['histories']],
)
