/**
 * iCalendar, RFC 5545, https://www.rfc-editor.org/rfc/rfc5545, as calendars of maintenance windows are exported: each VEVENT gives its start, and its end where it has DTEND or
 * DURATION. A time is in UTC (`Z`), in a zone (`TZID`, an IANA name, or one whose rules are in the file's VTIMEZONE), floating (no zone is written: it is that of whoever looks), or a
 * whole day. A repeating event is said to repeat and not expanded. `UID` with `RECURRENCE-ID` is the identity.
 */
import type { Fields, Stamp } from '../../schemas/source-record.ts'
import type { DocumentAdapter, Item } from '../adapter.ts'
import { isoStamp } from '../shared/iso-stamp.ts'
import { makeStamp, type StampRead } from '../shared/stamp.ts'
import { offsetAt, zoneRule, type ZoneRules } from '../shared/time-zone-rules.ts'
import { textOf } from '../shared/utf8-text.ts'

interface Property {
  name: string
  parameters: string
  value: string
}

interface Component {
  name: string
  properties: Property[]
  parts: Component[]
  text: string
  line: number
}

const PROPERTY = /^([A-Za-z0-9-]{1,60})((?:;(?:"[^"]*"|[^":;])*)*):(.*)$/s

/** All components below the top, each with its exact text. One that is not closed ends with the file. */
function components(text: string, first: number): Component[] {
  const top: Component = { name: '', properties: [], parts: [], text: '', line: first }
  const open: { component: Component; at: number }[] = [{ component: top, at: 0 }]
  let line = first
  for (let at = 0; at < text.length;) {
    const begin = at
    const startLine = line
    let end = lineEnd(text, at)
    line++
    while (/[ \t]/.test(text[end + 1] ?? '')) {
      end = lineEnd(text, end + 1)
      line++
    }
    at = end + 1
    const m = PROPERTY.exec(
      text
        .slice(begin, end)
        .replace(/\r?\n[ \t]/g, '')
        .trimEnd(),
    )
    if (!m) continue
    const [, name, parameters, value] = m as unknown as [string, string, string, string]
    const key = name.toUpperCase()
    const { component, at: opened } = open.at(-1)!
    if (key === 'BEGIN') {
      const part: Component = {
        name: value.toUpperCase(),
        properties: [],
        parts: [],
        text: '',
        line: startLine,
      }
      component.parts.push(part)
      if (open.length < 8) open.push({ component: part, at: begin })
    } else if (key === 'END' && component.name === value.toUpperCase() && open.length > 1) {
      component.text = text.slice(opened, end).replace(/\r$/, '')
      open.pop()
    } else component.properties.push({ name: key, parameters, value })
  }
  for (const { component, at } of open)
    if (component.text === '') component.text = text.slice(at).trimEnd()
  return top.parts
}

const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}

const find = ({ properties }: Component, name: string): Property | undefined =>
  properties.find((property) => property.name === name)

const ESCAPED = /\\([nN\\;,])/g
const said = (component: Component, name: string): string | undefined =>
  find(component, name)
    ?.value.replace(ESCAPED, (_, c: string) => (c === 'n' || c === 'N' ? '\n' : c))
    .trim() || undefined

const DATE = /^(\d{4})(\d\d)(\d\d)$/
const AREA =
  /(?:^|\/)((?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc)\/[\w+/-]+)$/

function timeOf(property: Property, zones: ReadonlyMap<string, ZoneRules>): StampRead {
  const { value, parameters } = property
  const day = DATE.exec(value)
  if (day) {
    const [year, month, date] = day.slice(1).map(Number) as [number, number, number]
    const clock = { hour: 0, minute: 0, second: 0, nanos: 0, digits: 0 }
    return makeStamp(value, { year, month, day: date, ...clock }, undefined)
  }
  const stamp = isoStamp(value)
  if (typeof stamp !== 'object' || stamp.offset !== undefined) return stamp
  const id = /;TZID="?([^";]+)/i.exec(parameters)?.[1]
  if (id === undefined) return stamp
  const area = AREA.exec(id)?.[1]
  if (area) return { ...stamp, zone: area }
  const offset = offsetAt(zones.get(id) ?? [], stamp.seconds)
  return offset === undefined ? { ...stamp, zone: id } : { ...stamp, offset }
}

