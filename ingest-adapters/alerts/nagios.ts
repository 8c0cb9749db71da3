/**
 * The log of Nagios and what is built like it, Icinga 1, the compat log of Icinga 2, Naemon, and the history of Checkmk:
 * https://assets.nagios.com/downloads/nagioscore/docs/nagioscore/4/en/logfile.html. `[epoch] SERVICE ALERT: host;service;CRITICAL;HARD;3;output`, likewise for hosts, states,
 * notifications, flapping and downtimes; all else that stands behind an epoch is kept as text.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { Item, LineAdapter } from '../adapter.ts'
import { alertAction } from '../shared/alert-state.ts'
import { epochStamp } from '../shared/epoch-stamp.ts'
import { isBlank, mostLines } from '../shared/lines.ts'

const LINE = /^\[(\d{9,11})\] (?:([A-Z][A-Z ]{3,40}): )?(.*)$/
const KIND =
  /^(?:(?:CURRENT|INITIAL) )?(HOST|SERVICE) (ALERT|STATE|NOTIFICATION|FLAPPING ALERT|DOWNTIME ALERT|EVENT HANDLER)$/
const OURS =
  /^\[\d{9,11}\] (?:(?:CURRENT |INITIAL )?(?:HOST|SERVICE) (?:ALERT|STATE|NOTIFICATION|FLAPPING ALERT|DOWNTIME ALERT|EVENT HANDLER)|EXTERNAL COMMAND|PASSIVE (?:HOST|SERVICE) CHECK|GLOBAL (?:HOST|SERVICE) EVENT HANDLER|LOG (?:ROTATION|VERSION)|TIMEPERIOD TRANSITION): /

const LEVELS: ReadonlyMap<string, string> = new Map([
  ['CRITICAL', 'critical'],
  ['DOWN', 'critical'],
  ['UNREACHABLE', 'error'],
  ['WARNING', 'warning'],
  ['UNKNOWN', 'warning'],
])

/** `host;service;STATE;HARD;3;output`, for a notification `contact;host;service;STATE;command;output`, without the service for a host. */
function readParts(about: string, what: string, rest: string, fields: Fields): string {
  const parts = rest.split(';')
  if (what === 'NOTIFICATION') fields['labels.contact'] = parts.shift() ?? ''
  const host = parts.shift() ?? ''
  if (host !== '') fields['host.name'] = host
  const service = about === 'SERVICE' ? parts.shift() : undefined
  if (service) fields['service.name'] = service
  const state = parts.shift() ?? ''
  fields['labels.state'] = state
  const level = LEVELS.get(state)
  if (level !== undefined) fields['log.level'] = level
  if (what === 'ALERT' || what === 'STATE' || what === 'EVENT HANDLER') {
    fields['labels.state_type'] = parts.shift() ?? ''
    fields['labels.attempt'] = parts.shift() ?? ''
  } else if (what === 'NOTIFICATION') fields['labels.command'] = parts.shift() ?? ''
  fields['event.action'] =
    what === 'ALERT'
      ? alertAction(state)
      : what === 'FLAPPING ALERT' || what === 'DOWNTIME ALERT'
        ? `${what.slice(0, 8).trim().toLowerCase()}-${state.toLowerCase()}`
        : what.toLowerCase().replace(' ', '-')
  const where = [host, service].filter((part) => part).join('/')
  const said = parts.join(';').trim()
  const kind = what === 'ALERT' ? '' : `${what.toLowerCase()}: `
  return `${kind}${where} is ${state}${said === '' ? '' : `: ${said}`}`
}

function* lineItem(line: string, number: number): Generator<Item> {
  const m = LINE.exec(line)
  const time = m ? epochStamp(m[1]!, 's') : undefined
  if (!m || typeof time !== 'object') {
    if (isBlank(line)) yield { context: 1, line: number }
    else yield { rejected: line, reason: 'not-a-record', line: number }
    return
  }
  const fields: Fields = {}
  const kind = KIND.exec(m[2] ?? '')
  let message = line.slice(m[1]!.length + 3).trim() || '(no text)'
  if (kind) message = readParts(kind[1]!, kind[2]!, m[3]!, fields)
  else if (m[2]) fields['event.action'] = m[2].toLowerCase().replaceAll(' ', '-')
  for (const [name, value] of Object.entries(fields)) if (value === '') delete fields[name]
  yield { time, message, original: line, line: number, fields }
}

export const adapter: LineAdapter = {
  title: 'Nagios, Icinga and Naemon log',
  unit: 'lines',
  recognizes: (head) =>
    mostLines(head, (line) => LINE.test(line)) && head.lines.some((line) => OURS.test(line)),
  parse: () =>
    function* (lines, first) {
      for (const [i, line] of lines.entries()) yield* lineItem(line, first + i)
    },
}
