/**
 * One event of the Windows event log, whatever the tool that exported it: https://learn.microsoft.com/windows/win32/wes/eventschema-systempropertiestype-complextype.
 * The log stamps it with TimeCreated when it is written. Sysmon (https://learn.microsoft.com/sysinternals/downloads/sysmon) says itself when the thing happened, as
 * UtcTime, which comes a little earlier; exporters are known to write TimeCreated in local time under a false Z, which it shows.
 */
import type { Fields, SourceRecord } from '../../schemas/source-record.ts'
import type { Reason } from '../../schemas/rejection.ts'
import { text as textOf } from './json.ts'
import { setField, setLabel, setLabels } from './json-fields.ts'
import { isoStamp } from './iso-stamp.ts'
import type { StampRead } from './stamp.ts'

/** As a tool wrote it; what it did not write is undefined. */
export interface WindowsEvent {
  /** When it was written into the log. */
  time: StampRead
  provider?: unknown
  code?: unknown
  /** A number from 0 to 5, or its name. */
  level?: unknown
  /** A bit mask, or names. */
  keywords?: unknown
  computer?: unknown
  channel?: unknown
  recordId?: unknown
  pid?: unknown
  thread?: unknown
  /** Under whose account it was logged: a security identifier. */
  userId?: unknown
  /** Its name, with or without the domain in front. */
  userName?: unknown
  userDomain?: unknown
  activity?: unknown
  /** The members of EventData or UserData, in their order; without a name where they have none. */
  data: readonly (readonly [name: string, value: string])[]
  /** The text as Windows shows it, where the tool rendered it. */
  message?: unknown
}

/** https://learn.microsoft.com/windows/win32/wes/defining-severity-levels; 0 is what is always logged, as audits are. */
const LEVELS = ['info', 'critical', 'error', 'warn', 'info', 'debug']
const LEVEL_NAMES: Readonly<Record<string, string>> = { logalways: 'info', audit_failure: 'warn' }
/** The bits of the keywords of an audit. */
const AUDIT_FAILURE = 0x10n << 48n
const AUDIT_SUCCESS = 0x20n << 48n
const SYSMON = /\bSysmon$/
const UTC_TIME = /^UtcTime: *(\S+ \S+) *$/m
const LINE_END = /\r\n?|\n/
const PAIRS = 40
/** What Sysmon saw is in the log after so many seconds at most. */
const TOGETHER = 120
/** What says nothing to people, or stands in the time already. */
const UNSAID: ReadonlySet<string> = new Set(['Binary', 'UtcTime'])
/** Data that has no name gets a number for one. */
const NUMBERED = /^(?:param)?\d+$/

/** What members of the data mean, the first that says something first. */
const FIELDS: readonly (readonly [field: string, ...names: string[]])[] = [
  ['process.executable', 'Image', 'NewProcessName', 'ProcessName', 'SourceImage', 'Application'],
  ['process.command_line', 'CommandLine'],
  ['source.ip', 'SourceIp', 'SourceAddress', 'IpAddress', 'ClientAddress'],
  ['source.port', 'SourcePort', 'IpPort'],
  ['destination.ip', 'DestinationIp', 'DestAddress'],
  ['destination.port', 'DestinationPort', 'DestPort'],
  ['file.path', 'TargetFilename', 'ObjectName'],
  ['rule.name', 'RuleName'],
]
const USERS = ['User', 'SubjectUserName', 'TargetUserName', 'SourceUser', 'AccountName', 'UserName']
const PIDS = ['NewProcessId', 'ProcessId', 'ProcessID', 'SourceProcessId']

/** Windows writes a dash where there is nothing. */
const said = (value: string | undefined): string | undefined =>
  value === undefined || value.trim() === '' || value.trim() === '-' ? undefined : value.trim()

