import type { Bus } from '../bus/bus.ts'
import { addErasures, type Erasure, type Erasures } from '../../schemas/erasure.ts'
import {
  isContext,
  type ClockSpan,
  type Context,
  type Correction,
  type Evidence,
  type Telling,
} from '../../schemas/context.ts'
import { shownBy, united } from './clock-facts.ts'
import { isTail } from '../../schemas/tail.ts'
import { resolved } from './file-evidence.ts'
import { hash } from './identity.ts'
import type { StampFindings } from './stamp-survey.ts'
import { openTails, type Tails } from './tails.ts'

/** Records by which a file is known again. */
export const HEAD_RECORDS = 64

/** What a survey of a file's beginning and stamps gave. */
export interface Surveyed {
  path: string
  dataset: string
  /** Hashes of its first records, at most 64. */
  head: readonly string[]
  first: number
  findings: StampFindings
  evidence: readonly Evidence[]
}

/** The known file streams of a workspace, each with what is known of its time. */
export interface Catalogue {
  /** The stream of which this file is a copy, a shorter or a longer version: one list of first records is a prefix of the other. */
  find(file: Pick<Surveyed, 'dataset' | 'head'>): Context | undefined
  /** Streams of the same format, or all. */
  all(dataset?: string): readonly Context[]
  /** What each file of a stream told, by its path. */
  told(file: string): ReadonlyMap<string, Telling>
  /** What was deleted or redacted. */
  erasures: Erasures
  /** What was told of sources by hand, wherever they come from: it holds for their new streams too. */
  corrections(): readonly Correction[]
  set(context: Context): void
  tails: Tails
}

export async function openCatalogue(bus: Bus, workspace: string): Promise<Catalogue> {
  const byFile = new Map<string, Context>()
  const byBegin = new Map<string, Set<string>>()
  /** Those that ended with a record of which there is more now: the shorter file is known by them. */
  const brokenOff = new Map<string, (readonly string[])[]>()
  const tails = openTails()
  const tellings = new Map<string, Map<string, Telling>>()
  const erasures = new Map<string, Erasure>()
  const set = (context: Context): void => {
    const { file, told, untold = [] } = context
    const before = byFile.get(file)
    if (before?.first === context.first && !isPrefix(before.head, context.head))
      brokenOff.set(file, [...(brokenOff.get(file) ?? []), before.head])
    byFile.set(file, context)
    const begin = beginOf(context)
    byBegin.set(begin, (byBegin.get(begin) ?? new Set()).add(file))
    const known = tellings.get(file) ?? new Map<string, Telling>()
    tellings.set(file, known)
    for (const path of untold) known.delete(path)
    if (told) known.set(told.path, told)
  }
  for await (const { topic, value } of bus.read(workspace, ['contexts', 'tails', 'erasures'])) {
    if (topic === 'erasures') addErasures(erasures, value)
    else if (topic === 'tails') {
      if (isTail(value)) tails.set(value)
    } else if (isContext(value)) set(value)
  }
  return {
    find({ dataset, head }) {
      for (const file of byBegin.get(beginOf({ dataset, head })) ?? []) {
        const context = byFile.get(file)!
        const heads = [context.head, ...(brokenOff.get(file) ?? [])]
        if (head.length > 0 && heads.some((known) => isPrefix(known, head))) return context
      }
      return undefined
    },
    all: (dataset) =>
      [...byFile.values()].filter((c) => dataset === undefined || c.dataset === dataset),
    told: (file) => tellings.get(file)!,
    erasures,
    corrections: () => {
      const all = [...byFile.values()].flatMap(({ corrections = [] }) => corrections)
      const bySource = new Map(all.map((each) => [each.source, each]))
      bySource.delete(undefined)
      return [...bySource.values()].sort(bySourceName)
    },
    set,
    tails,
  }
}

/** Whether one of two lists begins with the other. */
const isPrefix = (a: readonly string[], b: readonly string[]): boolean =>
  a.slice(0, b.length).every((each, i) => each === b[i])

const beginOf = ({ dataset, head }: Pick<Surveyed, 'dataset' | 'head'>): string =>
  `${dataset}\0${head[0]}`
const bySourceName = (a: Correction, b: Correction): number =>
  (a.source ?? '') < (b.source ?? '') ? -1 : 1

/** A context after a source in it was corrected; without zone and clock the correction is taken back. Undefined when nothing changes. */
export function corrected(known: Context, correction: Correction): Context | undefined {
  const others = (known.corrections ?? []).filter(({ source }) => source !== correction.source)
  const isTold =
    correction.zone !== undefined || correction.clock !== undefined || correction.suggested
  const corrections = [...others, ...(isTold ? [correction] : [])].sort(bySourceName)
  const { corrections: _, told: __, untold: ___, redates: ____, ...rest } = known
  const context: Context = {
    ...rest,
    number: known.number + 1,
    ...(corrections.length > 0 && { corrections: [...corrections] }),
  }
  return same(context, known) ? undefined : { ...context, redates: true }
}

