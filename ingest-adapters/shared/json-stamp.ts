/** A time as JSON writers put it: a string that is a stamp from end to end, an epoch as string or number, or an object around one. */
import { epochStamp, type EpochUnit } from './epoch-stamp.ts'
import { isoStamp } from './iso-stamp.ts'
import { at, isObject } from './json.ts'
import { leadingStamp } from './leading-stamp.ts'
import type { StampRead } from './stamp.ts'
import { withZone } from './zone-name.ts'

const NUMBER = /^-?\d+(?:\.\d+)?$/
const PACKED = /^(?:19|20)\d{12}$/
const DOT_NET = /^\/Date\((-?\d+)(?:[+-]\d{4})?\)\/$/
/** What Go (`+0000 UTC m=+0.01`), Java (`[Europe/Paris]`) and others put behind a stamp: a name of the zone, or the clock's own count. */
const BEHIND =
  /^ ?(?:\(?([A-Z]{3,5}|[A-Z][a-z]+\/[\w+-]+)\)?|\[([\w/+-]{1,40})\])?(?: m=[+-][\d.]+)?$/
const OFFSET_WITH_DOT = /[+-]\d\d\.\d\d$/

/** The stamp that the text is; undefined where it is none, or more than one. A date without a clock is none. */
export function wholeStamp(written: string): StampRead {
  const text = written.trim()
  if (text.length > 80 || text.length < 8) return undefined
  if (NUMBER.test(text)) return PACKED.test(text) ? isoStamp(text) : epochStamp(text)
  const dotNet = DOT_NET.exec(text)
  if (dotNet) return epochStamp(dotNet[1]!, 'ms')
  const dotted = OFFSET_WITH_DOT.test(text)
  const found = leadingStamp(dotted ? `${text.slice(0, -3)}:${text.slice(-2)}` : text)
  if (found === undefined || found === 'impossible-time') return found
  const stamp = withZone(found.stamp, text, found.end)
  const behind = text.slice(found.end + stamp.original.length - found.stamp.original.length)
  if (behind === '') return dotted ? { ...stamp, original: text } : stamp
  const m = BEHIND.exec(behind)
  if (!m) return undefined
  const zone = m[1] ?? m[2]
  if (stamp.offset === undefined && zone !== undefined) {
    if (zone === 'UTC' || zone === 'GMT') stamp.offset = 0
    else stamp.zone = zone
  }
  return { ...stamp, original: text }
}

/** A number with a fraction as it stands in the JSON text, because a number forgets the zeros at its end. */
function asWritten(value: number, key: string, json: string): string {
  const plain = String(value)
  if (Number.isInteger(value)) return plain
  const begin = json.indexOf(`"${key}"`)
  if (begin < 0) return plain
  const m = /^\s*:\s*(-?\d+\.\d+)(?![\d.eE])/.exec(
    json.slice(begin + key.length + 2, begin + key.length + 60),
  )
  return m && Number(m[1]) === value ? m[1]! : plain
}

/**
 * The stamp that a JSON value is. `where` names the key and the text around it, for the digits of a fraction; `unit` what its
 * specification says of a bare number, which is else judged by the count of its digits.
 */
export function jsonStamp(
  value: unknown,
  where?: { key: string; json: string },
  unit?: EpochUnit,
): StampRead {
  if (typeof value === 'number') {
    return epochStamp(where ? asWritten(value, where.key, where.json) : value, unit)
  }
  if (typeof value === 'string') {
    const text = value.trim()
    return unit !== undefined && NUMBER.test(text) ? epochStamp(text, unit) : wholeStamp(text)
  }
  return isObject(value) ? objectStamp(value) : undefined
}

/** MongoDB extended JSON (`$date`), Log4j 2 (`epochSecond`, `nanoOfSecond`), protobuf's Timestamp (`seconds`, `nanos`). */
function objectStamp(value: object): StampRead {
  const date = at(value, '$date')
  if (date !== undefined) {
    const long = at(date, '$numberLong') ?? date
    return isObject(long) ? undefined : jsonStamp(long, undefined, 'ms')
  }
  const seconds = at(value, 'epochSecond') ?? at(value, 'seconds')
  if (typeof seconds !== 'number' && typeof seconds !== 'string') return undefined
  const whole = String(seconds)
  if (!/^\d{1,12}$/.test(whole)) return undefined
  const nanos = at(value, 'nanoOfSecond') ?? at(value, 'nanos')
  if (typeof nanos !== 'number' || !Number.isInteger(nanos) || nanos < 0 || nanos > 999_999_999) {
    return epochStamp(whole, 's')
  }
  return epochStamp(`${whole}.${String(nanos).padStart(9, '0')}`, 's')
}
