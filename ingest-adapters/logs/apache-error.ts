/**
 * Apache httpd error log, https://httpd.apache.org/docs/2.4/mod/core.html#errorlogformat; local time without a zone.
 * 2.2: `[Sun Dec 04 04:47:44 2005] [error] [client 203.0.113.9] text`.
 * 2.4: `[Wed May 01 10:00:00.123456 2024] [core:error] [pid 12:tid 345] (13)Permission denied: [client 203.0.113.9:5000] AH00035: text, referer: …`.
 * Variants: a module without a name (`[:error]`), the source file before the client, an ISO stamp (`%{cu}t`), lines without a stamp that
 * CGI programs wrote.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { Item, LineAdapter } from '../adapter.ts'
import { setSource } from '../shared/client-address.ts'
import { isoStamp } from '../shared/iso-stamp.ts'
import { mostLines, readGroups, refuse, type Group } from '../shared/lines.ts'
import { monthFirstStamp } from '../shared/month-stamp.ts'
import { isDigit } from '../shared/stamp.ts'

const STAMP = String.raw`^\[((?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})? \d{4}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?)\] `
const LEVEL = String.raw`\[(?:([\w-]{0,64}):)?(emerg|alert|crit|error|warn|notice|info|debug|trace[1-8])\] `
/** CGI programs write the stamp without a level (CGI::Carp). */
const HEAD = new RegExp(`${STAMP}(?:${LEVEL})?`)
const WITH_LEVEL = new RegExp(STAMP + LEVEL)
const PROCESS = /\[pid (\d{1,10})(?::tid (\d{1,15}))?\] /y
const ERROR = /^\((\d{1,10})\)([^:]{1,200}): /
const CLIENT = /\[(?:client|remote) (\[[^\]\s]{1,64}\](?::\d{1,5})?|[^\]\s]{1,255})\] /
/** Since 2.4 a port follows every address, also that of version 6 without brackets. */
const IPV6_AND_PORT = /^([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*):(\d{1,5})$/
const CODE = /^(AH\d{5}): /
const SOURCE_FILE = /^([\w.-]{1,64}\.c)\((\d{1,9})\): /
const REFERRER = /, referer: (\S+)$/
/** The client stands within these characters after the process, behind at most an error and a source file. */
const CLIENT_WITHIN = 600

const begins = (line: string): boolean => HEAD.test(line)

export const adapter: LineAdapter = {
  title: 'Apache error log',
  unit: 'lines',
  recognizes: (head) => mostLines(head, (line) => WITH_LEVEL.test(line)),
  begins,
  parse: () => readGroups(begins, read),
}

function* read(group: Group): Generator<Item> {
  const m = HEAD.exec(group.head)!
  const written = m[1]!
  const time = isDigit(written.charCodeAt(0)) ? isoStamp(written) : monthFirstStamp(written)
  if (time === undefined || time === 'impossible-time') {
    yield* refuse(group, time ?? 'not-a-record')
    return
  }
  const fields: Fields = {}
  if (m[3]) fields['log.level'] = m[3]
  if (m[2]) fields['log.logger'] = m[2]
  const message = readText(group.text, m[0].length, fields)
  yield { time, message, original: group.text, line: group.line, fields }
}

/** The text without process and client, which become fields. Error number and AH code stay: people look for them. */
function readText(record: string, from: number, fields: Fields): string {
  let at = from
  PROCESS.lastIndex = at
  const process = PROCESS.exec(record)
  if (process) {
    at = PROCESS.lastIndex
    fields['process.pid'] = Number(process[1])
    if (process[2]) fields['process.thread.id'] = Number(process[2])
  }
  let text = record.slice(at)
  const client = CLIENT.exec(text.slice(0, CLIENT_WITHIN))
  const before = client ? text.slice(0, client.index) : ''
  if (client && (before === '' || ERROR.test(before) || SOURCE_FILE.test(before))) {
    setSource(fields, process ? client[1]!.replace(IPV6_AND_PORT, '[$1]:$2') : client[1]!)
    text = before + text.slice(client.index + client[0].length)
  }
  let rest = text
  const file = SOURCE_FILE.exec(rest)
  if (file) {
    fields['log.origin.file.name'] = file[1]!
    fields['log.origin.file.line'] = Number(file[2])
    rest = rest.slice(file[0].length)
  }
  const error = ERROR.exec(rest)
  if (error) {
    fields['error.code'] = error[1]!
    fields['error.message'] = error[2]!
    rest = rest.slice(error[0].length)
  }
  const code = CODE.exec(rest)
  if (code) fields['event.code'] = code[1]!
  const lineEnd = text.indexOf('\n')
  const referrer = REFERRER.exec((lineEnd < 0 ? text : text.slice(0, lineEnd)).slice(-4096))
  if (referrer) fields['http.request.referrer'] = referrer[1]!
  return text.trimEnd() || record.trimEnd()
}
