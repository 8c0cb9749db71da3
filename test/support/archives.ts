import { buffer } from 'node:stream/consumers'
import { crc32, deflateRawSync } from 'node:zlib'
import tar from 'tar-stream'

/** A member's name and what is in it. */
export type Member = readonly [name: string, content: string | Uint8Array]

export interface ZipOptions {
  deflated?: boolean
  encrypted?: boolean
}

/** A zip file (APPNOTE.TXT 6.3), made by hand because its members are to be as wrong as a test wants. */
export function zipOf(
  members: readonly Member[],
  { deflated, encrypted }: ZipOptions = {},
): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, content] of members) {
    const bytes = Buffer.from(content as string)
    const packed = deflated ? deflateRawSync(bytes) : bytes
    const stored = encrypted ? Buffer.concat([Buffer.alloc(12), packed]) : packed
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(0x800 | (encrypted ? 1 : 0), 2)
    common.writeUInt16LE(deflated ? 8 : 0, 4)
    common.writeUInt32LE(0x58a10000, 6)
    common.writeUInt32LE(crc32(bytes), 10)
    common.writeUInt32LE(stored.length, 14)
    common.writeUInt32LE(bytes.length, 18)
    common.writeUInt16LE(Buffer.byteLength(name), 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), stored])
    const more = Buffer.alloc(14)
    more.writeUInt32LE(offset, 10)
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), common, more, Buffer.from(name))
    parts.push(local)
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(members.length, 4)
  end.writeUInt16LE(members.length, 6)
  end.writeUInt32LE(central.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...parts, central, Buffer.from('PK\x05\x06'), end])
}

export async function tarOf(members: readonly Member[]): Promise<Buffer> {
  const pack = tar.pack()
  for (const [name, content] of members)
    pack.entry({ name, mtime: new Date(0) }, Buffer.from(content as string))
  pack.finalize()
  return buffer(pack)
}

/** A Zstandard frame (RFC 8878) of one raw block of at most 255 bytes. */
export function zstdOf(content: string): Buffer {
  const bytes = Buffer.from(content)
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, bytes.length, 0, 0, 0])
  head.writeUIntLE(bytes.length * 8 + 1, 6, 3)
  return Buffer.concat([head, bytes])
}
