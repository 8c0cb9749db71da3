/**
 * Google Cloud Logging, https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry, with audit logs
 * (https://cloud.google.com/logging/docs/reference/audit/auditlog/rest/Shared.Types/AuditLog) in `protoPayload`. Variants: the array that
 * `gcloud logging read --format=json` and the console write, lines (sinks to Cloud Storage), `{"entries":[…]}` of the API, and BigQuery's spelling of
 * `protoPayload` (`protopayload_auditlog`). The time is `timestamp`, or `receiveTimestamp` where the writer told none; entries of one log with
 * the same time and `insertId` are one, as Logging itself has it.
 */
import { plain } from '../shared/console-text.ts'
import { at, isObject, text as textOf, type JsonObject } from '../shared/json.ts'
import { pairs } from '../shared/json-fields.ts'
import { fieldsOf, jsonFormat, phrase, type FieldTable } from '../shared/json-format.ts'
import { jsonStamp } from '../shared/json-stamp.ts'

const AUDITS = ['protoPayload', 'protopayload_auditlog'] as const
const TABLE: FieldTable = [
  ...AUDITS.flatMap((key) => [
    ['event.action', key, 'methodName'] as const,
    ['event.provider', key, 'serviceName'] as const,
    ['user.name', key, 'authenticationInfo', 'principalEmail'] as const,
    ['source.ip', key, 'requestMetadata', 'callerIp'] as const,
    ['user_agent.original', key, 'requestMetadata', 'callerSuppliedUserAgent'] as const,
    ['error.code', key, 'status', 'code'] as const,
    ['error.message', key, 'status', 'message'] as const,
  ]),
  ['http.request.method', 'httpRequest', 'requestMethod'],
  ['http.response.status_code', 'httpRequest', 'status'],
  ['http.response.body.bytes', 'httpRequest', 'responseSize'],
  ['url.original', 'httpRequest', 'requestUrl'],
  ['source.ip', 'httpRequest', 'remoteIp'],
  ['user_agent.original', 'httpRequest', 'userAgent'],
  ['http.request.referrer', 'httpRequest', 'referer'],
  ['cloud.project.id', 'resource', 'labels', 'project_id'],
  ['cloud.region', 'resource', 'labels', 'location'],
  ['cloud.availability_zone', 'resource', 'labels', 'zone'],
  ['cloud.instance.id', 'resource', 'labels', 'instance_id'],
  ['orchestrator.cluster.name', 'resource', 'labels', 'cluster_name'],
  ['orchestrator.namespace', 'resource', 'labels', 'namespace_name'],
  ['container.name', 'resource', 'labels', 'container_name'],
  ['service.name', 'resource', 'labels', 'service_name'],
  ['log.logger', 'logName'],
  ['trace.id', 'trace'],
  ['span.id', 'spanId'],
  ['log.origin.file.name', 'sourceLocation', 'file'],
  ['log.origin.file.line', 'sourceLocation', 'line'],
  ['log.origin.function', 'sourceLocation', 'function'],
]
const SKIP = [
  'timestamp',
  'receiveTimestamp',
  'insertId',
  'severity',
  'textPayload',
  'jsonPayload.message',
  'protoPayload.@type',
]

/** `projects/web-shop/logs/cloudaudit.googleapis.com%2Factivity` */
const LOG_NAME = /^(?:projects|organizations|folders|billingAccounts)\/[^/]+\/logs\/./

const isEntry = (value: unknown): value is JsonObject =>
  LOG_NAME.test(textOf(at(value, 'logName')) ?? '') &&
  (at(value, 'timestamp') !== undefined || at(value, 'receiveTimestamp') !== undefined)

function messageOf(entry: JsonObject): string {
  const said = textOf(at(entry, 'textPayload'))
  if (said !== undefined) return plain(said).trimEnd()
  const payload = at(entry, 'jsonPayload')
  if (isObject(payload)) {
    const inner = textOf(at(payload, 'message')) ?? textOf(at(payload, 'msg'))
    if (inner !== undefined) return plain(inner)
  }
  const audit = at(entry, AUDITS[0]) ?? at(entry, AUDITS[1])
  const method = textOf(at(audit, 'methodName'))
  if (method !== undefined) {
    const resource = textOf(at(audit, 'resourceName'))
    const who = textOf(at(audit, 'authenticationInfo', 'principalEmail'))
    const error = textOf(at(audit, 'status', 'message')) ?? textOf(at(audit, 'status', 'code'))
    return phrase(
      method,
      resource && `on ${resource}`,
      who && `by ${who}`,
      error && `failed: ${error}`,
    )
  }
  const request = at(entry, 'httpRequest')
  const asked = phrase(
    textOf(at(request, 'requestMethod')),
    textOf(at(request, 'requestUrl')),
    textOf(at(request, 'status')),
  )
  return asked || pairs(payload) || pairs(audit) || '(no payload)'
}

/** Zero is no time: what a writer left open stands as the year 1. */
const LEFT_OPEN = /^(?:0001|1970)-01-01T00:00:00/

export const adapter = jsonFormat({
  title: 'Google Cloud Logging',
  lists: [['entries']],
  isRecord: isEntry,
  read: (entry) => {
    const fields = fieldsOf(entry, TABLE, SKIP)
    fields['cloud.provider'] = 'gcp'
    const severity = textOf(at(entry, 'severity'))
    if (severity !== undefined && severity !== 'DEFAULT') fields['log.level'] = severity
    const own = textOf(at(entry, 'timestamp'))
    const written = own === undefined || LEFT_OPEN.test(own) ? at(entry, 'receiveTimestamp') : own
    const time = jsonStamp(written)
    const insertId = textOf(at(entry, 'insertId'))
    const when = typeof time === 'object' ? time.original : ''
    return {
      time,
      message: messageOf(entry),
      fields,
      nativeId: insertId && `gcp ${textOf(at(entry, 'logName'))} ${when} ${insertId}`,
    }
  },
})
