import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DatabaseSync } from '@photostructure/sqlite'
import t, { type Test } from 'tap'
import { tarOf, zipOf, zstdOf } from './support/archives.ts'
import { imported, recount, serving, wrongSums } from './support/recount.ts'

const line = (n: number, text = `message ${n}`): string => `2024-05-01T10:00:0${n}Z INFO ${text}`
const LOG = [0, 1, 2].map((n) => `${line(n)}\n`).join('')

const folder = (t: Test, files: Record<string, string | Buffer> = {}): string => {
  const root = t.testdir()
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(root, name, '..'), { recursive: true })
    writeFileSync(join(root, name), content)
  }
  return root
}

t.test('wrong use ends with 2 and says what to do', async (t) => {
  const cwd = folder(t, { 'a.log': LOG })
  const table: [string[], RegExp, Record<string, string>?][] = [
    [['import', 'nothing.log'], /nothing\.log: there is no such file or folder/],
    [['import'], /missing required argument 'path'/],
    [['import', 'a.log', '--zone', 'Mars/Base'], /--zone Mars\/Base is no zone: give an IANA name/],
    [
      ['timeline', '--from', 'yesterday'],
      /--from yesterday is no instant: write it as 2024-05-01T10:00:00Z/,
    ],
    [['timeline', '--to', '2024-02-30'], /--to 2024-02-30 is no instant/],
    [['timeline', '--format', 'xml'], /Allowed choices are text, jsonl, csv, md/],
    [['timeline', '--limit', '-1'], /-1 is no count/],
    [['frobnicate'], /unknown command 'frobnicate'/],
    [['timeline', '--frobnicate'], /unknown option '--frobnicate'/],
    [
      ['sources', 'remove', 'nobody'],
      /there is no source and no imported file nobody; see: recount sources list/,
    ],
    [['serve', '--host', '0.0.0.0'], /put a proxy that asks for a password before it/],
    [
      ['timeline'],
      /RECOUNT_HTTP_PORT is 99999, but must be a number from 0 to 65535/,
      { RECOUNT_HTTP_PORT: '99999' },
    ],
    [['timeline'], /RECOUNT_LOG_LEVEL is loud/, { RECOUNT_LOG_LEVEL: 'loud' }],
    [['timeline'], /RECOUNT_WORKSPACE is \.\.\/x/, { RECOUNT_WORKSPACE: '../x' }],
    [['timeline', '--workspace', '../x'], /\.\.\/x/],
    [['timeline', '--kind', 'logs'], /logs/],
  ]
  const ended = await Promise.all(
    table.map(([args, , env], n) =>
      recount([...args], cwd, { env: { RECOUNT_DATA: `data-${n}`, ...env } }),
    ),
  )
  for (const [n, [args, says]] of table.entries()) {
    const { status, out, err } = ended[n]!
    const name = args.join(' ')
    t.equal(status, 2, `${name}: ${err}`)
    t.match(err, says, name)
    t.notMatch(err, /^ +at /m, `${name} shows no stack`)
    t.equal(out, '', name)
  }
})

t.test('help, version and an empty window end with 0', async (t) => {
  const cwd = folder(t)
  for (const args of [
    ['--help'],
    ['import', '--help'],
    ['--version'],
    ['timeline', '--from', '2030-01-01'],
  ]) {
    const { status, err } = await recount(args, cwd)
    t.strictSame([status, err], [0, ''], args.join(' '))
  }
})

t.test('import prints the ledger and ends with 1 when something was refused', async (t) => {
  const cwd = folder(t, {
    'a.log': LOG,
    'logs/bad.log': `${line(3)}\n2024-02-30T00:00:00Z INFO x\n`,
    'logs/letter.txt': 'Dear all\n',
  })
  const { status, ledger } = await imported(['a.log'], cwd)
  t.equal(status, 0)
  t.strictSame(Object.keys(ledger).sort(), ['events', 'files', 'import', 'merged', 'rejected'])
  t.match(ledger.files, [
    {
      path: 'a.log',
      adapter: 'logs/stamped-lines',
      lines: 3,
      events: 3,
      merged: 0,
      rejected: 0,
      reasons: {},
    },
  ])
  const bad = await imported(['logs', 'a.log'], cwd)
  t.equal(bad.status, 1)
  t.strictSame(wrongSums(bad.ledger), [])
  t.match(bad.ledger, {
    events: 1,
    merged: 3,
    rejected: 2,
    files: [
      { path: 'logs/bad.log', lines: 2, events: 1, reasons: { 'impossible-time': 1 } },
      {
        path: 'logs/letter.txt',
        adapter: null,
        reason: /no line begins with a time stamp/,
        reasons: { unrecognized: 1 },
      },
      { path: 'a.log', merged: 3 },
    ],
  })
  t.equal((await imported(['logs'], cwd)).status, 1, 'again it is refused again')
  const letters = await recount(['dead-letters', 'list', '--format', 'jsonl'], cwd)
  t.strictSame(
    letters.out
      .trim()
      .split('\n')
      .map((l) => JSON.parse(l) as object),
    [
      {
        path: 'logs/bad.log',
        first: 2,
        last: 2,
        reason: 'impossible-time',
        raw: '2024-02-30T00:00:00Z INFO x',
      },
      { path: 'logs/letter.txt', first: 1, last: 1, reason: 'unrecognized', raw: 'Dear all' },
    ],
    'but kept once',
  )
  const printed = await recount(['import', 'logs'], cwd)
  t.match(printed.out, /logs\/letter\.txt: not recognized: no line begins with a time stamp/)
  t.match(printed.out, /^sum +3 +0 +1 +2$/m)
})

