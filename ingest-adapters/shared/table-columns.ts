/**
 * Which columns of a table hold what, by the names in its header, or as a line above the header says:
 * `# recount: time=Opened at, message=Title, user=Owner, zone=Europe/Berlin`. Of these `time` must be there; the names are those of the header.
 */
import type { Stamp } from '../../schemas/source-record.ts'
import { rows, separatorOf, type Row } from './csv.ts'
import { wholeStamp } from './json-stamp.ts'
import { digitDateStamp } from './numeric-stamp.ts'
import type { StampRead } from './stamp.ts'
import { withZoneAmong } from './zone-name.ts'

export interface Columns {
  separator: string
  header: readonly string[]
  /** The number of the header's last line; above it may be a mapping. */
  above: number
  time: number
  /** The column of the clock, where `time` holds the date alone. */
  clock?: number
  message?: number
  user?: number
  link?: number
  /** Words that name the zone of stamps without one. */
  zone: string
}

const MAPPING = /^["']?#\s*recount:\s*(.+?)["',;\t|\s]*$/i
/** The header of what the event viewer of Windows exports, in English and German: it names no column for what the event says. */
const EVENT_VIEWER =
  /^(?:(?:Level|Keywords),Date and Time,Source,Event ID,Task Category|(?:Ebene|Schlüsselwörter),Datum und Uhrzeit,Quelle,Ereignis-ID,Aufgabenkategorie)$/i
const ROWS = 50
const ENOUGH = 0.6

const words = (name: string): string[] =>
  name
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter(Boolean)

/** Words in the name of a column of times, the surest first. */
const TIMES = [
  'timestamp datetime zeitstempel zeitpunkt horodatage ts',
  'time when date zeit datum uhrzeit fecha hora heure',
  'start started begin began beginn',
  'created opened reported occurred at',
  'updated modified changed',
  'received ingested indexed inserted',
].map((line) => new Set(line.split(' ')))
/** A column of times that are not that of the row. */
const OTHERS = /^(?:end|ended|until|to|finish|finished|resolved|closed|due|duration|zone|expires)$/
/** `receiveTimestamp`, `Ingestion time`: when a row came in, not when it was written. */
const RECEIPT = /^(?:receive|receipt|ingest|ingestion|index|insert)$/
const MESSAGES =
  /^(?:event|events|message|msg|description|summary|title|what|text|note|notes|action|details|change|entry|comment|raw|ereignis|beschreibung|titel|was)$/
const USERS = /^(?:who|user|username|author|owner|person|actor|by|assignee|reporter|wer|name)$/
const LINKS = /^(?:link|url|reference|permalink)$/

/** 0 is the surest; undefined for a name that is none of a time. */
function timeRank(name: string): number | undefined {
  const all = words(name)
  if (all.length > 4 || all.some((word) => OTHERS.test(word))) return undefined
  if (all.some((word) => RECEIPT.test(word))) return TIMES.length - 1
  const rank = TIMES.findIndex((set) => all.some((word) => set.has(word)))
  return rank < 0 ? undefined : rank
}

/** `Event ID` holds no event. */
const NUMBERS = /^(?:id|ids|no|nr|number|code|category|type|count)$/
/** `host.name` is no person. */
const THINGS =
  /^(?:host|server|machine|computer|device|service|process|container|pod|cluster|namespace|component|file|project|rule|alert|monitor)$/

const columnOf = (
  header: readonly string[],
  names: RegExp,
  others?: RegExp,
): number | undefined => {
  const isOther = (word: string): boolean => NUMBERS.test(word) || others?.test(word) === true
  const at = header.findIndex((name) => {
    const all = words(name)
    return all.some((word) => names.test(word)) && !all.some(isOther)
  })
  return at < 0 ? undefined : at
}

const CLOCK = /^\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?: ?[AaPp]\.?[Mm]\.?)?(?: .*)?$/

/** The stamp of a row. A date and a clock in columns of their own are read as one text. */
export function rowTime(row: readonly string[], { time, clock, zone }: Columns): StampRead {
  const date = row[time]?.trim() ?? ''
  const written = clock === undefined ? date : `${date} ${row[clock]?.trim() ?? ''}`.trim()
  const stamp =
    wholeStamp(written.replace(/^(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}), /, '$1 ')) ?? digits(written)
  if (typeof stamp !== 'object') return stamp
  return withZone({ ...stamp, original: written }, zone)
}

/** `5/1/24 10:00`, where the whole text is the stamp. */
function digits(written: string): StampRead {
  const stamp = digitDateStamp(written)
  return typeof stamp === 'object' && stamp.original.length < written.length ? undefined : stamp
}

const withZone = (stamp: Stamp, zone: string): Stamp => withZoneAmong(stamp, zone) ?? stamp