/** The record of an event, or why it is none. `original` is its exact text. */
export function windowsRecord(
  event: WindowsEvent,
  original: string,
  line: number,
): SourceRecord | Reason {
  const data = new Map(event.data)
  const first = (names: readonly string[]): string | undefined =>
    names.map((name) => said(data.get(name))).find((value) => value !== undefined)
  const fields: Fields = {}
  const provider = textOf(event.provider)
  const computer = textOf(event.computer)
  const channel = textOf(event.channel)
  setField(fields, 'host.name', computer)
  setField(fields, 'service.name', provider)
  setField(fields, 'event.provider', provider)
  setField(fields, 'event.code', event.code)
  setField(fields, 'log.level', levelOf(event.level))
  setField(fields, 'event.outcome', outcomeOf(event.keywords))
  setUser(fields, event, first(USERS), said(data.get('SubjectDomainName')))
  for (const [field, ...names] of FIELDS) setField(fields, field, first(names))
  setField(fields, 'process.pid', numberOf(first(PIDS) ?? textOf(event.pid)))
  setField(fields, 'process.thread.id', numberOf(textOf(event.thread)))
  setLabel(fields, 'channel', channel)
  setLabel(fields, 'record_id', event.recordId)
  setLabel(fields, 'activity_id', event.activity)
  const rendered = said(textOf(event.message))
  const utcTime = SYSMON.test(provider ?? '')
    ? (data.get('UtcTime') ?? UTC_TIME.exec(rendered ?? '')?.[1])
    : undefined
  const times = timesOf(event.time, utcTime)
  if (typeof times === 'string') return times
  if (times.usual) setLabel(fields, 'TimeCreated', times.usual.original)
  setLabels(fields, Object.fromEntries([...data].filter(([, value]) => said(value))))
  const message = readable(rendered) ?? describe(event, provider)
  const recordId = textOf(event.recordId)
  return {
    ...times,
    message,
    original,
    line,
    fields,
    ...(computer !== undefined && { stream: computer }),
    ...(recordId !== undefined &&
      computer !== undefined &&
      channel !== undefined && { nativeId: `${computer}\0${channel}\0${recordId}` }),
  }
}

/** SystemTime is in UTC, also where a tool left the Z out. */
export const inUtc = (stamp: StampRead): StampRead =>
  typeof stamp === 'object' ? { ...stamp, offset: stamp.offset ?? 0 } : stamp

/** The time that the log gave it, and what Sysmon said; where these are apart the log's stamp is not to be trusted, and Sysmon's is the event's own. */
function timesOf(
  written: StampRead,
  utcTime: string | undefined,
): Pick<SourceRecord, 'time' | 'usual' | 'witness'> | Reason {
  const own = utcTime === undefined ? undefined : isoStamp(utcTime)
  if (typeof own !== 'object')
    return typeof written === 'object' ? { time: written } : (written ?? 'no-time')
  const said = { ...own, offset: own.offset ?? 0 }
  if (typeof written !== 'object') return { time: said }
  const apart = written.seconds - (written.offset ?? 0) - (said.seconds - said.offset)
  return written.offset !== undefined && Math.abs(apart) <= TOGETHER
    ? { time: written, witness: said }
    : { time: said, usual: written }
}

function levelOf(level: unknown): string | undefined {
  const written = textOf(level)?.toLowerCase()
  if (written === undefined) return undefined
  return LEVELS[Number(written)] ?? LEVEL_NAMES[written] ?? written
}

function outcomeOf(keywords: unknown): string | undefined {
  const written = Array.isArray(keywords) ? keywords.join(' ') : textOf(keywords)
  if (written === undefined) return undefined
  if (/audit failure/i.test(written)) return 'failure'
  if (/audit success/i.test(written)) return 'success'
  if (!/^(?:0x[0-9a-f]{1,16}|-?\d{1,20})$/i.test(written)) return undefined
  const mask = BigInt.asUintN(64, BigInt(written))
  return mask & AUDIT_FAILURE ? 'failure' : mask & AUDIT_SUCCESS ? 'success' : undefined
}

function setUser(
  fields: Fields,
  event: WindowsEvent,
  named: string | undefined,
  subjectDomain: string | undefined,
): void {
  const whole = said(textOf(event.userName)) ?? named
  const cut = whole?.indexOf('\\') ?? -1
  setField(fields, 'user.name', cut < 0 ? whole : whole?.slice(cut + 1))
  const domain = textOf(event.userDomain) ?? (event.userName ? undefined : subjectDomain)
  setField(fields, 'user.domain', cut < 0 ? domain : whole?.slice(0, cut))
  setField(fields, 'user.id', event.userId)
}

/** Process ids are decimal, and in hexadecimal in audits. */
function numberOf(written: string | undefined): number | undefined {
  const number = Number(written)
  return Number.isSafeInteger(number) ? number : undefined
}

/** A rendered text without the blank lines and the tabs by which Windows lays it out. */
function readable(message: string | undefined): string | undefined {
  const lines = message?.split(LINE_END).map((each) => each.replace(/\s+/g, ' ').trim())
  return lines?.filter((each) => each !== '').join('\n')
}

/** What can be said of an event that nobody rendered. */
function describe({ data, code }: WindowsEvent, provider: string | undefined): string {
  const parts = data.slice(0, PAIRS).flatMap(([name, value]) => {
    const short = UNSAID.has(name) ? undefined : said(value)?.replace(/\s+/g, ' ')
    return short === undefined ? [] : [NUMBERED.test(name) ? short : `${name}=${short}`]
  })
  const head = [provider ?? 'event', textOf(code) ?? ''].join(' ').trim()
  return parts.length === 0 ? head : `${head}: ${parts.join(' ')}`
}
