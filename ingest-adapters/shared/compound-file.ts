/**
 * Compound files, the storages and streams inside one file of Microsoft Office: [MS-CFB], https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-cfb.
 * Chains that run in circles or out of the file end there.
 */

const MAGIC = Buffer.from('d0cf11e0a1b11ae1', 'hex')
const END = 0xffff_fffa
const ENTRY = 128
const STORAGE = 1
const STREAM = 2
const ROOT = 5

export interface CompoundEntry {
  name: string
  /** Undefined for a storage. */
  read?: () => Buffer
  children: readonly CompoundEntry[]
}

export const isCompoundFile = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, MAGIC.length)).equals(MAGIC)

/** Where the directory begins. */
export const directoryAt = (file: Buffer): number =>
  file.length < 512 ? 0 : (file.readUInt32LE(0x30) + 1) * (1 << file.readUInt16LE(0x1e))

/** What is in the root storage; undefined where the file's own tables cannot be read. */
export function compoundEntries(file: Buffer): readonly CompoundEntry[] | undefined {
  if (!isCompoundFile(file) || file.length < 512) return undefined
  const shift = file.readUInt16LE(0x1e)
  if (shift !== 9 && shift !== 12) return undefined
  const size = 1 << shift
  const sector = (n: number): Buffer => file.subarray((n + 1) * size, (n + 2) * size)
  const table = sectorTable(file, size, sector)
  const chain = (first: number): Buffer => joined(first, table, sector)
  const directory = chain(file.readUInt32LE(0x30))
  if (directory.length < ENTRY) return undefined
  const small = { cutoff: file.readUInt32LE(0x38), table: chain(file.readUInt32LE(0x3c)) }
  const root = directory.subarray(0, ENTRY)
  if (root[66] !== ROOT) return undefined
  const mini = chain(root.readUInt32LE(116))
  const seen = new Set<number>([0])
  const entryAt = (n: number): CompoundEntry => {
    const entry = directory.subarray(n * ENTRY, (n + 1) * ENTRY)
    const name = entry.toString('utf16le', 0, Math.max(Math.min(entry.readUInt16LE(64), 64) - 2, 0))
    if (entry[66] !== STREAM) return { name, children: childrenOf(entry) }
    const first = entry.readUInt32LE(116)
    const length = entry.readUInt32LE(120)
    const read = (): Buffer =>
      (length < small.cutoff
        ? joined(first, small.table, (at) => mini.subarray(at * 64, (at + 1) * 64))
        : chain(first)
      ).subarray(0, length)
    return { name, read, children: [] }
  }
  /** The entries of a storage are a tree; each is met once, whatever it points to. */
  function childrenOf(entry: Buffer): CompoundEntry[] {
    const found: CompoundEntry[] = []
    const waiting = [entry.readUInt32LE(76)]
    for (let n = waiting.pop(); n !== undefined; n = waiting.pop()) {
      if (seen.has(n) || (n + 1) * ENTRY > directory.length) continue
      seen.add(n)
      const child = directory.subarray(n * ENTRY, (n + 1) * ENTRY)
      if (child[66] !== STORAGE && child[66] !== STREAM) continue
      found.push(entryAt(n))
      waiting.push(child.readUInt32LE(68), child.readUInt32LE(72))
    }
    return found
  }
  return childrenOf(root)
}

/** The table of which sector follows which: the places of its own sectors are in the header and in a chain. */
function sectorTable(file: Buffer, size: number, sector: (n: number) => Buffer): Buffer {
  const most = Math.ceil(file.length / size)
  const places: number[] = []
  for (let at = 0x4c; at < 512; at += 4) places.push(file.readUInt32LE(at))
  let next = file.readUInt32LE(0x44)
  for (let steps = 0; next < END && steps < most; steps++) {
    const more = sector(next)
    if (more.length < size) break
    for (let at = 0; at < size - 4; at += 4) places.push(more.readUInt32LE(at))
    next = more.readUInt32LE(size - 4)
  }
  return Buffer.concat(
    places
      .filter((n) => n < END)
      .slice(0, most)
      .map(sector),
  )
}

function joined(first: number, table: Buffer, sector: (n: number) => Buffer): Buffer {
  const parts: Buffer[] = []
  const most = table.length / 4
  for (let n = first; n < END && n < most && parts.length <= most; n = table.readUInt32LE(n * 4)) {
    const part = sector(n)
    if (part.length === 0) break
    parts.push(part)
  }
  return Buffer.concat(parts)
}
