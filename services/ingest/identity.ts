import { hash as digest } from 'node:crypto'
import type { BusRecord } from '../../schemas/bus-record.ts'
import type { SourceRecord, Stamp } from '../../schemas/source-record.ts'
import type { Earlier } from '../../schemas/tail.ts'
import { repeatCounter } from './repeats.ts'

/** 120 bits: two of a billion different records have the same hash with a chance of 1 in 10^18. */
const LENGTH = 20

/** The hash of a text as 20 characters of base64url. */
export const hash = (text: string): string => digest('sha1', text, 'base64url').slice(0, LENGTH)

/** What of a record is hashed: stream and bytes, or the format's own id. */
const identityOf = (record: SourceRecord, dataset: string, stream: string): string =>
  record.nativeId === undefined ? `${stream}\0${record.original}` : `${dataset}\0${record.nativeId}`

let lastDay = NaN
let lastDate = ''

/** The stamp as written, as in `20240501T100000.123`; year 0000 and date 00000000 where they were not written. No zone and no offset: it never changes when a time moves. */
export function stampPrefix(stamp: Stamp): string {
  const { seconds, digits } = stamp
  const day = Math.floor(seconds / 86400)
  if (day !== lastDay) {
    lastDay = day
    lastDate = new Date(day * 86400_000).toISOString().slice(0, -14).replaceAll('-', '')
  }
  const ofDay = seconds - day * 86400
  const clock = ((ofDay / 3600) | 0) * 10000 + (((ofDay / 60) | 0) % 60) * 100 + (ofDay % 60)
  const date =
    stamp.lacks === undefined
      ? lastDate
      : stamp.lacks === 'year'
        ? `0000${lastDate.slice(4)}`
        : '00000000'
  const whole = `${date}T${String(clock).padStart(6, '0')}`
  return digits === 0 ? whole : `${whole}.${String(stamp.nanos).padStart(9, '0').slice(0, digits)}`
}

const idOf = (time: Stamp, identity: string, nth: number, first = hash(identity)): string =>
  `${stampPrefix(time)}-${nth === 0 ? first : hash(`${identity}\0${nth}`)}`

/** The id of a record in a stream, of which so many equal ones come before it. */
export const idIn = (record: SourceRecord, dataset: string, stream: string, nth: number): string =>
  idOf(record.time, identityOf(record, dataset, stream), nth)

/** Remembered stamps of one source: ties further apart than that are decided by id. */
const STAMPS = 1024

/**
 * Gives the records of one file their ids and places, in the order of the file. `earlier`: the event that a record is, where the id made of its bytes is not that one's.
 * Others that are equal to what it was at first come after it.
 */
export function identifier(
  dataset: string,
  file: string,
  declared: string | undefined,
  earlier: (record: SourceRecord, own: string) => Earlier | undefined = () => undefined,
): (record: SourceRecord) => Pick<BusRecord, 'id' | 'place' | 'ends'> {
  const repeats = repeatCounter()
  const places = new Map<string, Map<string, number>>()
  return (record) => {
    const stream = declared ?? record.stream ?? file
    const identity = identityOf(record, dataset, stream)
    const first = hash(identity)
    const nth = record.nativeId === undefined ? repeats(first) : 0
    let stamps = places.get(stream)
    if (!stamps) places.set(stream, (stamps = new Map()))
    const key = `${record.time.seconds}.${record.time.nanos}`
    const place = stamps.get(key) ?? 0
    stamps.set(key, place + 1)
    if (stamps.size > STAMPS) stamps.delete(stamps.keys().next().value!)
    const own = idOf(record.time, identity, nth, first)
    const event = earlier(record, own)
    if (!event) return { id: own, place }
    const { length } = record.original
    for (const size of event.sizes) {
      const original = record.original.slice(0, size)
      if (size < length) repeats(hash(identityOf({ ...record, original }, dataset, stream)))
    }
    const ends = event.sizes.some((size) => size > length)
    return { id: event.id, place, ...(ends && { ends }) }
  }
}