/** The context of a stream after one more file of it: evidence is united, so the order of imports does not matter. Undefined when nothing is new. */
export function updated(
  known: Context | undefined,
  told: ReadonlyMap<string, Telling> | undefined,
  file: Surveyed,
  zone: string | undefined,
  inherited: readonly Correction[],
): Context | undefined {
  const evidence = unite(known?.evidence ?? [], file.evidence)
  const mine = known?.corrections ?? []
  const corrections = [
    ...mine,
    ...inherited.filter((c) => !mine.some(({ source }) => source === c.source)),
  ].sort(bySourceName)
  const earlier = !known || (file.head.length > 0 && file.first < known.first)
  const head = earlier || file.head.length > known.head.length ? [...file.head] : known.head
  const context: Context = {
    file: known?.file ?? `f${hash(`${file.dataset}\0${file.head.join('\0')}`).slice(0, 11)}`,
    number: (known?.number ?? 0) + 1,
    dataset: file.dataset,
    head,
    first: earlier ? file.first : known.first,
    evidence,
    ...(corrections.length > 0 && { corrections: [...corrections] }),
    ...zoned(zone ?? known?.zone),
    // A part of a file may have no such stamps.
    ...resolved(file.findings.lacks ?? (known && lackedBy(known)), evidence),
  }
  const order = known?.order && !known.orderOpen ? known : file.findings
  if (order.order) context.order = order.order
  if (order.orderOpen) context.orderOpen = true
  const now = telling(told?.get(file.path), file, zone)
  const others = [...(told?.values() ?? [])].filter(({ path }) => path !== file.path)
  Object.assign(context, stampsOf([...others, now]))
  const isTold = tells(now) && JSON.stringify(now) !== JSON.stringify(told?.get(file.path))
  if (isTold) context.told = now
  if (known && !same(context, known)) context.redates = true
  const isNew = earlier || context.redates || isTold || head.length > known.head.length
  return isNew ? context : undefined
}

/** What a file tells of its stream's time, with what its path told before. */
function telling(
  before: Telling | undefined,
  { path, evidence, findings }: Surveyed,
  told: string | undefined,
): Telling {
  const zone = told ?? before?.zone
  return {
    path,
    ...(zone !== undefined && { zone }),
    evidence: unite(before?.evidence ?? [], evidence),
    ...united([before ?? {}, findings]),
    ...((before?.later || findings.later) && { later: true }),
  }
}

const tells = ({ zone, evidence, clocks, clockDays, later }: Telling): boolean =>
  zone !== undefined || evidence.length > 0 || (clocks ?? clockDays ?? later) !== undefined

/** The context of a stream without what the files at these paths told of its time. A zone stays while another file told it too. */
export function untold(
  known: Context,
  told: ReadonlyMap<string, Telling>,
  paths: ReadonlySet<string>,
): Context {
  const left = [...told.values()].filter(({ path }) => !paths.has(path))
  const zones = left.flatMap(({ zone }) => zone ?? [])
  const evidence = left.reduce<Evidence[]>((all, each) => unite(all, each.evidence), [])
  const {
    zone,
    zoneBasis,
    year: _,
    yearFrom,
    day: __,
    dayFrom,
    told: ___,
    redates,
    ...others
  } = known
  const { clocks, later, ...rest } = others
  const context: Context = {
    ...rest,
    number: known.number + 1,
    evidence,
    untold: [...paths],
    ...stampsOf(left),
    ...zoned(zones.includes(zone!) ? zone : zones.at(-1)),
    ...resolved(lackedBy(known), evidence),
  }
  if (!same(context, known)) context.redates = true
  return context
}

const lackedBy = ({ year, day }: Context): 'year' | 'date' | undefined =>
  year !== undefined ? 'year' : day !== undefined ? 'date' : undefined

const zoned = (zone: string | undefined): Partial<Context> =>
  zone === undefined ? {} : { zone, zoneBasis: 'configured' }

/** What all files of a stream tell of its clocks: judged from all facts anew, so neither order nor number of the files matters. */
function stampsOf(told: readonly Telling[]): Pick<Context, 'clocks' | 'later'> {
  const clocks = shownBy(united(told))
  return {
    ...(clocks.length > 0 && { clocks }),
    ...(told.some(({ later }) => later) && { later: true }),
  }
}

const same = (a: Context, b: Context): boolean =>
  JSON.stringify(meaning(a)) === JSON.stringify(meaning(b))

const meaning = (c: Context): unknown[] => [
  c.zone,
  c.zoneBasis,
  c.year,
  c.yearFrom,
  c.day,
  c.dayFrom,
  c.order,
  c.orderOpen,
  c.corrections,
  c.later,
  ruling(c.clocks ?? []),
]

/** Of a clock that only ever goes right nothing matters, of one that always goes wrong by the same no more than the hours in which it was seen. */
function ruling(clocks: readonly ClockSpan[]): unknown[] {
  const byStream = new Map<string, Set<number>>()
  for (const { stream, add } of clocks)
    byStream.set(stream, (byStream.get(stream) ?? new Set()).add(add))
  const hour = (seconds: number): number => Math.floor(seconds / 3600)
  return clocks.flatMap((span): unknown[] => {
    const { stream, from, to, add, unzoned } = span
    if (byStream.get(stream)!.size > 1) return [span]
    return [add === 0 && !unzoned ? stream : [stream, add, unzoned, hour(from), hour(to)]]
  })
}

/** Times of files are upper bounds: of each kind only the lowest says something. */
function unite(a: readonly Evidence[], b: readonly Evidence[]): Evidence[] {
  const all = [...a]
  for (const e of b) {
    const i = all.findIndex(
      (x) => x.kind === e.kind && (e.kind.endsWith('-time') || x.allows.join() === e.allows.join()),
    )
    if (i < 0) all.push(e)
    else if (e.kind.endsWith('-time') && e.allows[0]! < all[i]!.allows[0]!) all[i] = e
  }
  return all.sort((x, y) =>
    x.kind < y.kind ? -1 : x.kind > y.kind ? 1 : x.allows[0]! - y.allows[0]!,
  )
}