t.test('zones are told in both spellings, by name, and from a pipe', async (t) => {
  const table: [string[], string][] = [
    [['--zone=-04:00'], '2024-05-01T14:00:00Z'],
    [['--zone', '-04:00'], '2024-05-01T14:00:00Z'],
    [['--zone', 'Europe/Berlin'], '2024-05-01T08:00:00Z'],
    [[], '2024-05-01T10:00:00Z'],
  ]
  const cwd = folder(t)
  const printed = table.map(async ([zone], n) => {
    const input = '2024-05-01 10:00:00 INFO piped\n'
    const { status, out } = await recount(
      ['import', '-', '--json', '--data', `${n}`, ...zone],
      cwd,
      { input },
    )
    t.match(
      { status, ledger: JSON.parse(out) as object },
      { status: 0, ledger: { events: 1, files: [{ path: 'stdin' }] } },
    )
    return (await recount(['timeline', '--data', `${n}`], cwd)).out
  })
  for (const [n, out] of (await Promise.all(printed)).entries()) {
    t.match(
      out,
      new RegExp(`^${table[n]![1]}[ ~] log    stdin  info: piped\n$`),
      table[n]![0].join(' '),
    )
  }
  await recount(['import', '-'], cwd, { input: '2024-05-01 10:00:00 INFO piped\n' })
  await recount(['import', '-', '--zone=+02:00'], cwd, {
    input: '2024-05-01 10:00:00 INFO piped\n',
  })
  t.match(
    (await recount(['timeline'], cwd)).out,
    /^2024-05-01T08:00:00Z[^\n]*\n$/,
    'told later, it moves what is there',
  )
})

t.test('every format of the timeline is safe to look at', async (t) => {
  const evil = ['=1+1', '-2', '@x', '\u0007bell', 'a,"b"', '<b>*x*</b> [y](z)', '\u202eright', 'ok']
  const cwd = folder(t, {
    'a.jsonl': evil
      .map((message, n) =>
        JSON.stringify({ time: `2024-05-01T10:00:0${n}Z`, level: 'info', message }),
      )
      .join('\n'),
  })
  t.equal((await imported(['a.jsonl'], cwd)).ledger.events, evil.length)
  const all = async (...args: string[]): Promise<string> =>
    (await recount(['timeline', ...args], cwd)).out
  const jsonl = (await all('--format', 'jsonl'))
    .trim()
    .split('\n')
    .map((l) => JSON.parse(l) as { message: string })
  t.strictSame(
    jsonl.map((e) => e.message),
    evil,
  )
  const csv = (await all('--format', 'csv')).split('\r\n')
  t.equal(csv[0], '@timestamp,kind,level,source,host,service,message,id')
  const cells = csv
    .slice(1, -1)
    .map((row) => /^(?:"(?:[^"]|"")*",){6}("(?:[^"]|"")*"),"[^"]*"$/.exec(row)?.[1])
  t.strictSame(cells.slice(0, 5), [`"'=1+1"`, `"'-2"`, `"'@x"`, cells[3], '"a,""b"""'])
  // oxlint-disable-next-line no-control-regex
  for (const format of ['text', 'md'])
    t.notMatch(
      await all('--format', format),
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/,
      format,
    )
  t.match(await all('--format', 'md'), String.raw`\<b\>\*x\*\</b\> \[y\](z)`)
  t.match(await all(), String.raw`\u0007bell`)
  t.equal((await all('--limit', '2', '--format', 'jsonl')).trim().split('\n').length, 2)
  t.equal(await all('--limit', '0', '--format', 'jsonl'), '')
  t.match(
    await all('--from', '2024-05-01T10:00:06Z', '--to', '2024-05-01T10:00:07Z'),
    /^2024-05-01T10:00:06Z[^\n]*\n$/,
  )
  t.match(await all('--query', 'ok -bell', '--kind', 'log,chat'), /^2024-05-01T10:00:07Z[^\n]*\n$/)
  t.equal(await all('--kind', 'chat'), '')
})

