/**
 * Zabbix's messages for people, as kept in a file or copied out of a mail: the default templates of a problem, a recovery and an update,
 * https://www.zabbix.com/documentation/current/en/manual/config/notifications/action/operation#default-message ("Problem started at 10:00:00 on 2024.05.01").
 * Their clock is that of the server, without a zone.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { DocumentAdapter, Item } from '../adapter.ts'
import { alertText } from '../shared/alert-state.ts'
import { wholeStamp } from '../shared/json-stamp.ts'
import { labelledLines } from '../shared/labelled-text.ts'
import { textOf } from '../shared/utf8-text.ts'

const BEGINS =
  /^Problem (?:(started)|has been resolved)(?: in [\w ]+?)? at (\d{1,2}:\d\d:\d\d) on (\d{4}\.\d\d\.\d\d)/
const UPDATED = /^(.{1,80}?) ([a-z, ]{1,60}) problem at (\d{4}\.\d\d\.\d\d \d{1,2}:\d\d:\d\d)/

const begins = (line: string): boolean => BEGINS.test(line) || UPDATED.test(line)

function item(text: string, line: number): Item {
  const lines = text.split(/\r?\n/)
  const at = lines.findIndex(begins)
  const head = lines[at] ?? ''
  const m = BEGINS.exec(head)
  const updated = m ? null : UPDATED.exec(head)
  if (!m && !updated) return { rejected: text, reason: 'not-a-record', line }
  const time = wholeStamp(m ? `${m[3]} ${m[2]!.padStart(8, '0')}` : updated![3]!)
  if (typeof time !== 'object') return { rejected: text, reason: time ?? 'no-time', line }
  const values = labelledLines(lines)
  const action = m ? (m[1] ? 'fired' : 'resolved') : updated![2]!.trim().split(/[ ,]/)[0]!
  const problem = values.get('original problem id')
  const told: Record<string, string | undefined> = {
    'event.action': action,
    'rule.name': values.get('problem name'),
    'host.name': values.get('host'),
    'user.name': updated?.[1],
    'labels.problem': problem,
    'labels.severity': values.get('severity'),
    'labels.operational_data': values.get('operational data'),
    'labels.duration': values.get('problem duration'),
  }
  const fields: Fields = {}
  for (const [name, value] of Object.entries(told)) if (value) fields[name] = value
  const said = updated
    ? lines.slice(at, at + 2).join(' ')
    : [values.get('host'), values.get('operational data')].filter((part) => part).join(', ')
  const message = alertText(action, values.get('problem name'), said)
  return { time, message, original: text, line, fields }
}

export const adapter: DocumentAdapter = {
  title: 'Zabbix notifications',
  unit: 'document',
  recognizes: (head) => head.lines.slice(0, 3).some(begins),
  begins,
  parse: () => (bytes, line) => {
    const text = textOf(bytes).trimEnd()
    return text.trim() === '' ? [] : [item(text, line)]
  },
}
