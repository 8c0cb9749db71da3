import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileInput, type FileInput } from '../ingest/files.ts'
import { walk, type Unreadable } from '../ingest/walk.ts'

/** The files of a command's paths. `-` is the standard input, which is kept in a file until `done`, because it is read twice. */
export async function inputFiles(
  paths: readonly string[],
  data: string,
): Promise<{ each(): AsyncGenerator<FileInput | Unreadable>; done(): Promise<void> }> {
  let folder: string | undefined
  if (paths.includes('-')) {
    folder = await mkdtemp(join(tmpdir(), 'recount-'))
    await pipeline(process.stdin, createWriteStream(join(folder, 'stdin')))
  }
  return {
    async *each() {
      for (const path of paths) {
        if (path === '-') {
          const { modifiedMs: _, ...input } = await fileInput(join(folder!, 'stdin'), 'stdin')
          yield input
        } else yield* walk([path], data)
      }
    },
    async done() {
      if (folder) await rm(folder, { recursive: true, force: true })
    },
  }
}
