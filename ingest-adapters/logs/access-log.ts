/**
 * Access logs in the layouts that web servers share: common, combined and vhost_combined of Apache
 * (https://httpd.apache.org/docs/2.4/mod/mod_log_config.html#examples), combined of nginx (https://nginx.org/en/docs/http/ngx_http_log_module.html).
 * Variants: the virtual host first, with or without port; more fields at the end (X-Forwarded-For, time taken, `rt=0.012`); user names with
 * spaces; `-` for what is not known; requests that are no HTTP, with `\"` and `\x16\x03` for their bytes; an ISO stamp ($time_iso8601);
 * a space before the clock (Werkzeug, Python's http.server).
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { Item, LineAdapter } from '../adapter.ts'
import { isAddress, setSource } from '../shared/client-address.ts'
import { isoStamp } from '../shared/iso-stamp.ts'
import { isBlank, mostLines } from '../shared/lines.ts'
import { dayFirstStamp } from '../shared/month-stamp.ts'
import { isDigit, type StampRead } from '../shared/stamp.ts'

const STAMP = / \[(?:\d{1,2}\/[A-Za-z]{3}\/\d{4}[: ]|\d{4}-\d\d-\d\dT)[^\]"]{5,40}\] "/y
/** The stamp stands behind address and user: a line in which it comes later is of another format. */
const PREFIX_LENGTH = 1024
const VHOST_AND_PORT = /^(?:[\w.*-]+|\[[\dA-Fa-f:.]+\]):\d{1,5}$/
const ANSWER = / (\d{3}|-) (\d{1,15}|-)(?= |$)/y
const BROKEN_REQUEST_END = /" (?:\d{3}|-) (?:\d{1,15}|-)(?= |$)/
const REQUEST = /^([A-Za-z_-]{2,32}) (\S+|\S.*(?= HTTP\/))(?: HTTP\/(\d(?:\.\d)?))?$/
const FORWARDED = /^[\dA-Fa-f.:]+(?:, ?[\dA-Fa-f.:]+)*$/
const NAMED = /(?:^| )([A-Za-z_]\w{0,31})[=:]"?([^\s"]{1,128})/g
const NOTHING = /^[-" ]*$/
const EXTRA_LENGTH = 1024
const TIME_TAKEN = /^(\d{1,9})\.(\d{1,9})$/
const TIME_TAKEN_MS = /^(\d{1,9})ms$/

interface Shape {
  /** What stands before the bracket, cut at spaces. */
  before: string[]
  stampAt: number
  /** The place after the quote that opens the request. */
  requestAt: number
}

function shapeOf(line: string): Shape | undefined {
  for (let at = line.indexOf(' ['); at > 0 && at < PREFIX_LENGTH; at = line.indexOf(' [', at + 2)) {
    STAMP.lastIndex = at
    if (!STAMP.test(line)) continue
    return { before: line.slice(0, at).split(' '), stampAt: at + 2, requestAt: STAMP.lastIndex }
  }
  return undefined
}

/** Whether the words before the bracket are those of the format, and not also of a program that quotes such a line. */
function matches(line: string): boolean {
  const shape = shapeOf(line)
  if (!shape) return false
  const words = hasVhost(shape.before) ? shape.before.slice(1) : shape.before
  const [client, identity] = words
  if (!client || /[<>|=[\]()"]/.test(client) || client.endsWith(',')) return false
  return words.length === 3 || (words.length > 3 && identity === '-')
}

/** The virtual host says its port, or an address follows it, or the dash of an unknown identity stands one word further back. */
function hasVhost(words: readonly string[]): boolean {
  const [first, second] = words
  if (!first || !second) return false
  if (first.includes(':') && VHOST_AND_PORT.test(first)) return true
  if (words.length < 4 || first.endsWith(',')) return false
  return words[2] === '-' ? second !== '-' : isAddress(second) && !isAddress(first)
}

export const adapter: LineAdapter = {
  title: 'web server access log (common, combined)',
  unit: 'lines',
  recognizes: (head) => mostLines(head, matches),
  parse: () =>
    function* (lines, first) {
      for (let i = 0; i < lines.length; i++) yield readLine(lines[i]!, first + i)
    },
}

function readLine(line: string, number: number): Item {
  if (isBlank(line)) return { context: 1, line: number }
  const shape = shapeOf(line)
  if (!shape) return { rejected: line, reason: 'not-a-record', line: number }
  const { stampAt, requestAt } = shape
  const time: StampRead = isDigit(line.charCodeAt(stampAt + 3))
    ? isoStamp(line, stampAt)
    : dayFirstStamp(line, stampAt)
  if (time === undefined || time === 'impossible-time') {
    return { rejected: line, reason: time ?? 'not-a-record', line: number }
  }
  const end = requestEnd(line, requestAt)
  ANSWER.lastIndex = end + 1
  const answer = ANSWER.exec(line)
  if (!answer) return { rejected: line, reason: 'incomplete', line: number }
  const fields: Fields = {}
  setClient(fields, shape.before)
  const request = line.slice(requestAt, end)
  const m = REQUEST.exec(request)
  if (m) {
    fields['http.request.method'] = m[1]!
    fields['url.original'] = m[2]!
    if (m[3]) fields['http.version'] = m[3]
  }
  if (answer[1] !== '-') fields['http.response.status_code'] = Number(answer[1])
  if (answer[2] !== '-') fields['http.response.body.bytes'] = Number(answer[2])
  if (ANSWER.lastIndex < line.length) setRest(fields, line, ANSWER.lastIndex)
  const said = request === '-' || request.trim() === '' ? 'No request' : request
  const message = answer[1] === '-' ? said : `${said} ${answer[1]}`
  return { time, message, original: line, line: number, fields }
}

/** The place of the quote that closes the request: the first that is not escaped, or the one before the status where a server escapes nothing. */
function requestEnd(line: string, at: number): number {
  const end = closingQuote(line, at)
  ANSWER.lastIndex = end + 1
  if (end < 0 || ANSWER.test(line)) return end < 0 ? line.length : end
  const broken = BROKEN_REQUEST_END.exec(line.slice(end))
  return broken ? end + broken.index : end
}

function closingQuote(line: string, at: number): number {
  for (let i = line.indexOf('"', at); i >= 0; i = line.indexOf('"', i + 1)) {
    let slashes = 0
    while (i - 1 - slashes >= at && line.charCodeAt(i - 1 - slashes) === 92) slashes++
    if (slashes % 2 === 0) return i
  }
  return -1
}

function setClient(fields: Fields, before: readonly string[]): void {
  let words = before
  if (hasVhost(words)) {
    const host = words[0]!
    const colon = VHOST_AND_PORT.test(host) ? host.lastIndexOf(':') : host.length
    fields['url.domain'] = host.slice(0, colon)
    if (colon < host.length) fields['url.port'] = Number(host.slice(colon + 1))
    words = words.slice(1)
  }
  const proxies = words.findIndex((word) => !word.endsWith(','))
  if (proxies > 0) {
    // X-Forwarded-For in the place of the client: the client's own address stands first.
    setForwarded(fields, words.slice(0, proxies + 1).join(' '))
    words = words.slice(proxies)
  }
  const [client, identity] = words
  if (client) setSource(fields, client)
  if (words.length > 2 && identity && identity !== '-') fields['labels.ident'] = identity
  const user = words.slice(2).join(' ').trim()
  if (user !== '' && user !== '-' && user !== '""') fields['user.name'] = user
}

/** Referrer and user agent, and then whatever the server was told to add. */
function setRest(fields: Fields, line: string, from: number): void {
  const rest: string[] = []
  let at = from + 1
  let place = 0
  while (at < line.length && place < 40) {
    let end: number
    let word: string
    if (line.charCodeAt(at) === 34) {
      end = closingQuote(line, at + 1)
      if (end < 0) end = line.length
      word = line.slice(at + 1, end++)
      if (place === 0 && word !== '-' && word !== '') fields['http.request.referrer'] = word
      else if (place === 1 && word !== '-' && word !== '') fields['user_agent.original'] = word
      else if (place > 1 && word.length < 256 && FORWARDED.test(word)) setForwarded(fields, word)
    } else {
      end = line.indexOf(' ', at)
      if (end < 0) end = line.length
      word = line.slice(at, end)
      if (place < 2) place = 2
      setDuration(fields, word)
    }
    if (place > 1) rest.push(line.slice(at, end))
    place++
    at = end + 1
  }
  if (rest.length > 0) setExtra(fields, rest.join(' ').slice(0, EXTRA_LENGTH))
}

/** Values with names become labels of their own. */
function setExtra(fields: Fields, extra: string): void {
  if (NOTHING.test(extra)) return
  fields['labels.extra'] = extra
  for (const [, name, value] of extra.matchAll(NAMED)) {
    if (value === '-') continue
    fields[`labels.${name!.toLowerCase()}`] = value!
    if (name === 'rt' || name === 'request_time') setDuration(fields, value!)
  }
}

/** The addresses that proxies wrote down, the client's first. */
function setForwarded(fields: Fields, word: string): void {
  const client = word.split(',')[0]!
  if (!isAddress(client)) return
  fields['labels.forwarded_for'] = word
  fields['client.ip'] = client
}

/** Seconds with a fraction (nginx) and milliseconds with their unit (Traefik). A whole number may be microseconds or seconds: it stays a label. */
function setDuration(fields: Fields, word: string): void {
  if ('event.duration' in fields) return
  const m = TIME_TAKEN.exec(word)
  if (m) fields['event.duration'] = Number(m[1]) * 1e9 + Number(m[2]!.padEnd(9, '0'))
  const ms = TIME_TAKEN_MS.exec(word)
  if (ms) fields['event.duration'] = Number(ms[1]) * 1e6
}
