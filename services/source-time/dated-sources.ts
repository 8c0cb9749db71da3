import type { Removal } from '../../schemas/removal.ts'
import { Basis } from '../../schemas/timeline-event.ts'
import type { Bus } from '../bus/bus.ts'
import type { EventIndex, KnownBy } from '../event-index/event-index.ts'
import { openCatalogue } from '../ingest/catalogue.ts'
import { secondStamp, type SecondStamp } from './contradictions.ts'
import { contextOf, type Clock, type Context } from '../../schemas/context.ts'
import { decisive } from '../ingest/time-words.ts'

/** What is taken for granted about the time of one source in one stream, and how that is known. */
export interface Assumptions {
  /** The stream in the catalogue. */
  stream: string
  dataset: string
  /** Files of it that told something of its time. */
  paths: string[]
  /** Of stamps that say none. */
  zone: { value: string; known: 'assumed' | 'told' | 'corrected' }
  /** Of stamps without one: of the first record; `from`: the earliest that is possible. */
  year?: { value: number; from: number; because?: string }
  /** The same for stamps without a date, as YYYY-MM-DD. */
  date?: { value: string; from: string; because?: string }
  /** The order of dates in digits; `open` when others fit as well. */
  order?: { value: 'dmy' | 'mdy' | 'ymd'; open: boolean }
  /** What is added to its stamps, because a person said so. */
  clock?: Clock
  /** What those of its records show that have a second stamp. */
  secondStamp?: SecondStamp
}

/** What a context takes for granted about a source. */
function assumptions(
  context: Context,
  source: string,
  paths: Iterable<string>,
  isNamed: (stream: string) => boolean,
): Assumptions {
  const { file, dataset, year, yearFrom, day, dayFrom, order, orderOpen, evidence } = context
  const now = contextOf(context, source)
  const second = secondStamp(context, source, isNamed)
  const because = (value: number): { because?: string } => {
    const found = decisive(evidence, value)
    return found ? { because: found.because } : {}
  }
  const isCorrected = (context.corrections ?? []).some(
    (c) => c.zone !== undefined && (c.source === undefined || c.source === source),
  )
  return {
    stream: file,
    dataset,
    paths: [...paths].sort(),
    zone: {
      value: now.zone ?? 'UTC',
      known: isCorrected ? 'corrected' : now.zone === undefined ? 'assumed' : 'told',
    },
    ...(year !== undefined && {
      year: { value: year, from: yearFrom ?? year, ...because(year) },
    }),
    ...(day !== undefined && {
      date: { value: dayName(day), from: dayName(dayFrom ?? day), ...because(day) },
    }),
    ...(order && { order: { value: order, open: orderOpen === true } }),
    ...(now.clock && { clock: now.clock }),
    ...(second && { secondStamp: second }),
  }
}

/** A source with how its instants are known. */
export interface DatedSource {
  source: string
  events: number
  /** Events by how their instant is known. */
  bases: Partial<Record<Basis, number>>
  streams: Assumptions[]
}

/** Sources with what is taken for granted about their time: all of them, one, or those of the streams under a path. */
export async function datedSources(
  { bus, eventIndex }: { bus: Bus; eventIndex: EventIndex },
  workspace: string,
  of: Removal | undefined,
): Promise<DatedSource[]> {
  const catalogue = await openCatalogue(bus, workspace)
  const contexts = new Map(catalogue.all().map((context) => [context.file, context]))
  const bySource = new Map<string, KnownBy[]>()
  for (const one of await eventIndex.bases(workspace)) {
    const mine = bySource.get(one.source)
    if (mine) mine.push(one)
    else bySource.set(one.source, [one])
  }
  const under = of && 'path' in of ? new Set(await eventIndex.streams(workspace, of)) : undefined
  const isNamed = (stream: string): boolean => bySource.has(stream)
  const dated: DatedSource[] = []
  for (const [source, mine] of bySource) {
    if (of && 'source' in of && of.source !== source) continue
    if (under && !mine.some(({ file }) => under.has(file))) continue
    const bases: DatedSource['bases'] = {}
    for (const each of Basis.enum) {
      const of = mine.filter(({ basis }) => basis === each)
      if (of.length > 0) bases[each] = of.reduce((sum, { events }) => sum + events, 0)
    }
    const streams = [...new Set(mine.map(({ file }) => file))].flatMap(
      (file) => contexts.get(file) ?? [],
    )
    dated.push({
      source,
      events: mine.reduce((sum, { events }) => sum + events, 0),
      bases,
      streams: streams.map((each) =>
        assumptions(each, source, catalogue.told(each.file).keys(), isNamed),
      ),
    })
  }
  return dated
}

const dayName = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10)
