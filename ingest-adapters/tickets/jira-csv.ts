/**
 * Jira issues exported as CSV, https://support.atlassian.com/jira-software-cloud/docs/export-issues/: a row an issue, a column for each value (names stand several times), dates
 * in the look of the site (`01/May/24 10:00 AM`) in the zone of the person who exported, which is not written. Each issue gives its creation, each comment
 * (`01/May/24 10:05 AM;author;text`) and its resolution.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { Item } from '../adapter.ts'
import { ticketEvents, ticketTable, type Moment, type Ticket } from '../shared/ticket-rows.ts'

const REQUIRED = ['Summary', 'Issue key', 'Created']
const LABELS: Readonly<Record<string, string>> = {
  'Issue Type': 'issue_type',
  Status: 'status',
  Priority: 'priority',
  'Project key': 'project',
  Assignee: 'assignee',
  Resolution: 'resolution',
}
const COMMENT = /^([^;]{8,40});([^;]{0,200});(.*)$/s

function commentMoment(comment: string, key: string, index: number): Moment {
  const [, written, user, text] = COMMENT.exec(comment) ?? []
  return {
    written: written ?? comment.slice(0, 40),
    action: 'comment',
    text: `${key}: ${text ?? comment}`,
    id: `comment/${index}`,
    user,
  }
}

function* readIssue(issue: Ticket): Generator<Item> {
  const key = issue.first('Issue key')
  const name = `${key ?? 'issue'}: ${issue.first('Summary') ?? 'without a summary'}`
  const fields: Fields = {}
  if (key) fields['labels.issue'] = key
  for (const [column, label] of Object.entries(LABELS)) {
    const value = issue.first(column)
    if (value) fields[`labels.${label}`] = value
  }
  const files = issue.all('Attachment').map((each) => each.split(';')[2] ?? each)
  if (files[0]) fields['file.name'] = files[0]
  const description = issue.first('Description')
  yield* ticketEvents(
    issue,
    key,
    [
      {
        written: issue.first('Created'),
        action: 'created',
        text: `${name}${description ? `\n${description}` : ''}`,
        id: 'created',
        user: issue.first('Reporter', 'Creator'),
      },
      ...['Comment', 'Comments']
        .flatMap((column) => issue.all(column))
        .map((comment, i) => commentMoment(comment, key ?? 'issue', i)),
      {
        written: issue.first('Resolved'),
        action: 'resolved',
        text: `${name} – resolved${issue.first('Resolution') ? ` (${issue.first('Resolution')})` : ''}`,
        id: 'resolved',
      },
    ],
    fields,
  )
}

export const adapter = ticketTable(
  'Jira issues as CSV',
  (columns) => REQUIRED.every((name) => columns.has(name)),
  readIssue,
)
