import type { Bus, Message } from '../bus/bus.ts'
import type { Sized } from './decode.ts'

/** So many messages are appended at once, or bytes of them. */
const TOGETHER = 64
const BYTES = 8_000_000

/** Appends messages in their order; resolves to how many there were, and the position up to which they are there. */
export async function fill(
  bus: Bus,
  workspace: string,
  messages: AsyncIterable<Sized>,
): Promise<{ count: number; position: string }> {
  let some: Message[] = []
  let bytes = 0
  let count = 0
  let position = ''
  const send = async (): Promise<void> => {
    if (some.length === 0) return
    position = await bus.append(workspace, some)
    count += some.length
    some = []
    bytes = 0
  }
  for await (const message of messages) {
    // Of what is appended at once, a removal is noted first: it must not come before its place.
    const isRemoval = message.topic === 'removals'
    if (isRemoval) await send()
    some.push(message)
    bytes += message.size
    if (isRemoval || some.length === TOGETHER || bytes > BYTES) await send()
  }
  await send()
  return { count, position }
}
