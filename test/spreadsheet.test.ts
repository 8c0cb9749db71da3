import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { ArchiveLimits } from '../services/ingest/archives/limits.ts'
import { expanded, walk } from '../services/ingest/walk.ts'
import { zipOf, type Member } from './support/archives.ts'

const MEBI = 1024 * 1024

interface Parts {
  rows?: string
  strings?: string
  styles?: string
  /** Where the strings are, and where the workbook says. */
  place?: [member: string, target: string]
  more?: Member[]
}

/** A spreadsheet with a sheet `Log`. */
function bookOf({ rows = '', strings, styles, place, more = [] }: Parts): Buffer {
  const [member, target] = place ?? ['xl/sharedStrings.xml', 'sharedStrings.xml']
  const relations = [
    ['a', 'worksheet', 'log.xml'],
    ...(strings === undefined ? [] : [['b', 'sharedStrings', target]]),
    ...(styles === undefined ? [] : [['c', 'styles', '/xl/styles.xml']]),
  ].map(([id, type, to]) => `<Relationship Id="${id}" Type="http://x/${type}" Target="${to}"/>`)
  const parts: Member[] = [
    ['[Content_Types].xml', '<Types/>'],
    ['xl/workbook.xml', '<workbook><sheets><sheet name="Log" r:id="a"/></sheets></workbook>'],
    ['xl/_rels/workbook.xml.rels', `<Relationships>${relations.join('')}</Relationships>`],
    ['xl/log.xml', `<worksheet><sheetData>${rows}</sheetData></worksheet>`],
    [member, `<sst>${strings ?? ''}</sst>`],
    ['xl/styles.xml', `<styleSheet>${styles ?? ''}</styleSheet>`],
  ]
  return zipOf([...parts, ...more], { deflated: true })
}

/** What is read of each member: its text, or the reason and what is said. Only the beginning of a long text is kept. */
async function read(
  t: Test,
  content: Buffer,
  limits?: ArchiveLimits,
): Promise<{ found: [name: string, text: string][]; size: number }> {
  const file = join(t.testdir(), 'book')
  writeFileSync(file, content)
  const found: [string, string][] = []
  let size = 0
  for await (const input of expanded(walk([file], ''), limits)) {
    const name = input.path.slice(file.length + 1)
    if ('unreadable' in input) {
      found.push([name, `${input.reason}: ${input.unreadable}`])
      continue
    }
    let text = ''
    try {
      for await (const chunk of input.open()) {
        size += chunk.length
        if (text.length < 10_000) text += Buffer.from(chunk).toString()
      }
    } catch (error) {
      text += `! ${(error as Error).message}`
    }
    found.push([name, text])
  }
  return { found, size }
}

const sheet = async (t: Test, parts: Parts): Promise<string> => {
  const { found } = await read(t, bookOf(parts))
  t.match(found, [['Log', String]])
  return found[0]![1]
}

const text = (value: string, at = ''): string => `<c${at} t="str"><v>${value}</v></c>`
const number = (value: number | string, style: number): string =>
  `<c s="${style}"><v>${value}</v></c>`

t.test('each row of a sheet is read, however its tags are written', async (t) => {
  const rows = [
    `<row r="1" >${text('first')}</row >`,
    `<row a="1>2"/><!-- <row> --><x:row>${text('second')}</x:row\n>`,
    `<row><c t="inlineStr"><is><t><![CDATA[</row>]]></t></is></c></row>`,
    '<row ></row><row\t/>',
    `<row>${text('last')}</row><mergeCells><mergeCell ref="A1:B2"/></mergeCells>`,
  ]
  t.equal(await sheet(t, { rows: rows.join('') }), 'first\nsecond\n</row>\nlast\n')
})

t.test('texts keep their numbers, however their tags are written', async (t) => {
  const strings = '<si><t>a</t></si ><si/><si><r><t>b</t></r><rPh><t>x</t></rPh></si>'
  const rows = `<row>${[2, 1, 0].map((i) => `<c t="s"><v>${i}</v></c>`).join('')}</row>`
  for (const place of [
    ['xl/sharedStrings.xml', 'sharedStrings.xml'],
    ['xl/SharedStrings.xml', 'sharedStrings.xml'],
    ['other/texts.xml', '../other/texts.xml'],
    ['texts.xml', '/texts.xml'],
  ] as const)
    t.equal(await sheet(t, { rows, strings, place: [...place] }), 'b,,a\n', place[0])
})

