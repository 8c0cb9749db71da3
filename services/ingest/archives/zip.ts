import yauzl from 'yauzl'
import { TooLarge } from './limits.ts'
import type { FileInput } from '../files.ts'
import type { Input } from '../input.ts'

/** An archive inside another must be held in memory. */
const NESTED_LIMIT = 64 * 1024 * 1024

/** What is made of an archive while it is open. */
export async function* inZip<T>(
  archive: Input,
  use: (zip: yauzl.ZipFile) => AsyncGenerator<T>,
): AsyncGenerator<T> {
  const zip = await openZip(archive)
  try {
    yield* use(zip)
  } finally {
    zip.close()
  }
}

async function openZip(archive: Input): Promise<yauzl.ZipFile> {
  const options = {
    lazyEntries: true,
    autoClose: false,
    // A name that leads out of the archive would end the reading of all of it.
    decodeStrings: false,
    validateEntrySizes: true,
  } as const
  const { onDisk } = archive as FileInput
  return onDisk
    ? yauzl.openPromise(onDisk, options)
    : yauzl.fromBufferPromise(await whole(archive), options)
}

export function nameOf(entry: yauzl.Entry): string {
  const { generalPurposeBitFlag: flags, fileNameRaw, extraFields } = entry
  return yauzl.getFileNameLowLevel(flags, fileNameRaw, extraFields, false)
}

/** The bytes of a member. */
export async function* opened(zip: yauzl.ZipFile, entry: yauzl.Entry): AsyncGenerator<Uint8Array> {
  yield* (await zip.openReadStreamPromise(entry)) as AsyncIterable<Uint8Array>
}

async function whole(input: Input): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of input.open()) {
    size += chunk.length
    if (size > NESTED_LIMIT)
      throw new TooLarge('an archive inside another is larger than 64 MiB: unpack it first')
    parts.push(chunk)
  }
  return Buffer.concat(parts)
}
