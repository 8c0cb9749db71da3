import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { untilFailure } from '../until-failure.ts'

/** What is not larger is kept in memory. */
const IN_MEMORY = 256 * 1024

export interface Spooled {
  /** The bytes of the stream; where reading it failed, they end with that failure. */
  open(): AsyncGenerator<Uint8Array>
  remove(): Promise<void>
}

/** Takes in a stream of so many bytes at most, which comes only once, so that it can be opened often: in memory, or in a temporary file of our own name. */
export async function spool(stream: AsyncIterable<Uint8Array>, size: number): Promise<Spooled> {
  const { read: bytes, rethrow } = untilFailure(stream)
  let read: () => AsyncIterable<Uint8Array>
  let folder: string | undefined
  const remove = async (): Promise<void> => {
    if (folder) await rm(folder, { recursive: true, force: true })
  }
  if (size > IN_MEMORY) {
    folder = await mkdtemp(join(tmpdir(), 'recount-'))
    const path = join(folder, 'member')
    try {
      await pipeline(bytes, createWriteStream(path))
    } catch (error) {
      await remove()
      throw error
    }
    read = () => createReadStream(path, { highWaterMark: IN_MEMORY })
  } else {
    const parts: Uint8Array[] = []
    for await (const part of bytes) parts.push(part)
    read = async function* () {
      yield* parts
    }
  }
  return {
    async *open() {
      yield* read()
      rethrow()
    },
    remove,
  }
}
