/** An entry of the systemd journal, however it was exported: systemd.journal-fields(7). */
import type { Fields, SourceRecord, Stamp } from '../../schemas/source-record.ts'
import { epochStamp } from './epoch-stamp.ts'
import { setFacility, setSeverity } from './syslog-priority.ts'

/** Field names as written and their values as text; several values of one field stand one after the other, with a comma between. */
export type JournalEntry = ReadonlyMap<string, string>

const MICROSECONDS = /^\d{1,18}$/
const WHOLE = /^\d{1,15}$/
const LABEL_NAME = /^[A-Z][A-Z0-9_]{0,63}$/
const LABELS = 40
const LABEL_LENGTH = 1024
// oxlint-disable-next-line no-control-regex -- programs colour their output, and the journal keeps it
const COLOUR = /\u001b\[[\d;]{0,32}m/g

/** The first name of each that an entry has gives the field. */
const TEXT_FIELDS: readonly (readonly [string, ...string[]])[] = [
  ['host.name', '_HOSTNAME'],
  ['host.id', '_MACHINE_ID'],
  ['process.name', 'SYSLOG_IDENTIFIER', '_COMM'],
  ['process.executable', '_EXE'],
  ['process.command_line', '_CMDLINE'],
  ['user.id', '_UID'],
  ['container.id', 'CONTAINER_ID_FULL', 'CONTAINER_ID'],
  ['container.name', 'CONTAINER_NAME'],
  ['container.image.name', 'IMAGE_NAME'],
  ['log.origin.file.name', 'CODE_FILE'],
  ['log.origin.function', 'CODE_FUNC'],
  ['event.code', 'MESSAGE_ID'],
  ['error.code', 'ERRNO'],
  ['labels.unit', 'UNIT', 'USER_UNIT', '_SYSTEMD_UNIT', '_SYSTEMD_USER_UNIT'],
  ['labels.transport', '_TRANSPORT'],
  ['labels.boot_id', '_BOOT_ID'],
  ['labels.source_time', '_SOURCE_REALTIME_TIMESTAMP'],
]
const NUMBER_FIELDS: readonly (readonly [string, ...string[]])[] = [
  ['process.pid', '_PID', 'SYSLOG_PID'],
  ['process.thread.id', 'TID', '_TID'],
  ['log.origin.file.line', 'CODE_LINE'],
]
const TAKEN = new Set([
  ...[...TEXT_FIELDS, ...NUMBER_FIELDS].flatMap((names) => names.slice(1)),
  'MESSAGE',
  'PRIORITY',
  'SYSLOG_FACILITY',
  'SYSLOG_RAW',
  'SYSLOG_TIMESTAMP',
])

/**
 * When the journal received the entry. The sender's `_SOURCE_REALTIME_TIMESTAMP` is a little earlier, but not every entry has one and
 * `--output-fields` leaves it out, while this one is always there, never runs against the order of the entries for long, and is what
 * `journalctl --since` asks for: so an entry keeps its identity in every export. Entries that no journal file ever held have only the other.
 */
function timeOf(entry: JournalEntry): Stamp | undefined {
  for (const name of ['__REALTIME_TIMESTAMP', '_SOURCE_REALTIME_TIMESTAMP']) {
    const written = entry.get(name)
    if (written === undefined || !MICROSECONDS.test(written)) continue
    const time = epochStamp(written, 'us')
    if (typeof time === 'object') return time
  }
  return undefined
}

/** Undefined where nothing in the entry tells when. */
export function journalRecord(
  entry: JournalEntry,
  original: string,
  line: number,
): SourceRecord | undefined {
  const time = timeOf(entry)
  if (!time) return undefined
  const fields: Fields = {}
  for (const [field, ...names] of TEXT_FIELDS) {
    const value = firstOf(entry, names)
    if (value !== undefined) fields[field] = value
  }
  for (const [field, ...names] of NUMBER_FIELDS) {
    const value = firstOf(entry, names)
    if (value !== undefined && WHOLE.test(value)) fields[field] = Number(value)
  }
  // What the writer calls itself in a syslog file, where that is not who it is: a pid from before a fork.
  const syslogPid = entry.get('SYSLOG_PID') ?? ''
  if (WHOLE.test(syslogPid) && Number(syslogPid) !== fields['process.pid'])
    fields['labels.syslog_pid'] = syslogPid
  const unit = fields['labels.unit']
  if (typeof unit === 'string') fields['service.name'] = unit.replace(/(.)\.service$/, '$1')
  const [priority, facility] = [entry.get('PRIORITY') ?? '', entry.get('SYSLOG_FACILITY') ?? '']
  if (WHOLE.test(priority)) setSeverity(fields, Number(priority))
  if (WHOLE.test(facility)) setFacility(fields, Number(facility))
  setLabels(entry, fields)
  const record: SourceRecord = { time, message: messageOf(entry, fields), original, line, fields }
  const stream = firstOf(entry, ['_HOSTNAME', '_MACHINE_ID'])
  if (stream !== undefined) record.stream = stream
  const cursor = entry.get('__CURSOR')
  if (cursor) record.nativeId = cursor
  return record
}

function firstOf(entry: JournalEntry, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = entry.get(name)
    if (value) return value
  }
  return undefined
}

/** What no text has: a field of bytes, a core dump's auxiliary vector. */
const BINARY = /(?![\t\n\r])\p{Cc}/u

/** What programs told beside the text. Trusted fields, which begin with an underscore, describe the process and stay in the original. */
function setLabels(entry: JournalEntry, fields: Fields): void {
  let left = LABELS
  for (const [name, value] of entry) {
    if (left === 0) return
    if (TAKEN.has(name) || value === '' || value.length > LABEL_LENGTH || !LABEL_NAME.test(name))
      continue
    if (BINARY.test(value)) continue
    fields[`labels.${name.toLowerCase()}`] = value
    left--
  }
}

/** journalctl leaves out a text that is longer than its limit, and some entries never had one. */
function messageOf(entry: JournalEntry, fields: Fields): string {
  const text = entry.get('MESSAGE')?.replace(COLOUR, '').trimEnd()
  if (text) return text
  const who = fields['process.name'] ?? fields['labels.unit'] ?? fields['labels.transport']
  return who === undefined ? 'Entry without a message' : `${who}: entry without a message`
}
