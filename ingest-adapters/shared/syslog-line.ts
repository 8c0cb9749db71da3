/** One line of syslog in any of its layouts; the specifications are named in logs/syslog.ts. */
import type { Reason } from '../../schemas/rejection.ts'
import type { Fields, Stamp } from '../../schemas/source-record.ts'
import { epochStamp } from './epoch-stamp.ts'
import { isoStamp } from './iso-stamp.ts'
import { monthFirstStamp } from './month-stamp.ts'
import { isDigit, readOffset, type StampRead } from './stamp.ts'
import { structuredData } from './structured-data.ts'
import { readSyslogText, tells } from './syslog-text.ts'
import { setPriority } from './syslog-priority.ts'
import { withZone } from './zone-name.ts'

export interface SyslogLine {
  time: Stamp
  message: string
  fields: Fields
  host: string | undefined
  /**
   * How certain the line is syslog: `sure` by a priority, pid or mnemonic; `likely` by a BSD stamp and a host; `weak` by an
   * ISO stamp and two words of which the second ends in a colon.
   */
  evidence: 'sure' | 'likely' | 'weak' | 'none'
}

const PRIORITY = /(?:\d{1,7} )?<(\d{1,3})>/y
/** journalctl's `-o short-full` and `with-unit`: `Wed 2024-05-01 10:00:00 CEST host app[12]: text`. */
const WEEKDAY = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?=\d{4}-\d\d-\d\d )/
/** The stamp is an epoch in what Cisco Meraki sends. */
const VERSION = /(\d{1,3}) (?=\d{4}-|-(?: |$)|\d{10}\.\d{1,9} )/y
const EPOCH = /\d{10}\.\d{1,9}/y
/** FortiGate's and SonicWall's lines behind a priority are logfmt. */
const PAIR = / {0,2}[a-z_]{1,32}=/y
/** Sequence number and host of a Cisco device, in either order, before its own stamp; EMBLEM has a colon alone. */
const CISCO =
  /(?:(\d{1,10})?: )?(?:([A-Za-z][\w.-]{0,63}): )?(?:(\d{1,10}): )?([*.])?:?(?=[A-Z][a-z]{2} [ \d]\d|\d{4} [A-Z][a-z]{2} )/y
