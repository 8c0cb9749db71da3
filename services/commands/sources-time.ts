import { MOST_MS, type Clock } from '../../schemas/context.ts'
import { datedSources, type Assumptions, type DatedSource } from '../source-time/dated-sources.ts'
import { clockSuggestions } from '../source-time/clock-suggestions.ts'
import {
  contradictions,
  type Contradiction,
  type SecondStamp,
} from '../source-time/contradictions.ts'
import type { Suggestion } from '../source-time/suggest.ts'
import { parseInstant } from '../event-index/instant-key.ts'
import type { Told } from '../ingest/correct.ts'
import { ORDERS } from '../ingest/time-words.ts'
import { ZONE_WANTED, zoneRules } from '../normalizer/zones.ts'
import { WrongUse, type Command, type Setting } from './command.ts'
import { namedOf } from './sources.ts'
import { counted, printable, withoutControls } from './table.ts'

/** What is taken for granted about the time of a source, or of all sources. */
export const sourcesShowCommand: Command<{ name?: string; json?: boolean }> = async (
  setting,
  { name, json },
) => {
  const { timeline, workspace } = setting
  await timeline.settled(workspace)
  const of = name === undefined ? undefined : await namedOf(setting, name)
  const shown = await datedSources(timeline, workspace, of)
  if (json) await setting.out(`${JSON.stringify({ sources: shown })}\n`)
  else await setting.out(shown.map(printed).join('\n'))
  return 0
}

const WORDS: Readonly<Record<string, string>> = {
  explicit: 'with an offset of their own',
  named: 'with the name of their zone',
  configured: 'in the zone that was told',
  inferred: 'worked out from evidence',
  assumed: 'taken as UTC, which nothing tells',
  received: 'dated by their arrival',
}

function printed({ source, events, bases, streams }: DatedSource): string {
  const lines = [`${source}: ${counted(events, 'event')}`]
  for (const [basis, count] of Object.entries(bases))
    lines.push(`  ${count.toLocaleString('en')} ${WORDS[basis]}`)
  for (const each of streams) {
    const facts = known(each, bases)
    // Where every stamp says all there is nothing to tell of a stream.
    if (facts.length > 0) lines.push(`  ${each.dataset}, ${placeOf(each)}`, ...facts)
  }
  if (bases['assumed'] !== undefined)
    lines.push(`  tell it with: recount sources set-zone ${quoted(source)} ZONE`)
  return lines.map((line) => `${printable(line)}\n`).join('')
}

const placeOf = ({ paths, stream }: Assumptions): string => {
  const [first, ...more] = paths
  if (first === undefined) return `stream ${stream}`
  return more.length > 0 ? `${first} and ${counted(more.length, 'more file')}` : first
}

function known(
  { zone, year, date, order, clock, secondStamp }: Assumptions,
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
  if (secondStamp) lines.push(`    ${secondWords(secondStamp)}`)
  return lines
}

function secondWords({ add, records, unzoned, applied }: SecondStamp): string {
  const apart = add.map((seconds) => offsetText(seconds * 1000)).join(' or ')
  return [
    `${counted(records, 'record')} with a second stamp: it is ${apart} from the usual one`,
    ...(unzoned
      ? [', which tells the zone of those that say none']
      : applied
        ? [', which set-clock --suggested applied']
        : [', which contradicts those that have no other']),
  ].join('')
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
    throw new WrongUse(`${zone} is no zone: ${ZONE_WANTED}`)
  return tell(setting, name, { zone: zone ?? null })
}

