/** Spreadsheets of Excel and others (.xlsx, .xlsm), SpreadsheetML of ECMA-376 part 1, chapter 18, https://ecma-international.org/publications-and-standards/standards/ecma-376/. */
import { posix } from 'node:path'
import {
  child,
  contentOf,
  elementsOf,
  localName,
  xmlTree,
  type XmlElement,
} from '../../../ingest-adapters/shared/xml-tree.ts'
import { TooLarge } from './limits.ts'
import { missing, row, type OpenMember, type Rows, type Sheet } from './sheet.ts'
import { elementsNamed } from './xml-stream.ts'

interface Workbook {
  /** Texts that cells refer to by their number. */
  texts: string[]
  /** What the format of each style makes of a number. */
  styles: Style[]
  /** Days from 1899-12-30 to day 0. */
  dayZero: number
}

type Style = 'number' | 'date' | 'minute' | 'second' | 'span'

/** Of a part beside the sheets; of these all texts are held at once. */
const PART_LIMIT = 64 * 1024 * 1024
const WORKBOOK = 'xl/workbook.xml'
const DAYS_TO_1904 = 1462
/** 1899-12-30 in days since 1970: day 1 is 1900-01-01 and 1900 counts as a leap year, so it holds from 1900-03-01 on. */
const EPOCH_DAY = -25_569
const FIRST_DAY = 61
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

/** The sheets; undefined where the archive is none of these. Throws where it names a part that is not there. */
export async function workbookSheets(open: OpenMember): Promise<Sheet[] | undefined> {
  const written: ReadonlyMap<string, string>[] = []
  let dayZero = 0
  for await (const entries of part(open, WORKBOOK, 'sheet', 'workbookPr'))
    for (const { name, attributes } of entries) {
      if (name === 'sheet') written.push(attributes)
      else if (/^(?:1|true)$/.test(attributes.get('date1904') ?? '')) dayZero = DAYS_TO_1904
    }
  if (written.length === 0) return undefined
  const members = new Map<string, string>()
  const ofType = new Map<string, string>()
  for await (const entries of part(open, 'xl/_rels/workbook.xml.rels', 'Relationship'))
    for (const { attributes } of entries) {
      const member = posix.resolve('/xl', attributes.get('Target') ?? '').slice(1)
      members.set(attributes.get('Id') ?? '', member)
      ofType.set(posix.basename(attributes.get('Type') ?? ''), member)
    }
  /** Some tell of no styles and have them all the same. */
  const named = (type: string): string => {
    const member = ofType.get(type)
    if (member !== undefined && !open(member)) throw missing(member)
    return member ?? `xl/${type}.xml`
  }
  const texts: string[] = []
  for await (const entries of part(open, named('sharedStrings'), 'si'))
    for (const { tree } of entries) texts.push(textOf(tree))
  const styles = await stylesOf(part(open, named('styles'), 'numFmt', 'xf'))
  const book: Workbook = { texts, styles, dayZero }
  return written.map((attributes, i): Sheet => {
    const id = [...attributes].find(([name]) => name.endsWith(':id'))?.[1]
    const name = attributes.get('name') ?? `${i + 1}`
    return { name, member: members.get(id ?? ''), rows: (bytes) => rowsOf(bytes, book) }
  })
}

interface Entry {
  name: string
  attributes: ReadonlyMap<string, string>
  tree: XmlElement
  parent: string
}

/** The elements of these names in a part; none where there is no such part. */
async function* part(
  open: OpenMember,
  member: string,
  ...names: string[]
): AsyncGenerator<Entry[]> {
  const bytes = open(member)
  if (!bytes) return
  let size = 0
  const limited = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      if ((size += chunk.length) > PART_LIMIT) throw new TooLarge(`${member} is over 64 MiB`)
      yield chunk
    }
  }
  for await (const elements of elementsNamed(limited(), ...names))
    yield elements.map(({ text, parent }) => {
      const tree = xmlTree(text)
      if (!tree) throw new Error(`${member} is not well formed: ${text.slice(0, 40)}`)
      const name = localName(tree.name)
      return { name, attributes: tree.attributes, tree, parent: parent?.name ?? '' }
    })
}

/** The text of `<t>`, alone or in runs of rich text; how it is pronounced is left out. */
const textOf = (element: XmlElement): string =>
  elementsOf(element)
    .map((each) => {
      const name = localName(each.name)
      return name === 't' ? unescaped(contentOf(each)) : name === 'r' ? textOf(each) : ''
    })
    .join('')

