import { crc32 } from 'node:zlib'
import tar from 'tar-stream'
import { SECOND } from './clock.ts'
import { COLLECTED } from './story.ts'

/** What somebody keeps for the meeting; no format fits, and no line has a time. */
export const NOTE = [
  'For Friday',
  '',
  '- who could have known what a slot does with nobody behind it?',
  '- why did the disk warning look like the backup? (same alert, same text, same channel)',
  '- ask support how many people gave up without writing',
  '- the ballast file was luck: who remembers why we have it?',
  '- primary had no reception. Ten minutes until the second pager: too long on such a night?',
  '- bring: graph of pg_wal, list of the six orders with two mails',
  '',
].join('\n')

const TAKEN = new Date(COLLECTED)

/** A gzip file whose blocks are stored as they are, so that no version of zlib ever changes its bytes. */
function stored(content: Buffer): Buffer {
  const head = Buffer.from('1f8b08000000000000ff', 'hex')
  head.writeUInt32LE(TAKEN.getTime() / SECOND, 4)
  const parts: Buffer[] = [head]
  for (let at = 0; at < content.length; at += 0xffff) {
    const block = content.subarray(at, at + 0xffff)
    const start = Buffer.alloc(5)
    start[0] = at + block.length === content.length ? 1 : 0
    start.writeUInt16LE(block.length, 1)
    start.writeUInt16LE(0xffff ^ block.length, 3)
    parts.push(start, block)
  }
  const end = Buffer.alloc(8)
  end.writeUInt32LE(crc32(content), 0)
  end.writeUInt32LE(content.length, 4)
  return Buffer.concat([...parts, end])
}

/** The syslog of web01 as it was taken for the meeting: the same bytes under another name, in an archive that knows when. */
export async function evidenceArchive(syslog: string): Promise<Buffer> {
  const pack = tar.pack()
  pack.entry({ name: 'web01/syslog-20260102', mtime: TAKEN, mode: 0o640 }, syslog)
  pack.finalize()
  const parts: Buffer[] = []
  for await (const part of pack) parts.push(part as Buffer)
  return stored(Buffer.concat(parts))
}
