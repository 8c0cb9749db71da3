import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import type { Item } from '../ingest-adapters/adapter.ts'
import { loadAdapters } from '../ingest-adapters/load.ts'
import { GROK_NAMES } from '../ingest-adapters/shared/grok-names.ts'
import { grokPattern } from '../ingest-adapters/shared/grok-pattern.ts'
import { patternAdapter } from '../ingest-adapters/shared/pattern-adapter.ts'
import { stampLayout } from '../ingest-adapters/shared/stamp-layout.ts'
import { ownFormats } from '../services/ingest/own-formats.ts'

const run = promisify(execFile)
const NONE = new Map<string, string>()
const FILE = { name: 'x', folder: '', companions: [] }
const RECORD = 'record: %{TIMESTAMP_ISO8601:time} %{LOGLEVEL:log.level} %{GREEDYDATA:message}'
const SAMPLE = 'sample:\n2024-03-14T09:15:02Z WARN cart is full\n'

const itemsOf = (text: string, lines: readonly string[]): Item[] => [
  ...patternAdapter(text, 'x.format').parse(FILE)(lines, 1),
]

t.test('a pattern whose time would grow faster than the line is refused', async (t) => {
  const refused = [
    '(a+)+$',
    '(a|a)*$',
    '(?:\\w+\\s?)*$',
    '(?:a?){20}b',
    '(?:a|aa){30}c',
    '.*.*x',
    '.*?: \\S+ x',
    '\\s*\\s*x',
    '%{DATA:labels.a} - %{DATA:labels.b} - %{DATA:labels.c} - %{GREEDYDATA:message}',
    '(?=.*x)a',
    '(?:(?:a{1,8}){1,8}){1,8}b',
    '(?!(?:a{1,16}){1,16}!)x',
    '(?=(?:a{1,16}){1,16}b)a',
    '(?=(?!(?:a{1,16}){1,16}!)x)',
    `(?<=!${'(?:ab){0,16}b{1,16}'.repeat(5)})x`,
    `(?:${'(?=a{0,16}a{0,16}b)'.repeat(200)}a)* x`,
  ]
  for (const pattern of refused)
    t.throws(() => grokPattern(pattern, NONE), /too long|repeat/, pattern)
})

t.test(
  'a pattern that is matched in a time that grows as the line does is taken, and is',
  async (t) => {
    const taken: readonly (readonly [pattern: string, repeated: string])[] = [
      ['[^ ]+ [^ ]+ [^ ]+ x', 'a a '],
      ['(?:\\d+\\.)+ x', '1.'],
      ['"(?:[^"\\\\]|\\\\.)*" x', '\\"'],
      ['.*?: .*$', ': '],
      ['%{DATA:labels.a} - %{DATA:labels.b} - %{GREEDYDATA:message} ?', ' - '],
      ['(?:foo|far)+=x', 'foo'],
      ['(?:\\w+ )*x$', 'a '],
      ['(?:(?=a{0,16}a{0,16}b)a)* x', 'a'],
      ['(?:(?!foo)[a-z])* x', 'fo'],
    ]
    for (const [pattern, repeated] of taken) {
      const { regex } = grokPattern(pattern, NONE)
      const begin = process.cpuUsage()
      regex.test(repeated.repeat(100_000))
      t.ok(process.cpuUsage(begin).user < 2_000_000, pattern)
    }
  },
)

t.test('every name of the grok library stands alone in a pattern', async (t) => {
  for (const name of Object.keys(GROK_NAMES))
    t.doesNotThrow(() => grokPattern(`%{${name}:labels.x}`, NONE), name)
  const matches: readonly (readonly [name: string, text: string])[] = [
    ['IPORHOST', 'web1.shop.example'],
    ['IPORHOST', '10.0.8.4'],
    ['IPORHOST', '2001:db8::4'],
    ['IP', 'fe80::1%eth0'],
    ['HOSTPORT', '[2001:db8::4]:443'],
    ['TIMESTAMP_ISO8601', '2024-03-14T09:15:02.118+01:00'],
    ['SYSLOGTIMESTAMP', 'Mar  4 09:15:02'],
    ['HTTPDATE', '14/Mar/2024:09:15:02 +0100'],
    ['QUOTEDSTRING', '"a \\" b"'],
    ['NUMBER', '-7.25'],
    ['UUID', '11111111-2222-3333-4444-555555555555'],
    ['UNIXPATH', '/srv/shop'],
    ['URI', 'https://shop.example/cart?x=1'],
    ['MAC', '00:11:22:33:44:55'],
  ]
  for (const [name, text] of matches)
    t.equal(grokPattern(`%{${name}}$`, NONE).regex.exec(text)?.[0], text, `${name} ${text}`)
})

