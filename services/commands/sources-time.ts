import type { Clock } from '../../schemas/context.ts'
import type { Removal } from '../../schemas/removal.ts'
import { assumptions, type Assumptions } from '../ingest/assumptions.ts'
import { openCatalogue } from '../ingest/catalogue.ts'
import { zoneRules } from '../normalizer/zones.ts'
import { WrongUse, type Command, type Setting } from './command.ts'
import { namedOf } from './sources.ts'
import { counted, printable } from './table.ts'

interface ShownSource {
  source: string
  events: number
  /** By how the instant is known: the values of `timeline.time.basis`. */
  bases: Record<string, number>
  streams: Assumptions[]
}

const BASES = ['explicit', 'named', 'configured', 'inferred', 'assumed', 'received']

/** What is taken for granted about the time of a source, or of all sources. */
export const sourcesShowCommand: Command<{ name?: string; json?: boolean }> = async (
  setting,
  { name, json },
) => {
  const { timeline, workspace } = setting
  await timeline.settled(workspace)
  const of = name === undefined ? undefined : await namedOf(setting, name)
  const all = await timeline.eventIndex.sources(workspace)
  const named = of && 'path' in of ? await sourcesUnder(setting, of) : undefined
  const wanted = all.filter(({ source }) =>
    !of ? true : 'source' in of ? of.source === source : named!.has(source),
  )
  const shown: ShownSource[] = []
  for (const { source, events } of wanted)
    shown.push({ source, events, ...(await shownSource(setting, source)) })
  if (json) await setting.out(`${JSON.stringify({ sources: shown })}\n`)
  else await setting.out(shown.map(printed).join('\n'))
  return 0
}

async function sourcesUnder(
  { timeline, workspace }: Setting,
  of: Removal,
): Promise<ReadonlySet<string>> {
  const streams = new Set(await timeline.eventIndex.streams(workspace, of))
  const sources = new Set<string>()
  for (const { source } of await timeline.eventIndex.sources(workspace)) {
    const mine = await timeline.eventIndex.streams(workspace, { source })
    if (mine.some((stream) => streams.has(stream))) sources.add(source)
  }
  return sources
}

async function shownSource(
  { timeline, workspace }: Setting,
  source: string,
): Promise<Pick<ShownSource, 'bases' | 'streams'>> {
  const { bus, eventIndex } = timeline
  const catalogue = await openCatalogue(bus, workspace)
  const mine = new Set(await eventIndex.streams(workspace, { source }))
  const bases: Record<string, number> = {}
  for (const basis of BASES) {
    const filter = { source: [source], q: `timeline.time.basis:${basis}` }
    const buckets = await eventIndex.histogram(workspace, filter, YEAR_S)
    const count = buckets.reduce((sum, bucket) => sum + bucket.count, 0)
    if (count > 0) bases[basis] = count
  }
  const streams = catalogue
    .all()
    .filter(({ file }) => mine.has(file))
    .map((context) => assumptions(context, source, catalogue.told(context.file).keys()))
  return { bases, streams }
}

const YEAR_S = 365 * 86_400
const WORDS: Readonly<Record<string, string>> = {
  explicit: 'with an offset of their own',
  named: 'with the name of their zone',
  configured: 'in the zone that was told',
  inferred: 'worked out from evidence',
  assumed: 'taken as UTC, which nothing tells',
  received: 'dated by their arrival',
}

function printed({ source, events, bases, streams }: ShownSource): string {
  const lines = [`${source}: ${counted(events, 'event')}`]
  for (const [basis, count] of Object.entries(bases))
    lines.push(`  ${count.toLocaleString('en')} ${WORDS[basis]}`)
  for (const each of streams)
    lines.push(`  ${each.dataset}, ${placeOf(each)}`, ...known(each, bases))
  if (bases['assumed'] !== undefined)
    lines.push(`  tell it with: recount sources set-zone ${quoted(source)} ZONE`)
  return lines.map((line) => `${printable(line)}\n`).join('')
}

const placeOf = ({ paths, stream }: Assumptions): string => {
  const [first, ...more] = paths
  if (first === undefined) return `stream ${stream}`
  return more.length > 0 ? `${first} and ${counted(more.length, 'more file')}` : first
}

const ORDERS = { dmy: 'day before month', mdy: 'month before day', ymd: 'year first' }