t.test('files of every wrapping and encoding are read', async (t) => {
  const long = `${line(1)} ${'x'.repeat(1024 * 1024)}`
  const cwd = folder(t, {
    'in/a.gz': gzipSync(`${line(0, 'gzip')}\n`),
    'in/b.zst': zstdOf(`${line(0, 'zstd')}\n`),
    'in/c.zip': zipOf([
      ['x/stored.log', `${line(0, 'zip')}\n`],
      ['d/', ''],
      ['n.zip', zipOf([['deep.log', `${line(0, 'zip in zip')}\n`]], { deflated: true })],
    ]),
    'in/d.tar': await tarOf([['./p/t.log', `${line(0, 'tar')}\n`]]),
    'in/e.tgz': gzipSync(
      await tarOf([['t.log.gz', gzipSync(`${line(0, 'gzip in tar in gzip')}\n`)]]),
    ),
    'in/f.empty': '',
    'in/g.log': line(0, 'no newline at the end'),
    'in/h.log': `${line(0, 'carriage return')}\r\n${line(1, 'another')}\r\n`,
    'in/i.log': Buffer.concat([
      Buffer.from([0xff, 0xfe]),
      Buffer.from(`${line(0, 'UTF-16 ü')}\n`, 'utf16le'),
    ]),
    'in/j.log': Buffer.from(`${line(0, 'Latin ü')}\n`, 'latin1'),
    'in/k.log': `${line(0, 'before')}\n${long}\n${line(2, 'after')}\n`,
    'in/l.log': `\ufeff${line(0, 'mark ✓')}\n`,
  })
  const { status, ledger } = await imported(['in'], cwd)
  t.equal(status, 1)
  t.strictSame(wrongSums(ledger), [])
  t.strictSame(
    ledger.files.map((f) => [f.path, f.events, f.rejected]),
    [
      ['in/a.gz', 1, 0],
      ['in/b.zst', 1, 0],
      ['in/c.zip/x/stored.log', 1, 0],
      ['in/c.zip/n.zip/deep.log', 1, 0],
      ['in/d.tar/p/t.log', 1, 0],
      ['in/e.tgz/t.log.gz', 1, 0],
      ['in/f.empty', 0, 0],
      ['in/g.log', 1, 0],
      ['in/h.log', 2, 0],
      ['in/i.log', 1, 0],
      ['in/j.log', 1, 0],
      ['in/k.log', 2, 1],
      ['in/l.log', 1, 0],
    ],
  )
  t.match(ledger.files[11], { reasons: { 'line-too-long': 1 } })
  t.match(ledger.files[6], { adapter: null, reason: 'the file is empty', lines: 0 })
  const { out } = await recount(['timeline', '--format', 'jsonl'], cwd)
  const messages = out
    .trim()
    .split('\n')
    .map((l) => (JSON.parse(l) as { message: string }).message)
  t.strictSame(messages.sort(), [
    'Latin ü',
    'UTF-16 ü',
    'after',
    'another',
    'before',
    'carriage return',
    'gzip',
    'gzip in tar in gzip',
    'mark ✓',
    'no newline at the end',
    'tar',
    'zip',
    'zip in zip',
    'zstd',
  ])
})

t.test('sources are listed, taken back, and come again', async (t) => {
  const cwd = folder(t, { 'a.log': LOG, 'b.log': `${line(5)}\n` })
  await imported(['a.log', 'b.log'], cwd)
  const list = async () =>
    JSON.parse((await recount(['sources', 'list', '--json'], cwd)).out) as {
      sources: object[]
      files: object[]
    }
  t.match(await list(), {
    sources: [
      { source: 'a.log', events: 3 },
      { source: 'b.log', events: 1 },
    ],
    files: [{ path: 'a.log', times: 1 }, { path: 'b.log' }],
  })
  t.match(await recount(['sources', 'remove', 'a.log'], cwd), {
    status: 0,
    out: /^3 events taken back/,
  })
  t.match(await list(), { sources: [{ source: 'b.log' }], files: [{ path: 'b.log' }] })
  t.equal((await recount(['timeline'], cwd)).out.split('\n').length, 2)
  await recount(['rebuild'], cwd)
  t.equal(
    (await recount(['timeline'], cwd)).out.split('\n').length,
    2,
    'a rebuild does not bring it back',
  )
  t.match((await imported(['a.log'], cwd)).ledger, { events: 3, merged: 0 })
  t.equal((await recount(['timeline'], cwd)).out.split('\n').length, 5)
})

