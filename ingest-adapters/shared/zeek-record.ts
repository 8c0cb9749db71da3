/** One record of a log of Zeek, by the names of its fields: https://docs.zeek.org/en/current/script-reference/log-files.html. */
import type { Fields, SourceRecord } from '../../schemas/source-record.ts'
import { setField, setLabel } from './json-fields.ts'

const FIELDS: Readonly<Record<string, string>> = {
  'id.orig_h': 'source.ip',
  'id.orig_p': 'source.port',
  'id.resp_h': 'destination.ip',
  'id.resp_p': 'destination.port',
  proto: 'network.transport',
  query: 'dns.question.name',
  method: 'http.request.method',
  uri: 'url.original',
  host: 'url.domain',
  referrer: 'http.request.referrer',
  status_code: 'http.response.status_code',
  user_agent: 'user_agent.original',
  user: 'user.name',
  username: 'user.name',
  server_name: 'tls.client.server_name',
  filename: 'file.name',
  note: 'rule.name',
}
/** What a person need not read: identifiers, and what the message says in front. */
const UNSAID = /^(?:ts|_.*|uid|fuid|uids|conn_uids|id\.(?:orig|resp)_[hp]|history|.*_l2_addr)$/
const SAID = 12
const LABELS = 40

/** `path` is the name of the log, such as conn; `values` are those that are set, without the time. */
export function zeekRecord(
  path: string | undefined,
  values: readonly (readonly [name: string, value: string])[],
): Pick<SourceRecord, 'message' | 'fields'> {
  const fields: Fields = { 'service.name': 'zeek' }
  const known = new Map(values)
  if (path !== undefined) setLabel(fields, 'log', path)
  const said: string[] = []
  let labels = 0
  for (const [name, value] of values) {
    const field = FIELDS[name]
    if (field !== undefined) setField(fields, field, value)
    else if (!name.startsWith('_') && ++labels < LABELS) setLabel(fields, name, value)
    if (said.length < SAID && !UNSAID.test(name)) said.push(`${name}=${value}`)
  }
  setField(fields, 'host.name', known.get('_system_name'))
  // In logs of other things than connections, such as Kerberos, it is not the protocol.
  if (known.has('proto')) setField(fields, 'network.protocol', known.get('service'))
  const message = [path, ends(known), ...said].filter((part) => part !== undefined).join(' ')
  return { message: message || '(no message)', fields }
}

/** `192.0.2.7:52605 -> 198.51.100.4:53` */
function ends(values: ReadonlyMap<string, string>): string | undefined {
  const from = values.get('id.orig_h')
  const to = values.get('id.resp_h')
  if (from === undefined || to === undefined) return undefined
  const port = (name: string): string => {
    const value = values.get(name)
    return value === undefined || value === '0' ? '' : `:${value}`
  }
  return `${from}${port('id.orig_p')} -> ${to}${port('id.resp_p')}`
}
