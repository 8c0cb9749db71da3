/**
 * QRadar's Log Event Extended Format, https://www.ibm.com/docs/en/dsm?topic=overview-leef-event-components:
 * `LEEF:1.0|vendor|product|version|event|` with tabs between attributes, `LEEF:2.0|…|event|^|` with a delimiter of its own (a character, or its code as `x5E`),
 * alone or behind a header of syslog. The time is `devTime`, in the order of day and month that `devTimeFormat` tells, else that of the header.
 * Relays write a tab as `#011` or `<009>`.
 */
import {
  deviceStamp,
  eventLines,
  spacedAttributes,
  type DeviceEvent,
} from '../shared/event-line.ts'
import { inOrder } from '../shared/numeric-stamp.ts'
import type { StampRead } from '../shared/stamp.ts'

const HEADER = /LEEF:(\d)(?:\.\d)?\|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)(?:\||$)/y
const DELIMITER = /(?:(0?[xX][0-9A-Fa-f]{1,4})|([^|\w\s=]))?\|/y
const TAB = /\t|#011|<009>/
const NAMES: Readonly<Record<string, string>> = {
  src: 'source.ip',
  srcPort: 'source.port',
  dst: 'destination.ip',
  dstPort: 'destination.port',
  usrName: 'user.name',
  accountName: 'user.name',
  action: 'event.action',
  act: 'event.action',
  policy: 'rule.name',
  url: 'url.original',
  identHostName: 'host.name',
  devname: 'host.name',
  severity: 'event.severity',
  sev: 'event.severity',
}
const SKIP = new Set(['devTime', 'devTimeFormat', 'msg'])

/** The attributes from `at` on, where in version 2 the delimiter is told first. */
function attributesOf(line: string, at: number, version: string): Map<string, string> {
  let separator: string | RegExp = TAB
  let from = at
  DELIMITER.lastIndex = at
  const m = version === '2' ? DELIMITER.exec(line) : null
  if (m) {
    from = DELIMITER.lastIndex
    if (m[1]) separator = String.fromCharCode(Number.parseInt(m[1].replace(/^0?x/i, ''), 16))
    else if (m[2]) separator = m[2]
  }
  const text = line.slice(from)
  const parts = text.split(separator)
  // Tabs that were lost on the way came out as spaces.
  if (parts.length === 1) return spacedAttributes(text)
  const attributes = new Map<string, string>()
  for (const part of parts) {
    const equals = part.indexOf('=')
    if (equals > 0) attributes.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim())
  }
  return attributes
}

/** Whether the day or the month comes first, where digits allow both. */
function ordered(stamp: StampRead, format: string | undefined): StampRead {
  if (format === undefined) return stamp
  const first = /[dMy]/.exec(format)?.[0]
  return inOrder(stamp, first === 'd' ? 'dmy' : first === 'M' ? 'mdy' : 'ymd')
}

function read(line: string, at: number): DeviceEvent | undefined {
  HEADER.lastIndex = at
  const m = HEADER.exec(line)
  if (!m) return undefined
  const [, version, ...device] = m
  const attributes = attributesOf(line, HEADER.lastIndex, version!)
  const said = attributes.get('msg') ?? attributes.get('cat')
  const who = attributes.get('usrName')
  const done = [device[1], device[3], who && `by ${who}`].filter(Boolean).join(' ')
  return {
    time: ordered(deviceStamp(attributes.get('devTime')), attributes.get('devTimeFormat')),
    device,
    severity: attributes.get('sev') ?? attributes.get('severity'),
    host: attributes.get('identHostName'),
    message: [done, said].filter(Boolean).join(': '),
    attributes,
  }
}

export const adapter = eventLines({
  title: 'LEEF (QRadar Log Event Extended Format)',
  prefix: 'LEEF',
  names: NAMES,
  skip: SKIP,
  read,
})
