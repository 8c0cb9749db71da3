/** Something to read from: a file, a member of an archive, an upload. It can be opened more than once. */
export interface Input {
  /** As shown to people: the argument as given, joined with the path inside it. */
  path: string
  /** The last part of the path, without the ending of a compression. */
  name: string
  /** The part before it, '' if there is none. */
  folder: string
  /** Bytes on disk or in the archive, where known: for progress only. */
  size?: number
  /** When the file was last written, in milliseconds since 1970, where known. */
  modifiedMs?: number
  /** When a member was put in its archive, or a gzip file made from the original. */
  archivedMs?: number
  open(): AsyncIterable<Uint8Array>
}

const COMPRESSED = /\.(?:gz|zst)$/i

/** `name` and `folder` of a path as shown. */
export function placeOf(path: string): { name: string; folder: string } {
  const parts = path.split('/').filter((p) => p !== '' && p !== '.')
  const last = parts.at(-1) ?? path
  return { name: last.replace(COMPRESSED, ''), folder: parts.at(-2) ?? '' }
}