t.test('a character that XML cannot hold is read once', async (t) => {
  const written = '_x005F_x000A_ _x0041_'
  const strings = `<si><t>${written}</t></si><si><r><t>${written}</t></r></si><si><r><t>_x00</t></r><r><t>41_</t></r></si>`
  const rows = `<row>${text(written)}${[0, 1, 2].map((i) => `<c t="s"><v>${i}</v></c>`).join('')}</row>`
  t.equal(await sheet(t, { rows, strings }), '_x000A_ A,_x000A_ A,_x000A_ A,_x0041_\n')
})

t.test('a cell without a value is empty', async (t) => {
  const rows = `<row><c t="s"/><c t="b"/><c t="b"><v/></c><c s="1"/><c t="str"/>${text('x')}<c t="b"><v>0</v></c></row>`
  t.equal(await sheet(t, { rows, strings: '<si><t>first</t></si>' }), ',,,,,x,FALSE\n')
})

t.test('a count of hours is no date, and neither is what no calendar has', async (t) => {
  const formats = ['[h]:mm', '[mm]:ss', '[$-409]hh:mm', 'yyyy-mm-dd', '"[h]"yyyy-mm-dd hh:mm:ss']
  const styles = `<numFmts>${formats.map((code, i) => `<numFmt numFmtId="${200 + i}" formatCode="${code.replaceAll('"', '&quot;')}"/>`).join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${formats.map((_, i) => `<xf numFmtId="${200 + i}"><alignment/></xf>`).join('')}<xf numFmtId="46"/><xf numFmtId="14"/></cellXfs><dxfs><dxf><numFmt numFmtId="200" formatCode="0"/></dxf></dxfs>`
  const cases: [cell: string, expected: string][] = [
    [number(1.5, 0), '1.5'],
    [number(1.5, 1), '36:00:00'],
    [number(-0.0625, 1), '-1:30:00'],
    [number('1e300', 1), '1e300'],
    [number(2.5, 2), '60:00:00'],
    [number(0.5, 3), '12:00'],
    [number(1.5, 3), '1.5'],
    [number(45_413.5, 3), '2024-05-01 12:00'],
    [number(0, 4), '0'],
    [number(60, 4), '60'],
    [number(61, 4), '1900-03-01'],
    [number(45_413.5, 5), '2024-05-01 12:00:00'],
    [number(1.25, 6), '30:00:00'],
    [number(45_413, 7), '2024-05-01'],
  ]
  const rows = cases.map(([cell]) => `<row>${cell}</row>`).join('')
  t.strictSame(
    (await sheet(t, { rows, styles })).trim().split('\n'),
    cases.map(([, expected]) => expected),
  )
})

t.test('rows are as wide as the header, and no wider than what they hold', async (t) => {
  const rows = `<row>${text('# recount: time=A')}</row><row>${text('A')}${text('B')}<c r="XFD2" s="1"/></row><row>${text('1')}</row><row>${text('far', ' r="D4"')}</row><row>${text('2')}</row>`
  t.equal(await sheet(t, { rows }), '# recount: time=A\nA,B\n1,\n,,,far\n2,\n')
})

