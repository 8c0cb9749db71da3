/**
 * The activity log of Azure, https://learn.microsoft.com/en-us/azure/azure-monitor/platform/activity-log-schema. Variants: the JSON that the
 * portal downloads and `az monitor activity-log list` prints (an array, or the REST API's `value`), the same with the snake_case names
 * of the Python SDK, and rows of the table AzureActivity of Log Analytics. The time is `eventTimestamp` (`TimeGenerated` in the table), not
 * `submissionTimestamp`. What diagnostic settings export has the schema of resource logs: see azure-resource-log.ts.
 */
import { at, text as textOf, type JsonObject } from '../shared/json.ts'
import { fieldsOf, jsonFormat, phrase, told, type FieldTable } from '../shared/json-format.ts'
import { jsonStamp } from '../shared/json-stamp.ts'

const TABLE: FieldTable = [
  ['event.action', 'operationName', 'value'],
  ['event.action', 'operation_name', 'value'],
  ['event.action', 'operationName'],
  ['event.action', 'OperationNameValue'],
  ['event.outcome', 'status', 'value'],
  ['event.outcome', 'ActivityStatusValue'],
  ['log.level', 'level'],
  ['log.level', 'Level'],
  ['log.logger', 'category', 'value'],
  ['log.logger', 'CategoryValue'],
  ['user.name', 'caller'],
  ['user.name', 'Caller'],
  ['source.ip', 'httpRequest', 'clientIpAddress'],
  ['source.ip', 'http_request', 'client_ip_address'],
  ['source.ip', 'CallerIpAddress'],
  ['http.request.method', 'httpRequest', 'method'],
  ['http.request.method', 'http_request', 'method'],
  ['cloud.account.id', 'subscriptionId'],
  ['cloud.account.id', 'subscription_id'],
  ['cloud.account.id', 'SubscriptionId'],
  ['trace.id', 'correlationId'],
  ['trace.id', 'correlation_id'],
  ['trace.id', 'CorrelationId'],
]
const SKIP = [
  'eventTimestamp',
  'event_timestamp',
  'TimeGenerated',
  'claims',
  'Claims',
  'Claims_d',
  'authorization',
  'Authorization',
]

const isEvent = (value: unknown): value is JsonObject =>
  (textOf(at(value, 'eventTimestamp')) !== undefined &&
    textOf(at(value, 'eventDataId')) !== undefined &&
    at(value, 'operationName') !== undefined) ||
  (textOf(at(value, 'event_timestamp')) !== undefined &&
    textOf(at(value, 'event_data_id')) !== undefined &&
    at(value, 'operation_name') !== undefined) ||
  (textOf(at(value, 'TimeGenerated')) !== undefined &&
    textOf(at(value, 'OperationNameValue')) !== undefined &&
    at(value, 'ActivityStatusValue') !== undefined)

const textIn = (value: unknown): string | undefined =>
  textOf(at(value, 'localizedValue')) ??
  textOf(at(value, 'localized_value')) ??
  textOf(at(value, 'value')) ??
  textOf(value)

/** `virtualMachines/web-01` of a resource's long id. */
const lastParts = (id: string): string => id.split('/').slice(-2).join('/')

function messageOf(event: JsonObject): string {
  const any = (...names: string[]): string | undefined => {
    for (const name of names) {
      const found = textIn(at(event, name))
      if (found !== undefined) return found
    }
    return undefined
  }
  const operation = any('operationName', 'operation_name', 'OperationName', 'OperationNameValue')
  const resource = any('resourceId', 'resource_id', 'Resource', '_ResourceId')
  const who = any('caller', 'Caller')
  const status = any('status', 'ActivityStatus', 'ActivityStatusValue')
  const said = any('description')
  const done = phrase(operation, resource && `on ${lastParts(resource)}`, who && `by ${who}`)
  return told(done, status, said)
}

export const adapter = jsonFormat({
  title: 'Azure activity log',
  lists: [['value']],
  isRecord: isEvent,
  read: (event) => {
    const fields = fieldsOf(event, TABLE, SKIP)
    fields['cloud.provider'] = 'azure'
    const id = textOf(
      at(event, 'eventDataId') ?? at(event, 'event_data_id') ?? at(event, 'EventDataId'),
    )
    return {
      time: jsonStamp(
        at(event, 'eventTimestamp') ?? at(event, 'event_timestamp') ?? at(event, 'TimeGenerated'),
      ),
      message: messageOf(event),
      fields,
      nativeId: id && `azure activity ${id}`,
    }
  },
})
