/**
 * Suricata's EVE log, https://docs.suricata.io/en/latest/output/eve/eve-json-format.html: an object a line with `timestamp`, `event_type` and
 * under that name what it is about: alert, dns, http, tls, flow, fileinfo, anomaly, stats … The time is `timestamp`.
 */
import { at, isObject, text as textOf, type JsonObject } from '../shared/json.ts'
import { pairs } from '../shared/json-fields.ts'
import { fieldsOf, jsonFormat, phrase, told, type FieldTable } from '../shared/json-format.ts'
import { jsonStamp } from '../shared/json-stamp.ts'

const TABLE: FieldTable = [
  ['event.action', 'alert', 'action'],
  ['event.code', 'alert', 'signature_id'],
  ['event.severity', 'alert', 'severity'],
  ['rule.name', 'alert', 'signature'],
  ['rule.id', 'alert', 'signature_id'],
  ['source.ip', 'src_ip'],
  ['source.port', 'src_port'],
  ['destination.ip', 'dest_ip'],
  ['destination.port', 'dest_port'],
  ['host.name', 'host'],
  ['http.request.method', 'http', 'http_method'],
  ['http.response.status_code', 'http', 'status'],
  ['url.original', 'http', 'url'],
  ['url.domain', 'http', 'hostname'],
  ['user_agent.original', 'http', 'http_user_agent'],
]

const isEvent = (value: unknown): value is JsonObject => {
  const type = textOf(at(value, 'event_type'))
  return (
    type !== undefined &&
    typeof at(value, 'timestamp') === 'string' &&
    (at(value, 'flow_id') !== undefined || isObject(at(value, type)))
  )
}

/** https://docs.suricata.io/en/latest/rules/meta.html#priority: 1 is the most urgent. */
const PRIORITIES = ['', 'critical', 'error', 'warn', 'notice']

function aboutOf(event: JsonObject, type: string): string {
  const about = at(event, type)
  if (type === 'alert') return textOf(at(about, 'signature')) ?? 'alert'
  if (type === 'http')
    return phrase(
      textOf(at(about, 'http_method')),
      `${textOf(at(about, 'hostname')) ?? ''}${textOf(at(about, 'url')) ?? ''}`,
      textOf(at(about, 'status')),
    )
  return pairs(about, undefined, 4)
}

function messageOf(event: JsonObject): string {
  const type = textOf(at(event, 'event_type')) ?? ''
  const side = (name: string): string | undefined => {
    const address = textOf(at(event, `${name}_ip`))
    const port = textOf(at(event, `${name}_port`))
    return address && (port === undefined ? address : `${address} port ${port}`)
  }
  const from = side('src')
  const to = side('dest')
  const path = from && to && `${from} to ${to}`
  return told(type, phrase(aboutOf(event, type), path && `(${path})`))
}

export const adapter = jsonFormat({
  title: 'Suricata EVE',
  isRecord: isEvent,
  read: (event) => {
    const fields = fieldsOf(event, TABLE, ['timestamp', 'payload', 'packet', 'payload_printable'])
    const level = PRIORITIES[Number(textOf(at(event, 'alert', 'severity')) ?? 0)]
    if (level) fields['log.level'] = level
    return { time: jsonStamp(at(event, 'timestamp')), message: messageOf(event), fields }
  },
})