t.test('a rebuild gives the same bytes, and so does a lost or damaged index', async (t) => {
  const cwd = folder(t, {
    'a.log': LOG,
    'copy/a.log': LOG,
    's.log': 'Dec 31 23:59:59 web1 app: x\nJan  1 00:00:01 web1 app: y\n',
  })
  await imported(['a.log', 's.log'], cwd)
  await imported(['copy', 's.log'], cwd, '--zone=+01:00')
  const bytes = async (): Promise<string> =>
    (await recount(['timeline', '--format', 'jsonl'], cwd)).out
  const before = await bytes()
  t.equal(before.trim().split('\n').length, 5)
  t.match(await recount(['rebuild'], cwd), { status: 0, out: '', err: /built anew/ })
  t.equal(await bytes(), before)
  const index = join(cwd, 'recount-data/main/index.sqlite')
  for (const damage of ['', 'this is no index', readFileSync(index).subarray(0, 5000)]) {
    for (const suffix of ['-wal', '-shm']) writeFileSync(index + suffix, '')
    writeFileSync(index, damage)
    t.equal(await bytes(), before, `filled again after ${damage.length} bytes`)
  }
})

t.test('doctor says what is wrong, and where', async (t) => {
  const cwd = folder(t, {
    'a.log': Array.from(
      { length: 3000 },
      (_, n) => `2024-05-01T10:00:00.${String(n).padStart(4, '0')}Z INFO message ${n}\n`,
    ).join(''),
  })
  await imported(['a.log'], cwd)
  t.match(await recount(['doctor'], cwd), { status: 0, out: /Nothing is wrong\./ })
  const index = join(cwd, 'recount-data/main/index.sqlite')
  const db = new DatabaseSync(index)
  db.exec('pragma wal_checkpoint(truncate)')
  db.close()
  const file = openSync(index, 'r+')
  const middle = Math.floor(statSync(index).size / 2 / 16_384) * 16_384
  writeSync(file, Buffer.alloc(16_384, 0xa5), 0, 16_384, middle)
  closeSync(file)
  t.match(await recount(['doctor'], cwd), { status: 1, out: /index: .*Run: recount rebuild/ })
  t.equal((await recount(['rebuild'], cwd)).status, 0)
  t.match(await recount(['doctor'], cwd), { status: 0, out: /Nothing is wrong\./ })
  const log = new DatabaseSync(join(cwd, 'recount-data/main/log.sqlite'))
  log.prepare("update log set body = ? where topic = 'records'").run(Buffer.from('no deflate'))
  log.exec('pragma wal_checkpoint(truncate)')
  log.close()
  t.match(await recount(['doctor'], cwd), {
    status: 1,
    out: /log of record: log\.sqlite: message \d+ \(records\) cannot be read\. Restore it from a backup/,
  })
  writeFileSync(join(cwd, 'recount-data/main/log.sqlite'), 'this is no log at all')
  const { status, out, err } = await recount(['doctor'], cwd)
  t.equal(status, 1, err)
  t.match(out, /log of record: .*log\.sqlite cannot be read: .*(?:malformed|not a database)/)
  t.match(await recount(['timeline'], cwd), {
    status: 2,
    err: /^recount: .*log\.sqlite cannot be read/,
  })
})

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
    status: 1,
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

t.test('files are the same through a server, and the data folder is not among them', async (t) => {
  const names = [
    'a.log',
    'sub/ü 💥.log',
    'sub/new\nline.log',
    `sub/${'long'.repeat(60)}.log`,
    '-.log',
  ]
  const cwd = folder(t, Object.fromEntries(names.map((name, n) => [name, `${line(n)}\n`])))
  symlinkSync('nowhere', join(cwd, 'dangling'))
  const paths = ['.', cwd, './sub/', '../' + basename(cwd) + '/a.log']
  const both: [string | null, string][][] = []
  for (const data of ['recount-data', 'sub/data']) {
    const server = data === 'sub/data' ? await serving(cwd, '--data', data) : undefined
    const { status, ledger } = await imported(paths, cwd, '--data', data)
    t.strictSame([status, wrongSums(ledger), ledger.events], [1, [], names.length])
    both.push(ledger.files.map((f) => [f.adapter, f.path]))
    await server?.end('SIGTERM')
    rmSync(join(cwd, data), { recursive: true })
  }
  t.strictSame(both[1], both[0])
  t.strictSame(both[0]?.map(([, path]) => path).slice(0, 3), ['-.log', 'a.log', 'dangling'])
})
