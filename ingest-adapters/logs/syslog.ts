/**
 * syslog as programs, relays and devices write it to files.
 * BSD layout, https://www.rfc-editor.org/rfc/rfc3164: `<34>Oct 11 22:14:15 host app[12]: text`, with or without priority, tag, pid and host;
 * rsyslog's file formats with RFC 3339 stamps (https://www.rsyslog.com/doc/configuration/templates.html); a year before or after the clock.
 * IETF layout, https://www.rfc-editor.org/rfc/rfc5424, with or without priority and version, with the octet count of RFC 6587 before it.
 * Cisco IOS, NX-OS and ASA, `<189>49: *Mar  1 18:46:11.123 UTC: %SYS-5-CONFIG_I: text`; macOS, `host app[12] <Error>: text`.
 */
import type { Reason } from '../../schemas/rejection.ts'
import type { SourceRecord } from '../../schemas/source-record.ts'
import type { Head, LineAdapter } from '../adapter.ts'
import { isEventLine } from '../shared/event-line.ts'
import { groups, isBlank, isGroup, mostLines, refuse } from '../shared/lines.ts'
import { readSyslogLine, type SyslogLine } from '../shared/syslog-line.ts'

const SHOWN_LINES = 200

/** What journalctl writes between the lines: where the journal begins, and each boot. */
const JOURNAL =
  /^-- (?:Logs begin at |Journal begins at |Reboot --$|Boot [0-9a-f]{32} --$|No entries --$)/

/** Whatever is not indented: what has no stamp then is a rejection of its own, never part of its neighbour. */
function begins(line: string): boolean {
  const c = line.charCodeAt(0)
  return c > 32 && c < 127 ? true : c !== 32 && c !== 9 && !isBlank(line)
}

/**
 * A tag with a pid, a priority or a Cisco mnemonic prove the format; a host with any text after it only counts beside such lines.
 * `2024-05-01T10:00:00Z word: …` could be anything, so there every line must name the same host.
 */
function recognizes(head: Head): boolean {
  // CEF and LEEF have adapters of their own, whatever header stands before them.
  if (mostLines(head, isEventLine)) return false
  let lines = 0
  let sure = 0
  let likely = 0
  let weak = 0
  const weakHosts = new Set<string>()
  for (const line of head.lines.slice(0, SHOWN_LINES)) {
    if (!begins(line) || JOURNAL.test(line)) continue
    const read = readSyslogLine(line)
    if (read === 'impossible-time') continue
    lines++
    if (read === 'no-time') sure++
    else if (typeof read === 'string') continue
    else if (read.evidence === 'sure') sure++
    else if (read.evidence === 'likely') likely++
    else if (read.evidence === 'weak') {
      weak++
      weakHosts.add(read.host ?? '')
    }
  }
  const proven = sure > 0 || (weak > 1 && weakHosts.size === 1)
  return proven && (sure + likely + weak) * 2 >= lines
}

export const adapter: LineAdapter = {
  title: 'syslog (RFC 3164, RFC 5424, Cisco)',
  unit: 'lines',
  recognizes,
  begins,
  parse: () =>
    function* (lines, first) {
      for (const group of groups(lines, first, begins)) {
        if (!isGroup(group)) {
          yield group
          continue
        }
        if (group.count === 1 && JOURNAL.test(group.head)) {
          yield { context: 1, line: group.line }
          continue
        }
        const read: SyslogLine | Reason = readSyslogLine(group.head)
        if (typeof read === 'string') {
          yield* refuse(group, read)
          continue
        }
        const message =
          group.count === 1 ? read.message : read.message + group.text.slice(group.head.length)
        const record: SourceRecord = {
          time: read.time,
          message,
          original: group.text,
          line: group.line,
          fields: read.fields,
        }
        if (read.host !== undefined) record.stream = read.host
        yield record
      }
    },
}
