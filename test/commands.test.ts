import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { folder, imported, line, LOG, recount, wrongSums } from './support/recount.ts'

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
    [['timeline', '--limit', '-1'], /--limit -1 is no whole number from 0/],
    [['timeline', '--limit', ''], /--limit  is no whole number/],
    [['serve', '--port', '99999'], /--port 99999 is no whole number from 0 to 65535/],
    [['doctor', '--data', 'typo'], /there is no data folder typo/],
    [['import', 'a.log', '--data', 'a.log'], /EEXIST.*a\.log/],
    [['import', 'a.log', '--workspace', 'sample'], /the workspace sample is the sample's/],
    [['frobnicate'], /unknown command 'frobnicate'/],
    [['timeline', '--frobnicate'], /unknown option '--frobnicate'/],
    [
      ['sources', 'remove', 'nobody'],
      /there is no source and no imported file nobody; see: recount sources list/,
    ],
    [['import', 'a.log', '--source='], /--source is empty: give a name/],
    [['import', 'a.log', '--zone='], /--zone  is no zone/],
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
  for (const n of table.keys()) mkdirSync(join(cwd, `data-${n}`))
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
  mkdirSync(join(cwd, 'recount-data'))
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
      .map((l) => {
        const { id, ...letter } = JSON.parse(l) as { id: string }
        t.match(id, /^[\w-]{20}\.0$/)
        return letter
      }),
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

t.test('dead letters go with what is taken back', async (t) => {
  const cwd = folder(t, {
    'in/a.log': `${line(1)}\n2024-02-30T00:00:00Z INFO x\n`,
    'b.log': `${line(3)}\n2024-02-31T00:00:00Z INFO x\n`,
    'c.txt': 'Dear all\n',
  })
  const letters = async (): Promise<unknown[]> =>
    (await recount(['dead-letters', 'list', '--format', 'jsonl'], cwd)).out
      .split('\n')
      .flatMap((l) => (l === '' ? [] : [JSON.parse(l)]))
  await imported(['in', 'c.txt'], cwd)
  await imported(['b.log'], cwd, '--source', 'told')
  t.match(await letters(), [{ path: 'in/a.log' }, { path: 'c.txt' }, { path: 'b.log' }])
  for (const name of ['told', 'in', 'c.txt'])
    t.equal((await recount(['sources', 'remove', name], cwd)).status, 0, name)
  t.strictSame(await letters(), [])
  await imported(['c.txt'], cwd)
  t.match(await letters(), [{ path: 'c.txt' }], 'and come again')
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
