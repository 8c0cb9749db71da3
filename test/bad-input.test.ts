import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { htmlText } from '../ingest-adapters/shared/html-text.ts'
import { elementsNamed, elementText } from '../ingest-adapters/shared/xml-elements.ts'
import { readYaml, yamlMembers, yamlScalar } from '../ingest-adapters/shared/yaml.ts'
import { TooLarge } from '../services/ingest/archives/limits.ts'
import type { Input } from '../services/ingest/input.ts'
import { jsonValues } from '../services/ingest/json-values.ts'
import { expanded, walk, type Unreadable } from '../services/ingest/walk.ts'
import { twinOf } from '../services/normalizer/twin.ts'
import { tarOf, zipOf, type Member } from './support/archives.ts'
import { imported, recount, wrongSums } from './support/recount.ts'

const SHARED = resolve('../shared/badinput')
const EQUAL = '2024-05-01T10:00:00Z INFO equal\n'
const JSON_LINE = '{"time":"2024-05-01T10:00:00Z","message":"b"}\n'
const LINE = '2024-05-01T10:00:00Z INFO fine\n'

t.test(
  'a collection of bad input is accounted for to the last line',
  existsSync(SHARED)
    ? {}
    : {
        skip: `${SHARED} is not there: it comes with the project's shared data, not with the repository`,
      },
  async (t) => {
    const begin = Date.now()
    const { status, err, ledger } = await imported([SHARED], t.testdir())
    t.strictSame([status, err], [1, ''], 'refused, and nothing thrown')
    t.strictSame(wrongSums(ledger), [])
    const files = readdirSync(SHARED, { recursive: true, encoding: 'utf8' }).filter((f) =>
      statSync(join(SHARED, f)).isFile(),
    )
    const missing = files.filter(
      (f) =>
        !ledger.files.some(
          ({ path }) => path === join(SHARED, f) || path.startsWith(`${join(SHARED, f)}/`),
        ),
    )
    // An archive without a file in it has nothing to list.
    t.strictSame(
      missing.filter((f) => !f.endsWith('.zip')),
      [],
      'every file is in the ledger',
    )
    t.ok(Date.now() - begin < 60_000, `${ledger.files.length} files in ${Date.now() - begin} ms`)
  },
)

const STORED = Array.from(
  { length: 2000 },
  (_, i) => `2024-05-01T10:00:00Z INFO ${10_000 + i}\n`,
).join('')

/** A row of a sheet, and a spreadsheet of one sheet, and of another that is missing. */
const ROW = (...texts: string[]): string =>
  `<row>${texts.map((text) => `<c t="str"><v>${text}</v></c>`).join('')}</row>`
const workbookOf = (rows: string): Buffer =>
  zipOf([
    ['[Content_Types].xml', '<Types/>'],
    [
      'xl/workbook.xml',
      '<workbook><sheets><sheet name="Log" r:id="a"/><sheet name="Gone" r:id="b"/></sheets></workbook>',
    ],
    [
      'xl/_rels/workbook.xml.rels',
      '<Relationships><Relationship Id="a" Target="/xl/log.xml"/><Relationship Id="b" Target="gone.xml"/></Relationships>',
    ],
    ['xl/log.xml', `<worksheet><sheetData>${rows}</sheetData></worksheet>`],
  ])

const bomb = (depth: number): Buffer =>
  depth === 0 ? Buffer.from(LINE) : zipOf([['a.zip', bomb(depth - 1)]], { deflated: true })

/** What is in a file, and what the ledger says of it: events, and the count of each reason. */
const HOSTILE: Record<
  string,
  [content: string | Buffer, events: number, reasons: Record<string, number>]
