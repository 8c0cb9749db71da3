/**
 * Logs of AWS WAF, https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html: an object a line (to S3, CloudWatch Logs or Firehose), one for each web request that was judged.
 * Variants: WAF (v2) and WAF Classic, whose `webaclId` is no ARN. `timestamp` is in milliseconds.
 */
import { at, isObject, text, type JsonObject } from '../shared/json.ts'
import { fieldsOf, jsonFormat, phrase, told, type FieldTable } from '../shared/json-format.ts'
import { jsonStamp } from '../shared/json-stamp.ts'

const TABLE: FieldTable = [
  ['event.action', 'action'],
  ['rule.id', 'terminatingRuleId'],
  ['source.ip', 'httpRequest', 'clientIp'],
  ['source.geo.country_iso_code', 'httpRequest', 'country'],
  ['http.request.method', 'httpRequest', 'httpMethod'],
  ['http.request.id', 'httpRequest', 'requestId'],
  ['url.original', 'httpRequest', 'uri'],
  ['url.query', 'httpRequest', 'args'],
]
const SKIP = [
  'timestamp',
  'formatVersion',
  'ruleGroupList',
  'rateBasedRuleList',
  'nonTerminatingMatchingRules',
  'terminatingRuleMatchDetails',
  'requestHeadersInserted',
  'httpRequest',
]

const isRecord = (value: unknown): value is JsonObject =>
  typeof at(value, 'timestamp') === 'number' &&
  typeof at(value, 'webaclId') === 'string' &&
  typeof at(value, 'terminatingRuleId') === 'string' &&
  isObject(at(value, 'httpRequest'))

/** The header of a name; clients choose its case. */
function header(request: unknown, name: string): string | undefined {
  const headers = at(request, 'headers')
  if (!Array.isArray(headers)) return undefined
  const found = headers.find((each) => text(at(each, 'name'))?.toLowerCase() === name)
  return text(at(found, 'value'))
}

export const adapter = jsonFormat({
  title: 'AWS WAF',
  isRecord,
  read: (row, json) => {
    const request = at(row, 'httpRequest')
    const host = header(request, 'host')
    const agent = header(request, 'user-agent')
    const url = `${host ?? ''}${text(at(request, 'uri')) ?? ''}`
    const fields = fieldsOf(row, TABLE, SKIP)
    fields['cloud.provider'] = 'aws'
    if (host !== undefined) fields['url.domain'] = host
    if (agent !== undefined) fields['user_agent.original'] = agent
    const asked = phrase(text(at(request, 'httpMethod')), url, text(at(request, 'clientIp')))
    return {
      time: jsonStamp(at(row, 'timestamp'), { key: 'timestamp', json }, 'ms'),
      message: told(phrase(text(at(row, 'action')), text(at(row, 'terminatingRuleId'))), asked),
      fields,
    }
  },
})
