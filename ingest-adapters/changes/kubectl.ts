/**
 * What `kubectl` prints for people, https://kubernetes.io/docs/reference/kubectl/generated/: `get events` (LAST SEEN, TYPE, REASON, OBJECT, MESSAGE), `rollout history` (REVISION,
 * CHANGE-CAUSE), and events with a column of stamps (`-o custom-columns=TIME:.lastTimestamp,…`). Ages such as `5m` count back from a moment that is not in the text, and
 * a rollout history tells no times: such rows are refused.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { Head, Item, LineAdapter } from '../adapter.ts'
import { isoStamp } from '../shared/iso-stamp.ts'
import { isBlank } from '../shared/lines.ts'

const EVENTS =
  /^(?:NAMESPACE +)?[A-Z][A-Z _-]{2,20} {2,}(?:.* )?REASON +(?:.* )?(?:OBJECT|MESSAGE)\b/
const HISTORY = /^REVISION +CHANGE-CAUSE$/
const TITLE = /^[a-z]+(?:\.apps)?\/[\w.-]+ *$/
const COLUMN = /[A-Z](?:[A-Z_-]| (?! ))*/g
const STAMPED = /(?:^| )(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*)/

const FIELD_OF: Readonly<Record<string, string>> = {
  REASON: 'event.action',
  OBJECT: 'orchestrator.resource.name',
  NAMESPACE: 'orchestrator.namespace',
  TYPE: 'log.level',
  SOURCE: 'labels.source',
  COUNT: 'labels.count',
}

interface Column {
  name: string
  at: number
}

const columnsOf = (header: string): Column[] =>
  [...header.matchAll(COLUMN)].map((m) => ({ name: m[0].trim(), at: m.index }))

/** The cells of a row below its columns; the last one reaches to the end of the line. */
function cellsOf(line: string, columns: readonly Column[]): Map<string, string> {
  const cells = new Map<string, string>()
  for (const [i, { name, at }] of columns.entries())
    cells.set(name, line.slice(at, columns[i + 1]?.at).trim())
  return cells
}

function rowItem(line: string, number: number, columns: readonly Column[]): Item {
  const written = STAMPED.exec(line)?.[1]
  const time = written === undefined ? undefined : isoStamp(written)
  if (typeof time !== 'object') return { rejected: line, reason: time ?? 'no-time', line: number }
  const fields: Fields = {}
  const cells = cellsOf(line, columns)
  for (const [name, value] of cells) {
    const field = FIELD_OF[name]
    if (field !== undefined && value !== '')
      fields[field] = name === 'TYPE' ? (value === 'Warning' ? 'warning' : 'info') : value
  }
  const parts = ['OBJECT', 'NAME', 'REASON'].map((name) => cells.get(name)).filter((part) => part)
  const message = `${parts.join(' ')}: ${cells.get('MESSAGE') ?? ''}`
  return { time, message, original: line, line: number, fields }
}

const isHeader = (line: string): boolean => EVENTS.test(line) || HISTORY.test(line)
const recognizes = (head: Head): boolean => head.lines.slice(0, 3).some(isHeader)

export const adapter: LineAdapter = {
  title: 'kubectl tables of events and rollouts',
  unit: 'lines',
  recognizes,
  parse: () => {
    let columns: Column[] = []
    return function* (lines, first) {
      for (const [i, line] of lines.entries()) {
        if (isHeader(line)) columns = columnsOf(line)
        const described = isHeader(line) || isBlank(line) || TITLE.test(line)
        yield described ? { context: 1, line: first + i } : rowItem(line, first + i, columns)
      }
    }
  },
}
