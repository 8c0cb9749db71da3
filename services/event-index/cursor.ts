import { BadCursor, TimelineChanged } from './event-index.ts'

/** The place of an event in the total order: instant, stream, place, id. */
export type OrderKey = readonly [at: string, stream: string, place: number, id: string]

/** A cursor is the order key of the last event and the generation of the timeline that it was read from. */
export const encodeCursor = (generation: number, key: OrderKey): string =>
  Buffer.from(JSON.stringify([generation, ...key])).toString('base64url')

/** @throws BadCursor, TimelineChanged */
export function decodeCursor(cursor: string, generation: number): OrderKey {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    throw new BadCursor('this cursor was not made here')
  }
  if (
    !Array.isArray(value) ||
    value.length !== 5 ||
    typeof value[0] !== 'number' ||
    !/^\d{19}$/.test(String(value[1])) ||
    typeof value[2] !== 'string' ||
    typeof value[3] !== 'number' ||
    typeof value[4] !== 'string'
  ) {
    throw new BadCursor('this cursor was not made here')
  }
  if (value[0] !== generation)
    throw new TimelineChanged('the timeline was changed since this cursor was given')
  return value.slice(1) as unknown as OrderKey
}