const DURATION = /^\+?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/

/** Days of a duration are days of the calendar, which with a zone's change of clocks may be off by an hour: the zone is applied to the end as well. */
function endAfter(start: Stamp, duration: string): Stamp | undefined {
  const m = DURATION.exec(duration)
  if (!m) return undefined
  const [weeks, days, hours, minutes, seconds] = m.slice(1).map((n) => Number(n ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
  ]
  const passed = (weeks * 7 + days) * 86_400 + hours * 3600 + minutes * 60 + seconds
  return { ...start, original: `${start.original} + ${duration}`, seconds: start.seconds + passed }
}

function fieldsOf(event: Component): Fields {
  const fields: Fields = {}
  const set = (name: string, value: string | undefined): void => {
    if (value) fields[name] = value
  }
  const organizer = find(event, 'ORGANIZER')
  set('user.name', /;CN="?([^";]+)/i.exec(organizer?.parameters ?? '')?.[1])
  set('user.email', /^mailto:(\S+)$/i.exec(organizer?.value ?? '')?.[1])
  set('event.reference', said(event, 'URL'))
  for (const name of ['LOCATION', 'STATUS', 'CATEGORIES', 'UID', 'SEQUENCE', 'LAST-MODIFIED'])
    set(`labels.${name.toLowerCase().replace('-', '_')}`, said(event, name))
  set('labels.recurrence', find(event, 'RRULE')?.value)
  set('labels.recurrence_id', find(event, 'RECURRENCE-ID')?.value)
  if (DATE.test(find(event, 'DTSTART')?.value ?? '')) fields['labels.all_day'] = 'true'
  return fields
}

function* readEvent(event: Component, zones: ReadonlyMap<string, ZoneRules>): Generator<Item> {
  const { text: original, line } = event
  const begin = find(event, 'DTSTART')
  const start = begin && timeOf(begin, zones)
  if (typeof start !== 'object') {
    yield { rejected: original, reason: start ?? 'no-time', line }
    return
  }
  const fields = fieldsOf(event)
  const repeats = fields['labels.recurrence']
    ? ` (repeats, ${String(fields['labels.recurrence'])}: only this time is listed)`
    : ''
  const title = said(event, 'SUMMARY') ?? 'event without a title'
  const more = said(event, 'DESCRIPTION')
  const uid = said(event, 'UID')
  const id = uid && [uid, fields['labels.recurrence_id']].filter(Boolean).join('/')
  const record = (time: Stamp, which: 'start' | 'end', message: string): Item => ({
    time,
    message,
    original,
    line,
    fields: { ...fields, 'event.action': which },
    ...(id && { nativeId: `${id}/${which}` }),
  })
  yield record(start, 'start', `start: ${title}${repeats}${more ? `\n${more}` : ''}`)
  const endProperty = find(event, 'DTEND')
  const duration = find(event, 'DURATION')?.value
  const end = endProperty
    ? timeOf(endProperty, zones)
    : duration
      ? endAfter(start, duration)
      : undefined
  if (typeof end === 'object') yield record(end, 'end', `end: ${title}${repeats}`)
  else if (endProperty) yield { rejected: original, reason: end ?? 'no-time', line }
}

/** Of a zone; all that there were since 1970 are fewer. */
const RULES = 300

function* read(bytes: Uint8Array, first: number): Generator<Item> {
  for (const calendar of components(textOf(bytes), first)) {
    const zones = new Map<string, ZoneRules>()
    for (const part of calendar.parts) {
      const id = part.name === 'VTIMEZONE' ? find(part, 'TZID')?.value : undefined
      if (id)
        zones.set(
          id,
          part.parts
            .slice(0, RULES)
            .flatMap((rule) => zoneRule((name) => find(rule, name)?.value) ?? []),
        )
    }
    for (const part of calendar.parts) if (part.name === 'VEVENT') yield* readEvent(part, zones)
  }
}

export const adapter: DocumentAdapter = {
  title: 'iCalendar',
  unit: 'document',
  recognizes: ({ text }) =>
    /^\s*BEGIN:VCALENDAR\s*$/im.test(text.slice(0, 200)) && /^BEGIN:VEVENT\s*$/im.test(text),
  parse: () => read,
}
