import { Type, type Static } from './type.ts'
import { LAST_SECOND } from './instants.ts'

/** One thing that tells the year or the date of a stream's stamps. Years and days are those of the stream's first record (turn 0). */
export const Evidence = Type.Object({
  /**
   * `weekday` and `leap-day` exclude years; `heading`, `file-name` and `other-source` point at one; the times at which something was archived, last written
   * or imported tell only that the last record is not later. In the order in which they decide.
   */
  kind: Type.Enum([
    'heading',
    'file-name',
    'other-source',
    'archive-time',
    'file-time',
    'import-time',
    'weekday',
    'leap-day',
  ]),
  /** Which years, or days since 1970-01-01, it allows for turn 0; the last is the one that it speaks for. */
  allows: Type.Array(Type.Integer()),
  /** In words, for people. */
  because: Type.String(),
})
export type Evidence = Static<typeof Evidence>

/** How far the usual stamps of a source are from the truth, as its records show that carry a better one beside it. */
export const ClockSpan = Type.Object({
  /** The host, container or channel that the records name; '' for those that name none. */
  stream: Type.String(),
  /** The first and the last of the usual stamps that show it, in Unix seconds, read as UTC where they say no zone. */
  from: Type.Integer(),
  to: Type.Integer(),
  /** Seconds from the usual stamp to the better one. */
  add: Type.Integer(),
  /** How many records show it, at least: files may be copies of one another. */
  pairs: Type.Integer(),
  /** The usual stamps say no zone. */
  unzoned: Type.Optional(Type.Literal(true)),
})
export type ClockSpan = Static<typeof ClockSpan>

/** What the records of a few days in one file show of one clock, before it is judged: files are united fact by fact. */
export const ClockFact = Type.Object({
  ...ClockSpan.properties,
  /** The two stamps are apart in ways of no clock: `add` is 0 and says nothing. */
  wild: Type.Optional(Type.Literal(true)),
})
export type ClockFact = Static<typeof ClockFact>

const FACTS = {
  clocks: Type.Optional(Type.Array(ClockFact)),
  /** Of so many days each fact is; left out: of one. */
  clockDays: Type.Optional(Type.Integer()),
}
const ClockFacts = Type.Object(FACTS)
export type ClockFacts = Static<typeof ClockFacts>

/** What one file told of the time of its stream. It goes when what was imported from the path is taken back. */
export const Telling = Type.Object({
  path: Type.String(),
  zone: Type.Optional(Type.String()),
  evidence: Type.Array(Evidence),
  ...FACTS,
  /** Most of its first records are of 1980 or later. */
  later: Type.Optional(Type.Literal(true)),
})
export type Telling = Static<typeof Telling>

const DAY_MS = 86_400_000
/** A clock that is wrong by more is not wrong: its stamps are of another thing. */
export const MOST_MS = 100 * 366 * DAY_MS

/** How a clock went wrong: what is added to its stamps. The original stays beside it. */
export const Clock = Type.Object({
  /** Added to every stamp, in milliseconds. */
  addMs: Type.Integer({ minimum: -MOST_MS, maximum: MOST_MS }),
  /** A clock that also runs too slow or too fast: so many milliseconds more for each day after `from`, in Unix seconds by its own stamps in UTC. */
  drift: Type.Optional(
    Type.Object({
      from: Type.Integer({ minimum: 0, maximum: LAST_SECOND }),
      msPerDay: Type.Number({ minimum: -DAY_MS, maximum: DAY_MS }),
    }),
  ),
})
export type Clock = Static<typeof Clock>

/** What a person told of the time of a source, or of all of a stream: it holds before everything that was told with files or worked out. */
export const Correction = Type.Object({
  /** Left out: the whole stream. */
  source: Type.Optional(Type.String()),
  /** Of stamps that say none. */
  zone: Type.Optional(Type.String()),
  /** Of all stamps. */
  clock: Type.Optional(Clock),
  /** Stamps that the records of the source contradict are taken as these suggest. */
  suggested: Type.Optional(Type.Literal(true)),
})
export type Correction = Static<typeof Correction>

/** What is known of the time of a file's stream: numbered, kept on the bus, applied by the normalizer. */
export const Context = Type.Object({
  /** The stream in the catalogue. */
  file: Type.String(),
  number: Type.Integer(),
  dataset: Type.String(),
  /** Hashes of its first records, at most 64: how a copy or a grown file is known again. */
  head: Type.Array(Type.String()),
  zone: Type.Optional(Type.String()),
  /** How the zone is known; left out where it is not. */
  zoneBasis: Type.Optional(Type.Enum(['configured', 'inferred'])),
  /** The year of turn 0, for stamps without one. */
  year: Type.Optional(Type.Integer()),
  /** The earliest year of turn 0 that the evidence leaves open. */
  yearFrom: Type.Optional(Type.Integer()),
  /** The date of turn 0 in days since 1970-01-01, for stamps without one, and the earliest that the evidence leaves open. */
  day: Type.Optional(Type.Integer()),
  dayFrom: Type.Optional(Type.Integer()),
  /** The order of dates in digits that fits every line. */
  order: Type.Optional(Type.Enum(['dmy', 'mdy', 'ymd'])),
  /** Other orders fit as well. */
  orderOpen: Type.Optional(Type.Literal(true)),
  /** What records with stamps of two clocks show, of all files of the stream; in order. */
  clocks: Type.Optional(Type.Array(ClockSpan)),
  /** Most of the first records of one of its files are of 1980 or later: a clock that says 1970 was not set. */
  later: Type.Optional(Type.Literal(true)),
  /** Those in force, one for each source; the one without a source first. */
  corrections: Type.Optional(Type.Array(Correction)),
  /** Of all files of the stream. */
  evidence: Type.Array(Evidence),
  /** What the file told that brought this context, in the place of what its path told before. */
  told: Type.Optional(Telling),
  /** Paths whose tellings this context does without. */
  untold: Type.Optional(Type.Array(Type.String())),
  /** `seconds` of the first record's stamp: a file that begins earlier may hold this stream. */
  first: Type.Integer(),
  /** Records that are on the bus already get another time by it. */
  redates: Type.Optional(Type.Literal(true)),
})
export type Context = Static<typeof Context>

export type Corrected = Context & Pick<Correction, 'clock' | 'suggested'>

/** What is known of the time of one source in a stream. */
export function contextOf(context: Context, source: string): Corrected {
  if (!context.corrections) return context
  let corrected: Corrected = context
  for (const { source: of, zone, clock, suggested } of context.corrections) {
    if (of !== undefined && of !== source) continue
    corrected = {
      ...corrected,
      ...(zone !== undefined && { zone, zoneBasis: 'configured' }),
      ...(clock && { clock }),
      ...(suggested && { suggested }),
    }
  }
  return corrected
}

/** Whether a message says a context; no more than that it is of a stream is looked at. */
export const isContext = (value: unknown): value is Context =>
  typeof (value as Partial<Context> | null)?.file === 'string'
