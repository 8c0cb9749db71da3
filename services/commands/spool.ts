import { mkdirSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import tar from 'tar-stream'
import { fileInput, type FileInput } from '../ingest/files.ts'
import type { Unreadable } from '../ingest/walk.ts'

/**
 * What an entry is, in the place of its owner's name: a file begins, its bytes go on, reading it broke off (with the reason as content),
 * or a place that could not be opened. A file comes in parts because tar wants sizes beforehand, and files grow and shrink while they are read.
 */
type Part = 'file' | 'bytes' | 'broken' | 'unreadable'

/** Stands before every path: tar takes away a slash at the beginning. */
const PREFIX = 'path:'
const NOTHING = new Uint8Array()

/** The files of a command as a tar stream. */
export function packFiles(files: AsyncIterable<FileInput | Unreadable>): Readable {
  const pack = tar.pack()
  const add = (uname: Part, path: string, content: Uint8Array, modifiedMs = 0): Promise<void> =>
    new Promise((added, failed) => {
      const header = {
        name: PREFIX + path,
        uname,
        size: content.length,
        mtime: new Date(modifiedMs),
      }
      pack
        .entry(header, (error) => (error ? failed(error) : added()))
        .on('error', failed)
        .end(content)
    })
  const fill = async (): Promise<void> => {
    for await (const file of files) {
      if ('unreadable' in file) {
        await add('unreadable', file.path, Buffer.from(`${file.reason}\n${file.unreadable}`))
        continue
      }
      await add('file', file.path, NOTHING, file.modifiedMs)
      const chunks = file.open()[Symbol.asyncIterator]()
      for (;;) {
        const chunk = await chunks.next().catch((error: Error) => error)
        if (chunk instanceof Error) await add('broken', '', Buffer.from(chunk.message))
        if (chunk instanceof Error || chunk.done) break
        await add('bytes', '', chunk.value)
      }
    }
    pack.finalize()
  }
  fill().catch((error: Error) => pack.destroy(error))
  return pack as unknown as Readable
}

interface Spooled {
  path: string
  onDisk: string
  modifiedMs: number
  /** Why there is no more of it. */
  broken?: string
}

/** Writes the files of a tar stream into a folder under names of our own, and gives them under the paths that they were sent with. */
export async function spool(
  body: AsyncIterable<Uint8Array>,
  folder: string,
): Promise<() => AsyncGenerator<FileInput | Unreadable>> {
  mkdirSync(folder, { recursive: true })
  const spooled: (Spooled | Unreadable)[] = []
  const extract = tar.extract()
  const feeding = pipeline(Readable.from(body), extract)
  // When the sender goes away the loop below fails first: this must not be an unhandled rejection.
  feeding.catch(() => undefined)
  let writing: FileHandle | undefined
  try {
    for await (const entry of extract) {
      const { name, uname, mtime } = entry.header
      const path = name.slice(PREFIX.length)
      const part = uname as Part
      if (part === 'bytes')
        for await (const chunk of entry) await writing!.writeFile(chunk as Uint8Array)
      else if (part === 'broken') (spooled.at(-1) as Spooled).broken = await text(entry)
      else if (part === 'unreadable') {
        const [reason, ...unreadable] = (await text(entry)).split('\n')
        spooled.push({
          path,
          unreadable: unreadable.join('\n'),
          reason: reason as Unreadable['reason'],
        })
      } else {
        await writing?.close()
        const onDisk = join(folder, String(spooled.length))
        writing = await open(onDisk, 'w')
        spooled.push({ path, onDisk, modifiedMs: mtime?.getTime() ?? 0 })
        entry.resume()
      }
    }
    await feeding
  } finally {
    await writing?.close()
  }
  return async function* () {
    for (const file of spooled) yield 'unreadable' in file ? file : await spooledInput(file)
  }
}

async function spooledInput({ path, onDisk, modifiedMs, broken }: Spooled): Promise<FileInput> {
  const { modifiedMs: _, ...input } = await fileInput(onDisk, path)
  return {
    ...input,
    ...(modifiedMs > 0 && { modifiedMs }),
    ...(broken !== undefined && { open: () => until(input.open(), broken) }),
  }
}

async function* until(
  chunks: AsyncIterable<Uint8Array>,
  broken: string,
): AsyncGenerator<Uint8Array> {
  yield* chunks
  throw new Error(broken)
}
