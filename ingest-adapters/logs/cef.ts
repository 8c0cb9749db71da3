/**
 * ArcSight's Common Event Format, https://www.microfocus.com/documentation/arcsight/arcsight-smartconnectors/pdfdoc/cef-implementation-standard/cef-implementation-standard.pdf:
 * `CEF:0|vendor|product|version|signature|name|severity|key=value …`, alone or behind a header of syslog of any layout. The time is `rt`, when the
 * device saw the event, else `start`, else `end`, else that of the header. `cs1` and the like are named by `cs1Label`.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { Item, LineAdapter } from '../adapter.ts'
import {
  deviceStamp,
  eventAt,
  readHeader,
  severityLevel,
  spacedAttributes,
  takeAttributes,
} from '../shared/event-line.ts'
import { isBlank, mostLines } from '../shared/lines.ts'

const HEADER = /CEF: ?(\d)\|((?:(?:[^|\\]|\\.)*\|){5})((?:[^|\\]|\\.)*)(?:\||$)/y
const NAMES: Readonly<Record<string, string>> = {
  act: 'event.action',
  outcome: 'event.outcome',
  reason: 'event.reason',
  src: 'source.ip',
  spt: 'source.port',
  dst: 'destination.ip',
  dpt: 'destination.port',
  suser: 'user.name',
  suid: 'user.id',
  dvchost: 'host.name',
  sproc: 'process.name',
  spid: 'process.pid',
  fname: 'file.name',
  filePath: 'file.path',
  request: 'url.original',
  requestMethod: 'http.request.method',
  requestClientApplication: 'user_agent.original',
  deviceProcessName: 'log.logger',
}
const SKIP = new Set(['rt', 'msg'])
/** When it happened, the most telling first. */
const TIMES = ['rt', 'start', 'end']
const TAKEN = new Set([...SKIP, ...TIMES, ...Object.keys(NAMES)])
const LABEL = /^(.+)Label$/

const isCef = (line: string): boolean => {
  const at = eventAt(line)
  return at >= 0 && line.startsWith('CEF', at)
}

const unescape = (text: string): string =>
  text.replaceAll(/\\([\\|=nr])/g, (_, c: string) => (c === 'n' || c === 'r' ? '\n' : c))

/** `cs1=… cs1Label=Policy` becomes `Policy=…`. */
function named(attributes: ReadonlyMap<string, string>): Map<string, string> {
  const out = new Map<string, string>()
  for (const [key, value] of attributes) {
    if (LABEL.test(key) && attributes.has(LABEL.exec(key)![1]!)) continue
    const name = attributes.get(`${key}Label`)
    const label = name?.replaceAll(/\s+/g, '_')
    // A label may be called like an attribute that means something.
    const free = label && !TAKEN.has(label) && !attributes.has(label)
    out.set(free ? label : key, unescape(value))
  }
  return out
}

function recordOf(line: string, number: number): Item {
  const at = eventAt(line)
  HEADER.lastIndex = Math.max(at, 0)
  const m = HEADER.exec(line)
  if (at < 0 || !m)
    return { rejected: line, reason: at < 0 ? 'not-a-record' : 'incomplete', line: number }
  const [vendor, product, version, signature, name] = m[2]!
    .split(/(?<!\\)\|/)
    .map((part) => unescape(part.trim()))
  const attributes = named(spacedAttributes(line.slice(HEADER.lastIndex)))
  const header = readHeader(line, at)
  const written = TIMES.map((name) => attributes.get(name)).find((time) => time !== undefined)
  const own = written === undefined ? undefined : deviceStamp(written)
  const time = own ?? header.time
  if (time === undefined || time === 'impossible-time')
    return { rejected: line, reason: time ?? 'no-time', line: number }
  const fields: Fields = { ...header.fields }
  fields['event.provider'] = [vendor, product].filter(Boolean).join(' ')
  if (version) fields['service.version'] = version
  if (signature) fields['event.code'] = signature
  const severity = m[3]!.trim()
  const level = severityLevel(severity)
  if (level !== undefined) fields['log.level'] = level
  if (/^\d{1,2}$/.test(severity)) fields['event.severity'] = Number(severity)
  takeAttributes(fields, attributes, NAMES, SKIP)
  const said = attributes.get('msg')
  const message = [name, said === name ? undefined : said].filter(Boolean).join(': ')
  const item: Item = { time, message: message || line, original: line, line: number, fields }
  const stream = header.host ?? attributes.get('dvchost')
  if (stream) item.stream = stream
  return item
}

export const adapter: LineAdapter = {
  title: 'CEF (ArcSight Common Event Format)',
  unit: 'lines',
  recognizes: (head) => mostLines(head, isCef),
  parse: () =>
    function* (lines, first) {
      for (const [i, line] of lines.entries())
        yield isBlank(line) ? { context: 1, line: first + i } : recordOf(line, first + i)
    },
}