t.test('fields are named as in ECS, in brackets or by the file', async (t) => {
  const format = `title: Shop
define: CART cart-[0-9]+
field: pid = process.pid
record: %{TIMESTAMP_ISO8601:time} %{INT:pid:int} %{WORD:[service][name]} %{CART:labels.cart} (?<source>\\S+) (?<lvl>[A-Z]) %{GREEDYDATA:message}
field: lvl = log.level
level: P = critical
pair: user = user.name
pair: ms = labels.ms
sample:
2024-03-14T09:15:02Z 212 api cart-7 10.0.8.4:443 P full user="ines m" ms=12
`
  const [item] = itemsOf(format, format.trimEnd().split('\n').slice(-1))
  t.match(item, {
    message: 'full user="ines m" ms=12',
    fields: {
      'process.pid': 212,
      'service.name': 'api',
      'labels.cart': 'cart-7',
      'source.ip': '10.0.8.4',
      'source.port': 443,
      'log.level': 'critical',
      'user.name': 'ines m',
      'labels.ms': '12',
    },
  })
})

t.test(
  'lines that no pattern matches belong to the record before them, unless they tell a time',
  async (t) => {
    const items = itemsOf(`title: Shop\n${RECORD}\ncontext: # day \nheading: Shop\n${SAMPLE}`, [
      'Shop opens',
      'an orphan',
      '2024-03-14T09:15:02Z WARN cart is full',
      '  of apples',
      '2024-03-14T09:15:03Z',
      '# day two',
      'lost',
      '2024-02-30T09:15:04Z WARN no such day',
    ])
    t.match(items, [
      { context: 1 },
      { rejected: 'an orphan', reason: 'orphan-continuation' },
      { message: 'cart is full\n  of apples' },
      { rejected: '2024-03-14T09:15:03Z', reason: 'not-a-record' },
      { context: 1, line: 6 },
      { rejected: 'lost', reason: 'not-a-record' },
      { reason: 'impossible-time' },
    ])
  },
)

t.test('a stamp is read by the layout that the file tells', async (t) => {
  const read = (layout: string, text: string): unknown => {
    const stamp = stampLayout(layout)(text)
    if (typeof stamp !== 'object') return stamp
    const at = new Date((stamp.seconds - (stamp.offset ?? 0)) * 1000).toISOString().slice(0, 19)
    return `${at}${stamp.digits > 0 ? `.${stamp.nanos}` : ''}${stamp.lacks ?? ''}`
  }
  const cases: readonly (readonly [layout: string, text: string, read: unknown])[] = [
    ['%d/%m/%Y %H:%M:%S', '03/04/2024 09:15:02', '2024-04-03T09:15:02'],
    ['%m/%d/%y %I:%M:%S %p', '3/4/24 12:15:02 AM', '2024-03-04T00:15:02'],
    ['%m/%d/%y %I:%M:%S %p', '3/4/24 13:15:02 PM', 'impossible-time'],
    ['%Y%m%d%H%M%S', '20240314091502', '2024-03-14T09:15:02'],
    ['%d %b %H:%M', '14 März 09:15', '1972-03-14T09:15:00year'],
    ['%H:%M:%S.%L', '09:15:02.118', '1970-01-01T09:15:02.118000000date'],
    ['%Y-%m-%d %H:%M:%S%z', '2024-03-14 09:15:02+0100', '2024-03-14T08:15:02'],
    ['%m-%d-%Y %H:%M:%S.%f%q', '03-14-2024 09:15:02.118+300', '2024-03-14T14:15:02.118000000'],
    ['%d/%m/%Y %H:%M:%S', '31/02/2024 09:15:02', 'impossible-time'],
    ['%d/%m/%Y %H:%M:%S', '2024-03-14 09:15:02', undefined],
    ['UNIX', '1710407702.5', '2024-03-14T09:15:02.500000000'],
    ['ISO8601', '2024-03-14T09:15:02Z', '2024-03-14T09:15:02'],
    ['ISO8601', '14 Mar 2024 09:15:02', undefined],
  ]
  for (const [layout, text, expected] of cases)
    t.equal(read(layout, text), expected, `${layout} ${text}`)
})

