/**
 * ServiceNow lists exported as CSV, https://www.servicenow.com/docs/csh?topicname=c_ExportFormats.html: incidents, problems and changes, a row a record, under the labels of the list
 * (`Number`, `Opened`, `Short description`) or the names of the fields (`number`, `opened_at`, `short_description`). Stamps are in the zone of the person who exported, which is not
 * written. Each record gives what has a time: opened, work started and ended, planned start and end of a change, resolved, closed.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { Item } from '../adapter.ts'
import { ticketEvents, ticketTable, type Ticket } from '../shared/ticket-rows.ts'

const NUMBER = ['Number', 'number']
const TITLE = ['Short description', 'short_description']
const MOMENTS: readonly (readonly [action: string, ...columns: string[]])[] = [
  ['opened', 'Opened', 'opened_at', 'Created', 'sys_created_on'],
  ['planned-start', 'Planned start date', 'start_date'],
  ['work-started', 'Actual start', 'Actual start date', 'work_start'],
  ['work-ended', 'Actual end', 'Actual end date', 'work_end'],
  ['planned-end', 'Planned end date', 'end_date'],
  ['resolved', 'Resolved', 'resolved_at'],
  ['closed', 'Closed', 'closed_at'],
]
const LABELS: readonly (readonly [label: string, ...columns: string[]])[] = [
  ['state', 'State', 'state', 'Incident state', 'incident_state'],
  ['priority', 'Priority', 'priority'],
  ['group', 'Assignment group', 'assignment_group'],
  ['assignee', 'Assigned to', 'assigned_to'],
  ['service', 'Configuration item', 'cmdb_ci', 'Business service', 'business_service'],
  ['risk', 'Risk', 'risk'],
  ['type', 'Type', 'type'],
]

function* readTicket(ticket: Ticket): Generator<Item> {
  const number = ticket.first(...NUMBER)
  const fields: Fields = {}
  if (number) fields['labels.ticket'] = number
  for (const [label, ...columns] of LABELS) {
    const value = ticket.first(...columns)
    if (value) fields[`labels.${label}`] = value
  }
  const title = `${number ?? 'record'}: ${ticket.first(...TITLE) ?? 'without a description'}`
  yield* ticketEvents(
    ticket,
    number,
    MOMENTS.map(([action, ...columns]) => ({
      written: ticket.first(...columns),
      action,
      text: `${title} – ${action.replace('-', ' ')}`,
      id: action,
      user:
        action === 'opened'
          ? ticket.first('Opened by', 'opened_by', 'Caller', 'caller_id')
          : undefined,
    })),
    fields,
  )
}

export const adapter = ticketTable(
  'ServiceNow list as CSV',
  (columns) => {
    const has = (names: readonly string[]): boolean => names.some((name) => columns.has(name))
    return has(NUMBER) && has(TITLE) && MOMENTS.some(([, ...moment]) => has(moment))
  },
  readTicket,
)
