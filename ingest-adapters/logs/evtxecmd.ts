/**
 * EvtxECmd's JSON lines, https://github.com/EricZimmerman/evtx: `EvtxECmd --json` writes one object for each event, with the columns of its maps (MapDescription, PayloadData1 to 6,
 * UserName, RemoteHost, ExecutableInfo) and the data as JSON text in Payload. Variants: with and without a map; `--fj` writes the tree of the event instead, as evtx_dump does.
 */
import type { JsonAdapter } from '../adapter.ts'
import { at, isObject, parseJson, text as textOf, type JsonObject } from '../shared/json.ts'
import { jsonStamp } from '../shared/json-stamp.ts'
import { mostValues, refuseValue } from '../shared/json-fields.ts'
import { dataOf, windowsItem } from '../shared/windows-json.ts'

const isRow = (value: JsonObject): boolean =>
  typeof at(value, 'Computer') === 'string' &&
  typeof at(value, 'Channel') === 'string' &&
  typeof at(value, 'Provider') === 'string' &&
  at(value, 'EventId') !== undefined &&
  at(value, 'EventRecordId') !== undefined &&
  at(value, 'TimeCreated') !== undefined

const PAYLOADS = ['1', '2', '3', '4', '5', '6'].map((n) => `PayloadData${n}`)

/** What the map says of the event, which is what a person wants to read. */
function mapped(value: JsonObject): string | undefined {
  const title = textOf(at(value, 'MapDescription'))
  if (title === undefined) return undefined
  const parts = [...PAYLOADS, 'ExecutableInfo', 'RemoteHost'].flatMap((key) => {
    const part = textOf(at(value, key))?.trim()
    return part === undefined || part === '' ? [] : [part]
  })
  return parts.length === 0 ? title : `${title}: ${parts.join(', ')}`
}

function payload(value: JsonObject): [string, string][] {
  const text = textOf(at(value, 'Payload'))
  const parsed = text === undefined ? undefined : parseJson(text)
  return parsed && 'value' in parsed ? dataOf(parsed.value) : []
}

export const adapter: JsonAdapter = {
  title: 'EvtxECmd JSON',
  unit: 'json',
  twoClocks: true,
  recognizes: (head) => mostValues(head, isRow),
  parse: () =>
    function* (value, text, line) {
      if (!isObject(value) || !isRow(value)) {
        yield refuseValue(text, line, 'not-a-record')
        return
      }
      const event = {
        time: jsonStamp(at(value, 'TimeCreated')),
        provider: at(value, 'Provider'),
        code: at(value, 'EventId'),
        level: at(value, 'Level'),
        keywords: at(value, 'Keywords'),
        computer: at(value, 'Computer'),
        channel: at(value, 'Channel'),
        recordId: at(value, 'EventRecordId'),
        pid: at(value, 'ProcessId'),
        thread: at(value, 'ThreadId'),
        userId: at(value, 'UserId'),
        userName: at(value, 'UserName'),
        data: payload(value),
        message: mapped(value),
      }
      yield* windowsItem(event, text, line)
    },
}
