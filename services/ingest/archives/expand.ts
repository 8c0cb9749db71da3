import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import tar from 'tar-stream'
import type yauzl from 'yauzl'
import { decompressed, firstBytes } from './compressed.ts'
import { allowance, TooLarge, type Allowance, type ArchiveLimits } from './limits.ts'
import { placeOf, type Input } from '../input.ts'
import { spool } from './spool.ts'
import { csvOf, missing } from './sheet.ts'
import { isOfficeMember, readSheets } from './spreadsheet.ts'
import { untilFailure } from '../until-failure.ts'
import { inZip, nameOf, opened } from './zip.ts'
import type { Unreadable } from '../walk.ts'

/** An archive in an archive in an archive is the most that anybody makes by accident. */
const DEEPEST = 3

type Format = 'zip' | 'office' | 'tar' | 'gzip' | 'zstd'

/** What the first bytes say; a name alone says nothing. */
export function archiveFormat(bytes: Uint8Array): Format | undefined {
  const [a, b, c, d] = bytes
  if (a === 0x50 && b === 0x4b && ((c === 3 && d === 4) || (c === 5 && d === 6)))
    return isOfficeMember(firstMember(bytes)) ? 'office' : 'zip'
  if (a === 0x1f && b === 0x8b) return 'gzip'
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd'
  if (Buffer.from(bytes.subarray(257, 262)).toString('latin1') === 'ustar') return 'tar'
  return undefined
}

/** The name in the header with which a zip begins. */
function firstMember(bytes: Uint8Array): string {
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return header.length < 30 ? '' : header.toString('latin1', 30, 30 + header.readUInt16LE(26))
}

/** The input itself, or the members of the archive that it is, within the limits. A compressed file is that file. */
export const expand = (input: Input, limits?: ArchiveLimits): AsyncGenerator<Input | Unreadable> =>
  expandWithin(allowance(limits), input, 0)

async function* expandWithin(
  left: Allowance,
  input: Input,
  depth: number,
): AsyncGenerator<Input | Unreadable> {
  let format: Format | undefined
  try {
    format = archiveFormat(await firstBytes(input))
  } catch (error) {
    const damaged = depth > 0 ? 'damaged-archive' : 'unreadable'
    yield {
      path: input.path,
      unreadable: (error as Error).message,
      reason: error instanceof TooLarge ? 'archive-too-large' : damaged,
    }
    return
  }
  if (!format) {
    yield input
    return
  }
  if (depth > DEEPEST) {
    yield {
      path: input.path,
      unreadable: `archives are nested deeper than ${DEEPEST}`,
      reason: 'archive-too-deep',
    }
    return
  }
  try {
    if (format === 'office') yield* inZip(input, (zip) => officeMembers(left, input, depth, zip))
    else if (format === 'zip') yield* inZip(input, (zip) => zipMembers(left, input, depth, zip))
    else if (format === 'tar') yield* tarMembers(left, input, depth)
    else {
      const made = await decompressed(input, format)
      yield* left.spend((limited) =>
        expandWithin(left, { ...made, open: () => limited(made.open()) }, depth + 1),
      )
    }
  } catch (error) {
    const { message } = error as Error
    const encrypted = /encrypt/i.test(message)
    const large = error instanceof TooLarge
    yield {
      path: input.path,
      unreadable: message,
      reason: encrypted ? 'archive-encrypted' : large ? 'archive-too-large' : 'damaged-archive',
    }
  }
}

/** Members that lead out of the archive keep their names, which are only shown: nothing is ever written under them. */
const member = (archive: Input, name: string, more: Partial<Input>): Omit<Input, 'open'> => {
  const path = `${archive.path}/${name}`
  const known = archive.modifiedMs === undefined ? {} : { modifiedMs: archive.modifiedMs }
  return { path, ...placeOf(path), ...known, ...more }
}

async function* zipMembers(
  left: Allowance,
  archive: Input,
  depth: number,
  zip: yauzl.ZipFile,
): AsyncGenerator<Input | Unreadable> {
  for await (const entry of zip.eachEntry()) {
    left.member()
    yield* zipMember(left, archive, depth, zip, entry)
  }
}

