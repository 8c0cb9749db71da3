import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:tls'
import type { Test } from 'tap'

/** The certificate of 127.0.0.1, signed by itself, and its key; for tests only. */
export const CERTIFICATE = 'test/support/localhost.pem'

/** Requests by their numbers: https://kafka.apache.org/protocol#protocol_api_keys */
const HANDSHAKE = 17
const VERSIONS = 18
const AUTHENTICATE = 36
const FAILED = 58

/** A broker over TLS that knows nobody: it refuses every user, and tells what each sent. Resolves to its address. */
export async function refusingKafka(t: Test, sent: Buffer[]): Promise<string> {
  const pem = readFileSync(CERTIFICATE)
  const server = createServer({ cert: pem, key: pem }, (socket) => {
    let waiting = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.on('data', (some: Buffer) => {
      waiting = Buffer.concat([waiting, some])
      while (waiting.length >= 4 && waiting.length >= 4 + waiting.readInt32BE(0)) {
        const request = waiting.subarray(4, 4 + waiting.readInt32BE(0))
        waiting = waiting.subarray(4 + request.length)
        sent.push(request)
        const answer = Buffer.concat([request.subarray(4, 8), answerTo(request)])
        socket.write(Buffer.concat([int32(answer.length), answer]))
      }
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

function answerTo(request: Buffer): Buffer {
  const [key, version] = [request.readInt16BE(0), request.readInt16BE(2)]
  if (key === VERSIONS) {
    const each = [HANDSHAKE, AUTHENTICATE].flatMap((known) => [int16(known), int16(0), int16(1)])
    return Buffer.concat([int16(0), int32(2), ...each, ...(version > 0 ? [int32(0)] : [])])
  }
  if (key === HANDSHAKE) return Buffer.concat([int16(0), int32(1), text('PLAIN')])
  if (key === AUTHENTICATE)
    return Buffer.concat([int16(FAILED), text('nobody is known here'), int32(0), Buffer.alloc(8)])
  throw new Error(`the fake broker was asked for ${key}`)
}

const int16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff])
const int32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4)
  buffer.writeInt32BE(value)
  return buffer
}
const text = (value: string): Buffer => Buffer.concat([int16(value.length), Buffer.from(value)])
