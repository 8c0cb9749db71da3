/**
 * logfmt, https://brandur.org/logfmt and https://pkg.go.dev/github.com/kr/logfmt: `ts=2024-05-01T10:00:00Z level=info msg="all good" bare key=value`.
 * As written by go-kit, logrus, Go's slog.TextHandler, Prometheus, Grafana and Loki. The time is under `ts`, `time`, `t`, `timestamp` or `@timestamp`,
 * in ISO 8601 or as an epoch; FortiGate writes `date=… time=… tz="+0100"`, also behind a priority of syslog, and `eventtime`, an epoch, where it tells no zone, Sophos `timezone="CEST"`
 * (https://docs.fortinet.com/document/fortigate/latest/fortios-log-message-reference); SonicWall `<134>  id=firewall time="… UTC"`. Lines of other shape (a panic) belong to the record before them.
 */
import type { Fields, Stamp } from '../../schemas/source-record.ts'
import type { Item, LineAdapter } from '../adapter.ts'
import { isAddress } from '../shared/client-address.ts'
import { plain } from '../shared/console-text.ts'
import { epochStamp } from '../shared/epoch-stamp.ts'
import { isoStamp } from '../shared/iso-stamp.ts'
import { stampAt } from '../shared/leading-stamp.ts'
import { mostLines, readGroups, refuse, type Group } from '../shared/lines.ts'
import type { StampRead } from '../shared/stamp.ts'
import { withZoneAmong } from '../shared/zone-name.ts'