t.test('what is missing in a spreadsheet is told', async (t) => {
  const name = '<row><c t="s"><v>7</v></c></row>'
  const is = async (content: Buffer, expected: [string, RegExp][], what: string): Promise<void> => {
    const { found } = await read(t, content)
    t.match(found, expected, what)
    t.equal(found.length, expected.length, what)
  }
  const strings = '<si><t>first</t></si>'
  await is(bookOf({ rows: name, strings }), [['Log', /^! a cell has the text number 7/]], 'number')
  await is(
    bookOf({ rows: name, strings, place: ['xl/a.xml', 'b.xml'] }),
    [['', /^damaged-archive: the workbook names xl\/b\.xml/]],
    'texts',
  )
  const rows = `<row>${text('x')}</row>`
  const workbook = (sheets: string): Buffer =>
    zipOf([
      ['xl/workbook.xml', `<workbook><sheets>${sheets}</sheets></workbook>`],
      [
        'xl/_rels/workbook.xml.rels',
        '<Relationships><Relationship Id="a" Target="a.xml"/><Relationship Id="b" Target="b.xml"/></Relationships>',
      ],
      ['xl/b.xml', `<worksheet>${rows}</worksheet>`],
      ['xl/B.xml', `<worksheet>${rows}</worksheet>`],
    ])
  await is(
    workbook('<sheet name="A" r:id="a"/><sheet name="B" r:id="b"/><sheet name="C" r:id="c"/>'),
    [
      ['xl/B.xml', /^damaged-archive: another part has this name/],
      ['A', /^damaged-archive: the workbook names xl\/a\.xml/],
      ['B', /^x\n$/],
      ['C', /^damaged-archive: the workbook names a sheet/],
    ],
    'sheets',
  )
  await is(bookOf({ rows: `${rows}<row><c>` }), [['Log', /^x\n! it breaks off/]], 'an end')
  await is(
    bookOf({ rows: `${rows}<row>${text('y', ' r="XFE1"')}</row>` }),
    [['Log', /^x\n! one of its rows has more than 16384 cells/]],
    'columns',
  )
})

t.test('a zip that is no spreadsheet is read like any other', async (t) => {
  const logs: Member[] = ['a', 'b', 'a', 'c'].map((name, i) => [`xl/${name}.log`, `${i}\n`])
  const { found } = await read(t, zipOf(logs), { members: 4, bytes: 1000 })
  t.strictSame(
    found,
    logs.map(([name, content]) => [name, content]),
  )
})

const openDocument = (body: string): Buffer =>
  zipOf(
    [
      ['mimetype', 'application/vnd.oasis.opendocument.spreadsheet'],
      ['styles.xml', '<office:document-styles/>'],
      [
        'content.xml',
        `<office:document-content><office:body><office:spreadsheet>${body}</office:spreadsheet></office:body></office:document-content>`,
      ],
    ],
    { deflated: true },
  )
const table = (name: string, rows: string): string =>
  `<table:table table:name="${name}"><table:table-column table:number-columns-repeated="3"/>${rows}</table:table>`
const line = (...cells: string[]): string =>
  `<table:table-row>${cells.join('')}<table:table-cell table:number-columns-repeated="16000"/></table:table-row>`
const said = (words: string, times = 1): string =>
  `<table:table-cell table:number-columns-repeated="${times}" office:value-type="string"><text:p>${words}</text:p></table:table-cell>`
const valued = (type: string, attribute: string, value: string): string =>
  `<table:table-cell office:value-type="${type}" office:${attribute}="${value}"><text:p>shown</text:p></table:table-cell>`

t.test('sheets of OpenDocument are read', async (t) => {
  const rows = [
    `<table:table-header-rows>${line(said('Time'), said('Text'), said('Took'))}</table:table-header-rows>`,
    '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>',
    line(
      valued('date', 'date-value', '2024-05-01T10:00:00'),
      said('a <text:span>b</text:span><text:s text:c="2"/>c\n  d</text:p><text:p>e'),
      valued('time', 'time-value', 'PT36H05M00S'),
    ),
    line(
      valued('date', 'date-value', '2024-05-02'),
      `<table:table-cell office:value-type="string"><office:annotation><text:p>note</text:p></office:annotation><text:p>f</text:p></table:table-cell>`,
      valued('float', 'value', '1.5'),
    ),
    `<table:table-row table:number-rows-repeated="2">${said('x', 2)}${valued('boolean', 'boolean-value', 'true')}</table:table-row>`,
    '<table:table-row table:number-rows-repeated="1048560"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>',
  ]
  const { found } = await read(
    t,
    openDocument(
      table('Log', rows.join('')) + table('Empty', line()) + table('More', line(said('y'))),
    ),
  )
  t.strictSame(found, [
    [
      'Log',
      'Time,Text,Took\n2024-05-01 10:00:00,"a b  c d\ne",36:05:00\n2024-05-02,f,1.5\nx,x,TRUE\nx,x,TRUE\n',
    ],
    ['More', 'y\n'],
  ])
})

