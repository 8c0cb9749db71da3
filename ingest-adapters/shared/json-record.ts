/** What the members of a JSON record of no known format mean, by the names that most programs give them. */
import type { Fields } from '../../schemas/source-record.ts'
import { isEcsField } from './ecs-names.ts'
import { at, scalars, type JsonObject } from './json.ts'
import { setField, setLabel } from './json-fields.ts'
import { plain } from './console-text.ts'

const TABLE: readonly (readonly [field: string, names: string])[] = [
  ['log.level', 'level lvl severity loglevel levelname severitytext logseverity s'],
  ['log.logger', 'logger loggername loglogger category component source.logger'],
  [
    'host.name',
    'hostname host computer computername nodename machinename kuberneteshost kubernetesnodename',
  ],
  [
    'service.name',
    'service servicename app appname application applicationname kubernetescontainername',
  ],
  ['process.pid', 'pid processid'],
  ['process.name', 'process processname program'],
  ['process.thread.name', 'thread threadname'],
  ['trace.id', 'traceid dtraceid ddtraceid'],
  ['span.id', 'spanid ddspanid'],
  ['user.name', 'user username caller actor authenticationinfoprincipalemail useridentityusername'],
  ['user.id', 'userid'],
  ['user.email', 'email useremail'],
  [
    'source.ip',
    'clientip remoteaddr remoteip sourceip srcip sourceipaddress callerip callersipaddress callerip requestmetadatacallerip',
  ],
  ['source.port', 'clientport sourceport srcport'],
  ['destination.ip', 'destinationip dstip destip'],
  ['destination.port', 'destinationport dstport destport'],
  [
    'http.request.method',
    'method httpmethod requestmethod httprequestmethod clientrequestmethod verb',
  ],
  [
    'http.response.status_code',
    'status statuscode httpstatus responsestatus responsestatuscode httpstatuscode edgeresponsestatus',
  ],
  ['http.response.body.bytes', 'bytessent bodybytessent sentbytes responsesize edgeresponsebytes'],
  ['http.request.referrer', 'referer httpreferer referrer clientrequestreferer'],
  [
    'url.original',
    'url uri requesturi requesturl path requestpath clientrequesturi httprequesturl',
  ],
  ['url.domain', 'clientrequesthost requesthost vhost'],
  ['user_agent.original', 'useragent httpuseragent clientrequestuseragent'],
  ['error.message', 'error errormessage err errormsg exceptionmessage exmessage errormessage'],
  ['error.type', 'errortype exceptionclass exceptiontype errorclass errorkind errorname'],
  [
    'error.stack_trace',
    'stack stacktrace errorstack errorstacktrace exception exceptionstacktrace traceback excinfo thrown',
  ],
  ['container.id', 'containerid dockercontainerid'],
  ['container.name', 'containername container dockercontainername'],
  ['orchestrator.namespace', 'namespace namespacename kubernetesnamespacename kubernetesnamespace'],
  ['event.action', 'eventname operationname methodname operation action'],
  ['event.code', 'eventid errorcode'],
  ['event.reference', 'link incidenturl'],
]
const FIELDS = new Map(
  TABLE.flatMap(([field, names]) => names.split(' ').map((name) => [name, field] as const)),
)

/** Names under which the text for people stands, the most telling first. */
const MESSAGES =
  'message msg renderedmessage messagetemplate eventmessage logmessage shortmessage textpayload log body text content jsonpayloadmessage description summary title ' +
  'result_description detail details ' +
  'info reason statusmessage event raw'
const MESSAGE_RANKS = new Map(MESSAGES.split(' ').map((name, rank) => [name, rank]))

/** Wrappers whose members mean what they would mean outside. */
const WRAPPERS =
  '@fields|fields|_source|source|properties|attr|attributes|jsonPayload|protoPayload|data|event|record|context|mdc|extra|payload|params|result'
const TRANSPARENT = new RegExp(`^(?:${WRAPPERS})\\.`, 'i')
const WRAPPER = new RegExp(`^(?:${WRAPPERS})$`, 'i')
export const isWrapper = (key: string): boolean => WRAPPER.test(key)

