import { BadFormat, loadAdapters, readFormatFiles } from '../../ingest-adapters/load.ts'
import type { FormatFile } from '../../schemas/format-file.ts'

/** The formats of the user's own in a folder, tried on their samples; or what is wrong with them, in words for the user. */
export async function ownFormats(folder: string): Promise<FormatFile[] | string> {
  let files: FormatFile[]
  try {
    files = await readFormatFiles(folder)
  } catch (error) {
    return `${folder} cannot be read: ${(error as Error).message}. Name a folder that holds files of formats, *.format`
  }
  if (files.length === 0) return `${folder} holds no file of a format: name them *.format`
  try {
    await loadAdapters(files)
  } catch (error) {
    if (error instanceof BadFormat) return error.message
    throw error
  }
  return files
}
