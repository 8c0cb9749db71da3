/**
 * Extended log file format, https://www.w3.org/TR/WD-logfile: directives (`#Version`, `#Fields`, `#Date` …), then lines of which `#Fields` tells what is what.
 * IIS for web, FTP and SMTP (https://learn.microsoft.com/en-us/windows/win32/http/w3c-logging), HTTP.sys, Exchange, Oracle Web Cache, CloudFront with tabs
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html), and Windows Firewall
 * (https://learn.microsoft.com/en-us/windows/security/operating-system-security/network-security/windows-firewall/configure-logging).
 * Variants: date and time in each line; the date in `#Date` only; local time, told by `#Time Format: Local`, `date-local`, `time-local` or `#GMT-Offset`; strings
 * in quotes; `#Fields` once more with other fields; directives in any order. The specification says GMT; without any date lines tell a clock alone.
 */
import type { Fields, Stamp } from '../../schemas/source-record.ts'
import type { Item, LineAdapter } from '../adapter.ts'
import { isAddress } from '../shared/client-address.ts'
import { isoStamp } from '../shared/iso-stamp.ts'
import { isBlank } from '../shared/lines.ts'
import { clockStamp } from '../shared/numeric-stamp.ts'
import { readOffset, type StampRead } from '../shared/stamp.ts'

const FIELDS = /^#Fields: *(.*)$/
const DIRECTIVE = /^#([A-Za-z-]+): *(.*)$/
const LOCAL = /^#Time Format: *Local/
const CLOCK = /^\d{1,2}:\d\d:\d\d/
const DATE = /^\d{4}-\d\d-\d\d$/

const NAMES: Readonly<Record<string, string>> = {
  's-ip': 'destination.ip',
  's-port': 'destination.port',
  's-computername': 'host.name',
  'x-edge-location': 'labels.edge_location',
  'cs-method': 'http.request.method',
  'cs-uri-stem': 'url.path',
  'cs-uri-query': 'url.query',
  'cs-uri': 'url.original',
  'cs-username': 'user.name',
  'cs-host': 'url.domain',
  'cs-version': 'http.version',
  'cs(user-agent)': 'user_agent.original',
  'cs(referer)': 'http.request.referrer',
  'cs(host)': 'url.domain',
  'c-ip': 'source.ip',
  'c-port': 'source.port',
  'sc-status': 'http.response.status_code',
  'sc-bytes': 'http.response.bytes',
  'cs-bytes': 'http.request.bytes',
  action: 'event.action',
  protocol: 'network.transport',
  'src-ip': 'source.ip',
  'src-port': 'source.port',
  'dst-ip': 'destination.ip',
  'dst-port': 'destination.port',
}
const NUMBERS = /(?:\.port|\.bytes|\.status_code)$/
const TEXT = [
  'cs-method',
  'cs-uri-stem',
  'cs-uri',
  'sc-status',
  'action',
  'protocol',
  'src-ip',
  'dst-ip',
  'dst-port',
]
const TIMES = new Set(['date', 'time', 'date-local', 'time-local'])

/** What the directives above a line say. */
interface State {
  names: readonly string[]
  /** Of the latest directive that tells one. */
  date: string | undefined
  isLocal: boolean
  offset: number | undefined
}

export const adapter: LineAdapter = {
  title: 'W3C extended log (IIS, HTTP.sys, CloudFront, Windows Firewall)',
  unit: 'lines',
  recognizes(head) {
    const at = head.lines.findIndex((line) => FIELDS.test(line))
    const names = at < 0 || at > 20 ? [] : namesOf(head.lines[at]!)
    // Zeek's heads look alike, but have tabs and no colon.
    return names.some((name) => name === 'time' || name === 'time-local')
  },
  parse() {
    const state: State = { names: [], date: undefined, isLocal: false, offset: undefined }
    return function* (lines, first) {
      for (let i = 0; i < lines.length; i++) yield readLine(lines[i]!, first + i, state)
    }
  },
}

