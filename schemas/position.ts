/**
 * A position on the bus is text: `12`, the twelfth message, or `0:12,d3:4` where a log has partitions: message 12 of partition 0 and message 4 of partition d3.
 * Two messages can be compared where they are of one partition, as all of a topic and a key are, and a message with every removal. What is consumed stands in partitions with a number.
 */
export type Offsets = ReadonlyMap<string, number>

export function offsetsOf(position: string | null): Map<string, number> {
  const parts = (position ?? '').split(',').filter((part) => part !== '')
  return new Map(
    parts.map((part) => {
      const [partition, offset] = part.includes(':') ? part.split(':') : ['0', part]
      return [partition!, Number(offset)]
    }),
  )
}

/** The position of some offsets; null where there is none. */
export const positionOf = (offsets: Offsets): string | null =>
  offsets.size === 0
    ? null
    : [...offsets]
        .map((pair) => pair.join(':'))
        .sort()
        .join(',')
