import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { pino } from 'pino'
import t from 'tap'
import { decoded } from '../services/backup/decode.ts'
import { openTimeline } from '../services/timeline.ts'
import { folder, imported, line, recount } from './support/recount.ts'

const cwd = folder(t, {
  'a.log': Array.from({ length: 300 }, (_, n) => `${line(n % 10, `message ${n}`)}\n`).join(''),
})
await imported(['a.log'], cwd)
t.equal((await recount(['backup', 'all.gz'], cwd)).status, 0)
const whole = readFileSync(join(cwd, 'all.gz'))
const text = gunzipSync(whole).toString()
const lines = text.trimEnd().split('\n')

/** A backup of these lines, with an end that fits them. */
function sealed(changed: readonly string[]): Buffer {
  const before = changed.map((each) => `${each}\n`).join('')
  const messages = (JSON.parse(lines.at(-1)!) as { messages: object }).messages
  const sha256 = createHash('sha256').update(before).digest('hex')
  return gzipSync(`${before}${JSON.stringify({ messages, sha256 })}\n`)
}
const body = lines.slice(0, -1)
const withHead = (change: object): Buffer =>
  sealed([JSON.stringify({ ...(JSON.parse(lines[0]!) as object), ...change }), ...body.slice(1)])

/** What is left of a log that was not whole. */
const leftIn = (data: string): string[] =>
  existsSync(join(data, 'uploads')) ? readdirSync(join(data, 'uploads')) : []

const DAMAGED = /^is damaged or cut off after \d+ messages \(.+\): restore another copy of it, or/
const places = Array.from({ length: 20 }, (_, n) => n)
const table: [what: string, bytes: Buffer, says: RegExp][] = [
  ...places.map((n): [string, Buffer, RegExp] => {
    const at = 2 + Math.floor((n * (whole.length - 2)) / 20)
    return [`cut off after ${at} bytes`, whole.subarray(0, at), DAMAGED]
  }),
  // Behind the first ten bytes, of which gzip checks the first three only.
  ...places.map((n): [string, Buffer, RegExp] => {
    const at = 10 + Math.floor((n * (whole.length - 10)) / 20)
    const flipped = Buffer.from(whole)
    flipped[at]! ^= 1 << (n % 8)
    return [`byte ${at} changed`, flipped, DAMAGED]
  }),
  ['empty', Buffer.alloc(0), /^is empty: it is no backup$/],
  [
    'not compressed',
    Buffer.from(text),
    /^is no backup of recount: backups are compressed with gzip/,
  ],
  ['another compressed file', gzipSync('{"a":1}\n'), /^is no backup of recount$/],
  ['no JSON', gzipSync('Dear all\n'), DAMAGED],
  ['nothing compressed', gzipSync(''), DAMAGED],
  [
    'a newer version',
    withHead({ version: 2, recount: '9.9.9' }),
    /^was taken by recount 9\.9\.9 in version 2 of the format, of which this one reads 1: restore it with that recount or a newer one$/,
  ],
  [
    'a topic that is not known',
    sealed([...body, '{"topic":"wishes","key":"x","value":1}']),
    /^has messages of the topic wishes, which this recount does not know: restore it with/,
  ],
  ['another kind of line', sealed([...body, '{"wish":1}']), /\(a line is no message\)/],
  ['a message missing', sealed(body.slice(0, -1)), /\(the counts at its end are others\)/],
  [
    'a message of a topic more',
    sealed([...body, '{"topic":"removals","key":"x","value":{}}']),
    /\(the counts/,
  ],
  [
    'a changed message',
    gzipSync(text.replace('message 7', 'massage 7')),
    /\(its SHA-256 is another\)/,
  ],
  ['two backups in one file', Buffer.concat([whole, whole]), /\(it goes on after its end\)/],
  ['no end', gzipSync(`${body.join('\n')}\n`), /\(its end is missing\)/],
]

t.test('a file that is damaged, or none of ours, is refused and leaves nothing', async (t) => {
  const data = t.testdir()
  const timeline = openTimeline(data, pino({ level: 'silent' }))
  for (const [what, bytes, says] of table) {
    const chunks = async function* (): AsyncGenerator<Buffer> {
      for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000)
    }
    await t.rejects(
      timeline.restore('main', () => decoded(chunks(), () => undefined)),
      { message: says },
      what,
    )
    t.equal(await timeline.bus.end('main'), null, `${what}: the log is empty`)
    t.strictSame(leftIn(data), [], `${what}: nothing is left`)
  }
  const count = await timeline.restore('main', () =>
    decoded(
      (async function* () {
        yield whole
      })(),
      () => undefined,
    ),
  )
  t.equal(count, lines.length - 2, 'and the whole one can be restored then')
  t.equal((await timeline.eventIndex.sources('main'))[0]?.events, 300)
  await timeline.close()
})

t.test('the command names the file, and says that nothing was restored', async (t) => {
  const cwd = folder(t, { 'cut.gz': whole.subarray(0, 500), 'none.gz': 'Dear all\n' })
  const { status, out, err } = await recount(['restore', 'cut.gz'], cwd)
  t.strictSame([status, out], [2, ''])
  t.match(
    err,
    /^recount: cut\.gz is damaged or cut off .*, or another backup\. Nothing was restored\n$/,
  )
  t.match(await recount(['restore', 'none.gz'], cwd), {
    status: 2,
    err: /^recount: none\.gz is no backup of recount: .*\. Nothing was restored\n$/,
  })
  t.strictSame(leftIn(join(cwd, 'recount-data')), [])
  t.notOk(existsSync(join(cwd, 'recount-data/owner.txt')))
  t.match(await recount(['backup', 'x.gz'], cwd), { status: 2, err: /is empty: there is nothing/ })
})
