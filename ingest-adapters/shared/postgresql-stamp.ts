/** Stamps as PostgreSQL writes them (`%m`, `%t`): `2024-05-01 10:00:00.123 CEST`, also with an offset where the zone has no abbreviation (`+03`, `<+03>`). */
import type { Fields } from '../../schemas/source-record.ts'
import { isoStamp } from './iso-stamp.ts'
import { readOffset, type StampRead } from './stamp.ts'

const ZONE = / (?!(?:INFO|WARN|ERROR|DEBUG|FATAL|LOG|PANIC|TRACE)\b)([A-Z]{2,5})(?!\w)/y

export function postgresqlStamp(text: string, at = 0): StampRead {
  const stamp = isoStamp(text, at)
  if (stamp === undefined || stamp === 'impossible-time' || stamp.offset !== undefined) return stamp
  const end = at + stamp.original.length
  if (text.charCodeAt(end) !== 32) return stamp
  const pointed = text.charCodeAt(end + 1) === 60 ? 1 : 0
  const offset = readOffset(text, end + 1 + pointed)
  if (offset === 'impossible-time') return offset
  if (offset && !/[\d.]/.test(text[offset.end] ?? '')) {
    return { ...stamp, original: text.slice(at, offset.end + pointed), offset: offset.offset }
  }
  ZONE.lastIndex = end
  const zone = ZONE.exec(text)?.[1]
  if (zone === undefined) return stamp
  const original = text.slice(at, ZONE.lastIndex)
  return zone === 'UTC' || zone === 'GMT'
    ? { ...stamp, original, offset: 0 }
    : { ...stamp, original, zone }
}

const DURATION = /^duration: (\d{1,12}(?:\.\d{1,6})?) ms/

/** `duration: 12.3 ms  statement: …` in nanoseconds. */
export function addDuration(fields: Fields, message: string): void {
  const m = DURATION.exec(message)
  if (m) fields['event.duration'] = Math.round(Number(m[1]) * 1e6)
}
