import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { FormatFile } from '../../schemas/format-file.ts'
import type { Upload } from '../api/build-server.ts'
import { UPLOAD_LIMITS } from '../ingest/archives/limits.ts'
import { fileInput } from '../ingest/files.ts'
import { expanded } from '../ingest/walk.ts'
import { knownZone } from './known-zone.ts'
import type { Timeline } from '../timeline.ts'

/** An upload is kept in the data folder, under a name of our own, while it is read twice. */
export async function importUpload(
  timeline: Timeline,
  data: string,
  workspace: string,
  upload: Upload,
  formats: readonly FormatFile[] = [],
): ReturnType<Timeline['importFiles']> {
  const { path, body, zone, source } = upload
  knownZone(zone)
  await mkdir(join(data, 'uploads'), { recursive: true })
  const folder = await mkdtemp(join(data, 'uploads', 'http-'))
  try {
    await pipeline(body, createWriteStream(join(folder, 'body')))
    const { modifiedMs: _, ...input } = await fileInput(join(folder, 'body'), path)
    return await timeline.importFiles(workspace, {
      inputs: () => expanded(one(input), UPLOAD_LIMITS),
      nowMs: Date.now(),
      formats,
      ...(zone !== undefined && { zone }),
      ...(source !== undefined && { source }),
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function* one<T>(value: T): AsyncGenerator<T> {
  yield value
}
