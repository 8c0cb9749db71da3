/**
 * The unified audit log of Microsoft 365, https://learn.microsoft.com/en-us/office/office-365-management-api/office-365-management-activity-api-schema.
 * Variants: records of the Management Activity API (an array or one a line), results of `Search-UnifiedAuditLog` and of the Graph's audit log queries, which
 * hold such a record in `AuditData` or `auditData`. The time is `CreationTime`, in UTC though it does not say so; `Id` is the identity.
 */
import { at, isObject, parseJson, text as textOf, type JsonObject } from '../shared/json.ts'
import {
  fieldsOf,
  jsonFormat,
  phrase,
  told,
  type FieldTable,
  type ToldRecord,
} from '../shared/json-format.ts'
import { jsonStamp } from '../shared/json-stamp.ts'
import type { StampRead } from '../shared/stamp.ts'

const TABLE: FieldTable = [
  ['event.action', 'Operation'],
  ['event.provider', 'Workload'],
  ['event.code', 'RecordType'],
  ['event.outcome', 'ResultStatus'],
  ['user.name', 'UserId'],
  ['user.id', 'UserKey'],
  ['source.ip', 'ClientIP'],
  ['source.ip', 'ClientIPAddress'],
  ['source.ip', 'ActorIpAddress'],
  ['user_agent.original', 'UserAgent'],
  ['file.name', 'SourceFileName'],
]
const SKIP = ['CreationTime', 'Id', 'Version']

const isRecord = (value: unknown): value is JsonObject =>
  typeof at(value, 'CreationTime') === 'string' &&
  typeof at(value, 'Operation') === 'string' &&
  at(value, 'RecordType') !== undefined &&
  (typeof at(value, 'Workload') === 'string' || typeof at(value, 'OrganizationId') === 'string')

function innerOf(value: unknown): JsonObject | undefined {
  const inner = at(value, 'AuditData') ?? at(value, 'auditData')
  const read = typeof inner === 'string' ? parseJson(inner) : { value: inner }
  return 'value' in read && isObject(read.value) && isRecord(read.value) ? read.value : undefined
}

function utc(stamp: StampRead): StampRead {
  return typeof stamp === 'object' && stamp.offset === undefined ? { ...stamp, zone: 'UTC' } : stamp
}

/** `203.0.113.7:51234`, `[2001:db8::7]:51234` */
const WITH_PORT = /^(?:\[([^\]]+)\]|(\d+(?:\.\d+){3})):(\d{1,5})$/

function readRecord(record: JsonObject): ToldRecord {
  const fields = fieldsOf(record, TABLE, SKIP)
  const peer = WITH_PORT.exec(textOf(at(record, 'ClientIP')) ?? '')
  if (peer) {
    delete fields['source.address']
    fields['source.ip'] = peer[1] ?? peer[2]!
    fields['source.port'] = Number(peer[3])
  }
  const id = textOf(at(record, 'Id'))
  const object = textOf(at(record, 'ObjectId')) ?? textOf(at(record, 'MailboxOwnerUPN'))
  const who = textOf(at(record, 'UserId'))
  const done = phrase(
    textOf(at(record, 'Workload')),
    textOf(at(record, 'Operation')),
    object && `on ${object}`,
    who && `by ${who}`,
  )
  return {
    time: utc(jsonStamp(at(record, 'CreationTime'))),
    message: told(done, textOf(at(record, 'ResultStatus')), textOf(at(record, 'LogonError'))),
    fields,
    nativeId: id && `microsoft 365 ${id}`,
  }
}

export const adapter = jsonFormat({
  title: 'Microsoft 365 audit log',
  lists: [['value']],
  isRecord: (value) => isRecord(value) || innerOf(value) !== undefined,
  read: (value) => readRecord(innerOf(value) ?? value),
})
