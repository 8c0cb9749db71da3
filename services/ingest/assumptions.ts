import { contextOf, type Clock, type Context } from '../../schemas/context.ts'
import { decisive } from './time-words.ts'

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
}

/** What a context takes for granted about a source. */
export function assumptions(
  context: Context,
  source: string,
  paths: Iterable<string>,
): Assumptions {
  const { file, dataset, year, yearFrom, day, dayFrom, order, orderOpen, evidence } = context
  const now = contextOf(context, source)
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
  }
}

const dayName = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10)
