/**
 * `evtx_dump -o json` of https://github.com/omerbenamram/evtx: each event's tree as indented JSON after a line "Record 1". Its JSON lines are evtx-json.ts, its XML is windows-xml.ts.
 */
import type { Reason } from '../../schemas/rejection.ts'
import type { SourceRecord } from '../../schemas/source-record.ts'
import type { Item, LineAdapter } from '../adapter.ts'
import { isObject, parseJson } from '../shared/json.ts'
import { readGroups, refuse, type Group } from '../shared/lines.ts'
import { windowsRecord } from '../shared/windows-event.ts'
import { isEventTree, treeEvent } from '../shared/windows-tree.ts'

const BEGINS = /^Record \d+$/
const HEAD = /^Record \d+\s+\{\s*"Event"\s*:\s*\{/

const begins = (line: string): boolean => BEGINS.test(line)

export const adapter: LineAdapter = {
  title: 'evtx_dump JSON with record numbers',
  unit: 'lines',
  twoClocks: true,
  recognizes: (head) => HEAD.test(head.text),
  begins,
  parse: () => readGroups(begins, read),
}

function* read(group: Group): Generator<Item> {
  const record = recordOf(group.text.slice(group.head.length), group)
  if (typeof record === 'string') yield* refuse(group, record)
  else yield record
}

function recordOf(json: string, { text, line }: Group): SourceRecord | Reason {
  const parsed = parseJson(json)
  if (!('value' in parsed)) return parsed.reason
  const { value } = parsed
  if (!isObject(value) || !isEventTree(value)) return 'not-a-record'
  return windowsRecord(treeEvent(value, json), text, line)
}
