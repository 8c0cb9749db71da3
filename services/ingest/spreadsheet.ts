/**
 * Spreadsheets of Excel and others (.xlsx, .xlsm), SpreadsheetML of ECMA-376 part 1, chapter 18, https://ecma-international.org/publications-and-standards/standards/ecma-376/:
 * each sheet as the CSV that it would be saved as, but with dates as ISO 8601. Formulas count as what they came to.
 */
import {
  child,
  contentOf,
  elementsOf,
  xmlTree,
  type XmlElement,
} from '../../ingest-adapters/shared/xml-tree.ts'
import { TooLarge } from './archive-limits.ts'

/** The first member of such an archive: any file of Office Open XML has one of these. */
const FIRST = /^(?:\[Content_Types\]\.xml|_rels\/|docProps\/|xl\/)/
export const isOfficeMember = (name: string): boolean => FIRST.test(name)

/** The bytes of a member, undefined where there is none of that name. */
export type OpenMember = (name: string) => AsyncIterable<Uint8Array> | undefined

export interface Sheet {
  name: string
  member: string
}

export interface Workbook {
  sheets: Sheet[]
  /** Texts that cells refer to by their number. */
  texts: string[]
  /** What the format of each style makes of a number. */
  styles: Style[]
  /** Days from 1899-12-30 to day 0. */
  dayZero: number
}

type Style = 'number' | 'date' | 'minute' | 'second'

const PART_LIMIT = 64 * 1024 * 1024
const WORKBOOK = 'xl/workbook.xml'
const DAYS_TO_1904 = 1462
/** 1899-12-30 in days since 1970: day 1 is 1900-01-01 and 1900 counts as a leap year, so it holds from 1900-03-01 on. */
const EPOCH_DAY = -25_569

/** What the parts beside the sheets tell; undefined where the archive is no spreadsheet. */
export async function readWorkbook(open: OpenMember): Promise<Workbook | undefined> {
  const book = await part(open, WORKBOOK)
  if (!book) return undefined
  const targets = new Map<string, string>()
  for (const { attributes } of all(await part(open, 'xl/_rels/workbook.xml.rels')))
    targets.set(attributes.get('Id') ?? '', attributes.get('Target') ?? '')
  const sheets = all(child(book, 'sheets')).flatMap(({ attributes }): Sheet[] => {
    const id = [...attributes].find(([name]) => name.endsWith(':id'))?.[1]
    const target = targets.get(id ?? '')
    const name = attributes.get('name')
    if (target === undefined || name === undefined) return []
    return [{ name, member: target.startsWith('/') ? target.slice(1) : `xl/${target}` }]
  })
  const texts: string[] = []
  const strings = open('xl/sharedStrings.xml')
  let size = 0
  if (strings)
    for await (const si of elementTexts(strings, 'si')) {
      const tree = xmlTree(si)
      const text = tree ? textOf(tree) : ''
      if ((size += text.length) > PART_LIMIT) throw new TooLarge('its texts are over 64 MiB')
      texts.push(text)
    }
  const is1904 = /^(?:1|true)$/.test(child(book, 'workbookPr')?.attributes.get('date1904') ?? '')
  const styles = stylesOf(await part(open, 'xl/styles.xml'))
  return { sheets, texts, styles, dayZero: is1904 ? DAYS_TO_1904 : 0 }
}

const all = (element: XmlElement | undefined): XmlElement[] => (element ? elementsOf(element) : [])

async function part(open: OpenMember, name: string): Promise<XmlElement | undefined> {
  const bytes = open(name)
  if (!bytes) return undefined
  const parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of bytes) {
    if ((size += chunk.length) > PART_LIMIT) throw new TooLarge(`${name} is over 64 MiB`)
    parts.push(chunk)
  }
  return xmlTree(Buffer.concat(parts).toString('utf8'))
}

/** The text of `<t>`, alone or in runs of rich text; how it is pronounced is left out. */
function textOf(element: XmlElement): string {
  const texts = elementsOf(element).map((each) => {
    const name = each.name.slice(each.name.indexOf(':') + 1)
    return name === 't' ? contentOf(each) : name === 'r' ? textOf(each) : ''
  })
  return texts
    .join('')
    .replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
}

