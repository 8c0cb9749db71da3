/** Spreadsheets of LibreOffice and others (.ods), OpenDocument 1.3 part 3, chapter 9, https://docs.oasis-open.org/office/OpenDocument/v1.3/os/part3-schema/OpenDocument-v1.3-os-part3-schema.html */
import {
  elementsOf,
  localName,
  xmlTree,
  type XmlElement,
} from '../../../ingest-adapters/shared/xml-tree.ts'
import { row, type OpenMember, type Rows, type Sheet } from './sheet.ts'
import { elementsNamed, type Outer, type Written } from './xml-stream.ts'

const CONTENT = 'content.xml'
/** A sheet has no more rows, and fewer columns. */
const ROWS = 1_048_576
/** So many blanks in a row are more than anybody means. */
const BLANKS = 256

/** The sheets; undefined where the archive is none of these. All are in one member. */
export async function openDocumentSheets(open: OpenMember): Promise<Sheet[] | undefined> {
  const content = open(CONTENT)
  if (!content) return undefined
  const names: string[] = []
  for await (const { table, number } of tableRows(content))
    names[number] ??= table.attributes.get('table:name') ?? `${number + 1}`
  if (names.length === 0) return undefined
  return names.map((name, i) => ({ name, member: CONTENT, rows: (bytes) => rowsOf(bytes, i) }))
}

/** Rows with the table that they are in, and its number, from 0. */
async function* tableRows(
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Written & { table: Outer; number: number }> {
  let last: Outer | undefined
  let number = -1
  for await (const elements of elementsNamed(content, 'table-row'))
    for (const element of elements) {
      const table = sheetAround(element.parent)
      if (!table) continue
      if (table !== last) number++
      last = table
      yield { ...element, table, number }
    }
}

/** The table of a spreadsheet that an element is in; texts, links and changes have tables too. */
function sheetAround(element: Outer | undefined): Outer | undefined {
  let around = element
  while (around && !(around.name === 'table' && around.parent?.name === 'spreadsheet'))
    around = around.parent
  return around
}

async function* rowsOf(content: AsyncIterable<Uint8Array>, sheet: number): Rows {
  for await (const { text, number } of tableRows(content)) {
    if (number !== sheet) continue
    const tree = xmlTree(text)
    // What cannot be read comes out as it stands, for whoever reads the table to refuse.
    const cells = tree ? cellsOf(tree) : [text]
    // The rest of a sheet is one empty row, many times.
    const times = tree && cells.length > 0 ? timesOf(tree, 'table:number-rows-repeated', ROWS) : 1
    for (let i = 0; i < times; i++) yield cells
  }
}

function cellsOf(written: XmlElement): string[] {
  const cells = row()
  let next = 0
  for (const cell of elementsOf(written)) {
    const value = valueOf(cell)
    const times = timesOf(cell, 'table:number-columns-repeated', ROWS)
    // The rest of a row is one empty cell, many times.
    if (value !== '') for (let i = 0; i < times; i++) cells.set(next + i, value)
    next += times
  }
  return cells.values
}

const timesOf = ({ attributes }: XmlElement, name: string, most: number): number =>
  Math.min(Number(/^\d+$/.exec(attributes.get(name) ?? '1')?.[0] ?? 1), most)

function valueOf(cell: XmlElement): string {
  const value = (name: string): string => cell.attributes.get(`office:${name}`) ?? ''
  switch (value('value-type')) {
    case 'date':
      return value('date-value').replace('T', ' ')
    case 'time':
      return clockOf(value('time-value'))
    case 'boolean':
      return value('boolean-value').toUpperCase()
    case 'float':
    case 'percentage':
    case 'currency':
      return value('value')
    default:
      return elementsOf(cell)
        .filter((element) => element.name === 'text:p')
        .map(textOf)
        .join('\n')
  }
}

/** `PT36H05M00S`, a duration of XML Schema, as `36:05:00`. */
function clockOf(written: string): string {
  const m = /^(-?)PT(\d+)H(\d+)M(\d+(?:[.,]\d+)?)S$/.exec(written)
  return m
    ? `${m[1]}${[m[2]!, m[3]!, m[4]!].map((part) => part.padStart(2, '0')).join(':')}`
    : written
}

/** Blanks count as one, but for those that are said to be there, 6.1.2 and 6.1.3. */
const textOf = (element: XmlElement): string =>
  element.children
    .map((child) => {
      if (typeof child === 'string') return child.replace(/[ \t\r\n]+/g, ' ')
      switch (localName(child.name)) {
        case 's':
          return ' '.repeat(timesOf(child, 'text:c', BLANKS))
        case 'tab':
          return '\t'
        case 'line-break':
          return '\n'
        case 'annotation':
          return ''
        default:
          return textOf(child)
      }
    })
    .join('')