function known(
  { zone, year, date, order, clock }: Assumptions,
  bases: Readonly<Record<string, number>>,
): string[] {
  const lines: string[] = []
  const because = (text: string | undefined): string => (text === undefined ? '' : ` (${text})`)
  const open = (from: string | number, value: string | number): string =>
    from === value ? '' : `, though from ${from} on is possible`
  if (zone.known !== 'assumed')
    lines.push(
      `    stamps without a zone: ${zone.value}, ${zone.known === 'corrected' ? 'set by set-zone' : 'told with an import'}`,
    )
  else if (bases['assumed'] !== undefined) lines.push('    stamps without a zone: UTC, assumed')
  if (year)
    lines.push(
      `    stamps without a year begin in ${year.value}${because(year.because)}${open(year.from, year.value)}`,
    )
  if (date)
    lines.push(
      `    stamps without a date begin on ${date.value}${because(date.because)}${open(date.from, date.value)}`,
    )
  if (order?.open) lines.push(`    dates in digits: ${ORDERS[order.value]}, which nothing decides`)
  if (clock) lines.push(`    clock: ${clockWords(clock)}, set by set-clock`)
  return lines
}

const clockWords = ({ addMs, drift }: Clock): string =>
  `${offsetText(addMs)} is added${drift ? `, and ${offsetText(Math.round(drift.msPerDay))} more for each day after ${new Date(drift.from * 1000).toISOString()}` : ''}`

const quoted = (name: string): string => (/^[\w./-]+$/.test(name) ? name : JSON.stringify(name))

/** Dates the stamps of a source that say no zone by this one; `--reset` takes that back. */
export const sourcesSetZoneCommand: Command<{
  name: string
  zone?: string
  reset?: boolean
}> = async (setting, { name, zone, reset }) => {
  if ((zone === undefined) === !reset)
    throw new WrongUse('set-zone wants a zone, such as Europe/Berlin or -04:00, or --reset')
  if (zone !== undefined && !zoneRules(zone))
    throw new WrongUse(
      `${zone} is no zone: give an IANA name such as Europe/Berlin, or an offset such as -04:00`,
    )
  return tell(setting, name, { zone: zone ?? null })
}

/** Corrects the clock of a source by an offset; `--reset` takes that back. */
export const sourcesSetClockCommand: Command<{
  name: string
  add?: string
  reset?: boolean
}> = async (setting, { name, add, reset }) => {
  if ((add === undefined) === !reset)
    throw new WrongUse(
      'set-clock wants what to add to the stamps, such as +7m or -1h30m, or --reset',
    )
  return tell(setting, name, { clock: add === undefined ? null : { addMs: offsetOf(add) } })
}

async function tell(
  setting: Setting,
  name: string,
  told: { zone?: string | null; clock?: Clock | null },
): Promise<0> {
  const { timeline, workspace } = setting
  const of = await namedOf(setting, name)
  const streams = await timeline.correct(workspace, of, told)
  await setting.out(
    streams === 0
      ? `Nothing changes: that is how ${printable(name)} is dated already.\n`
      : `${counted(streams, 'stream')} of ${printable(name)} dated anew. Take it back with --reset; see: recount sources show ${printable(quoted(name))}\n`,
  )
  return 0
}

const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
]
/** A clock that is wrong by more is not wrong: its stamps are of another thing. */
const MOST_MS = 100 * 366 * 86_400_000

/** `+7m`, `-1h30m`, `+275d`, `-0.25s` in milliseconds. @throws WrongUse */
function offsetOf(text: string): number {
  const wrong = new WrongUse(
    `${text} is no offset: write + or - and days, hours, minutes, seconds or milliseconds, such as +7m, -1h30m, +275d, -250ms`,
  )
  if (!/^[+-](?:\d+(?:\.\d+)?(?:ms|[dhms]))+$/.test(text)) throw wrong
  let ms = 0
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[dhms])/g))
    ms += Number(number) * UNITS.find(([name]) => name === unit)![1]
  const signed = Math.round(text.startsWith('-') ? -ms : ms)
  if (signed === 0 || Math.abs(signed) > MOST_MS) throw wrong
  return signed
}

/** Milliseconds as `offsetOf` reads them. */
export function offsetText(ms: number): string {
  let left = Math.abs(ms)
  let text = ms < 0 ? '-' : '+'
  for (const [name, size] of UNITS) {
    const count = Math.floor(left / size)
    left -= count * size
    if (count > 0) text += `${count}${name}`
  }
  return text.length === 1 ? '+0s' : text
}
