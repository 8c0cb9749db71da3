import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { placeOf, type Input } from './input.ts'

const CHUNK = 512 * 1024

/** A file on disk: what can be read at any place, as archives need it. */
export interface FileInput extends Input {
  onDisk: string
  isFile: boolean
}

export async function fileInput(path: string, shown = path): Promise<FileInput> {
  const stats = await stat(path)
  return {
    path: shown,
    ...placeOf(shown),
    size: stats.size,
    modifiedMs: stats.mtimeMs,
    onDisk: path,
    isFile: stats.isFile(),
    open: () => createReadStream(path, { highWaterMark: CHUNK }),
  }
}
