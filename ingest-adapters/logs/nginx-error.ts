/**
 * nginx error log, https://nginx.org/en/docs/ngx_core_module.html#error_log; the layout is fixed in src/core/ngx_log.c:
 * `2024/05/01 10:00:00 [error] 29#30: *1 message, client: …, server: …, request: "…", upstream: "…", host: "…"`. Local time without a zone.
 * Variants: without the connection number, with several lines (a message that quotes a response), without a client (startup, reload, workers).
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { Item, LineAdapter } from '../adapter.ts'
import { setSource } from '../shared/client-address.ts'
import { isoStamp } from '../shared/iso-stamp.ts'
import { mostLines, readGroups, refuse, type Group } from '../shared/lines.ts'

const LINE = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[(\w+)\] (\d+)#(\d+): (?:\*(\d+) )?/
const DETAIL = /, (client|server|request|upstream|host|referrer|subrequest): ("[^"]*"|[^,\n]+)/g
const CLIENT = ', client: '
/** A FastCGI program's text is quoted, and this follows it. */
const STDERR = 'FastCGI sent in stderr: "'
const AFTER_STDERR = '" while '
const FIELD: Readonly<Record<string, string>> = {
  server: 'server.address',
  upstream: 'labels.upstream',
  host: 'url.domain',
  referrer: 'http.request.referrer',
}

const begins = (line: string): boolean => LINE.test(line)

const REQUEST = /^"([A-Z]{2,32}) ([^\s"]+)/

export const adapter: LineAdapter = {
  title: 'nginx error log',
  unit: 'lines',
  recognizes: (head) => mostLines(head, begins),
  begins,
  parse: () => readGroups(begins, read),
}

function* read(group: Group): Generator<Item> {
  const m = LINE.exec(group.head)!
  const time = isoStamp(group.head)
  if (time === undefined || time === 'impossible-time') {
    yield* refuse(group, 'impossible-time')
    return
  }
  const message = group.text.slice(m[0].length).trim() || group.text
  const fields: Fields = {
    'log.level': m[1]!,
    'process.pid': Number(m[2]),
    'process.thread.id': Number(m[3]),
  }
  for (const [, key, value] of message.slice(detailsAt(message)).matchAll(DETAIL)) {
    const name = FIELD[key!]
    const text = value!.replaceAll('"', '').trim()
    if (text === '') return
    if (name) fields[name] = text
    else if (key === 'client') setSource(fields, text)
    else if (key === 'request') setRequest(fields, value!)
  }
  yield { time, message, original: group.text, line: group.line, fields }
}

/** The details begin with the client. What a program wrote before them may look like them, and a request behind them too. */
function detailsAt(message: string): number {
  const quoteEnd = message.startsWith(STDERR) ? message.lastIndexOf(AFTER_STDERR) : 0
  const from = quoteEnd < 0 ? message.length : quoteEnd
  return Math.max(message.indexOf(CLIENT, from), from)
}

function setRequest(fields: Fields, quoted: string): void {
  const m = REQUEST.exec(quoted)
  if (!m) return
  fields['http.request.method'] = m[1]!
  fields['url.original'] = m[2]!
}
