/** What CEF and LEEF have in common: a header of syslog or none, a prefix that names device and event, attributes with short names. */
import type { Fields, Stamp } from '../../schemas/source-record.ts'
import type { Item, LineAdapter } from '../adapter.ts'
import { setField, setLabel } from './json-fields.ts'
import { wholeStamp } from './json-stamp.ts'
import { leadingStamp } from './leading-stamp.ts'
import { isBlank, mostLines } from './lines.ts'
import { readOffset, type StampRead } from './stamp.ts'
import { readSyslogLine } from './syslog-line.ts'

const EVENT = /(?:^|[\s:>])((?:CEF: ?[01]|LEEF:[12](?:\.\d)?)\|)/

/** The place where the event begins in a line, -1 where there is none. */
function eventAt(line: string): number {
  const m = EVENT.exec(line.slice(0, 1024))
  return m ? m.index + m[0].length - m[1]!.length : -1
}

export const isEventLine = (line: string): boolean => eventAt(line) >= 0

interface LineHeader {
  time: Stamp | undefined
  host: string | undefined
  fields: Fields
}

/** What stands before the event: a header of syslog, a stamp alone, or nothing that is known. */
function readHeader(line: string, at: number): LineHeader {
  const nothing: LineHeader = { time: undefined, host: undefined, fields: {} }
  if (at === 0) return nothing
  const read = readSyslogLine(line)
  if (typeof read === 'object') {
    const { time, host, fields } = read
    // The event itself looks like a tag.
    if (/^(?:CEF|LEEF)/.test(String(fields['process.name']))) delete fields['process.name']
    return { time, host, fields }
  }
  const leading = leadingStamp(line.slice(0, at))
  return typeof leading === 'object' ? { ...nothing, time: leading.stamp } : nothing
}

const ZONE_BEHIND = /^(.*\d(?: [AP]M)?) ?(?:GMT|UTC)?([+-]\d\d:?\d\d)$/

/** A time as devices write it: an epoch in ms (some write s, which its digits tell), or a date, also with an offset behind `GMT`. */
export function deviceStamp(written = ''): StampRead {
  const text = written.trim()
  const m = ZONE_BEHIND.exec(text)
  const stamp = wholeStamp(text)
  if (stamp !== undefined || !m) return stamp
  const local = wholeStamp(m[1]!)
  const offset = readOffset(m[2]!, 0)
  if (typeof local !== 'object' || typeof offset !== 'object') return undefined
  return { ...local, original: text, offset: offset.offset }
}

/** Attributes by name; those without a field become labels. */
function takeAttributes(
  fields: Fields,
  attributes: ReadonlyMap<string, string>,
  names: Readonly<Record<string, string>>,
  skip: ReadonlySet<string>,
): void {
  let room = 40
  for (const [key, value] of attributes) {
    if (skip.has(key) || value === '') continue
    const field = Object.hasOwn(names, key) ? names[key] : undefined
    if (field !== undefined && !Object.hasOwn(fields, field)) setField(fields, field, value)
    else if (room-- > 0) setLabel(fields, key, value)
  }
}

/** Severities count from 0 to 10, or are named. */
function severityLevel(written: string | undefined): string | undefined {
  const word =
    written
      ?.trim()
      .toLowerCase()
      .replace(/[^a-z0-9.]/g, '') ?? ''
  if (word === '' || word === 'unknown') return undefined
  const count = Number(word)
  if (Number.isNaN(count)) return NAMED.get(word) ?? word
  return count >= 9 ? 'critical' : count >= 7 ? 'error' : count >= 4 ? 'warn' : 'info'
}
const NAMED = new Map([
  ['low', 'info'],
  ['medium', 'warn'],
  ['high', 'error'],
  ['veryhigh', 'critical'],
])

/** What a line tells of its event behind the header of syslog. */
export interface DeviceEvent {
  /** Undefined where the event tells none: then that of the header of syslog counts. */
  time: StampRead
  /** Vendor, product, version and code of the event. */
  device: readonly (string | undefined)[]
  severity: string | undefined
  /** The host, where no header of syslog tells it. */
  host: string | undefined
  message: string
  /** Fields beside those that the attributes tell. */
  fields?: Fields
  attributes: ReadonlyMap<string, string>
}

interface EventFormat {
  title: string
  prefix: 'CEF' | 'LEEF'
  /** The fields of the attributes that have one. */
  names: Readonly<Record<string, string>>
  /** Attributes that `read` used up. */
  skip: ReadonlySet<string>
  /** The event that begins at `at`; undefined where it is cut. */
  read(line: string, at: number): DeviceEvent | undefined
}

function recordOf(line: string, number: number, format: EventFormat): Item {
  const at = eventAt(line)
  if (at < 0) return { rejected: line, reason: 'not-a-record', line: number }
  const event = format.read(line, at)
  if (!event) return { rejected: line, reason: 'incomplete', line: number }
  const header = readHeader(line, at)
  const time = event.time ?? header.time
  if (typeof time !== 'object') return { rejected: line, reason: time ?? 'no-time', line: number }
  const fields: Fields = { ...header.fields }
  const [vendor, product, version, code] = event.device
  fields['event.provider'] = [vendor, product].filter(Boolean).join(' ')
  if (version) fields['service.version'] = version
  if (code) fields['event.code'] = code
  const level = severityLevel(event.severity)
  if (level !== undefined) fields['log.level'] = level
  Object.assign(fields, event.fields)
  takeAttributes(fields, event.attributes, format.names, format.skip)
  const item: Item = { time, message: event.message, original: line, line: number, fields }
  const stream = header.host ?? event.host
  if (stream) item.stream = stream
  return item
}

/** An adapter for lines of such events. */
export const eventLines = (format: EventFormat): LineAdapter => ({
  title: format.title,
  unit: 'lines',
  recognizes: (head) =>
    mostLines(head, (line) => {
      const at = eventAt(line)
      return at >= 0 && line.startsWith(format.prefix, at)
    }),
  parse: () =>
    function* (lines, first) {
      for (const [i, line] of lines.entries())
        yield isBlank(line) ? { context: 1, line: first + i } : recordOf(line, first + i, format)
    },
})

const KEY = /(?:^|\s)([A-Za-z_][\w.-]*(?:\[\d+\])?)=/g

/** `key=value` with spaces between them, where values hold spaces too: a value ends before the last word that is followed by `=`. */
export function spacedAttributes(text: string): Map<string, string> {
  const attributes = new Map<string, string>()
  let name: string | undefined
  let from = 0
  for (const m of text.matchAll(KEY)) {
    if (name !== undefined) attributes.set(name, text.slice(from, m.index).trim())
    name = m[1]!
    from = m.index + m[0].length
  }
  if (name !== undefined) attributes.set(name, text.slice(from).trim())
  return attributes
}