/** Corrects the clock of a source by an offset, and by a drift from an instant on; `--reset` takes that back. */
export const sourcesSetClockCommand: Command<{
  name: string
  add?: string
  drift?: string
  from?: string
  suggested?: boolean
  reset?: boolean
}> = async (setting, { name, add, drift, from, suggested, reset }) => {
  if ([add !== undefined, suggested, reset].filter(Boolean).length !== 1)
    throw new WrongUse(
      'set-clock wants what to add to the stamps, such as +7m or -1h30m, or --suggested, or --reset',
    )
  if ((drift === undefined) !== (from === undefined))
    throw new WrongUse(
      '--drift wants --from, the instant from which on it is added, and --from wants --drift',
    )
  if (drift !== undefined && add === undefined)
    throw new WrongUse('--drift comes with what to add to the stamps, such as +7m')
  if (suggested) return tell(setting, name, { suggested })
  if (add === undefined) return tell(setting, name, { clock: null, suggested: null })
  const clock: Clock = { addMs: offsetOf(add) }
  if (drift !== undefined) {
    const key = parseInstant(from!)
    if (key === undefined)
      throw new WrongUse(`--from ${from} is no instant: write it as 2024-05-01T10:00:00Z`)
    clock.drift = { from: Number(key.slice(0, 10)), msPerDay: offsetOf(drift) }
  }
  return tell(setting, name, { clock })
}

/** Looks for clocks and zones that are wrong beside those of other sources, in what several of them saw. */
export const sourcesSuggestCommand: Command<{ json?: boolean }> = async (setting, { json }) => {
  const { timeline, workspace } = setting
  await timeline.settled(workspace)
  const suggestions = await clockSuggestions(timeline, workspace)
  const contradicted = await contradictions(timeline, workspace)
  if (json) await setting.out(`${JSON.stringify({ suggestions, contradicted })}\n`)
  else if (suggestions.length + contradicted.length === 0)
    await setting.out('No two sources saw enough of the same things at times that do not fit.\n')
  else
    await setting.out(
      [...contradicted.map(contradictedText), ...suggestions.map(suggestedText)].join('\n'),
    )
  return 0
}

async function tell(setting: Setting, name: string, told: Told): Promise<0> {
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

const contradictedText = ({ source, ...second }: Contradiction): string =>
  [
    `${source}: ${secondWords(second)}`,
    `  apply it with: recount sources set-clock ${quoted(source)} --suggested`,
  ]
    .map((line) => `${withoutControls(line)}\n`)
    .join('')

function suggestedText({
  source,
  beside,
  add,
  drift,
  zone,
  agree,
  of,
  examples,
}: Suggestion): string {
  const what = [
    ...(zone === undefined ? [] : [`its stamps are of the zone ${zone}`]),
    ...(add === 0
      ? []
      : [
          `its clock is ${add > 0 ? 'behind' : 'ahead'} by ${offsetText(Math.abs(toMs(add))).slice(1)}`,
        ]),
    ...(drift ? [`and changes by ${offsetText(driftMs(-drift.perDay))} a day`] : []),
  ].join(' ')
  const lines = [
    `${source}: ${what}, beside ${beside}: ${agree} of ${counted(of, 'thing')} that both saw agree`,
    ...examples.map(
      ({ here, there }) =>
        `  ${instantText(here)} ${here.text}\n  ${instantText(there)} ${there.text} (${beside})`,
    ),
  ]
  const name = quoted(source)
  if (zone !== undefined) lines.push(`  apply it with: recount sources set-zone ${name} ${zone}`)
  if (add !== 0)
    lines.push(
      `  apply it with: recount sources set-clock ${name} ${offsetText(toMs(add))}${drift ? ` --drift=${offsetText(driftMs(drift.perDay))} --from ${new Date(Math.floor(drift.from) * 1000).toISOString()}` : ''}`,
    )
  return lines.map((line) => `${withoutControls(line)}\n`).join('')
}

/** To the second: what is on the way from one to the other takes milliseconds. */
const toMs = (seconds: number): number => Math.round(seconds) * 1000
const driftMs = (perDay: number): number => Math.round(perDay * 10) * 100
const instantText = ({ seconds }: { seconds: number }): string =>
  new Date(seconds * 1000).toISOString()

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
