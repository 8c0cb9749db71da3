/**
 * Events of Amazon CloudWatch Logs as JSON. Variants: `aws logs get-log-events` and `filter-log-events`
 * (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html: `events`), the payload of a subscription
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html: `logEvents`), rows of Logs Insights
 * (`aws logs get-query-results`: `results`, each a list of `field` and `value`; or the console's export, an object a row).
 * `timestamp` is an epoch in ms; Insights writes it as a date and clock in UTC. What the program wrote is the message.
 */
import type { Fields } from '../../schemas/source-record.ts'
import { plain } from '../shared/console-text.ts'
import { describeInner } from '../shared/container-line.ts'
import { at, text as textOf, type JsonObject } from '../shared/json.ts'
import { setField, setLabel } from '../shared/json-fields.ts'
import { jsonFormat, type ToldRecord } from '../shared/json-format.ts'
import { isoStamp } from '../shared/iso-stamp.ts'
import { jsonStamp } from '../shared/json-stamp.ts'
import type { StampRead } from '../shared/stamp.ts'

/** An event of the API tells when it came in; one of a subscription has an id. */
const isEvent = (value: unknown): boolean =>
  typeof at(value, 'timestamp') === 'number' &&
  typeof at(value, 'message') === 'string' &&
  (typeof at(value, 'ingestionTime') === 'number' ||
    (typeof at(value, 'id') === 'string' && /^\d{50,60}$/.test(String(at(value, 'id')))))

/** As Insights alone writes it: HashiCorp's programs call their members the same. */
const INSIGHTS_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/
const isRow = (value: unknown): boolean =>
  INSIGHTS_TIME.test(textOf(at(value, '@timestamp')) ?? '') &&
  typeof at(value, '@message') === 'string'

const isCells = (value: unknown): value is unknown[] =>
  Array.isArray(value) && value.some((cell) => at(cell, 'field') === '@timestamp')

function utc(written: unknown): StampRead {
  const text = textOf(written)
  const stamp = text === undefined ? undefined : isoStamp(text)
  return typeof stamp === 'object' && stamp.offset === undefined ? { ...stamp, zone: 'UTC' } : stamp
}

const rowOf = (cells: readonly unknown[]): JsonObject =>
  Object.fromEntries(cells.map((cell) => [String(at(cell, 'field')), at(cell, 'value')]))

function readRow(row: JsonObject): ToldRecord {
  const fields: Fields = {}
  const message = describeInner(plain(textOf(at(row, '@message')) ?? '').trim(), fields)
  for (const [key, value] of Object.entries(row)) {
    if (key === '@timestamp' || key === '@message' || key === '@ptr') continue
    setLabel(fields, key.replace(/^@/, ''), value)
  }
  return { time: utc(at(row, '@timestamp')), message: message || '(empty line)', fields }
}

export const adapter = jsonFormat({
  title: 'Amazon CloudWatch Logs',
  lists: [['events'], ['logEvents'], ['results']],
  isRecord: (value) => isEvent(value) || isRow(value) || isCells(value),
  isContext: (value) =>
    at(value, 'messageType') === 'CONTROL_MESSAGE' ||
    (Array.isArray(at(value, 'events')) && textOf(at(value, 'nextForwardToken')) !== undefined),
  read: (value, json, outer) => {
    if (isCells(value)) return readRow(rowOf(value))
    if (isRow(value)) return readRow(value)
    const fields: Fields = {}
    const message = describeInner(plain(textOf(at(value, 'message')) ?? '').trim(), fields)
    const group = textOf(at(outer, 'logGroup'))
    const stream = textOf(at(value, 'logStreamName') ?? at(outer, 'logStream'))
    setLabel(fields, 'log_group', group)
    setLabel(fields, 'log_stream', stream)
    setField(fields, 'cloud.account.id', at(outer, 'owner'))
    const id = textOf(at(value, 'eventId') ?? at(value, 'id'))
    return {
      time: jsonStamp(at(value, 'timestamp'), { key: 'timestamp', json }, 'ms'),
      message: message || '(empty line)',
      fields,
      nativeId: id && `cloudwatch logs ${id}`,
      stream,
    }
  },
})
