/**
 * `kubectl describe`, https://kubernetes.io/docs/reference/kubectl/generated/kubectl_describe/: an object for people, or several with blank lines between. Each moment in it is an
 * event (`Start Time`, `Started`, `Finished`, `CreationTimestamp`, the transitions of a node); rows of its Events have ages only and are refused.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { DocumentAdapter, Head, Item } from '../adapter.ts'
import { wholeStamp } from '../shared/json-stamp.ts'
import { textOf } from '../shared/utf8-text.ts'

const NAME = /^Name: {2,}(\S+)/
const SECOND = /^(?:Namespace|Priority|Roles|Labels|Annotations|CreationTimestamp|Start Time):/
const MOMENT =
  /^( *)([A-Z][A-Za-z ]{2,30}): +([A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4})$/
const CONDITION =
  /^ +(\w+) +(True|False|Unknown) +(?:[A-Z][a-z]{2}, \d\d .{24}) +([A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}) +(\w+) +(.*)$/
const EVENT_ROW = /^ {2}(?:Normal|Warning) +\S+ +/
const PARENT = /^( *)(\S[^:]*):(?: +(\S+))?/

/** So many lines above at most: an object with more has no such depth. */
const FAR = 500

/** The headings above a line, the outermost first: `my-app`, `Last State Terminated`. */
function headings(lines: readonly string[], at: number, indent: number): string[] {
  const found: string[] = []
  let below = indent
  for (let i = at - 1; i >= Math.max(0, at - FAR) && below > 0; i--) {
    const m = PARENT.exec(lines[i]!)
    if (!m || m[1]!.length >= below) continue
    below = m[1]!.length
    found.unshift([m[2], m[3]].filter((part) => part).join(' '))
  }
  return found
}

const REASON = /^( *)Reason: +(\S+)/

/** The reason told beside a moment, a few lines before it. */
const reasonOf = (lines: readonly string[], at: number, indent: number): string | undefined =>
  lines
    .slice(Math.max(0, at - 4), at)
    .map((line) => REASON.exec(line))
    .findLast((m) => m?.[1]!.length === indent)?.[2]

function* items(text: string, first: number): Generator<Item> {
  const lines = text.split(/\r?\n/)
  const name = NAME.exec(lines[0] ?? '')?.[1]
  let any = false
  for (const [i, line] of lines.entries()) {
    const moment = MOMENT.exec(line)
    const condition = moment ? null : CONDITION.exec(line)
    const row = { rejected: line, reason: 'no-time' as const, line: first + i }
    if (EVENT_ROW.test(line)) {
      any = true
      yield row
    }
    const written = moment?.[3] ?? condition?.[3]
    if (written === undefined) continue
    any = true
    const time = wholeStamp(written)
    if (typeof time !== 'object') {
      yield { ...row, reason: time ?? 'no-time' }
      continue
    }
    const told = moment?.[2] ?? `${condition![1]}=${condition![2]}`
    const label = told === 'CreationTimestamp' ? 'created' : told
    const ended = moment && label === 'Finished'
    const reason = ended ? reasonOf(lines, i, moment[1]!.length) : condition?.[4]
    const parents = moment ? headings(lines, i, moment[1]!.length) : []
    const what = [...parents.filter((part) => part !== 'Containers'), label].join(' ')
    const fields: Fields = {
      'event.action': moment ? label.toLowerCase().replaceAll(' ', '-') : 'condition',
    }
    if (name !== undefined) fields['orchestrator.resource.name'] = name
    if (reason !== undefined) fields['event.reason'] = reason
    const said = condition?.[5] ?? reason
    const message = `${name ?? 'object'}: ${what}${said === undefined ? '' : `: ${said}`}`
    yield { time, message, original: line, line: first + i, fields }
  }
  if (!any) yield { rejected: text, reason: 'no-time', line: first }
}

const recognizes = (head: Head): boolean => {
  const at = head.lines.slice(0, 5).findIndex((line) => NAME.test(line))
  return at >= 0 && head.lines.slice(at + 1, at + 4).some((line) => SECOND.test(line))
}

export const adapter: DocumentAdapter = {
  title: 'kubectl describe',
  unit: 'document',
  recognizes,
  begins: (line) => NAME.test(line),
  parse: () => (bytes, line) => {
    const text = textOf(bytes).trimEnd()
    return text.trim() === '' ? [] : items(text, line)
  },
}
