/**
 * Resource logs of Azure Monitor, https://learn.microsoft.com/en-us/azure/azure-monitor/platform/resource-logs-schema: what diagnostic settings
 * write to a storage account (`PT1H.json`, one a line) or an event hub (`records`): the activity log, Entra sign-ins and audits, key vaults, load balancers …
 * Required are `time`, `resourceId`, `operationName` and usually `category`; application gateways spell `timeStamp`,
 * event hubs write `EventTimeString`.
 */
import { at, text as textOf, type JsonObject } from '../shared/json.ts'
import { fieldsOf, jsonFormat, phrase, told, type FieldTable } from '../shared/json-format.ts'
import { jsonStamp } from '../shared/json-stamp.ts'
import { inOrder } from '../shared/numeric-stamp.ts'

const TABLE: FieldTable = [
  ['event.action', 'operationName', 'value'],
  ['event.action', 'operationName'],
  ['event.action', 'EventName'],
  ['event.outcome', 'resultType'],
  ['event.outcome', 'Status'],
  ['event.code', 'resultSignature'],
  ['log.level', 'level'],
  ['log.level', 'Level'],
  ['log.logger', 'category'],
  ['user.name', 'identity', 'claims', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn'],
  ['user.name', 'properties', 'userPrincipalName'],
  ['user.name', 'properties', 'initiatedBy', 'user', 'userPrincipalName'],
  ['user.name', 'identity'],
  ['source.ip', 'callerIpAddress'],
  ['source.ip', 'properties', 'clientIP'],
  ['source.ip', 'properties', 'clientIp'],
  ['source.port', 'properties', 'clientPort'],
  ['http.request.method', 'properties', 'httpMethod'],
  ['http.response.status_code', 'properties', 'httpStatus'],
  ['http.response.body.bytes', 'properties', 'sentBytes'],
  ['url.original', 'properties', 'originalRequestUriWithArgs'],
  ['url.original', 'properties', 'requestUri'],
  ['url.original', 'uri'],
  ['url.domain', 'properties', 'originalHost'],
  ['url.domain', 'properties', 'host'],
  ['user_agent.original', 'properties', 'userAgent'],
  ['cloud.region', 'location'],
  ['trace.id', 'correlationId'],
]
const SKIP = ['time', 'timeStamp', 'EventTimeString', 'identity.claims', 'identity.authorization']

/** Provider names in a resource's id are written in any case. */
const RESOURCE = /^\/(?:subscriptions|tenants|providers)\//i

/** Event hubs and service buses write the last, with the month first. */
const TIMES = ['time', 'timeStamp', 'EventTimeString']

const isLog = (value: unknown): value is JsonObject =>
  TIMES.some((name) => typeof at(value, name) === 'string') &&
  RESOURCE.test(textOf(at(value, 'resourceId')) ?? '') &&
  (at(value, 'operationName') !== undefined || at(value, 'category') !== undefined)

/** Where the level is a number, it is that of a Windows event. */
const LEVELS = [undefined, 'critical', 'error', 'warning', 'info', 'debug']
const MESSAGES = ['message', 'Message', 'msg', 'log', 'statusMessage', 'eventName']

function messageOf(log: JsonObject): string {
  const properties = at(log, 'properties')
  const method = textOf(at(properties, 'httpMethod'))
  if (method !== undefined) {
    const uri = at(properties, 'originalRequestUriWithArgs') ?? at(properties, 'requestUri')
    return phrase(method, textOf(uri), textOf(at(properties, 'httpStatus')))
  }
  const operation =
    textOf(at(log, 'operationName', 'value')) ??
    textOf(at(log, 'operationName') ?? at(log, 'EventName'))
  const who =
    textOf(at(properties, 'userPrincipalName')) ??
    textOf(at(properties, 'initiatedBy', 'user', 'userPrincipalName')) ??
    textOf(at(log, 'identity'))
  const resource = textOf(at(log, 'resourceId')) ?? ''
  const said = [
    textOf(at(log, 'resultType') ?? at(log, 'Status')),
    textOf(at(log, 'resultDescription')),
    ...MESSAGES.map((name) => textOf(at(properties, name))),
    typeof properties === 'string' ? properties : undefined,
  ]
  const done = phrase(
    operation ?? textOf(at(log, 'category')),
    `on ${resource.split('/').slice(-2).join('/')}`,
    who && `by ${who}`,
  )
  return told(done, ...said)
}

export const adapter = jsonFormat({
  title: 'Azure resource log',
  lists: [['records']],
  isRecord: isLog,
  read: (log) => {
    const fields = fieldsOf(log, TABLE, SKIP)
    fields['cloud.provider'] = 'azure'
    const level = LEVELS[Number(fields['log.level'])]
    if (level !== undefined) fields['log.level'] = level
    const duration = Number(textOf(at(log, 'durationMs')))
    if (duration > 0 && duration < 1e9) fields['event.duration'] = Math.round(duration * 1e6)
    return {
      time: inOrder(
        jsonStamp(TIMES.map((name) => at(log, name)).find((t) => t !== undefined)),
        'mdy',
      ),
      message: messageOf(log),
      fields,
    }
  },
})
