/**
 * ArcSight's Common Event Format, https://www.microfocus.com/documentation/arcsight/arcsight-smartconnectors/pdfdoc/cef-implementation-standard/cef-implementation-standard.pdf:
 * `CEF:0|vendor|product|version|signature|name|severity|key=value …`, alone or behind a header of syslog of any layout. The time is `rt`, when the
 * device saw the event, else `start`, else `end`, else that of the header. `cs1` and the like are named by `cs1Label`.
 */
import {
  deviceStamp,
  eventLines,
  spacedAttributes,
  type DeviceEvent,
} from '../shared/event-line.ts'

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

function read(line: string, at: number): DeviceEvent | undefined {
  HEADER.lastIndex = at
  const m = HEADER.exec(line)
  if (!m) return undefined
  const device = m[2]!.split(/(?<!\\)\|/).map((part) => unescape(part.trim()))
  const name = device[4]
  const attributes = named(spacedAttributes(line.slice(HEADER.lastIndex)))
  const severity = m[3]!.trim()
  const said = attributes.get('msg')
  return {
    time: deviceStamp(TIMES.map((key) => attributes.get(key)).find((time) => time !== undefined)),
    device,
    severity,
    host: attributes.get('dvchost'),
    message: [name, said === name ? undefined : said].filter(Boolean).join(': ') || line,
    ...(/^\d{1,2}$/.test(severity) && { fields: { 'event.severity': Number(severity) } }),
    attributes,
  }
}

export const adapter = eventLines({
  title: 'CEF (ArcSight Common Event Format)',
  prefix: 'CEF',
  names: NAMES,
  skip: SKIP,
  read,
})
