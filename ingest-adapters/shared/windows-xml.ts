/** A Windows event as XML, https://learn.microsoft.com/windows/win32/wes/eventschema-schema. */
import { isoStamp } from './iso-stamp.ts'
import { inUtc, type WindowsEvent } from './windows-event.ts'
import { child, contentOf, elementsOf, localName, type XmlElement } from './xml-tree.ts'

const DEPTH = 4

/** The members of EventData or UserData: each element without elements in it, by its Name, its own name, or its number. */
export function dataIn(
  element: XmlElement,
  depth = 0,
  into: [string, string][] = [],
): [string, string][] {
  for (const each of elementsOf(element)) {
    if (elementsOf(each).length > 0 && depth < DEPTH) dataIn(each, depth + 1, into)
    else {
      const name = localName(each.name)
      const own = name === 'Data' ? String(into.length) : name
      into.push([each.attributes.get('Name') ?? own, contentOf(each)])
    }
  }
  return into
}

/** Undefined where an element is no event, because it has no System with a time. */
export function xmlEvent(event: XmlElement): WindowsEvent | undefined {
  const system = child(event, 'System')
  const created = child(system, 'TimeCreated')
  if (localName(event.name) !== 'Event' || !created) return undefined
  const text = (name: string): string | undefined => {
    const element = child(system, name)
    return element && contentOf(element).trim()
  }
  const attribute = (name: string, key: string): string | undefined =>
    child(system, name)?.attributes.get(key)
  const data = child(event, 'EventData') ?? child(event, 'UserData')
  const message = child(child(event, 'RenderingInfo'), 'Message')
  const written = created.attributes.get('SystemTime')
  return {
    time: written === undefined ? undefined : inUtc(isoStamp(written)),
    provider: attribute('Provider', 'Name'),
    code: text('EventID'),
    level: text('Level'),
    keywords: text('Keywords'),
    computer: text('Computer'),
    channel: text('Channel'),
    recordId: text('EventRecordID'),
    pid: attribute('Execution', 'ProcessID'),
    thread: attribute('Execution', 'ThreadID'),
    userId: attribute('Security', 'UserID'),
    activity: attribute('Correlation', 'ActivityID'),
    data: data ? dataIn(data) : [],
    message: message && contentOf(message),
  }
}
