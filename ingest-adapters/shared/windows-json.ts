/** Windows events as JSON: the members of their data, which tools lay out in many ways. */
import type { Item } from '../adapter.ts'
import { at, isObject, text as textOf } from './json.ts'
import { refuseValue } from './json-fields.ts'
import { windowsRecord, type WindowsEvent } from './windows-event.ts'

type Data = [name: string, value: string][]

const DEPTH = 4
const MEMBERS = 200

/** What stands under a name that may be an attribute: `"@Name"` of xmltodict, `"#attributes"` of evtx_dump, or plain. */
export const attribute = (node: unknown, name: string): unknown =>
  at(node, '#attributes', name) ?? at(node, `@${name}`) ?? at(node, name)

/** The text of a node that may have attributes. */
export function content(node: unknown): unknown {
  return isObject(node) ? (at(node, '#text') ?? at(node, 'Value') ?? at(node, '$')) : node
}

/**
 * The members of EventData or UserData: named ones (`{"Image":"…"}`), a list of `Data` (`[{"@Name":"…","#text":"…"}]`, plain values, or
 * all values in one `#text`), and what is nested deeper, as UserData is.
 */
export function dataOf(value: unknown, depth = 0, into: Data = []): Data {
  if (!isObject(value) || depth > DEPTH) return into
  for (const [key, member] of Object.entries(value)) {
    if (into.length >= MEMBERS) break
    if (/^(?:[#@]|xmlns)|_attributes$/.test(key)) continue
    if (key === 'Data') unnamed(member, into)
    else if (isObject(member) && content(member) === undefined) dataOf(member, depth + 1, into)
    else add(into, key, content(member))
  }
  return into
}

function unnamed(value: unknown, into: Data): void {
  const list = Array.isArray(value) ? value : [value]
  for (const each of list) {
    if (into.length >= MEMBERS) return
    const name = textOf(attribute(each, 'Name'))
    const inner = content(each)
    if (Array.isArray(inner)) unnamed(inner, into)
    else add(into, name ?? String(into.length), inner)
  }
}

function add(into: Data, name: string, value: unknown): void {
  const written = Array.isArray(value)
    ? value.map((each) => textOf(each) ?? '').join(', ')
    : typeof value === 'boolean'
      ? String(value)
      : textOf(value)
  if (written !== undefined) into.push([name, written])
}

/** The item that an event is. */
export function* windowsItem(event: WindowsEvent, json: string, line: number): Generator<Item> {
  const record = windowsRecord(event, json, line)
  yield typeof record === 'string' ? refuseValue(json, line, record) : record
}
