import { createGunzip } from 'node:zlib'
import { Decompress } from 'fzstd'
import type { FileInput } from '../files.ts'
import type { Input } from '../input.ts'

/** So much is decompressed at once: it may become a thousand times as large. */
const GZIP_SLICE = 32 * 1024
/** A block of 128 KiB may take four bytes. */
const ZSTD_SLICE = 256

/** Enough of the beginning to tell a format by. */
export async function firstBytes(input: Input): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of input.open()) {
    parts.push(chunk)
    size += chunk.length
    if (size >= 512) break
  }
  return Buffer.concat(parts)
}

/** The file that was compressed. */
export async function decompressed(input: Input, format: 'gzip' | 'zstd'): Promise<Input> {
  const { onDisk: _, size: __, ...rest } = input as FileInput
  const made: Input = {
    ...rest,
    open: () => (format === 'gzip' ? gunzipped(input) : unzstd(input)),
  }
  if (format === 'gzip') {
    const seconds = Buffer.from(await firstBytes(input)).readUInt32LE(4)
    if (seconds > 0) made.archivedMs = seconds * 1000
  }
  return made
}

/**
 * An error in the middle of the compressed bytes reaches the reader after what could be decompressed. Fed slice by slice: a stream that
 * fails throws away what its reader has not taken yet.
 */
async function* gunzipped(input: Input): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 })
  const out: Uint8Array[] = []
  gunzip.on('data', (chunk: Uint8Array) => out.push(chunk))
  const ended = new Promise<void>((resolve, reject) =>
    gunzip.on('end', resolve).on('error', reject),
  )
  const settled = ended.catch(() => undefined)
  try {
    for await (const chunk of input.open()) {
      for (let at = 0; at < chunk.length; at += GZIP_SLICE) {
        const written = new Promise<void>((resolve) => {
          gunzip.write(chunk.subarray(at, at + GZIP_SLICE), () => resolve())
        })
        await Promise.race([written, settled])
        yield* out.splice(0)
        if (gunzip.destroyed) return await ended
      }
    }
    gunzip.end()
    await settled
    yield* out
    await ended
  } finally {
    gunzip.destroy()
  }
}

async function* unzstd(input: Input): AsyncGenerator<Uint8Array> {
  let out: Uint8Array[] = []
  const stream = new Decompress((chunk) => void out.push(chunk))
  for await (const chunk of input.open()) {
    for (let at = 0; at < chunk.length; at += ZSTD_SLICE) {
      stream.push(chunk.subarray(at, at + ZSTD_SLICE))
      yield* out
      out = []
    }
  }
  stream.push(new Uint8Array(0), true)
  yield* out
}
