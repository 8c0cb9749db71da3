import type { Admin } from 'kafkajs'
import type { Offsets } from '../../../schemas/position.ts'

const SHORTEST_MS = 1000

/**
 * How long ago the first message behind some offsets came, to a sixteenth or a second; there is one. Kafka tells the offset of a time and not the time of an offset, but
 * a message that waits is young, so it is found in a few questions.
 */
export async function ageOf(
  admin: Admin,
  topic: string,
  after: Offsets,
  nowMs: number,
): Promise<number> {
  const isOlder = async (ageMs: number): Promise<boolean> =>
    (await admin.fetchTopicOffsetsByTimestamp(topic, nowMs - ageMs)).some(
      ({ partition, offset }) => Number(offset) > (after.get(String(partition)) ?? -1) + 1,
    )
  let low = 0
  let high = SHORTEST_MS
  while (high < nowMs && (await isOlder(high))) [low, high] = [high, 2 * high]
  while (high - low > Math.max(SHORTEST_MS, low / 16)) {
    const middle = (low + high) / 2
    if (await isOlder(middle)) low = middle
    else high = middle
  }
  return low
}
