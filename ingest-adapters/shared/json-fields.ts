/** From a JSON record's members to ECS fields, with the rest as labels. */
import type { Fields } from '../../schemas/source-record.ts'
import type { Head, Refused } from '../adapter.ts'
import type { Reason } from '../../schemas/rejection.ts'
import { addressField } from './client-address.ts'
import { isObject, scalars, text, type JsonObject } from './json.ts'

/** Beyond these, a record's members are only in its original. */
const LABELS = 40
const LABEL_LENGTH = 1024
const SCALARS = 200

const NUMBERS: ReadonlySet<string> = new Set([
  'process.pid',
  'process.thread.id',
  'source.port',
  'client.port',
  'destination.port',
  'http.response.status_code',
  'http.response.body.bytes',
  'http.request.body.bytes',
  'log.origin.file.line',
  'event.severity',
  'event.duration',
  'log.syslog.severity.code',
  'log.syslog.facility.code',
])

const PEER = /^(?:source|client|destination)\.ip$/

/** Sets a field where there is a value for it; one that is to be a number and is none becomes a label. */
export function setField(fields: Fields, name: string, value: unknown): void {
  const written = text(value)?.trim()
  if (written === undefined || written === '') return
  if (PEER.test(name)) fields[addressField(name.slice(0, -'.ip'.length), written)] = written
  else if (!NUMBERS.has(name)) fields[name] = written
  else if (/^-?\d{1,15}(?:\.\d{1,9})?$/.test(written)) fields[name] = Number(written)
  else setLabel(fields, name, written)
}

export function setLabel(fields: Fields, name: string, value: unknown): void {
  const written = typeof value === 'boolean' ? String(value) : text(value)
  if (written !== undefined && written.length <= LABEL_LENGTH) fields[`labels.${name}`] = written
}

/** What of an object's scalars is no field yet, as labels: `skip` holds the members that were read. */
export function setLabels(
  fields: Fields,
  value: unknown,
  skip: ReadonlySet<string> = new Set(),
  prefix = '',
): void {
  let room = LABELS
  for (const name in fields) if (name.startsWith('labels.')) room--
  if (!isObject(value)) return
  let seen = 0
  for (const [key, member] of Object.entries(value)) {
    if (skip.has(key)) continue
    for (const [path, scalar] of scalars(member, prefix + key)) {
      if (room <= 0 || ++seen > SCALARS) return
      const label = `labels.${path}`
      if (path === '' || scalar === '' || Object.hasOwn(fields, label)) continue
      setLabel(fields, path, scalar)
      if (Object.hasOwn(fields, label)) room--
    }
  }
}

/** `key=value` of an object's first scalars, for a record without a text of its own. */
export function pairs(value: unknown, skip: ReadonlySet<string> = new Set(), most = 8): string {
  const out: string[] = []
  if (isObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      if (skip.has(key)) continue
      for (const [path, scalar] of scalars(member, key)) {
        if (out.length >= most) return out.join(' ')
        if (skip.has(path)) continue
        const written = String(scalar)
        if (written !== '' && written.length <= 200) out.push(`${path}=${written}`)
      }
    }
  }
  return out.join(' ')
}

/** Whether the head's values are of a format: at least half of the objects among them, and at least one. */
export function mostValues(head: Head, matches: (value: JsonObject) => boolean): boolean {
  let of = 0
  let hits = 0
  for (const value of head.values) {
    if (!isObject(value)) continue
    of++
    if (matches(value)) hits++
  }
  return hits > 0 && hits * 2 >= of
}

export const refuseValue = (json: string, line: number, reason: Reason): Refused => ({
  rejected: json,
  reason,
  line,
})
