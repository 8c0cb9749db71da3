/**
 * GitHub's issues, as its API lists them, https://docs.github.com/en/rest/issues: issues (opened, closed), comments, events and the timeline of an issue, and what
 * `gh issue list --json` and `gh pr list --json` print (camel case, with `comments`, merged). Webhooks and the events of an account are read by changes/github.
 */
import { momentOf, type Told } from '../shared/event-items.ts'
import { at, isObject, text } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

const REPOSITORY = /(?:api\.github\.com\/repos|github\.com)\/([\w.-]+\/[\w.-]+)\/(?:issues|pull)/
const repositoryOf = (...urls: unknown[]): string | undefined =>
  urls.map((url) => REPOSITORY.exec(text(url) ?? '')?.[1]).find((name) => name !== undefined)

const labelsOf = (list: unknown): string[] =>
  Array.isArray(list) ? list.flatMap((one) => text(at(one, 'name')) ?? []) : []

const issue: Variant = {
  is: (value) =>
    typeof at(value, 'number') === 'number' &&
    typeof at(value, 'title') === 'string' &&
    typeof at(value, 'created_at') === 'string' &&
    typeof at(value, 'user', 'login') === 'string' &&
    repositoryOf(at(value, 'html_url'), at(value, 'url')) !== undefined,
  *events(value) {
    const number = text(at(value, 'number'))
    const repository = repositoryOf(at(value, 'html_url'), at(value, 'url'))
    for (const [action, key, who] of [
      ['opened', 'created_at', at(value, 'user')],
      ['merged', 'merged_at', at(value, 'merged_by')],
      ['closed', 'closed_at', at(value, 'closed_by')],
    ] as const) {
      yield {
        time: momentOf(at(value, key)),
        message: `#${number} ${text(at(value, 'title'))} ${action}`,
        fields: {
          'event.action': action,
          'user.name': at(who, 'login'),
          'event.reference': at(value, 'html_url'),
          'labels.ticket': number,
          'labels.repository': repository,
          'labels.reason': action === 'closed' ? at(value, 'state_reason') : undefined,
          'labels.labels': labelsOf(at(value, 'labels')),
          'labels.milestone': at(value, 'milestone', 'title'),
        },
        nativeId: `github issue ${repository} ${number} ${action} ${text(at(value, key))}`,
      } satisfies Told
    }
  },
}

const comment: Variant = {
  is: (value) =>
    typeof at(value, 'body') === 'string' &&
    typeof at(value, 'created_at') === 'string' &&
    typeof at(value, 'user', 'login') === 'string' &&
    (typeof at(value, 'issue_url') === 'string' ||
      text(at(value, 'html_url'))?.includes('#issuecomment-') === true),
  *events(value) {
    const url = at(value, 'issue_url') ?? at(value, 'html_url')
    yield {
      time: momentOf(at(value, 'created_at')),
      message: String(at(value, 'body')).trim() || '(empty)',
      fields: {
        'event.action': 'commented',
        'user.name': at(value, 'user', 'login'),
        'event.reference': at(value, 'html_url'),
        'labels.repository': repositoryOf(url),
        'labels.ticket': /\/(?:issues|pull)\/(\d+)/.exec(text(url) ?? '')?.[1],
      },
      nativeId: `github comment ${text(at(value, 'id'))}`,
    }
  },
}

const event: Variant = {
  is: (value) =>
    typeof at(value, 'event') === 'string' &&
    typeof at(value, 'created_at') === 'string' &&
    at(value, 'actor') !== undefined &&
    (at(value, 'node_id') !== undefined || at(value, 'commit_url') !== undefined),
  *events(value) {
    const what =
      text(at(value, 'label', 'name')) ??
      text(at(value, 'assignee', 'login')) ??
      text(at(value, 'milestone', 'title')) ??
      text(at(value, 'rename', 'to')) ??
      text(at(value, 'source', 'issue', 'title'))
    const about = at(value, 'issue')
    const name = text(at(about, 'number'))
    yield {
      time: momentOf(at(value, 'created_at')),
      message: [
        name === undefined ? undefined : `#${name} ${text(at(about, 'title')) ?? ''}`.trim(),
        String(at(value, 'event')).replaceAll('_', ' '),
        what,
      ]
        .filter((part) => part)
        .join(' '),
      fields: {
        'event.action': String(at(value, 'event')).replaceAll('_', '-'),
        'user.name': at(value, 'actor', 'login'),
        'labels.ticket': name,
        'labels.repository': repositoryOf(at(about, 'html_url'), at(value, 'url')),
        'labels.commit': at(value, 'commit_id'),
      },
      nativeId: `github issue event ${text(at(value, 'id')) ?? text(at(value, 'node_id'))}`,
    }
  },
}

const listedByGh: Variant = {
  is: (value) =>
    typeof at(value, 'number') === 'number' &&
    typeof at(value, 'title') === 'string' &&
    typeof at(value, 'createdAt') === 'string' &&
    (repositoryOf(at(value, 'url')) !== undefined ||
      typeof at(value, 'author', 'login') === 'string'),
  *events(value) {
    const number = text(at(value, 'number'))
    const name = `#${number} ${text(at(value, 'title'))}`
    const repository = repositoryOf(at(value, 'url'))
    const told = (action: string, written: unknown, who: unknown, said: string): Told => ({
      time: momentOf(written),
      message: said === '' ? `${name} ${action}` : `${name}: ${said}`,
      fields: {
        'event.action': action,
        'user.name': at(who, 'login'),
        'event.reference': at(value, 'url'),
        'labels.ticket': number,
        'labels.repository': repository,
        'labels.labels': labelsOf(at(value, 'labels')),
      },
      nativeId:
        repository === undefined
          ? undefined
          : `github issue ${repository} ${number} ${action} ${text(written)}`,
    })
    yield told('opened', at(value, 'createdAt'), at(value, 'author'), '')
    const comments = at(value, 'comments')
    for (const one of Array.isArray(comments) ? comments.filter(isObject) : [])
      yield told('commented', at(one, 'createdAt'), at(one, 'author'), text(at(one, 'body')) ?? '')
    yield told('merged', at(value, 'mergedAt'), at(value, 'mergedBy'), '')
    yield told('closed', at(value, 'closedAt'), undefined, '')
  },
}

export const adapter = variantsAdapter('GitHub issues', [event, comment, issue, listedByGh])