const PRIORITY = /^<\d{1,3}> */
const BEGINS = /^(?:<\d{1,3}> {0,2})?[A-Za-z_@][\w.@/-]{0,63}=(?! )/
const HAS_TIME =
  /(?:^|[ >])(?:date=\d{4}-\d\d-\d\d time=\d\d:|(?:ts|time|t|timestamp|@timestamp|datetime)="?\d{4}[-\d])/
const PAIR = /([^\s="]+)(?:=(?:"([^"\\]*(?:\\.[^"\\]*)*)"?|(\S*)))?/gs
const TIME_KEYS = new Set(['ts', 'time', 't', 'timestamp', '@timestamp', 'datetime'])
const MESSAGE_KEYS = new Set(['msg', 'message'])
const NAMES = new Map(
  Object.entries({
    level: 'log.level',
    lvl: 'log.level',
    severity: 'log.level',
    logger: 'log.logger',
    err: 'error.message',
    error: 'error.message',
    stack: 'error.stack_trace',
    stacktrace: 'error.stack_trace',
    host: 'host.name',
    hostname: 'host.name',
    devname: 'host.name',
    service: 'service.name',
    app: 'service.name',
    pid: 'process.pid',
    user: 'user.name',
    username: 'user.name',
    method: 'http.request.method',
    status: 'http.response.status_code',
    remote_addr: 'source.ip',
    client_ip: 'source.ip',
    srcip: 'source.ip',
    dstip: 'destination.ip',
    traceID: 'trace.id',
    traceid: 'trace.id',
    traceId: 'trace.id',
    trace_id: 'trace.id',
    spanID: 'span.id',
    span_id: 'span.id',
    spanId: 'span.id',
    container_id: 'container.id',
  }),
)
const MUST_FIT: Readonly<Record<string, RegExp>> = {
  'process.pid': /^\d{1,10}$/,
  'http.response.status_code': /^[1-5]\d\d$/,
  'http.request.method': /^[A-Z]{3,10}$/,
  'service.name': /^(?!\d+(?:\.\d+)?m?s$)/,
}
const NUMBERS = new Set(['process.pid', 'http.response.status_code'])
const AT_LEVEL = /^(?:debug|info|warn|warning|error|fatal)$/
const DURATION = /^(\d{1,9}(?:\.\d{1,9})?)(ns|us|µs|ms|s)$/
const UNIT: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9 }
const PANIC = /^(?:panic:|goroutine \d+ \[)/m
const CLOCK = /^\d\d:\d\d/
const OFFSET = /^[+-]\d\d:?\d\d$/
/** As Go quotes, https://pkg.go.dev/strconv#Quote. */
const ESCAPE = /\\(?:x([\dA-Fa-f]{2})|u([\dA-Fa-f]{4})|U(00(?:0[\dA-Fa-f]|10)[\dA-Fa-f]{4})|(.))/gs
const PLAIN: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
}
const LABELS = 40

const begins = (line: string): boolean => BEGINS.test(line)

export const adapter: LineAdapter = {
  title: 'logfmt',
  unit: 'lines',
  recognizes: (head) =>
    mostLines(head, (line) => begins(line) && HAS_TIME.test(line.slice(0, 4096))),
  begins,
  parse: () => readGroups(begins, record),
}

function readTime(value: string): StampRead {
  return /^\d{4}-/.test(value) ? isoStamp(value) : (epoch(value) ?? stampAt(value))
}
const epoch = (value: string): Stamp | undefined => {
  const read = /^\d{9,19}(?:\.\d{1,9})?$/.test(value) ? epochStamp(value) : undefined
  return read === 'impossible-time' ? undefined : read
}

function* record(group: Group): Generator<Item> {
  const fields: Fields = {}
  const found: Found = {
    time: undefined,
    message: undefined,
    date: undefined,
    clock: undefined,
    zone: undefined,
    eventTime: undefined,
    rest: [],
    labels: 0,
  }
  for (const [text, key, quoted, bare] of group.head.replace(PRIORITY, '').matchAll(PAIR)) {
    const value = quoted === undefined ? bare : unescape(quoted)
    take(found, fields, key!, value, text)
  }
  const time = timeOf(found)
  if (time === undefined || time === 'impossible-time') {
    yield* refuse(group, time ?? 'no-time')
    return
  }
  const message = plain(String(found.message ?? fields['error.message'] ?? found.rest.join(' ')))
  if (group.count > 1) {
    const more = group.text.slice(group.head.length + 1)
    if (PANIC.test(more)) fields['error.stack_trace'] ??= more
  }
  const item: Item = {
    time,
    message: message || group.head,
    original: group.text,
    line: group.line,
    fields,
  }
  const host = fields['host.name']
  if (host !== undefined && fields['http.request.method'] === undefined) item.stream = String(host)
  else if (host !== undefined) {
    // Of a request, as Heroku's router writes it, `host` is what was asked for.
    fields['url.domain'] = host
    delete fields['host.name']
  }
  yield item
}

interface Found {
  time: StampRead
  message: string | undefined
  /** FortiGate's parts of a stamp. */
  date: string | undefined
  clock: string | undefined
  zone: string | undefined
  eventTime: string | undefined
  /** The pairs that are neither time, level nor message, as written. */
  rest: string[]
  labels: number
}

function timeOf({ time, date, clock, zone, eventTime }: Found): StampRead {
  if (typeof time === 'object' || clock === undefined) return time
  const local = `${date} ${clock}`
  if (zone !== undefined && OFFSET.test(zone)) return isoStamp(`${local} ${zone}`)
  const known = epoch(eventTime ?? '')
  if (known !== undefined) return known
  const stamp = isoStamp(local)
  return typeof stamp === 'object' ? (withZoneAmong(stamp, zone ?? '') ?? stamp) : stamp
}

function take(
  found: Found,
  fields: Fields,
  key: string,
  value: string | undefined,
  text: string,
): void {
  if (value === '') return
  if (key === 'time' && found.date !== undefined && value !== undefined && CLOCK.test(value)) {
    found.clock = value
    return
  }
  if (value !== undefined && TIME_KEYS.has(key) && typeof found.time !== 'object') {
    const time = readTime(value)
    if (time !== undefined) {
      found.time = time
      return
    }
  }
  if (value !== undefined && MESSAGE_KEYS.has(key) && found.message === undefined) {
    found.message = value
    return
  }
  if (key === 'date' && value !== undefined) found.date = value
  if ((key === 'tz' || key === 'timezone') && value !== undefined) found.zone = value
  if (key === 'eventtime' && value !== undefined) found.eventTime = value
  const name = key === 'at' && AT_LEVEL.test(value ?? '') ? 'log.level' : NAMES.get(key)
  if (name !== 'log.level') found.rest.push(text)
  if (
    name !== undefined &&
    value !== undefined &&
    !(name in fields) &&
    (name.endsWith('.ip') ? isAddress(value) : (MUST_FIT[name]?.test(value) ?? true))
  ) {
    fields[name] = NUMBERS.has(name) ? Number(value) : value
    return
  }
  const duration = /dur|elapsed|took/.test(key) && value !== undefined ? DURATION.exec(value) : null
  if (duration) fields['event.duration'] ??= Math.round(Number(duration[1]) * UNIT[duration[2]!]!)
  if (found.labels++ < LABELS) fields[`labels.${key.slice(0, 64)}`] = value ?? 'true'
}

const unescape = (text: string): string =>
  text.includes('\\') ? text.replace(ESCAPE, unescaped) : text

function unescaped(_: string, x?: string, u?: string, long?: string, c?: string): string {
  if (c !== undefined) return PLAIN[c] ?? c
  return String.fromCodePoint(Number.parseInt((x ?? u ?? long)!, 16))
}
