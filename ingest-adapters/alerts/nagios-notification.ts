/**
 * What Nagios and its relatives write into a notification for people, as kept in a file or copied out of a mail: Nagios's and Icinga 2's `notify-by-email` commands
 * (https://github.com/Icinga/icinga2/tree/master/etc/icinga2/scripts), OMD's template, and Checkmk's text mail (https://docs.checkmk.com/latest/en/notifications.html).
 * Several in a row each begin with their line of stars. A whole mail is read by email/eml, whoever wrote it. The time is what `Date/Time`, `When` or `Date` says, in whatever form the macro gave it.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { DocumentAdapter, Item } from '../adapter.ts'
import { alertAction } from '../shared/alert-state.ts'
import { wholeStamp } from '../shared/json-stamp.ts'
import { labelledLines } from '../shared/labelled-text.ts'
import { beginsWithMailHeader } from '../shared/mail-headers.ts'
import { textOf } from '../shared/utf8-text.ts'

const STARS = /^\*{3,}[^*].*\*{3,}\s*$|^--(?:SERVICE|HOST)-ALERT-{4,}/
const TIMES = ['date/time', 'date / time', 'when', 'date', 'time'] as const
const SAID = ['additional info', 'info', 'output', 'plugin output', 'summary', 'details'] as const
const ALONE = /^(?:additional info|info|output|details): *$/i
/** `OK -> CRIT`, as Checkmk writes what happened. */
const EVENT = /(?:->|→)\s*(\w+)/
const SENTENCE = /^\S.* is ([A-Z]{2,12})!?$/

type Values = ReadonlyMap<string, string>

/** What was found: behind its label, or on the line below it. */
function saidIn(values: Values, lines: readonly string[]): string | undefined {
  const at = lines.findIndex((line) => ALONE.test(line))
  return first(values, SAID) ?? (at < 0 ? undefined : lines[at + 1]?.trim())
}

const first = (values: Values, labels: readonly string[]): string | undefined =>
  labels.map((label) => values.get(label)).find((value) => value !== undefined)

/** Something that is watched, a state of it, and a time. */
function isNotification(values: Values, lines: readonly string[]): boolean {
  const watched = values.has('host') || values.has('hostname') || values.has('service')
  const state =
    values.has('state') || EVENT.test(values.get('event') ?? '') || stateIn(lines) !== undefined
  const typed = values.has('notification type') || values.has('event') || STARS.test(lines[0] ?? '')
  return watched && state && typed && first(values, TIMES) !== undefined
}

const stateIn = (lines: readonly string[]): string | undefined =>
  lines.map((line) => SENTENCE.exec(line)?.[1]).find((state) => state !== undefined)

function item(text: string, line: number): Item {
  const lines = text.split(/\r?\n/).filter((one) => one.trim() !== '')
  const values = labelledLines(lines)
  const written = first(values, TIMES)
  const time = written === undefined ? undefined : wholeStamp(written)
  if (!isNotification(values, lines)) return { rejected: text, reason: 'not-a-record', line }
  if (typeof time !== 'object') return { rejected: text, reason: time ?? 'no-time', line }
  const event = values.get('event')
  const state = values.get('state') ?? EVENT.exec(event ?? '')?.[1] ?? stateIn(lines) ?? ''
  const type = values.get('notification type') ?? /^\*+ ?(\w+)/.exec(lines[0] ?? '')?.[1] ?? ''
  const host = values.get('host') ?? values.get('hostname')
  const service = values.get('service')
  const fields: Fields = { 'event.action': alertAction(/^ack/i.test(type) ? type : state) }
  const told: [string, string | undefined][] = [
    ['host.name', host?.split(' ')[0]],
    ['service.name', service],
    ['log.level', /crit|down/i.test(state) ? 'critical' : /warn/i.test(state) ? 'warning' : ''],
    ['labels.state', state],
    ['labels.notification', values.get('notification type') ?? event],
    ['labels.address', values.get('address') ?? values.get('hostaddress') ?? values.get('ipv4')],
    ['user.name', values.get('author')],
  ]
  for (const [name, value] of told) if (value) fields[name] = value
  const where = [fields['host.name'], service].filter((part) => part).join('/')
  const said = saidIn(values, lines)
  const message = `${where} is ${state}${said === undefined ? '' : `: ${said}`}`
  return { time, message, original: text, line, fields }
}

export const adapter: DocumentAdapter = {
  title: 'Nagios, Icinga and Checkmk notifications',
  unit: 'document',
  recognizes: (head) => {
    const lines = head.lines.slice(0, 60)
    const isMail = beginsWithMailHeader(head.text.trimStart().split(/\r?\n/, 60))
    return !isMail && isNotification(labelledLines(lines), lines)
  },
  begins: (line) => STARS.test(line),
  parse: () => (bytes, line) => {
    const text = textOf(bytes).trimEnd()
    return text.trim() === '' ? [] : [item(text, line)]
  },
}
