import type { TimelineEvent } from '../../schemas/timeline-event.ts'
import { TimelineChanged, type PageQuery } from '../event-index/event-index.ts'
import { parseInstant } from '../event-index/instant-key.ts'
import { folding, type Folded } from './fold.ts'
import { WrongUse, type Command, type Setting } from './command.ts'
import { printable, withoutControls } from './table.ts'

/** What of the timeline a command is about. */
export interface TimelineFilters {
  from?: string
  to?: string
  query?: string
  kind?: string[]
  source?: string[]
}

export interface TimelineCommandOptions extends TimelineFilters {
  limit?: number
  format: 'text' | 'jsonl' | 'csv' | 'md'
  /** Whether text and Markdown show once what was met through several channels. */
  fold: boolean
}

const PAGE = 1000
/** So many characters are held back before the first is printed: until then a timeline that changes is read anew from its beginning. */
const HELD_BACK = 8_000_000

/** Prints the timeline, or the part that the options select, in order. */
export const timelineCommand: Command<TimelineCommandOptions> = async (setting, options) => {
  const { timeline, workspace, out } = setting
  await timeline.settled(workspace)
  const query = pageQuery(options, PAGE)
  for (;;) {
    let held: string[] | undefined = []
    let size = 0
    try {
      for await (const text of pages(setting, query, options)) {
        if (!held) {
          await out(text)
          continue
        }
        held.push(text)
        size += text.length
        if (size < HELD_BACK) continue
        await out(held.join(''))
        held = undefined
      }
      if (held && size > 0) await out(held.join(''))
      return 0
    } catch (error) {
      if (!(error instanceof TimelineChanged)) throw error
      if (!held) {
        await setting.notes(
          'recount: what was imported or taken back meanwhile has moved events: what is printed ends here, incomplete; run the command again\n',
        )
        return 1
      }
      await timeline.settled(workspace)
    }
  }
}

export function pageQuery(filters: TimelineFilters, limit: number): PageQuery {
  const query: PageQuery = { limit, order: 'asc' }
  for (const edge of ['from', 'to'] as const) {
    const text = filters[edge]
    if (text === undefined) continue
    const key = parseInstant(text)
    if (key === undefined)
      throw new WrongUse(`--${edge} ${text} is no instant: write it as 2024-05-01T10:00:00Z`)
    query[edge] = key
  }
  if (filters.query) query.q = filters.query
  if (filters.kind) query.kind = filters.kind
  if (filters.source) query.source = filters.source
  return query
}

async function* pages(
  { timeline, workspace }: Setting,
  query: PageQuery,
  { format: name, limit = Infinity, fold }: TimelineCommandOptions,
): AsyncGenerator<string> {
  const format = FORMATS[name]
  const folded = folding((ids) => timeline.eventIndex.events(workspace, ids))
  if (format.head) yield format.head
  for (let left = limit, cursor: string | null | undefined; left > 0 && cursor !== null;) {
    const asked = { ...query, limit: Math.min(PAGE, left), ...(cursor && { cursor }) }
    const page = await timeline.eventIndex.page(workspace, asked)
    cursor = page.next
    if (page.count === 0) continue
    const events = Buffer.from(page.events)
    const shown = fold && format.line ? await folded(parse(events)) : undefined
    left -= shown?.length ?? page.count
    yield shown ? shown.map(format.line!).join('') : format.print(events)
  }
}

const parse = (events: Buffer): TimelineEvent[] =>
  JSON.parse(`[${events.toString()}]`) as TimelineEvent[]

interface Format {
  head?: string
  /** `events`: JSON objects joined by a comma and a newline. */
  print(events: Buffer): string
  /** For people: of what was met through several channels one line. */
  line?(this: void, event: Folded): string
}

const FORMATS: Readonly<Record<TimelineCommandOptions['format'], Format>> = {
  jsonl: { print: (events) => `${events.toString().replaceAll(',\n', '\n')}\n` },
  text: {
    print: (events) =>
      parse(events)
        .map((event) => textLine(event))
        .join(''),
    line: ({ event, alsoIn }) => textLine(event, alsoIn),
  },
  md: {
    print: (events) =>
      parse(events)
        .map((event) => markdownLine(event))
        .join(''),
    line: ({ event, alsoIn }) => markdownLine(event, alsoIn),
  },
  csv: {
    head: '@timestamp,kind,level,source,host,service,message,id\r\n',
    print: (events) => parse(events).map(csvLine).join(''),
  },
}

const at = (event: TimelineEvent, group: string, name: string): string => {
  const value = (event[group] as Record<string, unknown> | undefined)?.[name]
  return typeof value === 'string' ? value : ''
}

const sourceOf = (event: TimelineEvent): string => event.timeline.seen[0]?.source ?? ''

/** A mark on instants that were not written so in the source. */
const certainty = (event: TimelineEvent): string =>
  event.timeline.time.basis === 'assumed' || event.timeline.time.flags.length > 0 ? '~' : ' '

const others = (alsoIn: readonly string[]): string =>
  alsoIn.length > 0 ? ` (also in ${alsoIn.join(', ')})` : ''

export function textLine(event: TimelineEvent, alsoIn: readonly string[] = []): string {
  const level = at(event, 'log', 'level')
  const who = at(event, 'user', 'name')
  const program = at(event, 'service', 'name') || at(event, 'process', 'name')
  const text = printable(
    `${who && event.timeline.kind === 'chat' ? `${who}: ` : ''}${event.message}`,
  )
  return `${event['@timestamp']}${certainty(event)} ${event.timeline.kind.padEnd(6)} ${printable((program ? `${sourceOf(event)} ${program}` : sourceOf(event)) + others(alsoIn))}  ${level ? `${printable(level)}: ` : ''}${text}\n`
}

/** Characters that Markdown would read are escaped; a line stays a line. */
const markdown = (text: string): string =>
  printable(text).replace(/[\\`*_{}[\]<>#|]/g, String.raw`\$&`)

const markdownLine = (event: TimelineEvent, alsoIn: readonly string[] = []): string =>
  `* ${event['@timestamp']} UTC, ${markdown(sourceOf(event) + others(alsoIn))}: ${markdown(event.message)}\n`

/** RFC 4180, without what a terminal would obey; a cell that a spreadsheet would take for a formula gets a quote in front. */
const cell = (text: string): string =>
  `"${(/^[=+\-@\t\r]/.test(text) ? `'${withoutControls(text)}` : withoutControls(text)).replaceAll('"', '""')}"`

const csvLine = (event: TimelineEvent): string =>
  `${[
    event['@timestamp'],
    event.timeline.kind,
    at(event, 'log', 'level'),
    sourceOf(event),
    at(event, 'host', 'name'),
    at(event, 'service', 'name'),
    event.message,
    event.event.id,
  ]
    .map(cell)
    .join(',')}\r\n`
