/** The events that one value of a vendor's API or webhook tells: each with its time, its text and its fields. */
import type { Fields } from '../../schemas/source-record.ts'
import type { Item } from '../adapter.ts'
import type { EpochUnit } from './epoch-stamp.ts'
import { setField, setLabel, refuseValue } from './json-fields.ts'
import { jsonStamp } from './json-stamp.ts'
import type { StampRead } from './stamp.ts'

export interface Told {
  /** Undefined where the value does not tell it: then this event is left out. */
  time: StampRead
  message: string
  /** Names of ECS and of `labels.`, with what the value holds there; lists of texts are joined, all else that is no scalar is left out. */
  fields: Readonly<Record<string, unknown>>
  nativeId?: string | undefined
}

/** The time that a member tells: null, '', 0 and Go's zero time stand for "not yet". */
export function momentOf(value: unknown, unit?: EpochUnit): StampRead {
  if (value === 0 || value === '0') return undefined
  if (typeof value === 'string' && value.startsWith('0001-01-01')) return undefined
  return jsonStamp(value, undefined, unit)
}

/** The moment so many milliseconds after another, where a vendor tells durations. */
export function later(stamp: StampRead, ms: unknown): StampRead {
  if (typeof stamp !== 'object' || typeof ms !== 'number' || !(ms > 0)) return undefined
  const nanos = stamp.nanos + (ms % 1000) * 1e6
  return {
    ...stamp,
    original: `${stamp.original} + ${ms} ms`,
    seconds: stamp.seconds + Math.floor(ms / 1000) + Math.floor(nanos / 1e9),
    nanos: Math.round(nanos % 1e9),
    digits: Math.max(stamp.digits, 3),
  }
}

function fieldsOf(told: Told['fields']): Fields {
  const fields: Fields = {}
  for (const [name, value] of Object.entries(told)) {
    const scalar = Array.isArray(value)
      ? value.filter((one) => typeof one === 'string').join(', ')
      : value
    if (name.startsWith('labels.')) {
      if (scalar !== '') setLabel(fields, name.slice('labels.'.length), scalar)
    } else setField(fields, name, scalar)
  }
  return fields
}

/** One item for each event that has a time; where none has one, the value is refused for that. */
export function* eventItems(told: Iterable<Told>, json: string, line: number): Generator<Item> {
  let any = false
  let impossible = false
  for (const { time, message, fields, nativeId } of told) {
    if (time === 'impossible-time') impossible = true
    if (typeof time !== 'object') continue
    any = true
    const said = message.trim() || '(no text)'
    const record = { time, message: said, original: json, line, fields: fieldsOf(fields) }
    yield nativeId === undefined ? record : { ...record, nativeId }
  }
  if (!any) yield refuseValue(json, line, impossible ? 'impossible-time' : 'no-time')
}
