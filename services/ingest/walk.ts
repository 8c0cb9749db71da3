import { lstat, readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArchiveLimits } from './archives/limits.ts'
import { expand } from './archives/expand.ts'
import { fileInput, type FileInput } from './files.ts'
import type { Input } from './input.ts'

/** A place that could not be entered or opened. */
export interface Unreadable {
  path: string
  unreadable: string
  reason:
    | 'unreadable'
    | 'damaged-archive'
    | 'archive-too-large'
    | 'archive-too-deep'
    | 'archive-encrypted'
}

/** Every file of every path and the members of archives within the limits, each shown under its path. A member of a tar can be read until the next one is asked for. */
export async function* expanded(
  files: AsyncIterable<FileInput | Unreadable>,
  limits?: ArchiveLimits,
): AsyncGenerator<Input | Unreadable> {
  for await (const file of files) {
    if ('unreadable' in file) yield file
    else yield* expand(file, limits)
  }
}

/**
 * Every file below the paths, in the order of their names. Links to folders are not followed, so that nothing comes twice;
 * `except` is the data folder, which is never imported into itself.
 */
export async function* walk(
  paths: readonly string[],
  except?: string,
): AsyncGenerator<FileInput | Unreadable> {
  const real = except === undefined ? undefined : await realpath(except).catch(() => undefined)
  for (const path of paths) yield* below(path, real, true)
}

async function* below(
  path: string,
  except: string | undefined,
  given: boolean,
): AsyncGenerator<FileInput | Unreadable> {
  try {
    const stats = given ? await stat(path) : await lstat(path)
    if (stats.isDirectory()) {
      if ((await realpath(path)) === except) return
      for (const name of (await readdir(path)).sort()) yield* below(join(path, name), except, false)
      return
    }
    if (stats.isSymbolicLink() && (await stat(path)).isDirectory()) return
    const file = await fileInput(path)
    if (file.isFile) yield file
    else yield { path, unreadable: 'this is no regular file', reason: 'unreadable' }
  } catch (error) {
    yield { path, unreadable: (error as Error).message, reason: 'unreadable' }
  }
}