> = {
  'deep.json': [
    `${JSON_LINE}{"x":${'['.repeat(5000)}${']'.repeat(5000)}}\n${JSON_LINE}`,
    2,
    { 'too-deep': 1 },
  ],
  'numbers.json': [
    '{"time":"2024-05-01T10:00:00Z","message":"a","n":123456789012345678901234567890,"m":1e999,"o":-0}\n',
    1,
    {},
  ],
  'prototype.json': [
    '{"time":"2024-05-01T10:00:00Z","message":"a","__proto__":{"polluted":1},"constructor":{"prototype":1}}\n',
    1,
    {},
  ],
  'surrogates.json': [
    '{"time":"2024-05-01T10:00:00Z","message":"\\ud800 alone","\\udfff":"\\udfff"}\n',
    1,
    {},
  ],
  'escaped.json': [
    '{"time":"2024-05-01T10:00:00Z","message":"\\u0000\\u001b[2J","host":"a\\u0000b"}\n',
    1,
    {},
  ],
  'types.json': [
    '{"time":"2024-05-01T10:00:00Z","message":{"a":[1]},"host":[],"level":{"x":null},"service":false}\n',
    1,
    {},
  ],
  'far.json': [
    '{"time":"9999-05-01T10:00:00Z","message":"a"}\n{"time":"0001-05-01T10:00:00Z","message":"a"}\n{"time":"2024-05-01T10:00:00Z","message":"b"}\n',
    1,
    { 'time-out-of-range': 2 },
  ],
  'torn.json': [
    '{"time":"2024-05-01T10:00:00Z","message":"a"}\n{"time":"2024-05-01T10:00:00Z","mess\nnull\n[]\n1\n',
    1,
    { 'invalid-json': 1, 'not-a-record': 3 },
  ],
  'first-cut.json': [`rest of "a":1}\n${JSON_LINE.repeat(3)}`, 3, { 'not-a-record': 1 }],
  'first-torn.json': [`{"time":"2024-\n${JSON_LINE.repeat(3)}`, 3, { 'invalid-json': 1 }],
  'greeting.json': [`> shop@1.0.0 start\n\n${JSON_LINE.repeat(3)}`, 3, { 'not-a-record': 1 }],
  'nul-first.json': [`\0\0\0\0\n${JSON_LINE.repeat(3)}`, 3, { 'not-a-record': 1 }],
  'array.json': [
    `[\n${JSON_LINE.trim()},\n{"time":1,},\n${JSON_LINE.trim()}\n]\n`,
    2,
    { 'invalid-json': 1 },
  ],
  'bracket.json': [
    `${JSON_LINE.trim()} } ${JSON_LINE.trim()} ] ${JSON_LINE.trim()}`,
    3,
    { 'invalid-json': 2 },
  ],
  'nul.log': [`${LINE}2024-05-01T10:00:01Z INFO a\0b\n`, 2, {}],
  'only-nul.log': [Buffer.alloc(5000), 0, { binary: 1 }],
  'newlines.log': ['\n'.repeat(5000), 0, {}],
  'tiny.log': ['x\n'.repeat(100_000), 0, { unrecognized: 100_000 }],
  'same.log': [EQUAL.repeat(66_000), 66_000, {}],
  'escape.log': [
    Buffer.concat([Buffer.from(LINE), Buffer.from([0xc3, 0x28, 0xff, 0xfe, 0x80, 10])]),
    1,
    {},
  ],
  'long.log': [`${LINE}${'y'.repeat(3 * 1024 * 1024)}\n${LINE}`, 2, { 'line-too-long': 1 }],
  // The text and the message read out of it, with a backslash before every quote and backslash.
  'large.json': [
    `${JSON_LINE}${JSON_LINE.replace('"b"', `"${'\\"'.repeat(10 * 1024 * 1024)}"`)}${JSON_LINE}`,
    2,
    { 'document-too-large': 1 },
  ],
  'slip.zip': [
    zipOf([
      ['../../outside.log', LINE],
      ['/etc/outside.log', LINE.replace('fine', 'other')],
      ['a\\..\\b.log', LINE.replace('fine', 'third')],
    ]),
    3,
    {},
  ],
  // Two members of one name: each is read as what it is.
  'twice.zip': [
    zipOf([
      ['x', LINE.repeat(3).replaceAll('fine', 'first')],
      ['x', JSON_LINE.replace('"b"', '"second"')],
    ]),
    4,
    {},
  ],
  // No spreadsheet: what is in it is read like the members of any other zip.
  'letter.docx': [
    zipOf([
      ['[Content_Types].xml', '<Types/>'],
      ['word/notes.log', LINE],
    ]),
    1,
    { unrecognized: 1 },
  ],
  'cut.xlsx': [
    workbookOf(`${ROW('Time', 'Event')}${ROW('2024-05-01T10:00:00Z', 'down')}<row><c><v>cut`),
    1,
    { unreadable: 1, 'damaged-archive': 1 },
  ],
  'malformed.xlsx': [
    workbookOf(
      `${ROW('Time', 'Event')}${ROW('2024-05-01T10:00:00Z', 'down').repeat(3)}<row><c></d></row>${ROW('2024-05-01T10:01:00Z', 'up')}`,
    ),
    4,
    { 'no-time': 1, 'damaged-archive': 1 },
  ],
  'encrypted.zip': [
    zipOf([['secret.log', LINE]], { encrypted: true }),
    0,
    { 'archive-encrypted': 1 },
  ],
  'nested.zip': [bomb(8), 0, { 'archive-too-deep': 1 }],
  'torn.zip': [zipOf([['a.log', LINE]]).subarray(0, 60), 0, { 'damaged-archive': 1 }],
  // Stored, not compressed, so that it is known what is left: 1000 of 2000 lines.
  'torn.gz': [gzipSync(STORED, { level: 0 }).subarray(0, 15 + 32_000), 1000, { unreadable: 1 }],
  'torn-letter.gz': [
    gzipSync('Dear all\n'.repeat(4000), { level: 0 }).subarray(0, 15 + 9000),
    0,
    { unrecognized: 1000, unreadable: 1 },
  ],
  'garbage.gz': [
    Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(100, 7)]),
    0,
    { 'damaged-archive': 1 },
  ],
}

