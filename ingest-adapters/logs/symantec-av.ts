/**
 * Log of Symantec AntiVirus and Endpoint Protection for clients (`AVMan.log`, `*.Log`), one event a line, values separated by commas:
 * https://knowledge.broadcom.com/external/article/155205 (external logging and log event data). The first is the local time, in twelve hexadecimal digits: years since 1970,
 * month from 0, day, hour, minute, second. Variants: with and without a virus and a file, with a description in quotes; tabs inside a value.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { Item, LineAdapter } from '../adapter.ts'
import { isBlank, mostLines } from '../shared/lines.ts'
import { makeStamp } from '../shared/stamp.ts'

const LINE = /^[0-9A-F]{12},\d{1,5},\d{1,3},\d{1,3},[^,]*,/
const VALUE = /"((?:[^"]|"")*)"|([^,]*)/y
const COLUMNS: readonly (string | undefined)[] = [
  undefined,
  'event.code',
  'labels.category',
  'labels.logger',
  'host.name',
  'user.name',
  'rule.name',
  'file.path',
  'labels.wanted_action',
  'labels.wanted_action_2',
  'labels.action',
]
const DESCRIPTION = 13

export const adapter: LineAdapter = {
  title: 'Symantec AntiVirus log',
  unit: 'lines',
  recognizes: (head) => mostLines(head, (line) => LINE.test(line)),
  parse: () =>
    function* (lines, first) {
      for (const [i, line] of lines.entries()) yield readLine(line, first + i)
    },
}

function readLine(line: string, number: number): Item {
  if (isBlank(line)) return { context: 1, line: number }
  if (!LINE.test(line)) return { rejected: line, reason: 'not-a-record', line: number }
  const octet = (i: number): number => parseInt(line.slice(2 * i, 2 * i + 2), 16)
  const time = makeStamp(
    line.slice(0, 12),
    {
      year: 1970 + octet(0),
      month: 1 + octet(1),
      day: octet(2),
      hour: octet(3),
      minute: octet(4),
      second: octet(5),
      nanos: 0,
      digits: 0,
    },
    undefined,
  )
  if (time === 'impossible-time') return { rejected: line, reason: time, line: number }
  const values = split(line)
  const fields: Fields = {}
  for (const [i, name] of COLUMNS.entries())
    if (name !== undefined && values[i]) fields[name] = values[i]
  const said = [values[DESCRIPTION], values[6], values[7]].filter(Boolean).join(' ')
  return { time, message: said || line, original: line, line: number, fields }
}

/** The values up to the description; a quote in a quoted one is written twice. */
function split(line: string): string[] {
  const values: string[] = []
  for (let at = 0; at <= line.length && values.length <= DESCRIPTION; at = VALUE.lastIndex + 1) {
    VALUE.lastIndex = at
    const m = VALUE.exec(line)!
    values.push(m[1]?.replaceAll('""', '"') ?? m[2]!)
  }
  return values
}
