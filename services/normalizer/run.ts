import { offsetsOf, positionOf } from '../../schemas/position.ts'
import { consumed, covers, removals, type Delivered, type From } from '../bus/bus.ts'
import { applier, type Ports } from './applier.ts'

/** So many messages are replayed at once; each is read when its turn comes. */
const TOGETHER = 16
export interface Normalizer {
  /** Resolves when everything up to a position of the bus is in the index. */
  indexed(position: string): Promise<void>
  stop(): Promise<void>
}

/**
 * Joins bus and index: every record becomes an event, every correction is applied to the records before it.
 * `failed` is told when it cannot go on.
 */
export function runNormalizer(
  ports: Ports & {
    from: From
    failed(error: Error): void
    /** Told that something is in the index, and how many events of it are new. */
    wrote?(created: number): void
    /** What was taken is done with when this resolves. */
    flush?(): Promise<void>
  },
): Normalizer {
  const stopping = new AbortController()
  const waiting: { position: string; resolve(): void; reject(error: Error): void }[] = []
  const after = ports.from.after ?? null
  const reached = offsetsOf(after)
  let failed: Error | undefined
  const settle = (): void => {
    for (let i = waiting.length - 1; i >= 0; i--) {
      const waiter = waiting[i]!
      if (failed) waiter.reject(failed)
      else if (covers(positionOf(reached), waiter.position)) waiter.resolve()
      else continue
      waiting.splice(i, 1)
    }
  }
  // What a group takes over, another member may have begun.
  const isEmpty = !('group' in ports.from) && after === null
  const apply = applier(ports, { after, isEmpty }, (position, created) => {
    ports.wrote?.(created)
    for (const [partition, offset] of offsetsOf(position)) reached.set(partition, offset)
    settle()
  })
  const running = ports.bus
    .consume(
      ports.workspace,
      ports.from,
      async (messages, begins) => {
        await apply(messages, begins)
        await ports.flush?.()
      },
      stopping.signal,
    )
    .catch((error: unknown) => {
      failed = error as Error
      settle()
      ports.failed(failed)
    })
  return {
    indexed: (position) =>
      new Promise((resolve, reject) => {
        waiting.push({ position, resolve, reject })
        settle()
      }),
    async stop() {
      stopping.abort()
      await running
    },
  }
}

/** Applies everything that is on a bus of one partition to an empty index. */
export async function replay({ bus, index, workspace }: Ports): Promise<void> {
  const apply = applier({ bus, index, workspace }, { after: null, isEmpty: true }, () => undefined)
  let messages: Delivered[] = []
  let begins = true
  for await (const message of bus.read(workspace, ['records', 'removals', 'erasures'])) {
    if (messages.push(message) < TOGETHER) continue
    await apply(messages, begins)
    begins = false
    messages = []
  }
  await apply(messages, begins)
}

/**
 * Applies what stands between two positions, of all partitions, to an index that holds what is before. Partitions come in any order, so what was taken back is
 * taken out first, and left out of what comes.
 */
export async function catchUp(ports: Ports, after: string | null, until: string): Promise<void> {
  const { bus, index, workspace } = ports
  const takenBack = await removals(bus, workspace)
  for (const { value, position } of takenBack.all)
    if (after !== null && !covers(after, consumed(position)))
      await index.remove(workspace, value, after)
  const stopping = new AbortController()
  const reached = offsetsOf(after)
  const apply = applier(ports, { after, isEmpty: after === null, takenBack }, (position) => {
    for (const [partition, offset] of offsetsOf(position)) reached.set(partition, offset)
    if (covers(positionOf(reached), until)) stopping.abort()
  })
  if (!covers(after, until)) await bus.consume(workspace, { after }, apply, stopping.signal)
}