t.test('hostile files are read as far as they go, and the rest has a reason', async (t) => {
  const cwd = t.testdir()
  mkdirSync(join(cwd, 'in'))
  for (const [name, [content]] of Object.entries(HOSTILE))
    writeFileSync(join(cwd, 'in', name), content)
  writeFileSync(
    join(cwd, 'in/slip.tar'),
    await tarOf([['../../out.log', LINE.replace('fine', 'tar')]]),
  )
  const { status, err, ledger } = await imported(['in'], cwd, '--data', 'data')
  t.strictSame([status, err], [1, ''])
  t.strictSame(wrongSums(ledger), [])
  for (const [name, [, events, reasons]] of Object.entries(HOSTILE)) {
    const files = ledger.files.filter(
      (f) => f.path === `in/${name}` || f.path.startsWith(`in/${name}/`),
    )
    const all: Record<string, number> = {}
    for (const file of files)
      for (const [reason, n] of Object.entries(file.reasons)) all[reason] = (all[reason] ?? 0) + n
    const sum = files.reduce((total, f) => total + f.events + f.merged, 0)
    t.strictSame(all, reasons, name)
    t.equal(sum, events, `${name}: events`)
  }
  t.match(
    ledger.files.find((f) => f.path === 'in/same.log'),
    { events: 66_000, merged: 0 },
    'equal lines stay apart',
  )
  t.match(
    ledger.files.filter((f) => f.path.startsWith('in/slip.')).map((f) => f.path),
    ['in/slip.tar/../../out.log', 'in/slip.zip/../../outside.log'],
  )
  t.strictSame(readdirSync(cwd).sort(), ['data', 'in'], 'nothing was written beside')
  const letters = await recount(
    ['dead-letters', 'list', '--data', 'data', '--format', 'jsonl'],
    cwd,
  )
  t.equal(letters.out.trim().split('\n').length, ledger.rejected, 'every rejection is kept')
  t.match(letters.out, '(3145728 characters)', 'the length of a line that is too long')
  const timeline = await recount(['timeline', '--data', 'data', '--format', 'jsonl'], cwd)
  t.equal(timeline.out.trim().split('\n').length, ledger.events)
  t.match(timeline.out, '123456789012345678901234567890', 'digits are kept')
  t.match(await recount(['doctor', '--data', 'data'], cwd), { status: 0 })
})

