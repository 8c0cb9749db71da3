import type { Context, Evidence } from '../../schemas/context.ts'
import type { StampFindings } from './stamp-survey.ts'

const DAY = 86400
const FIRST_YEAR = 1970

/** A reading of the year 1972 in another year. */
function inYear(seconds: number, year: number): number {
  const date = new Date(seconds * 1000)
  return Date.UTC(year, date.getUTCMonth(), date.getUTCDate()) / 1000 + (seconds % DAY)
}

export interface FileFacts {
  /** The path as shown, whose last parts may tell a date. */
  path: string
  archivedMs?: number
  modifiedMs?: number
  nowMs: number
  /** Spans of instants of the other files of the import. */
  others: readonly (readonly [number, number])[]
}

/** What the file's name, its times and the files beside it tell about the year or the date of turn 0. */
export function fileEvidence(findings: StampFindings, facts: FileFacts): Evidence[] {
  if (!findings.lacks) return []
  return findings.lacks === 'year' ? yearEvidence(findings, facts) : dayEvidence(findings, facts)
}

function yearEvidence({ first, last }: StampFindings, facts: FileFacts): Evidence[] {
  const evidence: Evidence[] = []
  const firstIn = (year: number): number => inYear(first.seconds, year + first.turn)
  const lastIn = (year: number): number => inYear(last.seconds, year + last.turn)
  const atMost = (ms: number): number => {
    let year = new Date(ms).getUTCFullYear() + 1
    while (lastIn(year) > ms / 1000 + DAY) year--
    return year
  }
  const years = (): number[] =>
    Array.from({ length: atMost(facts.nowMs) - FIRST_YEAR + 1 }, (_, i) => FIRST_YEAR + i)
  const named = dateInPath(facts.path) ?? monthInPath(facts.path)
  if (named !== undefined) {
    const away = (year: number): number => Math.max(firstIn(year) - named, named - lastIn(year), 0)
    const year = years().reduce((a, b) => (away(b) < away(a) ? b : a), FIRST_YEAR)
    if (away(year) < 190 * DAY)
      evidence.push({
        kind: 'file-name',
        allows: [year],
        because: `the date in ${lastPart(facts.path)}`,
      })
  }
  const meets = (year: number): number => {
    const [begin, end] = [firstIn(year), lastIn(year)]
    return facts.others.reduce(
      (sum, [from, to]) => sum + Math.max(0, Math.min(to, end) - Math.max(from, begin) + DAY),
      0,
    )
  }
  const met = years().filter((year) => meets(year) > 0)
  if (met.length > 0) {
    const year = met.reduce((a, b) => (meets(b) > meets(a) ? b : a))
    evidence.push({
      kind: 'other-source',
      allows: [year],
      because: 'the dates in the other files of the import',
    })
  }
  return [...evidence, ...bounds(facts, atMost)]
}

function dayEvidence({ last }: StampFindings, facts: FileFacts): Evidence[] {
  const evidence: Evidence[] = []
  const named = dateInPath(facts.path)
  if (named !== undefined) {
    evidence.push({
      kind: 'file-name',
      allows: [named / DAY],
      because: `the date in ${lastPart(facts.path)}`,
    })
  }
  return [
    ...evidence,
    ...bounds(facts, (ms) => Math.floor((ms / 1000 - last.seconds) / DAY) - last.turn),
  ]
}

function bounds(facts: FileFacts, atMost: (ms: number) => number): Evidence[] {
  const evidence: Evidence[] = []
  if (facts.archivedMs !== undefined) {
    evidence.push({
      kind: 'archive-time',
      allows: [atMost(facts.archivedMs)],
      because: `its time in the archive, ${date(facts.archivedMs)}`,
    })
  }
  if (facts.modifiedMs !== undefined) {
    evidence.push({
      kind: 'file-time',
      allows: [atMost(facts.modifiedMs)],
      because: `the file was last written on ${date(facts.modifiedMs)}`,
    })
  }
  evidence.push({
    kind: 'import-time',
    allows: [atMost(facts.nowMs)],
    because: `it was imported on ${date(facts.nowMs)}`,
  })
  return evidence
}

const date = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
const lastPart = (path: string): string => path.split('/').at(-1)!

