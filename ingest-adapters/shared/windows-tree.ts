/** A Windows event whose XML was turned into JSON, element by element. */
import { at, isObject, type JsonObject } from './json.ts'
import { jsonStamp } from './json-stamp.ts'
import { attribute, content, dataOf } from './windows-json.ts'
import { inUtc, type WindowsEvent } from './windows-event.ts'

const inside = (value: JsonObject): unknown => at(value, 'Event') ?? value

/** The attribute of an element of System, in the element or beside it. */
const systemAttribute = (system: unknown, element: string, name: string): unknown =>
  attribute(at(system, element), name) ?? at(system, `${element}_attributes`, name)

export function isEventTree(value: JsonObject): boolean {
  const system = at(inside(value), 'System')
  return (
    isObject(system) &&
    at(system, 'EventID') !== undefined &&
    systemAttribute(system, 'Provider', 'Name') !== undefined &&
    systemAttribute(system, 'TimeCreated', 'SystemTime') !== undefined
  )
}

/** The event of such a tree; `json` is its exact text. */
export function treeEvent(value: JsonObject, json: string): WindowsEvent {
  const event = inside(value)
  const system = at(event, 'System')
  const get = (element: string): unknown => content(at(system, element))
  const rendered = content(at(event, 'RenderingInfo', 'Message')) ?? at(value, 'Message')
  const data = at(event, 'EventData') ?? at(event, 'UserData')
  return {
    time: inUtc(
      jsonStamp(systemAttribute(system, 'TimeCreated', 'SystemTime'), { key: 'SystemTime', json }),
    ),
    provider: systemAttribute(system, 'Provider', 'Name'),
    code: get('EventID'),
    level: get('Level'),
    keywords: get('Keywords'),
    computer: get('Computer'),
    channel: get('Channel'),
    recordId: get('EventRecordID'),
    pid: systemAttribute(system, 'Execution', 'ProcessID'),
    thread: systemAttribute(system, 'Execution', 'ThreadID'),
    userId: systemAttribute(system, 'Security', 'UserID'),
    activity: systemAttribute(system, 'Correlation', 'ActivityID'),
    data: dataOf(data),
    message: rendered,
  }
}