const namesOf = (line: string): string[] =>
  FIELDS.exec(line)![1]!
    .trim()
    .split(/\s+/)
    .map((name) => name.toLowerCase())

function readLine(line: string, number: number, state: State): Item {
  if (isBlank(line)) return { context: 1, line: number }
  if (line.startsWith('#')) return directive(line, number, state)
  if (state.names.length === 0) return { rejected: line, reason: 'not-a-record', line: number }
  const values = line.includes('\t') && !line.includes(' ') ? line.split('\t') : split(line)
  const by = new Map(state.names.map((name, i) => [name, values[i]]))
  const time = timeOf(by, state)
  if (time === undefined || time === 'impossible-time') {
    const isCut = values.length < state.names.length && time === undefined
    return { rejected: line, reason: time ?? (isCut ? 'incomplete' : 'no-time'), line: number }
  }
  const fields: Fields = {}
  for (const [name, value] of by)
    if (value !== undefined && value !== '-' && value !== '' && !TIMES.has(name))
      set(fields, name, value)
  const said = TEXT.map((name) => by.get(name)).filter((value) => value && value !== '-')
  return { time, message: said.join(' ') || line, original: line, line: number, fields }
}

function directive(line: string, number: number, state: State): Item {
  const context = { context: 1, line: number }
  if (FIELDS.test(line)) state.names = namesOf(line)
  if (LOCAL.test(line)) state.isLocal = true
  const [, name, value] = DIRECTIVE.exec(line) ?? []
  if (name === 'GMT-Offset') {
    const read = readOffset(value!, 0)
    if (typeof read === 'object') state.offset = read.offset
  }
  if (!name?.endsWith('Date')) return context
  const date = isoStamp(value!)
  if (typeof date !== 'object') return context
  state.date = value!.slice(0, 10)
  return { ...context, date: zoned(date, state) }
}

/** At spaces and tabs; what stands in quotes is one value, and a quote in it is written twice. */
function split(line: string): string[] {
  const values: string[] = []
  for (const m of line.matchAll(/"((?:[^"]|"")*)"?|(\S+)/g))
    values.push(m[2] ?? m[1]!.replaceAll('""', '"'))
  return values
}

function timeOf(by: ReadonlyMap<string, string | undefined>, state: State): StampRead {
  const local = by.has('time-local') || by.has('date-local')
  const clock = by.get('time') ?? by.get('time-local')
  const date = by.get('date') ?? by.get('date-local')
  if (clock === undefined || !CLOCK.test(clock)) return undefined
  const told = date ?? state.date
  const read =
    told !== undefined && DATE.test(told) ? isoStamp(`${told} ${clock}`) : clockStamp(clock)
  if (typeof read !== 'object') return read
  // Where only a directive tells the date, the record itself says no more than its clock.
  const stamp = date === undefined ? { ...read, original: clock } : read
  return local ? stamp : zoned(stamp, state)
}

function zoned(stamp: Stamp, { isLocal, offset }: State): Stamp {
  if (stamp.offset !== undefined) return stamp
  if (offset !== undefined) return { ...stamp, offset }
  return isLocal ? stamp : { ...stamp, offset: 0 }
}

function set(fields: Fields, name: string, value: string): void {
  const field = NAMES[name] ?? `labels.${name.replace(/[^\w]+/g, '_').replace(/_$/, '')}`
  if (NUMBERS.test(field)) {
    if (/^\d{1,15}$/.test(value)) fields[field] = Number(value)
  } else if (field.endsWith('.ip') && !isAddress(value)) {
    fields[field.replace(/ip$/, 'address')] = value
  } else fields[field] = cleaned(field, value)
}

/** IIS writes the spaces of a user agent as plus signs. */
function cleaned(field: string, value: string): string {
  if (field === 'user_agent.original') return value.replaceAll('+', ' ')
  return field === 'http.version' ? value.replace(/^HTTP\//, '') : value
}