/** Formats that need no definition, 18.8.30: those of dates and of clocks in all languages. */
const BUILT_IN = (id: number): Style =>
  (id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id === 36 || (id >= 50 && id <= 58)
    ? 'date'
    : id === 18 || id === 20 || id === 22 || id === 32 || id === 34
      ? 'minute'
      : id === 19 || id === 21 || id === 33 || id === 35 || (id >= 45 && id <= 47)
        ? 'second'
        : 'number'

function stylesOf(styles: XmlElement | undefined): Style[] {
  const own = new Map<number, Style>()
  for (const { attributes } of all(child(styles, 'numFmts')))
    own.set(Number(attributes.get('numFmtId')), styleOf(attributes.get('formatCode') ?? ''))
  return all(child(styles, 'cellXfs')).map(({ attributes }) => {
    const id = Number(attributes.get('numFmtId') ?? 0)
    return own.get(id) ?? BUILT_IN(id)
  })
}

/** What the letters of a format stand for, outside quotes, escapes and brackets: `yyyy\-mm\-dd hh:mm`. */
function styleOf(code: string): Style {
  const bare = code
    .split(';', 1)[0]!
    .replace(/"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '')
  if (/s/i.test(bare) && !/general/i.test(bare)) return 'second'
  if (/h/i.test(bare)) return 'minute'
  return /[yd]/i.test(bare) ? 'date' : 'number'
}

/** The rows of a sheet that hold something, as lines of CSV. */
export async function* sheetText(
  sheet: AsyncIterable<Uint8Array>,
  book: Workbook,
): AsyncGenerator<Uint8Array> {
  let width = 0
  for await (const row of elementTexts(sheet, 'row')) {
    const tree = xmlTree(row)
    // What cannot be read comes out as it stands, for whoever reads the table to refuse.
    const cells = tree ? cellsOf(tree, book) : [row]
    if (cells.every((cell) => cell === '')) continue
    width = Math.max(width, cells.length)
    while (cells.length < width) cells.push('')
    yield Buffer.from(`${cells.map(quoted).join(',')}\n`)
  }
}

const quoted = (cell: string): string =>
  /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell

/** A sheet has no more columns. */
const COLUMNS = 16_384

function cellsOf(row: XmlElement, book: Workbook): string[] {
  const cells: string[] = []
  for (const cell of elementsOf(row)) {
    const at = columnOf(cell.attributes.get('r') ?? '') ?? cells.length
    if (at >= COLUMNS) continue
    while (cells.length < at) cells.push('')
    cells[at] = valueOf(cell, book).replace(/\r\n?/g, '\n')
  }
  return cells
}

/** `B12` is in column 1. */
function columnOf(reference: string): number | undefined {
  const letters = /^[A-Z]{1,3}/.exec(reference)?.[0]
  if (letters === undefined) return undefined
  let column = 0
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64
  return column - 1
}

function valueOf(cell: XmlElement, book: Workbook): string {
  const type = cell.attributes.get('t')
  const inline = child(cell, 'is')
  if (inline) return textOf(inline)
  const v = child(cell, 'v')
  const value = v ? contentOf(v) : ''
  if (type === 's') return book.texts[Number(value)] ?? ''
  if (type === 'b') return value === '1' ? 'TRUE' : 'FALSE'
  const style = book.styles[Number(cell.attributes.get('s') ?? 0)] ?? 'number'
  return (type === undefined || type === 'n') && style !== 'number' && value !== ''
    ? (moment(Number(value), style, book.dayZero) ?? value)
    : value
}

/** A count of days as date and clock, or one of them alone; undefined where it is none. */
function moment(days: number, style: Style, dayZero: number): string | undefined {
  const ms = Math.round((days + (days < 1 ? 0 : dayZero + EPOCH_DAY)) * 86_400_000)
  const date = new Date(ms)
  if (!(days >= 0) || Number.isNaN(date.getTime())) return undefined
  const [day, clock] = date.toISOString().slice(0, -1).split('T') as [string, string]
  const hasClock = ms % 86_400_000 !== 0 || style !== 'date'
  const exact = clock.replace(/\.000$/, '')
  const shown = style === 'minute' ? exact.replace(/:00$/, '') : exact
  if (days < 1) return shown
  return hasClock ? `${day} ${shown}` : day
}

/** The elements of a name, each as text, cut out as the bytes come; none is within another of its name. Throws where the last one has no end. */
async function* elementTexts(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<string> {
  const begin = new RegExp(`<(?:\\w+:)?${name}[\\s/>]`)
  const end = new RegExp(`</(?:\\w+:)?${name}>|<(?:\\w+:)?${name}(?:\\s[^<>]*)?/>`, 'g')
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of bytes) {
    // An end may be cut in two; nothing before it was one.
    end.lastIndex = Math.max(text.lastIndexOf('<'), 0)
    text += decoder.decode(chunk, { stream: true })
    let from = 0
    for (let m = end.exec(text); m; m = end.exec(text)) {
      const element = text.slice(from, end.lastIndex)
      from = end.lastIndex
      const at = element.search(begin)
      if (at >= 0) yield element.slice(at)
    }
    text = text.slice(from)
    if (text.length > PART_LIMIT) throw new TooLarge('one of its rows is over 64 MiB')
  }
  if (begin.test(text)) throw new Error(`it breaks off within an element ${name}`)
}
