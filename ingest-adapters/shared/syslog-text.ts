/** What stands after the stamp of a BSD syslog line: host, tag, pid and text, each of which may be missing. */
import type { Fields } from '../../schemas/source-record.ts'
import {
  facilityNumber,
  namedPriority,
  setFacility,
  setSeverity,
  severityNumber,
} from './syslog-priority.ts'

export interface SyslogText {
  message: string
  host: string | undefined
  evidence: 'sure' | 'likely' | 'weak' | 'none'
}

const HOST = /(?:[A-Za-z0-9]|::)[\w.:%@/-]{0,254}(?= |$)/y
/** First words of other logs' lines: what looks like a host there is a level or a stream. */
const NO_HOST =
  /^(?:emerg\w*|alert|crit\w*|err(?:or)?|warn(?:ing)?|notice|info\w*|debug|trace|fatal|severe|verbose|stdout|stderr|[tdiwef])$/i
const TAG = /([^\s:[]{1,128})(?:\[([^\]\s]{1,64})\])?(?: \([^()]{1,200}\)| <(\w{1,16})>)?:/y
/** What FreeBSD's `syslogd -v` writes before the host. */
const VERBOSE = /<(\w{1,10}\.\w{1,10})> /y
const UPTIME = /\[ *(\d{1,12}\.\d{1,9})\] ?/y
const SOLARIS = /\[ID (\d{1,10}) (\w{1,16})\.(\w{1,16})\] /y
const MNEMONIC = /%([A-Z][\w-]{0,60})-([0-7])-(\w{1,60}): /y
/** A device's own stamp, and its sequence number, in a line that a collector has stamped too. */
const DEVICE_STAMP =
  /(?:\d{1,10}: )?(?:[A-Za-z][\w.-]{0,63}: )?[*.]?([A-Z][a-z]{2} [ \d]\d (?:\d{4} )?[\d:.]{8,18}(?: [A-Z]{2,5})?): (?=%[A-Z])/y
/** OpenWrt, and BusyBox behind the host: `daemon.info dnsmasq[12]: text`. */
const FACILITY = /([a-z]{3,8}[0-7]?)\.([a-z]{3,7}) /y
const REPEATED = /(?:--- )?(?:last )?message repeated (\d{1,9}) times?/y
const MARK = '-- MARK --'

/** `at` is the place of the space before it. Undefined where nothing stands there. */
export function readSyslogText(
  line: string,
  at: number,
  fields: Fields,
  bsd: boolean,
): SyslogText | undefined {
  let i = afterSpaces(line, line.startsWith(' : %', at) ? at + 2 : at)
  if (i >= line.length) return undefined
  VERBOSE.lastIndex = i
  const verbose = bsd && line.charCodeAt(i) === 60 ? VERBOSE.exec(line) : null
  const priority = verbose ? namedPriority(verbose[1]!) : undefined
  if (priority) {
    setFacility(fields, priority[0])
    setSeverity(fields, priority[1])
    i = afterSpaces(line, VERBOSE.lastIndex)
  }
  const marked = readFacility(line, i, fields)
  const hostless = marked > i
  i = marked
  const word = hostless ? undefined : readHost(line, i, bsd)
  const host = word === '-' ? undefined : word
  if (word !== undefined) {
    i += word.length
    if (line.charCodeAt(i) === 58) i++
    else if (line.startsWith(' : %', i)) i += 2
    i = readFacility(line, afterSpaces(line, i), fields)
  }
  const textAt = i
  let tagged: 'none' | 'name' | 'pid' = 'none'
  DEVICE_STAMP.lastIndex = i
  const c = line.charCodeAt(i)
  const stamped = c === 37 ? null : DEVICE_STAMP.exec(line)
  if (stamped) {
    fields['labels.device_time'] = stamped[1]!
    i = DEVICE_STAMP.lastIndex
  } else if (c !== 37) {
    TAG.lastIndex = i
    const tag = TAG.exec(line)
    if (tag && endsTag(line, TAG.lastIndex, tag)) {
      i = afterSpaces(line, TAG.lastIndex)
      tagged = setTag(tag, fields) ? 'pid' : 'name'
    }
  }
  const mnemonic = readMarks(line, i, fields)
  if (mnemonic < 0) i = -mnemonic
  const text = line.slice(i)
  const message = tells(text) ? text : line.slice(textAt).trim() || host || line.trim()
  const repeated = readRepeated(message, fields)
  const proof =
    priority !== undefined ||
    mnemonic > 0 ||
    repeated ||
    (tagged === 'pid' && (bsd || host !== undefined))
  const named = tagged === 'name' && (host !== undefined || fields['process.name'] === 'kernel')
  if (proof || (bsd && named)) return { message, host, evidence: 'sure' }
  const evidence = host === undefined ? 'none' : bsd ? 'likely' : named ? 'weak' : 'none'
  return { message, host, evidence }
}

