/**
 * Findings of Amazon GuardDuty, https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Finding.html. Variants: lines exported to S3, an event of
 * EventBridge (`detail`), `aws guardduty get-findings` (`Findings`, names with a capital). A finding is told again whenever its activity is
 * seen again: the time is `updatedAt`, and with it the finding's id is the identity; first and last activity are labels.
 */
import { at, isObject, text as textOf, type JsonObject } from '../shared/json.ts'
import { fieldsOf, jsonFormat, phrase, told, type FieldTable } from '../shared/json-format.ts'
import { jsonStamp } from '../shared/json-stamp.ts'

const TABLE: FieldTable = (
  [
    ['rule.name', 'type'],
    ['event.severity', 'severity'],
    ['cloud.account.id', 'accountId'],
    ['cloud.region', 'region'],
    ['cloud.instance.id', 'resource', 'instanceDetails', 'instanceId'],
    ['user.name', 'resource', 'accessKeyDetails', 'userName'],
    ['event.action', 'service', 'action', 'awsApiCallAction', 'api'],
    ['source.ip', 'service', 'action', 'networkConnectionAction', 'remoteIpDetails', 'ipAddressV4'],
    ['source.ip', 'service', 'action', 'awsApiCallAction', 'remoteIpDetails', 'ipAddressV4'],
  ] as const
).flatMap(([field, ...path]) => [
  [field, ...path] as const,
  [field, ...path.map((key) => capital(key))] as const,
])
const SKIP = [
  'schemaVersion',
  'SchemaVersion',
  'id',
  'Id',
  'updatedAt',
  'UpdatedAt',
  'title',
  'Title',
  'description',
  'Description',
]

function capital(key: string): string {
  return key.charAt(0).toUpperCase() + key.slice(1)
}

const either = (finding: unknown, key: string): unknown =>
  at(finding, key) ?? at(finding, capital(key))

const isFinding = (value: unknown): value is JsonObject =>
  textOf(either(value, 'updatedAt')) !== undefined &&
  isObject(either(value, 'resource')) &&
  typeof either(value, 'type') === 'string' &&
  either(value, 'severity') !== undefined &&
  (either(either(value, 'service'), 'serviceName') === 'guardduty' ||
    /:guardduty:/.test(textOf(either(value, 'arn')) ?? ''))

/** https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html */
const levelOf = (severity: number): string =>
  severity >= 9 ? 'critical' : severity >= 7 ? 'error' : severity >= 4 ? 'warn' : 'info'

export const adapter = jsonFormat({
  title: 'Amazon GuardDuty findings',
  lists: [['Findings'], ['findings']],
  wrappers: [['detail']],
  isRecord: isFinding,
  read: (finding) => {
    const fields = fieldsOf(finding, TABLE, SKIP)
    fields['cloud.provider'] = 'aws'
    fields['log.level'] = levelOf(Number(textOf(either(finding, 'severity'))))
    const id = textOf(either(finding, 'id'))
    const updated = textOf(either(finding, 'updatedAt'))
    const count = Number(textOf(either(either(finding, 'service'), 'count')))
    const said = told(
      textOf(either(finding, 'type')),
      textOf(either(finding, 'title')) ?? textOf(either(finding, 'description')),
    )
    return {
      time: jsonStamp(updated),
      message: phrase(said, count > 1 && `(${count} times)`),
      fields,
      nativeId: id && `guardduty ${id} ${updated}`,
    }
  },
})
