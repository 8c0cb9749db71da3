import { once } from 'node:events'
import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Readable, type Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import tar from 'tar-stream'
import { fileInput, type FileInput } from '../ingest/files.ts'
import type { Unreadable } from '../ingest/walk.ts'

const UNREADABLE = 'unreadable'
/** Stands before every path: tar takes away a slash at the beginning. */
const PREFIX = 'path:'

/** The files of a command as a tar stream: the path as shown is the name of the entry. What could not be opened is an entry marked by its owner, with the reason as its content. */
export function packFiles(files: AsyncIterable<FileInput | Unreadable>): Readable {
  const pack = tar.pack()
  const fill = async (): Promise<void> => {
    for await (const file of files) {
      if ('unreadable' in file) {
        pack.entry(
          { name: PREFIX + file.path, uname: UNREADABLE },
          `${file.reason}\n${file.unreadable}`,
        )
        continue
      }
      const size = file.size ?? 0
      const header = { name: PREFIX + file.path, size, mtime: new Date(file.modifiedMs ?? 0) }
      const entry = pack.entry(header) as unknown as Writable
      let sent = 0
      for await (const chunk of file.open()) {
        // A file that grows while it is sent ends where it ended when it was opened.
        const part = chunk.subarray(0, size - sent)
        sent += part.length
        if (!entry.write(part)) await once(entry, 'drain')
        if (sent === size) break
      }
      if (sent < size) entry.write(Buffer.alloc(size - sent))
      entry.end()
    }
    pack.finalize()
  }
  fill().catch((error: Error) => pack.destroy(error))
  return pack as unknown as Readable
}

/** Writes the files of a tar stream into a folder under names of our own, and gives them under the paths that they were sent with. */
export async function spool(
  body: AsyncIterable<Uint8Array>,
  folder: string,
): Promise<() => AsyncGenerator<FileInput | Unreadable>> {
  mkdirSync(folder, { recursive: true })
  const spooled: ({ path: string; onDisk: string; modifiedMs: number } | Unreadable)[] = []
  const extract = tar.extract()
  const feeding = pipeline(Readable.from(body), extract)
  for await (const entry of extract) {
    const { uname, mtime } = entry.header
    const path = entry.header.name.slice(PREFIX.length)
    if (uname === UNREADABLE) {
      const [reason, ...unreadable] = (await text(entry)).split('\n')
      spooled.push({
        path,
        unreadable: unreadable.join('\n'),
        reason: reason as Unreadable['reason'],
      })
      continue
    }
    const onDisk = join(folder, String(spooled.length))
    await pipeline(entry as unknown as AsyncIterable<Uint8Array>, createWriteStream(onDisk))
    spooled.push({ path, onDisk, modifiedMs: mtime?.getTime() ?? 0 })
  }
  await feeding
  return async function* () {
    for (const file of spooled) {
      if ('unreadable' in file) yield file
      else {
        const input = await fileInput(file.onDisk, file.path)
        yield file.modifiedMs > 0 ? { ...input, modifiedMs: file.modifiedMs } : withoutTime(input)
      }
    }
  }
}

function withoutTime({ modifiedMs: _, ...input }: FileInput): FileInput {
  return input
}
