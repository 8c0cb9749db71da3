/** The values of binary XML, as Windows shows them: https://learn.microsoft.com/openspecs/windows_protocols/ms-even6/c73573ae-1c90-43a2-a65f-ad7501155956. */

export interface Value {
  /** With 0x80 an array of it. */
  type: number
}

const ARRAY = 0x80
/** From 1601-01-01 to 1970-01-01, in units of 100 ns. */
const UNIX_EPOCH = 116_444_736_000_000_000n

/** How many bytes a value of a fixed length has. */
const SIZES: Readonly<Record<number, number>> = {
  0x03: 1, 0x04: 1, 0x05: 2, 0x06: 2, 0x07: 4, 0x08: 4, 0x09: 8, 0x0a: 8, 0x0b: 4, 0x0c: 8, 0x0d: 4,
  0x0f: 16, 0x11: 8, 0x12: 16, 0x14: 4, 0x15: 8,
} // prettier-ignore

/** The text of a value, or those of an array. */
export function valueText(bytes: Buffer, type: number): string | string[] {
  if (!(type & ARRAY)) return single(bytes, type)
  const inner = type & ~ARRAY
  if (inner === 0x01) return trimmed(bytes.toString('utf16le')).split('\0')
  if (inner === 0x02) return trimmed(bytes.toString('latin1')).split('\0')
  const size = SIZES[inner]
  if (size === undefined) return bytes.toString('hex').toUpperCase()
  const values: string[] = []
  for (let at = 0; at + size <= bytes.length; at += size)
    values.push(single(bytes.subarray(at, at + size), inner))
  return values
}

const trimmed = (text: string): string => text.replace(/\0+$/, '')

function single(bytes: Buffer, type: number): string {
  switch (type) {
    case 0x00:
      return ''
    case 0x01:
      return trimmed(bytes.toString('utf16le'))
    case 0x02:
      return trimmed(bytes.toString('latin1'))
    case 0x03:
      return String(bytes.readInt8())
    case 0x04:
      return String(bytes.readUInt8())
    case 0x05:
      return String(bytes.readInt16LE())
    case 0x06:
      return String(bytes.readUInt16LE())
    case 0x07:
      return String(bytes.readInt32LE())
    case 0x08:
      return String(bytes.readUInt32LE())
    case 0x09:
      return String(bytes.readBigInt64LE())
    case 0x0a:
      return String(bytes.readBigUInt64LE())
    case 0x0b:
      return String(bytes.readFloatLE())
    case 0x0c:
      return String(bytes.readDoubleLE())
    case 0x0d:
      return String(bytes.readUInt32LE() !== 0)
    case 0x0f:
      return guid(bytes)
    case 0x10:
    case 0x14:
    case 0x15:
      return `0x${(bytes.length === 8 ? bytes.readBigUInt64LE() : bytes.readUInt32LE()).toString(16)}`
    case 0x11:
      return fileTime(bytes.readBigUInt64LE())
    case 0x12:
      return systemTime(bytes)
    case 0x13:
      return securityIdentifier(bytes)
    default:
      return bytes.toString('hex').toUpperCase()
  }
}

function guid(bytes: Buffer): string {
  const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, '0')
  const parts = [
    hex(bytes.readUInt32LE(0), 8),
    hex(bytes.readUInt16LE(4), 4),
    hex(bytes.readUInt16LE(6), 4),
    bytes.toString('hex', 8, 10),
    bytes.toString('hex', 10, 16),
  ]
  return `{${parts.join('-')}}`
}

/** Units of 100 ns since 1601, as ISO 8601 with all seven digits. */
function fileTime(ticks: bigint): string {
  const since = ticks - UNIX_EPOCH
  const fraction = ((since % 10_000_000n) + 10_000_000n) % 10_000_000n
  const date = new Date(Number((since - fraction) / 10_000n))
  if (Number.isNaN(date.getTime())) throw new RangeError('no date')
  return `${date.toISOString().slice(0, -5)}.${String(fraction).padStart(7, '0')}Z`
}

/** Year, month, weekday, day, hour, minute, second, millisecond. */
function systemTime(bytes: Buffer): string {
  const part = (i: number, digits: number): string =>
    String(bytes.readUInt16LE(2 * i)).padStart(digits, '0')
  return `${part(0, 4)}-${part(1, 2)}-${part(3, 2)}T${part(4, 2)}:${part(5, 2)}:${part(6, 2)}.${part(7, 3)}Z`
}

/** `S-1-5-18`. */
function securityIdentifier(bytes: Buffer): string {
  const count = bytes.readUInt8(1)
  const parts = [bytes.readUInt8(0), bytes.readUIntBE(2, 6)]
  for (let i = 0; i < count; i++) parts.push(bytes.readUInt32LE(8 + 4 * i))
  return `S-${parts.join('-')}`
}