const WEEKDAY_LENGTH = 4
const CISCO_ZONE = / ([A-Z]{2,5})(?=: %)/y
/** A host may be called like a zone: then no other host stands before the tag. */
const HOST_AND_TAG = /^ [\w.:-]+ [^\s:[]+(?:\[\d+\])?:/
const OFFSET = / [+-]\d\d:?\d\d(?= [\w.:-]+ \S)/y
const YEAR_FIRST = /(\d{4}) ([A-Z][a-z]{2} {1,2}\d{1,2}) ([\d:.]{8,18})/y
/** The fields of RFC 5424 after a stamp without a priority, as NSX and rsyslog templates write them. */
const BARE_5424 =
  /[\w.:-]{1,255} [^\s:[]{1,48} (?:\d{1,10}|-) [^\s:]{1,32} (?:-(?: |$)|\[[^\s\]="]{1,32}[ \]])/y
const NAME_AND_PID = /^([^[]+)\[(\d{1,10})\]$/

export function readSyslogLine(line: string): SyslogLine | Reason {
  const fields: Fields = {}
  let at = 0
  let device: RegExpExecArray | null = null
  const first = line.charCodeAt(0)
  if (first === 60 || isDigit(first)) {
    PRIORITY.lastIndex = 0
    const m = PRIORITY.exec(line)
    if (m) {
      const priority = Number(m[1])
      if (priority > 191) return 'not-a-record'
      at = m[0].length
      setPriority(fields, priority)
      VERSION.lastIndex = at
      const version = VERSION.exec(line)
      if (version) return readHeader(line, VERSION.lastIndex, fields, 'sure')
    }
  }
  if (at > 0 || first === 42 || first === 46 || isDigit(first)) {
    CISCO.lastIndex = at
    device = CISCO.exec(line)
    if (device) at = CISCO.lastIndex
  }
  const full = WEEKDAY.test(line)
  if (full) at = WEEKDAY_LENGTH
  const hasPriority = 'log.syslog.severity.code' in fields
  const digit = isDigit(line.charCodeAt(at))
  const time: StampRead = digit
    ? (isoStamp(line, at) ?? yearFirstStamp(line, at))
    : monthFirstStamp(line, at)
  if (time === undefined) {
    PAIR.lastIndex = at
    return hasPriority && !PAIR.test(line) ? 'no-time' : 'not-a-record'
  }
  if (time === 'impossible-time') return time
  let end = at + time.original.length
  const iso = digit && !full && line.charCodeAt(at + 4) !== 32
  if (device) {
    readDevice(device, fields)
  } else if (iso && !hasPriority && line.charCodeAt(at + 10) !== 32) {
    // With a space in the stamp, ` - app - INFO - text` is a line of Python's logging.
    BARE_5424.lastIndex = end + 1
    if (BARE_5424.test(line)) return readHeader(line, at, fields, 'sure')
  }
  if (!iso) end = readZone(line, end, time)
  if (line.charCodeAt(end) === 58) {
    // `10:00:00: %ASA-…` and `10:00:00: --- last message …`; with an ISO stamp and no mnemonic it is some program's own log.
    if (iso && !line.startsWith(': %', end)) return 'not-a-record'
    end++
  }
  if (end >= line.length) return 'incomplete'
  if (line.charCodeAt(end) !== 32) return 'not-a-record'
  const read = readSyslogText(line, end, fields, !iso)
  if (read === undefined) return 'incomplete'
  const host = device?.[2] ?? read.host
  if (host !== undefined) fields['host.name'] = host
  let evidence: SyslogLine['evidence'] = hasPriority ? 'sure' : read.evidence
  // `May 13, 2024 12:00:01 AM`, `2024-05-01 10:00:00,123`: clocks that other loggers write.
  if (!hasPriority && evidence !== 'none') {
    const last = time.original.charCodeAt(time.original.length - 1)
    const spacedIso = iso && line.charCodeAt(at + 10) === 32
    if (last === 77 || last === 109 || time.original.includes(',')) evidence = 'none'
    else if (spacedIso && evidence === 'weak') evidence = 'none'
  }
  return { time, message: read.message, fields, host, evidence }
}

/** HEADER and STRUCTURED-DATA of RFC 5424 from the stamp on. A line that breaks off is taken as far as it goes. */
function readHeader(
  line: string,
  at: number,
  fields: Fields,
  evidence: SyslogLine['evidence'],
): SyslogLine | Reason {
  if (line.charCodeAt(at) === 45) return 'no-time'
  EPOCH.lastIndex = at
  const epoch = EPOCH.exec(line)
  const time = epoch ? epochStamp(epoch[0]) : isoStamp(line, at)
  if (time === 'impossible-time') return time
  if (time === undefined) return 'not-a-record'
  let i = at + time.original.length
  if (i >= line.length) return 'incomplete'
  if (line.charCodeAt(i) !== 32) return 'not-a-record'
  const words: string[] = []
  // Meraki has no more than the host before its text.
  const parts = epoch ? 1 : 4
  while (words.length < parts && i < line.length) {
    const space = line.indexOf(' ', i + 1)
    const end = space < 0 ? line.length : space
    words.push(line.slice(i + 1, end))
    i = end
  }
  const [host, app, process, kind] = words.map((word) =>
    word === '-' || word.trim() === '' ? undefined : word,
  )
  if (host) fields['host.name'] = host
  const named = app === undefined ? null : NAME_AND_PID.exec(app)
  if (app) fields['process.name'] = named?.[1] ?? app
  const pid = process ?? named?.[2]
  if (pid && /^\d{1,10}$/.test(pid)) fields['process.pid'] = Number(pid)
  else if (pid) fields['labels.procid'] = pid
  if (kind) fields['log.syslog.msgid'] = kind
  i++
  const end = structuredData(line, i, fields)
  const text = line.slice(end).replace(/^ *\uFEFF?/, '')
  const data = line.slice(i, end).replace(/^-$/, '').trim()
  const message = tells(text) ? text : data || kind || app || '(no message)'
  return { time, message, fields, host, evidence }
}

/** What a Cisco device wrote before its stamp. */
function readDevice(m: RegExpExecArray, fields: Fields): void {
  const sequence = m[1] ?? m[3]
  if (sequence) fields['labels.sequence'] = sequence
  // IOS marks a clock that was never set with an asterisk, one that has lost its NTP servers with a dot.
  if (m[4]) fields['labels.clock'] = m[4] === '*' ? 'not set' : 'not synchronized'
}

/** A zone or offset behind a BSD stamp, where another word follows that can be the host, or a device's colon. Returns the place after it. */
function readZone(line: string, end: number, time: Stamp): number {
  if (time.offset !== undefined || time.zone !== undefined) return end
  OFFSET.lastIndex = end
  if (OFFSET.test(line)) {
    const read = readOffset(line, end + 1)
    if (typeof read !== 'object') return end
    time.original += line.slice(end, read.end)
    time.offset = read.offset
    return read.end
  }
  CISCO_ZONE.lastIndex = end
  let zone = CISCO_ZONE.exec(line)?.[1]
  if (zone === undefined) {
    const after = withZone(time, line, end)
    const next = end + after.original.length - time.original.length
    if (next === end || !HOST_AND_TAG.test(line.slice(next, next + 300))) return end
    zone = line.slice(end + 1, next)
  }
  time.original += ` ${zone}`
  if (zone === 'UTC' || zone === 'GMT') time.offset = 0
  else time.zone = zone
  return end + 1 + zone.length
}

/** NX-OS: `2024 Nov 20 10:00:00.123`. */
function yearFirstStamp(line: string, at: number): StampRead {
  YEAR_FIRST.lastIndex = at
  const m = YEAR_FIRST.exec(line)
  if (!m) return undefined
  const time = monthFirstStamp(`${m[2]} ${m[1]} ${m[3]}`)
  if (typeof time === 'object') time.original = m[0]
  return time
}