const YEAR = '(?<year>(?:19|20)\\d\\d)'
const DAY_OF_MONTH = '(?<day>0?[1-9]|[12]\\d|3[01])'
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const MONTH_NAME = `(?<name>${MONTHS.join('|')})(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?`
/** `20250103`, `2009-01-14`, `03-Jan-2024`, `01May2024`, `Jan_03_2024`. */
const DATES = [
  `(?<!\\d)${YEAR}(?<mark>[-_.]?)(?<month>0[1-9]|1[0-2])\\k<mark>(?<day>0[1-9]|[12]\\d|3[01])(?!\\d)`,
  `(?<!\\d)${DAY_OF_MONTH}[-_. ]?${MONTH_NAME}[-_. ]?${YEAR}(?!\\d)`,
  `(?<![a-z])${MONTH_NAME}[-_. ]?${DAY_OF_MONTH}[-_. ]{1,2}${YEAR}(?!\\d)`,
  `(?<!\\d)${YEAR}[-_. ]?${MONTH_NAME}[-_. ]?${DAY_OF_MONTH}(?!\\d)`,
].map((pattern) => new RegExp(pattern, 'i'))
/** `2024-01`, `January-2024`, `2024_Jan`. */
const MONTHS_ALONE = [
  `(?<!\\d)${YEAR}[-_.](?<month>0[1-9]|1[0-2])(?![-_.]?\\d)`,
  `(?<![a-z])${MONTH_NAME}[-_. ]?${YEAR}(?!\\d)`,
  `(?<!\\d)${YEAR}[-_. ]?${MONTH_NAME}(?![a-z\\d])`,
].map((pattern) => new RegExp(pattern, 'i'))
/** `logs/2024/01/03/syslog`: folders for year, month and day. */
const FOLDERS = new RegExp(
  `(?:^|/)${YEAR}/(?<month>0[1-9]|1[0-2])/(?<day>0[1-9]|[12]\\d|3[01])/[^/]*$`,
)

/** The date that the last parts of a path tell, in Unix seconds: `syslog-20250103`, `2009-01-14.log`. */
const dateInPath = (path: string): number | undefined =>
  toldIn(path, DATES) ?? dateOf(FOLDERS.exec(path))

/** The middle of the month that the last parts of a path tell, which is enough for a year. */
const monthInPath = (path: string): number | undefined => toldIn(path, MONTHS_ALONE)

function toldIn(path: string, patterns: readonly RegExp[]): number | undefined {
  for (const part of path.split('/').slice(-2).toReversed()) {
    for (const pattern of patterns) {
      const told = dateOf(pattern.exec(part))
      if (told !== undefined) return told
    }
  }
  return undefined
}

function dateOf(found: RegExpExecArray | null): number | undefined {
  if (!found) return undefined
  const { year, month, name, day = 15 } = found.groups!
  const nth = name ? MONTHS.indexOf(name.toLowerCase()) : Number(month) - 1
  return Date.UTC(Number(year), nth, Number(day)) / 1000
}

/** The year (day) of turn 0 that the evidence of all files of a stream speaks for, and the earliest that it leaves open. */
function resolveTurn(
  evidence: readonly Evidence[],
  earliest: number,
): { value: number; from: number } | undefined {
  const only = evidence.filter((e) => e.kind === 'weekday' || e.kind === 'leap-day')
  const allowed = (value: number): boolean => only.every((e) => e.allows.includes(value))
  for (const kind of ['heading', 'file-name', 'other-source'] as const) {
    const values = evidence
      .filter((e) => e.kind === kind && allowed(e.allows[0]!))
      .map((e) => e.allows[0]!)
    if (values.length > 0) return { value: Math.min(...values), from: Math.min(...values) }
  }
  const limits = evidence.flatMap((e) => (e.kind.endsWith('-time') ? e.allows : []))
  if (limits.length === 0) return undefined
  const limit = Math.min(...limits)
  const open =
    only.length > 0
      ? only[0]!.allows.filter((value) => allowed(value) && value <= limit)
      : undefined
  const archived = evidence.some((e) => e.kind === 'archive-time' && e.allows[0] === limit)
  const value = open?.at(-1) ?? limit
  const from = archived ? value : (open?.[0] ?? earliest)
  return { value, from: Math.min(value, from) }
}

/** The parts of a context that follow from its evidence. */
export function resolved(
  lacks: 'year' | 'date' | undefined,
  evidence: readonly Evidence[],
): Partial<Context> {
  const turn = lacks && resolveTurn(evidence, lacks === 'year' ? FIRST_YEAR : 0)
  if (!turn) return {}
  return lacks === 'year'
    ? { year: turn.value, yearFrom: turn.from }
    : { day: turn.value, dayFrom: turn.from }
}
