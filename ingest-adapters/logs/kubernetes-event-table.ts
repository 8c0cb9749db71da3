/**
 * The table that `kubectl get events` prints, https://kubernetes.io/docs/reference/kubectl/generated/kubectl_get/: LAST SEEN, TYPE, REASON, OBJECT and MESSAGE,
 * with `-A` NAMESPACE before and with `-o wide` more between, or with `-o custom-columns` any of these with the times as they are stored. Ages (`5m3s`)
 * tell no time, because nothing says when the table was printed: such rows are refused for that.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { Item, LineAdapter } from '../adapter.ts'
import { setField } from '../shared/json-fields.ts'
import { wholeStamp } from '../shared/json-stamp.ts'
import { isBlank } from '../shared/lines.ts'

interface Column {
  name: string
  at: number
}

const FIELDS: Readonly<Record<string, string>> = {
  reason: 'event.reason',
  namespace: 'orchestrator.namespace',
  object: 'orchestrator.resource.name',
  name: 'orchestrator.resource.name',
  kind: 'labels.object_kind',
  subobject: 'labels.subobject',
  source: 'log.logger',
  component: 'log.logger',
  count: 'labels.count',
}
/** The last occurrence, before the first. */
const TIMES = [/^last|^time$|^lasttimestamp$/, /^eventtime$/, /^first|^created|^age$/]
const HEADING_LENGTH = 1000
const HEADING = /^[A-Z][A-Za-z ]*$/
const CELL = /\S+(?: \S+)*/g

/** Where the columns of a heading begin; undefined where the line is none. */
function columnsOf(line: string): Column[] | undefined {
  if (line.length > HEADING_LENGTH || !HEADING.test(line)) return undefined
  const columns = [...line.matchAll(CELL)].map((m) => ({
    name: m[0].toLowerCase().replaceAll(' ', ''),
    at: m.index,
  }))
  const has = (...names: string[]): boolean => columns.some(({ name }) => names.includes(name))
  const timed = columns.some(({ name }) => TIMES.some((time) => time.test(name)))
  return timed && has('reason') && has('message') && has('object', 'kind', 'name') && has('type')
    ? columns
    : undefined
}

function recordOf(line: string, number: number, columns: readonly Column[]): Item {
  const row = new Map<string, string>()
  for (const [i, { name, at }] of columns.entries()) {
    const cell = line.slice(at, columns[i + 1]?.at).trim()
    if (cell !== '' && cell !== '<none>' && cell !== '<unknown>') row.set(name, cell)
  }
  const written = TIMES.flatMap((time) =>
    [...row].filter(([name]) => time.test(name)).map(([, cell]) => wholeStamp(cell)),
  )
  const time = written.find((stamp) => stamp !== undefined)
  if (time === undefined || time === 'impossible-time')
    return { rejected: line, reason: time ?? 'no-time', line: number }
  const fields: Fields = {}
  for (const [name, cell] of row) {
    const field = FIELDS[name]
    if (field !== undefined) setField(fields, field, cell)
  }
  const type = row.get('type')
  if (type !== undefined) fields['log.level'] = type === 'Normal' ? 'info' : type
  const about = [row.get('kind'), row.get('object') ?? row.get('name')].filter(Boolean).join(' ')
  const message = [about, row.get('reason'), row.get('message')].filter(Boolean).join(': ')
  return { time, message: message || line.trim(), original: line, line: number, fields }
}

export const adapter: LineAdapter = {
  title: 'Kubernetes events (table)',
  unit: 'lines',
  recognizes: (head) => columnsOf(head.lines[0] ?? '') !== undefined,
  parse: () => {
    let columns: readonly Column[] | undefined
    return function* (lines, first) {
      for (const [i, line] of lines.entries()) {
        const heading = columnsOf(line)
        if (heading) columns = heading
        if (heading || isBlank(line)) yield { context: 1, line: first + i }
        else if (!columns) yield { rejected: line, reason: 'not-a-record', line: first + i }
        else yield recordOf(line, first + i, columns)
      }
    }
  },
}
