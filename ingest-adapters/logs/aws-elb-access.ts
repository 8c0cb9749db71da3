/**
 * Access logs of AWS load balancers: classic (https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html; the time is when the
 * request came), application (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html; when the answer
 * went out) and network (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html, TLS listeners only; when the
 * connection ended, in UTC though it does not say so). New fields are added at the end.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { Item, LineAdapter } from '../adapter.ts'
import { isoStamp } from '../shared/iso-stamp.ts'
import { setField, setLabel } from '../shared/json-fields.ts'
import { isBlank, mostLines } from '../shared/lines.ts'
import { known, quotedWords } from '../shared/quoted-words.ts'

const TIMES =
  'labels.request_processing_time labels.target_processing_time labels.response_processing_time http.response.status_code labels.target_status_code received http.response.body.bytes request user_agent.original labels.ssl_cipher labels.ssl_protocol'
const CLASSIC = `time labels.load_balancer client target ${TIMES}`.split(' ')
const APPLICATION = [
  'labels.type',
  ...CLASSIC,
  ...(
    'labels.target_group labels.trace_id labels.domain labels.certificate labels.rule_priority labels.request_creation_time labels.actions ' +
    'labels.redirect_url labels.error_reason labels.targets labels.target_status_codes labels.classification labels.classification_reason labels.connection_trace_id'
  ).split(' '),
]
const NETWORK =
  'labels.type labels.version time labels.load_balancer labels.listener client target labels.connection_time_ms labels.tls_handshake_time_ms received http.response.body.bytes labels.incoming_tls_alert labels.certificate labels.certificate_serial labels.ssl_cipher labels.ssl_protocol labels.ssl_named_group labels.domain'.split(
    ' ',
  )

const STAMP = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?`
const NUMBERS = String.raw`(?:-?\d+(?:\.\d+)? ){3}`
const LAYOUTS: readonly (readonly [RegExp, readonly string[], number])[] = [
  [new RegExp(String.raw`^${STAMP} \S+ \S+:\d+ (?:\S+:\d+|-) ${NUMBERS}`), CLASSIC, 12],
  [
    new RegExp(String.raw`^(?:https?|h2|grpcs|wss?) ${STAMP} \S+ \S+ \S+ ${NUMBERS}`),
    APPLICATION,
    13,
  ],
  [new RegExp(String.raw`^tls \d\.\d ${STAMP} \S+ \S+ \S+:\d+ \S+ \d+ (?:\d+|-) `), NETWORK, 11],
]
const layoutOf = (line: string): (typeof LAYOUTS)[number] | undefined =>
  LAYOUTS.find(([pattern]) => pattern.test(line))

const PEER = /^\[?(.+?)\]?:(\d{1,5})$/
const HTTP = /^([A-Z]{2,32}) (\S+)(?: HTTP\/(\d(?:\.\d)?))?/

function setPeer(fields: Fields, side: 'source' | 'destination', word: string | undefined): void {
  const m = PEER.exec(word ?? '')
  if (!m) return
  setField(fields, `${side}.ip`, m[1])
  fields[`${side}.port`] = Number(m[2])
}

function recordOf(line: string, number: number): Item {
  const layout = layoutOf(line)
  if (!layout) return { rejected: line, reason: 'not-a-record', line: number }
  const [, columns, least] = layout
  const words = quotedWords(line)
  const word = (name: string): string | undefined => known(words[columns.indexOf(name)])
  const stamp = isoStamp(word('time') ?? '')
  if (stamp === undefined || stamp === 'impossible-time')
    return { rejected: line, reason: stamp ?? 'no-time', line: number }
  if (words.length < least) return { rejected: line, reason: 'incomplete', line: number }
  const fields: Fields = { 'cloud.provider': 'aws' }
  for (const name of columns) {
    const value = word(name)
    if (value === undefined || !name.includes('.')) continue
    if (name.startsWith('labels.')) setLabel(fields, name.slice('labels.'.length), value)
    else setField(fields, name, value)
  }
  if (word('received') !== undefined) setField(fields, 'http.request.body.bytes', word('received'))
  setPeer(fields, 'source', word('client'))
  setPeer(fields, 'destination', word('target'))
  const request = word('request')
  const http = HTTP.exec(request ?? '')
  if (http) {
    fields['http.request.method'] = http[1]!
    fields['url.original'] = http[2]!
    if (http[3]) fields['http.version'] = http[3]
  }
  const asked =
    request === undefined || request.startsWith('- ')
      ? `Connection to ${word('target') ?? word('labels.load_balancer')}`
      : request
  const status = word('http.response.status_code')
  const message = [asked, status].filter(Boolean).join(' ')
  const time = stamp.offset === undefined ? { ...stamp, zone: 'UTC' } : stamp
  return { time, message, original: line, line: number, fields }
}

export const adapter: LineAdapter = {
  title: 'AWS load balancer access log (ELB, ALB, NLB)',
  unit: 'lines',
  recognizes: (head) => mostLines(head, (line) => layoutOf(line) !== undefined),
  parse: () =>
    function* (lines, first) {
      for (const [i, line] of lines.entries())
        yield isBlank(line) ? { context: 1, line: first + i } : recordOf(line, first + i)
    },
}
