import { createHash } from 'node:crypto'
import type { BackupEnd, BackupHead } from '../../schemas/backup.ts'
import type { Message } from '../bus/bus.ts'

/** The lines of a backup, each with its newline: a head, the messages, and an end by which it is known that nothing is missing or changed. */
export async function* encoded(
  head: BackupHead,
  messages: AsyncIterable<Message>,
): AsyncGenerator<string> {
  const digest = createHash('sha256')
  const line = (value: BackupHead | Message): string => {
    const text = `${JSON.stringify(value)}\n`
    digest.update(text)
    return text
  }
  const counts: Record<string, number> = {}
  yield line(head)
  for await (const { topic, key, value } of messages) {
    counts[topic] = (counts[topic] ?? 0) + 1
    yield line({ topic, key, value })
  }
  const end: BackupEnd = { messages: counts, sha256: digest.digest('hex') }
  yield `${JSON.stringify(end)}\n`
}