/** The place after facility and severity, `at` where none stand there. */
function readFacility(line: string, at: number, fields: Fields): number {
  FACILITY.lastIndex = at
  const m = FACILITY.exec(line)
  if (!m) return at
  const [facility, severity] = [facilityNumber(m[1]!), severityNumber(m[2]!)]
  if (facility < 0 || severity < 0) return at
  setFacility(fields, facility)
  setSeverity(fields, severity)
  return afterSpaces(line, FACILITY.lastIndex)
}

/** Whether a text has more than white space. */
export const tells = (text: string): boolean => text.charCodeAt(0) > 32 || text.trim() !== ''

function afterSpaces(line: string, at: number): number {
  let i = at
  while (line.charCodeAt(i) === 32) i++
  return i
}

/** A host is a word of its own; a word that ends in a colon is the tag, but for the name of an ASA before its mnemonic. */
function readHost(line: string, at: number, bsd: boolean): string | undefined {
  HOST.lastIndex = at
  const m = HOST.exec(line)
  if (!m) return line.charCodeAt(at) === 45 ? dash(line, at) : undefined
  const word = m[0]
  if (word.charCodeAt(word.length - 1) === 58) {
    const colon = line.charCodeAt(at + word.length + 1) === 37
    return colon ? word.slice(0, -1) : undefined
  }
  if (word === 'last' && line.startsWith('last message repeated', at)) return undefined
  if (word === 'message' && line.startsWith('message repeated', at)) return undefined
  return !bsd && NO_HOST.test(word) ? undefined : word
}

/** `-` for a host that the sender did not know. */
function dash(line: string, at: number): string | undefined {
  const next = line.charCodeAt(at + 1)
  return next === 32 || Number.isNaN(next) ? '-' : undefined
}

/** Without a pid a colon ends a tag only before a space: `http://…` and `10.0.0.1:80` are text. */
function endsTag(line: string, end: number, tag: RegExpExecArray): boolean {
  return tag[2] !== undefined || end >= line.length || line.charCodeAt(end) === 32
}

/** Whether the tag had a pid. */
function setTag(tag: RegExpExecArray, fields: Fields): boolean {
  fields['process.name'] = tag[1]!
  if (tag[3]) fields['log.level'] = tag[3]
  if (tag[2] === undefined) return false
  const pid = Number(tag[2])
  if (Number.isSafeInteger(pid) && pid >= 0) fields['process.pid'] = pid
  else fields['labels.procid'] = tag[2]
  return true
}

/**
 * The kernel's uptime and Solaris' message id before a text give the negative place after them; a mnemonic gives 1 and stays in the text,
 * because people look for it; 0 where there is nothing of these.
 */
function readMarks(line: string, at: number, fields: Fields): number {
  const c = line.charCodeAt(at)
  if (c === 37) {
    MNEMONIC.lastIndex = at
    const m = MNEMONIC.exec(line)
    if (!m) return 0
    fields['event.code'] = `${m[1]}-${m[2]}-${m[3]}`
    if (!('log.syslog.severity.code' in fields)) setSeverity(fields, Number(m[2]))
    return 1
  }
  if (c !== 91) return 0
  if (fields['process.name'] === 'kernel') {
    UPTIME.lastIndex = at
    const m = UPTIME.exec(line)
    if (!m) return 0
    fields['labels.uptime'] = m[1]!
    return -UPTIME.lastIndex
  }
  SOLARIS.lastIndex = at
  const m = SOLARIS.exec(line)
  if (!m) return 0
  fields['log.syslog.msgid'] = m[1]!
  setFacility(fields, facilityNumber(m[2]!))
  setSeverity(fields, severityNumber(m[3]!))
  return -SOLARIS.lastIndex
}

/** Whether the line is syslogd's own: it says how often the line before it came, or only that it is alive. */
function readRepeated(message: string, fields: Fields): boolean {
  const c = message.charCodeAt(0)
  if (c !== 108 && c !== 109 && c !== 45) return false
  if (message.startsWith(MARK)) return true
  REPEATED.lastIndex = 0
  const m = REPEATED.exec(message)
  if (!m) return false
  fields['labels.repeated'] = m[1]!
  return true
}