t.test(
  'archives from the network are read up to their limits, by whatever way they are nested',
  async (t) => {
    const text = (size: number): string => LINE.repeat(Math.ceil(size / LINE.length)).slice(0, size)
    const members = (...sizes: number[]): Member[] => sizes.map((n, i) => [`m${i}`, text(n)])
    const some = members(600_000, 300_000, 300_000, 10)
    const bombs = Array.from({ length: 9 }, (_, i): Member => [`b${i}.gz`, gzipSync(text(250_000))])
    const threes = await tarOf(members(300_000, 300_000, 300_000))
    const torn = gzipSync(threes, { level: 0 }).subarray(0, 700_000)
    const limits = { members: 6, bytes: 1_000_000 }
    const cases: [string, Buffer, read: (number | string)[]][] = [
      ['fits.zip', zipOf(members(500_000, 499_999, 1), { deflated: true }), [500_000, 499_999, 1]],
      ['fits.tar.gz', gzipSync(await tarOf(members(500_000, 400_000))), [500_000, 400_000]],
      ['zip', zipOf(some, { deflated: true }), [600_000, 300_000, 'cut', 'archive-too-large']],
      ['tar', await tarOf(some), [600_000, 300_000, 'cut', 'archive-too-large']],
      ['tar.gz', gzipSync(await tarOf(some)), [600_000, 300_000, 'archive-too-large']],
      ['torn.tar.gz', torn, [300_000, 300_000, 'cut', 'damaged-archive']],
      ['gz', gzipSync(text(1_000_001)), ['cut']],
      ['bombs', zipOf(bombs), [250_000, 250_000, 250_000, 250_000, 'archive-too-large']],
      ['bombs.tar', await tarOf(bombs), [250_000, 250_000, 250_000, 250_000, 'archive-too-large']],
      ['many', zipOf(members(1, 1, 1, 1, 1, 1, 1)), [1, 1, 1, 1, 1, 1, 'archive-too-large']],
      [
        'folders',
        zipOf(members(1, 1, 1, 1, 1, 1, 1).map(([n, c]) => [`${n}/`, c])),
        ['archive-too-large'],
      ],
    ]
    const root = t.testdir()
    const before = process.env['TMPDIR']
    process.env['TMPDIR'] = join(root, 'temporary')
    mkdirSync(join(root, 'temporary'))
    t.teardown(() => {
      if (before === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = before
    })
    const inputs = async function* (name: string): AsyncGenerator<Input | Unreadable> {
      yield* expanded(walk([join(root, name)], ''), limits)
    }
    for (const [name, content, expected] of cases) {
      writeFileSync(join(root, name), content)
      const read: (number | string)[] = []
      for await (const input of inputs(name)) {
        if ('unreadable' in input) {
          read.push(input.reason)
          continue
        }
        for (const last of [false, true]) {
          let size = 0
          try {
            for await (const chunk of input.open()) size += chunk.length
          } catch (error) {
            t.equal(error instanceof TooLarge, !name.startsWith('torn'), name)
            size = -1
          }
          if (last) read.push(size < 0 ? 'cut' : size)
        }
      }
      t.strictSame(read, expected, name)
      t.strictSame(readdirSync(join(root, 'temporary')), [], 'no temporary file stays')
    }
    await t.rejects(async () => {
      for await (const input of inputs('tar.gz')) throw new Error(input.path)
    })
    t.strictSame(readdirSync(join(root, 'temporary')), [], 'nor where the reader throws')
  },
)

t.test('of a value that is too large or has no end only the beginning is kept', async (t) => {
  const piece = Buffer.from(`${' ,]}{\\"x'.repeat(64 * 1024)} `)
  const file = async function* (begin: string, end: string): AsyncGenerator<Uint8Array> {
    yield Buffer.from(begin)
    for (let i = 0; i < 140; i++) yield piece
    yield Buffer.from(end)
  }
  const read = async (begin: string, end: string): Promise<string> => {
    let found = ''
    for await (const values of jsonValues(file(begin, end))) {
      for (const value of values) {
        found += ` ${value.line}:${'rejected' in value ? value.reason : value.text}`
        if ('rejected' in value) t.match(value.rejected, /^.{1024,2048}… \(\d{8} characters\)$/)
      }
    }
    return found
  }
  const long = '{"a":"'
  t.equal(
    await read(`[{"b":1},\n${long}`, `"},\n{"b":2},{"b":3}]`),
    ' 1:{"b":1} 2:document-too-large 3:{"b":2} 3:{"b":3}',
  )
  t.equal(await read(`[{"b":1},\n${long}`, ''), ' 1:{"b":1} 2:document-too-large')
  t.equal(
    await read(`${'{"b":1}\n'.repeat(3000)}${long}`, `"}\n{"b":2}\n`),
    `${Array.from({ length: 3000 }, (_, i) => ` ${i + 1}:{"b":1}`).join('')} 3001:document-too-large 3002:{"b":2}`,
  )
  t.ok(
    process.memoryUsage.rss() < 1024 * 1024 * 1024,
    `${process.memoryUsage.rss()} bytes resident`,
  )
})

t.test('blanks in an HTML mail, however many, are read at once', async (t) => {
  for (const blank of [' ', '\r', '\n', ' \n', '&nbsp;']) {
    const begin = Date.now()
    t.match(htmlText(`<p>x${blank.repeat(130_000)}y</p>`), /^x\sy$/)
    t.ok(Date.now() - begin < 2000, JSON.stringify(blank))
  }
})

t.test('what never ends in a line, however long, is read at once', async (t) => {
  const cases: [name: string, read: () => unknown, expected: unknown][] = [
    ['blanks in YAML', () => yamlScalar(`a${' '.repeat(200_000)}b # c`), /^a +b$/],
    [
      'blanks in YAML before what ends a line elsewhere',
      () => yamlMembers([`a:${' '.repeat(200_000)}b\u2028c`]).get('a'),
      'b\u2028c',
    ],
    [
      'colons in YAML before what ends a line elsewhere',
      () => readYaml(`a${': '.repeat(100_000)}b\u2028c`),
      { a: /^(?:: )+b\u2028c$/ },
    ],
    [
      'CDATA that is not closed',
      () => elementText(`<a><![CDATA[x]]>&amp;${'<![CDATA['.repeat(200_000)}</a>`, 'a'),
      /^x&(?:<!\[CDATA\[)+$/,
    ],
    [
      'tags that are not closed, in front of one that is',
      () => [...elementsNamed(`${'<a '.repeat(20_000)}/>`, 'a')].length,
      1,
    ],
    [
      'escapes',
      () => {
        const message = `${'\u001b'.repeat(1_500_000)}x`
        const record = { message, original: message, fields: {}, line: 1, place: 0 }
        return twinOf({ ...record, time: {} as never }, 'logs/journald', 'db1', 0).twin
      },
      Number,
    ],
  ]
  for (const [name, read, expected] of cases) {
    const begin = process.cpuUsage()
    t.match(read(), expected, name)
    t.ok(process.cpuUsage(begin).user < 4_000_000, name)
  }
})
