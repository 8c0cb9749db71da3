/** The answer of the owner's socket: frames of one byte for the channel, four for the length, and the content. */
const CHANNELS = ['out', 'notes', 'exit'] as const
type Channel = (typeof CHANNELS)[number]

export function encodeFrame(channel: Channel, content: string | Uint8Array): Buffer {
  const body = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content)
  const head = Buffer.alloc(5)
  head.writeUInt8(CHANNELS.indexOf(channel), 0)
  head.writeUInt32BE(body.length, 1)
  return Buffer.concat([head, body])
}

export async function* decodeFrames(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ channel: Channel; content: Buffer }> {
  let buffer: Buffer = Buffer.alloc(0)
  for await (const chunk of source) {
    buffer = Buffer.concat([buffer, chunk])
    while (buffer.length >= 5) {
      const end = 5 + buffer.readUInt32BE(1)
      if (buffer.length < end) break
      yield { channel: CHANNELS[buffer.readUInt8(0)]!, content: buffer.subarray(5, end) }
      buffer = buffer.subarray(end)
    }
  }
}