const MEMBERS = 200
const LABELS = 40
const HTTP_HOST = new Set(['http.request.method', 'url.original'])

/** Serilog's compact format, https://clef-json.org, marks its own members, because any others may be called like them. */
const names = new Map([
  ['@m', 'message'],
  ['@mt', 'messagetemplate'],
  ['@l', 'level'],
  ['@x', 'exception'],
  ['@tr', 'traceid'],
  ['@sp', 'spanid'],
])

/** A path as the tables spell it; remembered, because a file's records have the same paths. */
function simple(path: string): string {
  let name = names.get(path)
  if (name === undefined) {
    let inner = path
    for (let i = 0; i < 3 && TRANSPARENT.test(inner); i++) inner = inner.replace(TRANSPARENT, '')
    name = inner.toLowerCase().replace(/[^a-z0-9]/g, '')
    if (names.size < 5000 && path.length < 200) names.set(path, name)
  }
  return name
}

const isStatus = (value: string | number): boolean => /^[1-5]\d\d$/.test(String(value))

/** How telling a text is: by its name, by how deep it stands, and deeper still where only the last part of its path has such a name. */
function messageOrder(path: string, name: string, value: string): number {
  const rank = MESSAGE_RANKS.get(name)
  const last = path.slice(path.lastIndexOf('.') + 1)
  const order = rank ?? (MESSAGE_RANKS.get(last.toLowerCase()) ?? Infinity) + 100
  if (order === Infinity || plain(value).trim() === '') return Infinity
  if (last === 'event' && !value.trim().includes(' ')) return Infinity
  return order + (path.split('.').length - 1) * 0.01
}

const CODE_PLACE = /^[^\s:]+:\d{1,7}$/

/** Go's loggers call the place in the code `caller`, others the person who called; structlog's `event` may be a name instead of a text. */
function fieldOf(path: string, name: string, value: string | number): string | undefined {
  if (isEcsField(path)) return path
  if (path === 'event') return String(value).includes(' ') ? undefined : 'event.action'
  return name === 'caller' && CODE_PLACE.test(String(value))
    ? 'log.origin.file.name'
    : FIELDS.get(name)
}

export interface Read {
  fields: Fields
  message: string | undefined
}

/** The fields, the labels and the text of a record; what stands at `timePath` is its time and no label. */
export function readMembers(value: JsonObject, timePath: string): Read {
  const fields: Fields = {}
  const rest: [string, string | number][] = []
  let message: string | undefined
  let messagePath = ''
  const inTime = `${timePath}.`
  let best = Infinity
  let seen = 0
  for (const [path, scalar] of scalars(value)) {
    if (++seen > MEMBERS) break
    if (scalar === '' || path === timePath || path.startsWith(inTime)) continue
    const name = simple(path)
    const order = typeof scalar === 'string' ? messageOrder(path, name, scalar) : Infinity
    if (order < best) {
      if (message !== undefined) rest.push([messagePath, message])
      best = order
      message = scalar as string
      messagePath = path
      continue
    }
    const field = fieldOf(path, name, scalar)
    if (field !== undefined && !Object.hasOwn(fields, field)) {
      if (field !== 'http.response.status_code' || isStatus(scalar)) {
        setField(fields, field, scalar)
        continue
      }
    }
    rest.push([path, scalar])
  }
  asHttp(fields, value)
  let room = LABELS
  for (const [path, scalar] of rest) {
    if (room-- <= 0) break
    setLabel(fields, path, scalar)
  }
  return { fields, message: message === undefined ? undefined : plain(message) }
}

/** In a record of a request, `host` is the one that was asked for, and no machine that logs. */
function asHttp(fields: Fields, value: JsonObject): void {
  const isRequest = [...HTTP_HOST].every((name) => Object.hasOwn(fields, name))
  const host = at(value, 'host')
  if (!isRequest || typeof host !== 'string' || fields['host.name'] !== host) return
  delete fields['host.name']
  setField(fields, 'url.domain', host)
}
