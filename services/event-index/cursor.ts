import { BadCursor, TimelineChanged } from './event-index.ts'

/** The place of an event in the total order: instant, stream, place, id. */
export type OrderKey = readonly [at: string, stream: string, place: number, id: string]

/**
 * A cursor is the id of the last event and the generation of the timeline that it was read from: within one generation no event moves or goes.
 * The order key itself may be of any length, for hosts and channels name streams.
 */
export const encodeCursor = (generation: number, id: string): string =>
  Buffer.from(JSON.stringify([generation, id])).toString('base64url')

/** The id of the event behind which the page begins. @throws BadCursor, TimelineChanged */
export function decodeCursor(cursor: string, generation: number): string {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    throw new BadCursor('this cursor was not made here')
  }
  if (
    !Array.isArray(value) ||
    value.length !== 2 ||
    typeof value[0] !== 'number' ||
    typeof value[1] !== 'string'
  ) {
    throw new BadCursor('this cursor was not made here')
  }
  if (value[0] !== generation)
    throw new TimelineChanged('the timeline was changed since this cursor was given')
  return value[1]
}
