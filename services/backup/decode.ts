import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { BACKUP_VERSION, BackupEnd, BackupHead, BackupMessage } from '../../schemas/backup.ts'
import { fits } from '../../schemas/fits.ts'
import { TOPICS, type Message, type Topic } from '../bus/bus.ts'

/** The file cannot be restored; the message goes on after its name, and says what to do. */
export class BadBackup extends Error {}

/** A message, and how many bytes its line has. */
export type Sized = Message & { size: number }

/** No line of a backup is longer: the largest message has half of it. */
const LONGEST_LINE = 256 * 1024 * 1024
const CHUNK = 256 * 1024
const GZIP = Buffer.from([0x1f, 0x8b])

/**
 * The messages of a compressed backup; `begins` is told what stands before them. That it is whole is known after the last.
 * @throws BadBackup
 */
export async function* decoded(
  bytes: AsyncIterable<Uint8Array>,
  begins: (head: BackupHead) => void,
): AsyncGenerator<Sized> {
  const digest = createHash('sha256')
  const counts = new Map<string, number>()
  let head: BackupHead | undefined
  let end: BackupEnd | undefined
  let count = 0
  const damaged = (why: string): BadBackup =>
    new BadBackup(
      `is damaged or cut off after ${count} messages (${why}): restore another copy of it, or another backup`,
    )
  try {
    for await (const line of lines(uncompressed(bytes))) {
      if (end) throw damaged('it goes on after its end')
      const value: unknown = JSON.parse(line.toString())
      if (!head) {
        begins((head = checkedHead(value)))
      } else if (fits(BackupMessage, value)) {
        count++
        counts.set(value.topic, (counts.get(value.topic) ?? 0) + 1)
        yield { ...known(value), size: line.length }
      } else if (fits(BackupEnd, value)) {
        end = value
        continue
      } else throw damaged('a line is no message')
      digest.update(line)
    }
  } catch (error) {
    if (error instanceof BadBackup) throw error
    throw damaged(error instanceof SyntaxError ? 'a line is no JSON' : (error as Error).message)
  }
  if (!end) throw damaged('its end is missing')
  if (digest.digest('hex') !== end.sha256) throw damaged('its SHA-256 is another')
  const told = Object.entries(end.messages)
  if (told.length !== counts.size || told.some(([topic, n]) => counts.get(topic) !== n))
    throw damaged('the counts at its end are others')
}

/** What a gzip file holds. */
async function* uncompressed(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks = bytes[Symbol.asyncIterator]()
  const first = await chunks.next()
  if (first.done) throw new BadBackup('is empty: it is no backup')
  if (Buffer.compare(first.value.subarray(0, 2), GZIP) !== 0)
    throw new BadBackup('is no backup of recount: backups are compressed with gzip')
  const all = async function* (): AsyncGenerator<Uint8Array> {
    yield first.value
    yield* { [Symbol.asyncIterator]: () => chunks }
  }
  const decompressing = createGunzip({ chunkSize: CHUNK })
  const feeding = pipeline(all(), decompressing)
  // The loop below fails with the same error.
  feeding.catch(() => undefined)
  yield* decompressing as AsyncIterable<Buffer>
}

/** Lines with their newline; the last may have none. */
async function* lines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let begun: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunks) {
    let from = 0
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      yield Buffer.concat([...begun, chunk.subarray(from, at + 1)])
      begun = []
      length = 0
      from = at + 1
    }
    if (from === chunk.length) continue
    begun.push(chunk.subarray(from))
    length += chunk.length - from
    if (length > LONGEST_LINE) throw new Error('a line is too long')
  }
  if (begun.length > 0) yield Buffer.concat(begun)
}

function checkedHead(value: unknown): BackupHead {
  if (!fits(BackupHead, value)) throw new BadBackup('is no backup of recount')
  if (value.version > BACKUP_VERSION)
    throw new BadBackup(
      `was taken by recount ${value.recount} in version ${value.version} of the format, of which this one reads ${BACKUP_VERSION}: restore it with that recount or a newer one`,
    )
  return value
}

function known({ topic, key, value }: { topic: string; key: string; value: unknown }): Message {
  if ((TOPICS as readonly string[]).includes(topic)) return { topic: topic as Topic, key, value }
  throw new BadBackup(
    `has messages of the topic ${topic}, which this recount does not know: restore it with the recount that took it, or a newer one`,
  )
}