async function* zipMember(
  left: Allowance,
  archive: Input,
  depth: number,
  zip: yauzl.ZipFile,
  entry: yauzl.Entry,
): AsyncGenerator<Input | Unreadable> {
  const name = nameOf(entry)
  if (name.endsWith('/')) return
  const facts = member(archive, name, {
    size: entry.uncompressedSize,
    archivedMs: entry.getLastModDate().getTime(),
  })
  if (entry.isEncrypted()) {
    yield {
      path: facts.path,
      unreadable: 'this member is encrypted',
      reason: 'archive-encrypted',
    }
    return
  }
  yield* left.spend((limited) =>
    expandWithin(left, { ...facts, open: () => limited(opened(zip, entry)) }, depth + 1),
  )
}

/** The sheets of a spreadsheet that hold something, each as a table; of any other office file the members. */
async function* officeMembers(
  left: Allowance,
  archive: Input,
  depth: number,
  zip: yauzl.ZipFile,
): AsyncGenerator<Input | Unreadable> {
  const entries: yauzl.Entry[] = []
  // The names of parts are the same in small letters, ECMA-376 part 2, 6.2.2.3.
  const parts = new Map<string, yauzl.Entry>()
  const hidden: string[] = []
  for await (const entry of zip.eachEntry()) {
    left.member()
    entries.push(entry)
    const name = nameOf(entry)
    if (parts.has(name.toLowerCase())) hidden.push(name)
    else parts.set(name.toLowerCase(), entry)
  }
  const partOf = (name: string | undefined): yauzl.Entry | undefined =>
    parts.get(name?.toLowerCase() ?? '')
  const sheets = await readSheets((name) => {
    const entry = partOf(name)
    return entry && left.spend((limited) => limited(opened(zip, entry)))
  })
  if (!sheets) {
    for (const entry of entries) yield* zipMember(left, archive, depth, zip, entry)
    return
  }
  const damaged = (name: string, unreadable: string): Unreadable => ({
    path: member(archive, name, {}).path,
    unreadable,
    reason: 'damaged-archive',
  })
  for (const name of hidden)
    yield damaged(name, 'another part has this name: only the first one is read')
  for (const sheet of sheets) {
    const { name } = sheet
    const entry = partOf(sheet.member)
    if (!entry) {
      yield damaged(name, missing(sheet.member ?? 'a sheet').message)
      continue
    }
    yield* left.spend(async function* (limited) {
      const open = (): AsyncGenerator<Uint8Array> =>
        limited(csvOf(sheet.rows(limited(opened(zip, entry)))))
      if (!(await isEmpty(open()))) yield { ...member(archive, name, {}), open }
    })
  }
}

/** False also where the bytes cannot be read: whoever reads them tells why. */
async function isEmpty(bytes: AsyncIterable<Uint8Array>): Promise<boolean> {
  try {
    for await (const _ of bytes) return false
    return true
  } catch {
    return false
  }
}

async function* tarMembers(
  left: Allowance,
  archive: Input,
  depth: number,
): AsyncGenerator<Input | Unreadable> {
  const extract = tar.extract()
  // Where the bytes break off the members before are whole: an error would take those away that are still on their way.
  const { read: readable, rethrow } = untilFailure(archive.open())
  const feeding = pipeline(Readable.from(readable), extract).catch((error: Error) => error)
  const orCause = async function* (bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* bytes
    } catch (error) {
      rethrow()
      throw error
    }
  }
  try {
    for await (const entry of extract) {
      left.member()
      const { header } = entry
      if (header.type !== 'file' && header.type !== 'contiguous-file') {
        entry.resume()
        continue
      }
      const more: Partial<Input> = { size: header.size ?? 0 }
      if (header.mtime) more.archivedMs = header.mtime.getTime()
      const facts = member(archive, header.name.replace(/^\.\//, ''), more)
      const bytes = entry as unknown as AsyncIterable<Uint8Array>
      yield* left.spend(async function* (limited) {
        const { open, remove } = await spool(limited(orCause(bytes)), header.size ?? 0)
        try {
          yield* expandWithin(left, { ...facts, open }, depth + 1)
        } finally {
          await remove()
        }
      })
      // What was not read of a member would have to be before the next one comes.
      left.check()
    }
  } catch (error) {
    rethrow()
    throw error
  } finally {
    extract.destroy()
  }
  rethrow()
  const error = await feeding
  if (error instanceof Error) throw error
}