/** `_x000D_` is a character that XML cannot hold, ST_Xstring of 22.9.2.19. */
const unescaped = (text: string): string =>
  text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )

/** Formats that need no definition, 18.8.30: those of dates and of clocks in all languages. */
const BUILT_IN = (id: number): Style =>
  (id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id === 36 || (id >= 50 && id <= 58)
    ? 'date'
    : id === 18 || id === 20 || id === 22 || id === 32 || id === 34
      ? 'minute'
      : id === 19 || id === 21 || id === 33 || id === 35 || id === 45 || id === 47
        ? 'second'
        : id === 46
          ? 'span'
          : 'number'

async function stylesOf(parts: AsyncIterable<Entry[]>): Promise<Style[]> {
  const own = new Map<number, Style>()
  const styles: Style[] = []
  for await (const entries of parts)
    for (const { attributes, parent } of entries) {
      const id = Number(attributes.get('numFmtId') ?? 0)
      if (parent === 'numFmts') own.set(id, styleOf(attributes.get('formatCode') ?? ''))
      else if (parent === 'cellXfs') styles.push(own.get(id) ?? BUILT_IN(id))
    }
  return styles
}

/** What the letters of a format stand for, outside quotes, escapes and brackets: `yyyy\-mm\-dd hh:mm`. */
function styleOf(code: string): Style {
  const bare = code
    .split(';', 1)[0]!
    .replace(/"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '')
  if (bare.includes('[')) return 'span'
  if (/s/i.test(bare)) return 'second'
  if (/h/i.test(bare)) return 'minute'
  return /[yd]/i.test(bare) ? 'date' : 'number'
}

async function* rowsOf(sheet: AsyncIterable<Uint8Array>, book: Workbook): Rows {
  for await (const elements of elementsNamed(sheet, 'row'))
    for (const { text } of elements) {
      const tree = xmlTree(text)
      // What cannot be read comes out as it stands, for whoever reads the table to refuse.
      yield tree ? cellsOf(tree, book) : [text]
    }
}

function cellsOf(written: XmlElement, book: Workbook): string[] {
  const cells = row()
  let next = 0
  for (const cell of elementsOf(written)) {
    const at = columnOf(cell.attributes.get('r') ?? '') ?? next
    cells.set(at, valueOf(cell, book))
    next = at + 1
  }
  return cells.values
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
  const type = cell.attributes.get('t') ?? 'n'
  const inline = child(cell, 'is')
  if (inline) return textOf(inline)
  const v = child(cell, 'v')
  const value = v ? contentOf(v) : ''
  if (value === '') return ''
  if (type === 'str') return unescaped(value)
  if (type === 'b') return /^(?:1|true)$/.test(value) ? 'TRUE' : 'FALSE'
  if (type === 's') {
    const text = book.texts[Number(value)]
    if (text === undefined)
      throw new Error(`a cell has the text number ${value}, but there are ${book.texts.length}`)
    return text
  }
  const style = book.styles[Number(cell.attributes.get('s') ?? 0)] ?? 'number'
  if (type !== 'n' || style === 'number') return value
  const days = Number(value)
  return (style === 'span' ? span(days) : moment(days, style, book.dayZero)) ?? value
}

const withoutZeros = (clock: string): string => clock.replace(/\.000$/, '')

/** A count of days as date and clock, or as a clock alone; undefined where it is none. */
function moment(days: number, style: Style, dayZero: number): string | undefined {
  const isClock = days >= 0 && days < 1 && style !== 'date'
  if (!isClock && !(days + dayZero >= FIRST_DAY)) return undefined
  const ms = Math.round((days + (isClock ? 0 : dayZero + EPOCH_DAY)) * DAY_MS)
  const date = new Date(ms)
  if (Number.isNaN(date.getTime())) return undefined
  const [day, clock] = date.toISOString().slice(0, -1).split('T') as [string, string]
  const hasClock = ms % DAY_MS !== 0 || style !== 'date'
  const exact = withoutZeros(clock)
  const shown = style === 'minute' ? exact.replace(/:00$/, '') : exact
  if (isClock) return shown
  return hasClock ? `${day} ${shown}` : day
}

/** A count of days as hours, minutes and seconds; undefined where it is none. */
function span(days: number): string | undefined {
  const ms = Math.round(Math.abs(days) * DAY_MS)
  if (!Number.isSafeInteger(ms)) return undefined
  const below = new Date(ms % HOUR_MS).toISOString().slice(14, -1)
  return `${days < 0 ? '-' : ''}${Math.floor(ms / HOUR_MS)}:${withoutZeros(below)}`
}