t.test('a spreadsheet that is made to grow is refused in little time and memory', async (t) => {
  const one = '<c t="s"><v>0</v></c>'
  const long = `<si><t>${'x'.repeat(30_000)}</t></si>`
  const limits = { members: 100, bytes: 10 * MEBI }
  const cases: [name: string, parts: Parts, ends: RegExp, limited?: boolean][] = [
    [
      'cells of one text',
      { rows: `<row>${one.repeat(2000)}</row>`, strings: long },
      /^! the texts/,
    ],
    [
      'rows of one text',
      { rows: `<row>${one.repeat(30)}</row>`.repeat(2000), strings: long },
      /! what is uploaded/,
      true,
    ],
    [
      'rows up to the last column',
      { rows: `<row>${text('x', ' r="XFD1"')}</row>`.repeat(20_000) },
      /! what is uploaded/,
      true,
    ],
    [
      'a row of cells',
      { rows: `<row>${'<c/>'.repeat(10 * MEBI)}</row>` },
      /^! it has an element row of more/,
    ],
    ['a row without an end', { rows: `<row>${'<c/>'.repeat(MEBI / 8)}` }, /^! it breaks off/],
    [
      'a tag without an end',
      { rows: `<row ${'a'.repeat(8 * MEBI)}` },
      /^! it has an element row of more/,
    ],
    ['begins of tags', { rows: '<row '.repeat(8 * MEBI) }, /^! it has an element row of more/],
    ['begins of comments', { rows: '<!--'.repeat(8 * MEBI) }, /^! it has an element row of more/],
    [
      'attributes',
      { rows: `<row ${'a="" '.repeat(8 * MEBI)}` },
      /^! it has an element row of more/,
    ],
    ['a tail', { rows: `<row>${text('x')}</row>${'<mergeCell/>'.repeat(MEBI)}` }, /^x\n$/],
    ['blanks', { rows: `${' '.repeat(64 * MEBI)}<row>${text('x')}</row>` }, /^x\n$/],
    [
      'empty texts',
      { strings: '<si/>'.repeat(2 * MEBI), rows: `<row>${text('x')}</row>` },
      /^x\n$/,
    ],
    [
      'many texts',
      { strings: long.repeat(2300) },
      /^archive-too-large: xl\/sharedStrings.xml is over 64 MiB/,
    ],
    [
      'one text',
      { strings: `<si><t>${'x'.repeat(2 * MEBI)}</t></si>` },
      /^archive-too-large: it has an element si of more/,
    ],
    [
      'styles',
      {
        styles: `<cellXfs>${'<xf/>'.repeat(2 * MEBI)}</cellXfs>`,
        rows: `<row>${number(5, 1)}</row>`,
      },
      /^5\n$/,
    ],
    [
      'a style',
      { styles: `<cellXfs><xf>${'<a/>'.repeat(MEBI)}` },
      /^archive-too-large: it has an element xf of more/,
    ],
  ]
  const grows: [name: string, rows: string, ends: RegExp, limited?: boolean][] = [
    [
      'blanks in OpenDocument',
      line(said('<text:s text:c="9999999"/>'.repeat(10_000))),
      /^! the texts/,
    ],
    ['cells in OpenDocument', line(said('x'.repeat(1000), 16_000)), /^! the texts/],
    ['columns in OpenDocument', line(said('x', 1e9)), /^! one of its rows has more than 16384/],
    [
      'rows in OpenDocument',
      line(said('x'.repeat(1000))).replace('row', 'row table:number-rows-repeated="99999999"'),
      /! what is uploaded/,
      true,
    ],
    ['depth in OpenDocument', '<a>'.repeat(MEBI), /deeper than 64/],
  ]
  const files = [
    ...cases.map(([name, parts, ...rest]) => [name, bookOf(parts), ...rest] as const),
    ...grows.map(
      ([name, rows, ...rest]) => [name, openDocument(table('Log', rows)), ...rest] as const,
    ),
  ]
  for (const [name, content, expected, limited] of files) {
    const begin = process.cpuUsage()
    const before = process.memoryUsage.rss()
    const { found, size } = await read(t, content, limited ? limits : undefined)
    const { user } = process.cpuUsage(begin)
    const grown = (process.memoryUsage.rss() - before) / MEBI
    t.match(found, [[String, expected]], name)
    t.ok(size <= limits.bytes, `${name}: ${size} bytes of ${content.length}`)
    t.ok(user < 10_000_000, `${name}: ${user / 1000} ms`)
    t.ok(grown < 300, `${name}: ${grown} MiB`)
  }
})
