import { rmSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { tarOf, zipOf, zstdOf } from './support/archives.ts'
import { folder, imported, line, recount, serving, wrongSums } from './support/recount.ts'

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

t.test('an empty file is no error', async (t) => {
  const cwd = folder(t, { 'in/a.log': '', 'in/b.json': '[]', 'in/c.json': '\ufeff{ }\n' })
  const { status, ledger } = await imported(['in'], cwd, '--data', 'd')
  t.equal(status, 0)
  for (const file of ledger.files)
    t.match(file, { lines: 0, rejected: 0, context: 0, reason: 'the file is empty' }, file.path)
  t.equal(ledger.files.length, 3)
})

t.test('large members of a tar are read as the files that they were', async (t) => {
  const log = (begin: number): string =>
    Array.from({ length: 6000 }, (_, i) => {
      const at = new Date(Date.UTC(2024, 4, 1) + (begin + i) * 1000).toISOString()
      return `${at} INFO [main] app: request ${begin + i} took ${i % 7} ms and was answered\n`
    }).join('')
  // The latest first: whether it goes on with one that follows is known by reading that to its end.
  const members = [2, 1, 0].map((n) => [`app${n}.log`, log(n * 6000)] as const)
  const cwd = folder(t, {
    'in/a.tar': await tarOf(members),
    'in/b.tgz': gzipSync(await tarOf(members)),
    'in/c.tar': await tarOf([
      ['x.log.gz', gzipSync(log(0))],
      ['n.tar', await tarOf(members)],
    ]),
    'in/d.tgz': gzipSync(await tarOf(members), { level: 0 }).subarray(0, 300_000),
  })
  const { ledger } = await imported(['in'], cwd, '--data', 'd')
  t.strictSame(wrongSums(ledger), [])
  t.strictSame(
    ledger.files.map((f) => [f.path, f.events + f.merged === 6000, f.reasons]),
    [
      ...members.map(([name]) => [`in/a.tar/${name}`, true, {}]),
      ...members.map(([name]) => [`in/b.tgz/${name}`, true, {}]),
      ['in/c.tar/x.log.gz', true, {}],
      ...members.map(([name]) => [`in/c.tar/n.tar/${name}`, true, {}]),
      ['in/d.tgz/app2.log', false, { unreadable: 1 }],
      ['in/d.tgz', false, { 'damaged-archive': 1 }],
    ],
  )
})

t.test(
  'a data folder behind a link is not imported into itself, and no file at all is said',
  async (t) => {
    const cwd = folder(t, { 'in/a.log': `${line(0)}\n` })
    symlinkSync('in', join(cwd, 'link'))
    for (const merged of [0, 1]) {
      const { ledger } = await imported(['in'], cwd, '--data', 'link/data')
      t.match(ledger, { merged, files: [{ path: 'in/a.log' }] })
      t.equal(ledger.files.length, 1)
    }
    t.match(await recount(['import', 'in/data', '--data', 'link/data'], cwd), {
      status: 0,
      err: /there is no file in these paths/,
    })
  },
)

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
  const both: unknown[][][] = []
  for (const data of ['recount-data', 'sub/data']) {
    const server = data === 'sub/data' ? await serving(cwd, '--data', data) : undefined
    const { status, ledger } = await imported(paths, cwd, '--data', data)
    t.strictSame([status, wrongSums(ledger), ledger.events], [1, [], names.length])
    both.push(ledger.files.map((f) => [f.path, f.adapter, f.events, f.merged, f.reasons]))
    await server?.end('SIGTERM')
    rmSync(join(cwd, data), { recursive: true })
  }
  t.strictSame(both[1], both[0])
  t.strictSame(both[0]?.map(([path]) => path).slice(0, 3), ['-.log', 'a.log', 'dangling'])
})
