/**
 * The Windows event log itself, .evtx of Windows Vista and later, https://github.com/libyal/libevtx/blob/main/documentation/Windows%20XML%20Event%20Log%20(EVTX).asciidoc: a header, and
 * chunks of 64 KiB with records of binary XML. Variants: logs that were closed, and that were copied while in use; logs that go round, whose chunks are not in the order of time. The text of a message stands
 * in libraries of the machine that wrote it, so that an event is described by its data. A log over 64 MiB is refused as a document too large: `wevtutil epl LOG PART.evtx /q:QUERY` makes parts.
 */
import type { DocumentAdapter, Item } from '../adapter.ts'
import { binaryXml } from '../shared/binary-xml.ts'
import { windowsRecord } from '../shared/windows-event.ts'
import { xmlEvent } from '../shared/windows-xml.ts'
import { xmlText } from '../shared/xml-tree.ts'

const FILE = Buffer.from('ElfFile\0', 'latin1')
const CHUNK = Buffer.from('ElfChnk\0', 'latin1')
const RECORD = 0x2a2a
const HEADER = 4096
const CHUNK_SIZE = 65_536
const CHUNK_HEADER = 512
const FREE_SPACE = 48
const RECORD_HEADER = 24
/** The size stands once more at the end. */
const RECORD_END = 4
const SHOWN = 1024

const beginsWith = (bytes: Uint8Array, mark: Buffer): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, mark.length)).equals(mark)

export const adapter: DocumentAdapter = {
  title: 'Windows event log (.evtx)',
  unit: 'document',
  twoClocks: true,
  recognizes: (head) => beginsWith(head.bytes, FILE),
  parse: () => (bytes) => chunks(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
}

/** The beginning of what cannot be read. */
const shown = (bytes: Buffer, from: number, to: number): string =>
  bytes.toString('latin1', from, Math.min(to, from + SHOWN))

function* chunks(file: Buffer): Generator<Item> {
  let number = 0
  for (let at = HEADER; at < file.length; at += CHUNK_SIZE) {
    const chunk = file.subarray(at, at + CHUNK_SIZE)
    if (beginsWith(chunk, CHUNK)) {
      for (const item of records(chunk, number)) {
        number++
        yield item
      }
    } else if (chunk.some((byte) => byte !== 0)) {
      yield { rejected: shown(chunk, 0, chunk.length), reason: 'not-a-record', line: ++number }
    }
  }
}

/** The records of a chunk; `before`: how many came before. What was overwritten only in part stands after the place where free space begins. */
function* records(chunk: Buffer, before: number): Generator<Item> {
  let line = before
  const free = chunk.length > FREE_SPACE + 4 ? chunk.readUInt32LE(FREE_SPACE) : 0
  const end = free >= CHUNK_HEADER && free <= chunk.length ? free : chunk.length
  for (let at = CHUNK_HEADER; at + RECORD_HEADER < end;) {
    const size = chunk.readUInt32LE(at + 4)
    const isRecord = chunk.readUInt32LE(at) === RECORD && size > RECORD_HEADER
    line++
    if (!isRecord || at + size > end) {
      const reason = isRecord ? 'incomplete' : 'not-a-record'
      yield { rejected: shown(chunk, at, end), reason, line }
      return
    }
    yield recordAt(chunk, at, size, line)
    at += size
  }
}

function recordAt(chunk: Buffer, at: number, size: number, line: number): Item {
  try {
    const [root] = binaryXml(chunk, at + RECORD_HEADER, at + size - RECORD_END)
    const event = root && xmlEvent(root)
    if (root && event) {
      const xml = xmlText(root)
      const record = windowsRecord(event, xml, line)
      return typeof record === 'string' ? { rejected: xml, reason: record, line } : record
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  return { rejected: shown(chunk, at, at + size), reason: 'incomplete', line }
}
