import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { start } from './support/recount.ts'

/** A port of this machine on which nothing listens, or what listens says nothing. */
async function port(t: Test, listens: boolean): Promise<number> {
  const sockets: Socket[] = []
  const server = createServer((socket) => void sockets.push(socket.on('error', () => undefined)))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  if (!listens) await once(server.close(), 'close')
  return port
}

for (const [name, listens] of [
  ['nothing listens', false],
  ['servers take connections and say nothing', true],
] as const)
  t.test(`what is down is told at once when ${name}`, async (t) => {
    const [kafka, elasticsearch] = [await port(t, listens), await port(t, listens)]
    const server = start(['serve', '--port', '0'], t.testdir(), {
      RECOUNT_KAFKA_BROKERS: `127.0.0.1:${kafka}`,
      RECOUNT_ELASTICSEARCH_URL: `http://127.0.0.1:${elasticsearch}`,
      RECOUNT_LOG_LEVEL: 'silent',
    })
    t.teardown(() => server.kill('SIGKILL'))
    const [said] = (await once(server.stdout!, 'data')) as [Buffer]
    for (let n = 0; n < 2; n++) {
      const began = performance.now()
      const answer = await fetch(`${String(said).trim()}/readyz`)
      t.ok(performance.now() - began < 2000, 'within two seconds')
      t.equal(answer.status, 503)
      const { detail } = (await answer.json()) as { detail: string }
      t.match(detail, `Kafka at 127.0.0.1:${kafka} does not answer`)
      t.match(detail, `Elasticsearch at 127.0.0.1:${elasticsearch} does not answer`)
    }
  })