/** Whether so many of the rows have a time that the column is one of times. */
function holdsTimes(records: readonly Row[], columns: Columns): boolean {
  const hits = records.filter(({ cells }) => rowTime(cells, columns) !== undefined).length
  return hits > 0 && hits >= records.length * ENOUGH
}

/** The columns of the table that a text is, undefined where it is none or where no column is surely that of the time. */
export function tableColumns(text: string): Columns | undefined {
  const begin = text.slice(0, 64 * 1024)
  const mapping = MAPPING.exec(begin.split('\n', 1)[0]!)
  const body = mapping ? begin.slice(begin.indexOf('\n') + 1) : begin
  const separator = separatorOf(body.split('\n', 1)[0]!)
  if (separator === undefined) return undefined
  const some: Row[] = []
  for (const row of rows(body, separator)) if (some.push(row) > ROWS) break
  const top = some.shift()!
  const header = top.cells.map((cell) => cell.trim())
  if (some.length > 1) some.pop()
  const records = some.filter(({ cells }) => cells.some((cell) => cell.trim() !== ''))
  if (header.filter(Boolean).length < 2 || records.length === 0) return undefined
  const wide = (width: number): boolean =>
    records.filter(({ cells }) => cells.length === width).length >= records.length * ENOUGH
  if (EVENT_VIEWER.test(header.join()) && wide(header.length + 1)) header.push('Message')
  if (!wide(header.length)) return undefined
  const base = { separator, header, above: top.text.split('\n').length + (mapping ? 1 : 0) }
  return mapping ? mapped(mapping[1]!, base) : evident(records, base)
}

type Base = Pick<Columns, 'separator' | 'header' | 'above'>

function mapped(mapping: string, base: Base): Columns | undefined {
  const told = new Map(
    mapping.split(/[,;]/).flatMap((pair): [string, string][] => {
      const m = /^\s*(\w+)\s*=\s*(.+?)\s*$/.exec(pair)
      return m ? [[m[1]!.toLowerCase(), m[2]!]] : []
    }),
  )
  const place = (key: string): number => base.header.indexOf(told.get(key) ?? '')
  const keys = ['time', 'clock', 'message', 'user', 'link']
  if (place('time') < 0 || keys.some((key) => told.has(key) && place(key) < 0)) return undefined
  const zone = told.get('zone') ?? base.header[place('time')]!
  const columns: Columns = { ...base, time: place('time'), zone }
  for (const key of ['clock', 'message', 'user', 'link'] as const)
    if (told.has(key)) columns[key] = place(key)
  return columns
}

function evident(records: readonly Row[], base: Base): Columns | undefined {
  const { header } = base
  // a header is words: a row of a table without one has a stamp or a number in it
  if (header.some((cell) => /^[\d\s.,:/+-]+$/.test(cell) || wholeStamp(cell) !== undefined))
    return undefined
  const candidates = header
    .map((name, time) => ({ name, time, rank: timeRank(name) }))
    .filter((each): each is typeof each & { rank: number } => each.rank !== undefined)
    .sort((a, b) => a.rank - b.rank)
  const rest = {
    ...optional('message', columnOf(header, MESSAGES)),
    ...optional('user', columnOf(header, USERS, THINGS)),
    ...optional('link', columnOf(header, LINKS)),
  }
  for (const { time, name } of candidates) {
    const columns: Columns = { ...base, ...rest, time, zone: name }
    if (holdsTimes(records, columns)) return columns
    const clock = candidates.find((other) => other.time !== time && isClock(records, other.time))
    const both = clock && { ...columns, clock: clock.time, zone: `${name} ${clock.name}` }
    if (both && holdsTimes(records, both)) return both
  }
  return undefined
}

const isClock = (records: readonly Row[], column: number): boolean =>
  records.every(({ cells }) => CLOCK.test(cells[column]?.trim() ?? '') || !cells[column])

const optional = <K extends string>(
  key: K,
  value: number | undefined,
): Partial<Record<K, number>> =>
  value === undefined ? {} : ({ [key]: value } as Record<K, number>)

/** What somebody can do so that a table is read, where the text is one; undefined where it is none. */
export function tableAdvice(text: string): string | undefined {
  const [first = '', second = ''] = text.split('\n', 2)
  if (MAPPING.test(first)) {
    return `its first line names a column that is not in the header below it, or no time: write it as "# recount: time=COLUMN, message=COLUMN"`
  }
  const separator = separatorOf(first)
  const columns = separator === undefined ? 0 : first.split(separator).length
  if (separator === undefined || columns < 3 || second.split(separator).length !== columns)
    return undefined
  return 'no column is surely that of the time: put a line "# recount: time=COLUMN, message=COLUMN" above the header'
}
