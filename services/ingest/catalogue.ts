import type { Bus } from '../bus/bus.ts'
import type { Context, Evidence } from '../../schemas/context.ts'
import { resolved } from './file-evidence.ts'
import { hash } from './identity.ts'
import type { StampFindings } from './stamp-survey.ts'

/** Records by which a file is known again. */
export const HEAD_RECORDS = 64

/** What a survey of a file's beginning and stamps gave. */
export interface Surveyed {
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
  /** Streams of the same format. */
  all(dataset: string): readonly Context[]
  set(context: Context): void
}

export async function openCatalogue(bus: Bus, workspace: string): Promise<Catalogue> {
  const byFile = new Map<string, Context>()
  for await (const { value } of bus.read(workspace, ['contexts'])) {
    const context = value as Context
    byFile.set(context.file, context)
  }
  return {
    find({ dataset, head }) {
      for (const context of byFile.values()) {
        if (context.dataset !== dataset) continue
        const shared = Math.min(context.head.length, head.length)
        if (shared > 0 && context.head.slice(0, shared).every((h, i) => h === head[i]))
          return context
      }
      return undefined
    },
    all: (dataset) => [...byFile.values()].filter((c) => c.dataset === dataset),
    set: (context) => void byFile.set(context.file, context),
  }
}

/** The context of a stream after one more file of it: evidence is united, so the order of imports does not matter. Undefined when nothing is new. */
export function updated(
  known: Context | undefined,
  file: Surveyed,
  zone: string | undefined,
): Context | undefined {
  const evidence = unite(known?.evidence ?? [], file.evidence)
  const earlier = !known || (file.head.length > 0 && file.first < known.first)
  const head = earlier || file.head.length > known.head.length ? [...file.head] : known.head
  const context: Context = {
    file: known?.file ?? `f${hash(`${file.dataset}\0${file.head.join('\0')}`).slice(0, 11)}`,
    number: (known?.number ?? 0) + 1,
    dataset: file.dataset,
    head,
    first: earlier ? file.first : known.first,
    evidence,
    ...resolved(file.findings.lacks, evidence),
  }
  if (zone ?? known?.zone) context.zone = zone ?? known!.zone!
  if (context.zone) context.zoneBasis = zone ? 'configured' : known!.zoneBasis!
  const order = known?.order && !known.orderOpen ? known : file.findings
  if (order.order) context.order = order.order
  if (order.orderOpen) context.orderOpen = true
  if (!known) return context
  const same = (a: Context, b: Context): boolean =>
    JSON.stringify(meaning(a)) === JSON.stringify(meaning(b))
  if (!same(context, known)) return { ...context, redates: true }
  return earlier || head.length > known.head.length || evidence.length > known.evidence.length
    ? context
    : undefined
}

const meaning = (c: Context): unknown[] => [
  c.zone,
  c.zoneBasis,
  c.year,
  c.yearFrom,
  c.day,
  c.dayFrom,
  c.order,
  c.orderOpen,
]

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