const WRONG: readonly (readonly [what: string, text: string, says: RegExp])[] = [
  ['no title', `${RECORD}\n${SAMPLE}`, /x\.format:1: it has no title: add a line/],
  ['no pattern', `title: x\n${SAMPLE}`, /x\.format:1: it has no pattern: add a line/],
  ['no sample', `title: x\n${RECORD}\n`, /x\.format:3: it has no sample: add a line/],
  [
    'a key that is none',
    `title: x\nregex: y\n${RECORD}\n${SAMPLE}`,
    /x\.format:2: regex: y is no line of a format: there are title:/,
  ],
  ['a key without a value', `title:\n${RECORD}\n${SAMPLE}`, /x\.format:1: title: says nothing/],
  ['a title twice', `title: x\ntitle: y\n${RECORD}\n${SAMPLE}`, /x\.format:2: title: stands twice/],
  [
    'no time',
    `title: x\nrecord: %{GREEDYDATA:message}\n${SAMPLE}`,
    /x\.format:2: record: it says no time/,
  ],
  [
    'a name that grok does not know',
    `title: x\nrecord: %{SHOP:time}\n${SAMPLE}`,
    /x\.format:2: record: there is no pattern called SHOP: define it/,
  ],
  [
    'a name that means itself',
    `title: x\ndefine: A %{A}\nrecord: %{A:time}\n${SAMPLE}`,
    /without end/,
  ],
  [
    'a type that is none',
    `title: x\nrecord: %{WORD:time:date}\n${SAMPLE}`,
    /date is no type of a field/,
  ],
  [
    'a field that is none',
    `title: x\nrecord: (?<time>.*) %{WORD:clientip}\n${SAMPLE}`,
    /clientip is no field of ECS: name it like/,
  ],
  [
    'a field of ours',
    `title: x\n${RECORD}%{WORD:event.id}\n${SAMPLE}`,
    /event\.id is Recount's own/,
  ],
  [
    'a group that is not closed',
    `title: x\nrecord: (?<time>.*\n${SAMPLE}`,
    /the group at 1 is not closed/,
  ],
  [
    'a set that is not closed',
    `title: x\nrecord: (?<time>[a\n${SAMPLE}`,
    /the \[ at 9 is not closed/,
  ],
  ['a back reference', `title: x\nrecord: (?<time>a)\\1\n${SAMPLE}`, /\\1 at 11 is not known here/],
  ['nothing to repeat', `title: x\nrecord: *(?<time>a)\n${SAMPLE}`, /\* at 1 repeats nothing/],
  [
    'a layout that is none',
    `title: x\n${RECORD}\nstamp: %Q\n${SAMPLE}`,
    /x\.format:3: stamp: %Q is no part of a stamp/,
  ],
  [
    'a layout without a clock',
    `title: x\n${RECORD}\nstamp: %Y-%m-%d\n${SAMPLE}`,
    /a stamp needs its clock/,
  ],
  [
    'a zone that is not UTC',
    `title: x\n${RECORD}\nzone: CET\n${SAMPLE}`,
    /only UTC can be told here/,
  ],
  [
    'a pair that is none',
    `title: x\n${RECORD}\nlevel: W\n${SAMPLE}`,
    /W is no pair: write it as `a = b`/,
  ],
  [
    'a sample that does not match',
    `title: x\n${RECORD}\nsample:\nhello\n`,
    /x\.format:4: the sample is not read: its first line does not match/,
  ],
  [
    'a sample whose stamp has another layout',
    `title: x\n${RECORD}\nstamp: %d.%m.%Y %H:%M\n${SAMPLE}`,
    /x\.format:5: the sample is not read: its stamp/,
  ],
  [
    'two records in a sample',
    `title: x\n${RECORD}\n${SAMPLE}2024-03-14T09:15:03Z WARN again\n`,
    /it gives 2 records/,
  ],
  [
    'a pattern that takes for ever',
    `title: x\nrecord: (?<time>(?:\\d+)+)x\n${SAMPLE}`,
    /x\.format:2: record: it repeats a part/,
  ],
]

t.test('a file that is wrong is refused, with what, where and what to do', async (t) => {
  for (const [what, text, says] of WRONG)
    t.throws(() => patternAdapter(text, 'x.format'), says, what)
})

t.test('the format that README.md shows is read as it says', async (t) => {
  const readme = await readFile('README.md', 'utf8')
  const [, format] = /```\n(# What the format is[\s\S]*?)```/.exec(readme)!
  const [item] = itemsOf(format!, format!.split('sample:\n')[1]!.trimEnd().split('\n'))
  t.match(item, {
    message: 'cart 7 is full\n  of apples',
    fields: { 'process.pid': 212, 'log.level': 'W' },
  })
})

const MAIN = join(process.cwd(), 'build/services/main.js')
const LINES = '14.03.2024 09:15:02|W|cart is full\n14.03.2024 09:15:03|I|cart is paid\n'
const OWN = `title: Shop
record: (?<time>[0-9. :]+)\\|(?<log.level>[A-Z])\\|%{GREEDYDATA:message}
stamp: %d.%m.%Y %H:%M:%S
sample:
14.03.2024 09:15:02|W|cart is full
`

async function recount(
  t: Test,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, RECOUNT_DATA: join(t.testdirName, 'data') }
  return run(process.execPath, [MAIN, ...args], { env }).then(
    (done) => ({ code: 0, ...done }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  )
}

t.test(
  'a format of the user reads what nothing else does, and comes before the others',
  async (t) => {
    const dir = t.testdir({ 'a.log': LINES, mine: { 'shop.format': OWN } })
    const done = await recount(
      t,
      'import',
      join(dir, 'a.log'),
      '--json',
      '--formats',
      join(dir, 'mine'),
    )
    t.match(JSON.parse(done.stdout), { files: [{ adapter: 'logs/shop', events: 2, rejected: 0 }] })
    const { stdout } = await recount(t, 'timeline', '--format', 'jsonl')
    t.match(JSON.parse(stdout.split('\n')[0]!), {
      '@timestamp': '2024-03-14T09:15:02Z',
      message: 'cart is full',
      event: { dataset: 'logs/shop' },
      log: { level: 'warn' },
    })
  },
)

t.test('what another format has read is taken back first', async (t) => {
  const format = `title: Shop\n${RECORD.replace('%{GREEDY', 'cart %{GREEDY')}\n${SAMPLE.replace('cart is', 'cart 1 is')}`
  const dir = t.testdir({
    'a.log': `${SAMPLE.split('\n')[1]}\n`,
    mine: { 'shop.format': format },
  })
  const log = join(dir, 'a.log')
  await recount(t, 'import', log)
  await recount(t, 'sources', 'remove', log)
  const again = await recount(t, 'import', log, '--formats', join(dir, 'mine'))
  t.equal(again.code, 0)
  const { stdout } = await recount(t, 'timeline', '--format', 'jsonl')
  t.match(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
    [{ message: 'is full', event: { dataset: 'logs/shop' } }],
  )
})

t.test('a format of the user that is wrong stops an import before anything is read', async (t) => {
  const dir = t.testdir({
    'a.log': LINES,
    mine: { 'shop.format': OWN.replace('W|cart is full\n', 'cart\n') },
    named: { 'My Shop.format': OWN },
    none: {},
  })
  for (const [folder, says] of [
    ['named', /My Shop\.format: the name of a file of a format/],
    ['none', /holds no file of a format: name them \*\.format/],
    ['nowhere', /cannot be read: ENOENT/],
  ] as const)
    t.match(await ownFormats(join(dir, folder)), says)
  const { code, stderr } = await recount(
    t,
    'import',
    join(dir, 'a.log'),
    '--formats',
    join(dir, 'mine'),
  )
  t.equal(code, 2)
  t.match(stderr, /--formats: .*shop\.format:5: the sample is not read/)
  t.notOk(existsSync(join(t.testdirName, 'data')), 'there is no data folder')
})

t.test('a format of the user takes the place of a bundled one of its name', async (t) => {
  const adapters = await loadAdapters([{ path: '/etc/recount/redis.format', text: OWN }])
  t.strictSame(
    adapters.filter(({ name }) => name === 'logs/redis').map(({ adapter }) => adapter.title),
    ['Shop'],
  )
  t.equal(adapters[0]!.name, 'logs/redis')
})

t.test('what every object of JavaScript has is no name of a pattern and no type', async (t) => {
  for (const name of ['constructor', 'toString', '__proto__']) {
    t.throws(() => grokPattern(`%{${name}:message}`, NONE), /there is no pattern called/, name)
    t.throws(() => grokPattern(`%{INT:pid:${name}}`, NONE), /is no type of a field/, name)
    t.equal(grokPattern(`[[:${name}:]]`, NONE).regex.source.includes('undefined'), false, name)
  }
})
