import type { RejectionBatch } from '../../schemas/bus-record.ts'
import type { Bus } from '../bus/bus.ts'

/** How many records of each origin of an import were read, and then refused by the normalizer or the index. */
export async function countParked(
  bus: Bus,
  workspace: string,
  importId: string,
): Promise<Map<string, number>> {
  const ids = new Map<string, Set<string>>()
  for await (const { value } of bus.read(workspace, ['rejections'])) {
    const { origin, rejections } = value as RejectionBatch
    if (!origin.startsWith(`${importId}/`)) continue
    for (const { id, reason } of rejections) {
      if (reason !== 'not-indexed') continue
      const of = ids.get(origin)
      if (of) of.add(id)
      else ids.set(origin, new Set([id]))
    }
  }
  return new Map([...ids].map(([origin, { size }]) => [origin, size]))
}
