import { readdirSync, symlinkSync } from 'node:fs'
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { join } from 'node:path'
import t from 'tap'
import { socketPath } from '../services/commands/owner.ts'
import { folder, imported, line, LOG, recount, serving } from './support/recount.ts'

t.test('commands beside a server go through it', async (t) => {
  const cwd = folder(t, { 'a.log': LOG, 'b.log': `${line(5)}\n2024-02-30T10:00:00Z x\n` })
  const { url, end } = await serving(cwd)
  t.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
  t.match((await imported(['a.log'], cwd)).ledger, { events: 3, files: [{ path: 'a.log' }] })
  t.match(await recount(['import', '-', '--json'], cwd, { input: LOG }), {
    status: 0,
    out: /"merged":3/,
  })
  t.equal((await recount(['timeline'], cwd)).out.split('\n').length, 4)
  t.equal((await imported(['b.log'], cwd)).status, 1, 'its exit status comes through')
  t.match(await recount(['import', 'a.log', '--zone', 'Mars/Base'], cwd), {
    status: 2,
    err: /is no zone/,
  })
  const page = (await (await fetch(`${url}/v1/timeline`)).json()) as { events: object[] }
  t.equal(page.events.length, 4)
  t.match(await recount(['serve', '--port', '0'], cwd), {
    status: 2,
    err: /is owned by process \d+, recount serve/,
  })
  t.strictSame(await end('SIGTERM'), [0, null])
  t.notOk(
    readdirSync(join(cwd, 'recount-data')).some((f) => /owner\.(?:sock|txt)/.test(f)),
    'it leaves nothing behind',
  )
  t.equal((await recount(['timeline'], cwd)).out.split('\n').length, 5)
})

t.test("what a killed server left behind is in nobody's way", async (t) => {
  const deep = 'd'.repeat(60)
  const cwd = folder(t, { 'a.log': LOG })
  // A socket's path may have 107 bytes: this one is longer.
  const data = join(deep, deep)
  for (const at of ['recount-data', data]) {
    const { end } = await serving(cwd, '--data', at)
    t.equal((await imported(['a.log'], cwd, '--data', at)).ledger.events, 3, 'through the server')
    await end('SIGKILL')
    t.match(
      (await imported(['a.log'], cwd, '--data', at)).ledger,
      { merged: 3, events: 0 },
      'and without it',
    )
    t.match(await recount(['doctor', '--data', at], cwd), { status: 0 })
  }
})

t.test('two imports at the same time both arrive', async (t) => {
  const cwd = folder(t, { 'a.log': LOG, 'b.log': `${line(5)}\n${line(6)}\n` })
  const both = await Promise.all([imported(['a.log'], cwd), imported(['b.log'], cwd)])
  t.strictSame(
    both.map(({ status, ledger }) => [status, ledger.events]),
    [
      [0, 3],
      [0, 2],
    ],
  )
  t.equal((await recount(['timeline'], cwd)).out.split('\n').length, 6)
})

t.test('a file that cannot be read and a sender that goes away harm nothing else', async (t) => {
  const cwd = folder(t, { 'in/a.log': LOG, 'in/c.log': `${line(5)}\n` })
  // Opens, and fails at the first read.
  symlinkSync('/proc/self/mem', join(cwd, 'in/b.log'))
  const alone = await imported(['in'], cwd, '--data', 'alone')
  const { end } = await serving(cwd)
  const { status, ledger } = await imported(['in'], cwd)
  t.strictSame([status, ledger.files], [1, alone.ledger.files])
  t.strictSame(
    ledger.files.map((f) => [f.path, f.events, f.rejected]),
    [
      ['in/a.log', 3, 0],
      ['in/b.log', 0, 1],
      ['in/c.log', 1, 0],
    ],
  )
  for (const wrong of [undefined, '%7B', encodeURIComponent('{"name":"constructor"}')]) {
    const asking = request({
      socketPath: socketPath(join(cwd, 'recount-data')),
      method: 'POST',
      headers: wrong === undefined ? {} : { 'x-recount-call': wrong },
    }).end()
    const [answer] = (await once(asking, 'response')) as [IncomingMessage]
    t.match(await text(answer), /recount: .*2$/s, 'a call that is none is answered with 2')
  }
  const call = { name: 'import', options: {}, workspace: 'main', nowMs: 0, terminal: false }
  const sending = request({
    socketPath: socketPath(join(cwd, 'recount-data')),
    method: 'POST',
    headers: { 'x-recount-call': encodeURIComponent(JSON.stringify(call)) },
  })
  sending.on('error', () => undefined)
  await new Promise((sent) => sending.write('the first bytes', sent))
  sending.destroy()
  t.equal((await recount(['timeline'], cwd)).out.split('\n').length, 5)
  t.strictSame(await end('SIGTERM'), [0, null])
})
