import { Evidence, type Context, type Corrected } from '../../schemas/context.ts'

export interface TimeKnown {
  /** The file, for the command that tells better. */
  path: string
  context: Corrected
  /** What was known of the stream before this file. */
  before?: Context | undefined
  /** The zone that this import tells. */
  zone?: string | undefined
  /** Years (days) from the stream's first record to the file's. */
  shift?: number | undefined
}

/** Records of the file whose stamp lacks something. */
export interface Lacking {
  unzoned: number
  undated: number
}

/** What was assumed or worked out about the time of a file, what changed by it, and how to tell better; undefined when every stamp says all. */
export function timeWords(known: TimeKnown, lacking: Lacking): string | undefined {
  const words = [
    ...zoneWords(known, lacking.unzoned),
    ...(lacking.undated > 0 ? turnWords(known) : []),
    ...orderWords(known.context),
    ...contradictionWords(known.context),
  ]
  return words.length > 0 ? words.join('; ') : undefined
}

function zoneWords({ path, context, before, zone }: TimeKnown, unzoned: number): string[] {
  if (unzoned === 0)
    return zone === undefined ? [] : [`--zone ${zone} changes nothing, every stamp has its zone`]
  const now = context.zone ?? 'UTC'
  if (before && before.zone !== context.zone)
    return [
      `stamps without a zone count as ${now}, no longer as ${before.zone ?? 'UTC'}: what was imported of it before moves with them`,
    ]
  if (zone !== undefined) return []
  if (context.zone === undefined && context.clocks?.some(({ unzoned }) => unzoned))
    return ['the zone of stamps without one is worked out from a second stamp in their records']
  return context.zone === undefined
    ? [
        `stamps without a zone count as UTC, which nothing tells: recount sources set-zone ${path} ZONE`,
      ]
    : [
        `stamps without a zone count as ${now}, as was told before: recount sources set-zone ${path} ZONE`,
      ]
}

function turnWords({ context, before, shift = 0 }: TimeKnown): string[] {
  const isYear = context.year !== undefined
  const [value, from, then] = isYear
    ? [context.year, context.yearFrom, before?.year]
    : [context.day, context.dayFrom, before?.day]
  if (value === undefined || from === undefined) return []
  const name = (turn: number): string =>
    isYear ? `${turn + shift}` : new Date((turn + shift) * 86_400_000).toISOString().slice(0, 10)
  const because = decisive(context.evidence, value)
  return [
    [
      `stamps without a ${isYear ? 'year begin in' : 'date begin on'} ${name(value)}`,
      then !== undefined && then !== value ? `, no longer ${name(then)}` : '',
      because ? ` (${because.because})` : '',
      from < value ? `, though from ${name(from)} on is possible` : '',
      because?.kind === 'heading' || because?.kind === 'file-name'
        ? ''
        : ': a date in the name of the file would tell',
    ].join(''),
  ]
}

/** The strongest evidence that speaks for a year or day. */
export function decisive(evidence: readonly Evidence[], value: number): Evidence | undefined {
  for (const kind of Evidence.properties.kind.enum)
    for (const each of evidence) if (each.kind === kind && each.allows.includes(value)) return each
  return undefined
}

const SHOWN = 3

/** Sources whose stamps say a zone that their own records contradict. */
function contradictionWords({ clocks = [], suggested }: Corrected): string[] {
  if (suggested) return []
  const wrong = clocks.filter(({ add, unzoned }) => add !== 0 && !unzoned)
  const streams = [...new Set(wrong.map(({ stream }) => stream))]
  if (streams.length === 0) return []
  const names = streams.slice(0, SHOWN).map((stream) => stream || 'this file')
  const more = streams.length > SHOWN ? ` and ${streams.length - SHOWN} more` : ''
  return [
    `stamps of ${names.join(', ')}${more} are contradicted by a second stamp in other records: recount sources suggest`,
  ]
}

/** In words, the order of dates in digits. */
export const ORDERS = { dmy: 'day before month', mdy: 'month before day', ymd: 'year first' }

const orderWords = ({ order, orderOpen }: Context): string[] =>
  order && orderOpen ? [`dates in digits count with ${ORDERS[order]}, which nothing decides`] : []
