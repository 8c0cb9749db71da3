import type { RejectionBatch } from '../../schemas/bus-record.ts'
import { pagesOf } from '../../services/event-index/pages-of.ts'
import type { Timeline } from '../../services/timeline.ts'
import { wrongSums } from '../support/recount.ts'
import type { Sent } from './load.ts'

export interface Figures {
  files: number
  acknowledged: number
  lines: number
  events: number
  /** Acknowledged, and neither on the timeline nor a dead letter. */
  lost: number
  duplicated: number
  /** On the timeline and never sent. */
  phantom: number
  /** Both on the timeline and a dead letter, or a dead letter that was no bad line. */
  misplaced: number
  deadLetters: number
  wrongSums: number
  retries: number
}

/** What else a scenario looks at. */
export interface Conduct {
  faults: number
  /** Processes that SIGTERM did not end in time and with status 0. */
  badExits?: number
  /** The most memory that one process of ours ever had, in MiB. */
  peakMb?: number
}

const PEAK_MB = 384

const PAGE = 1000

/** Texts that must be dead letters because the index refuses them. */
export const POISON = 'POISON'

/** Compares what was acknowledged with what is there: lost = acknowledged − there, phantom = there − sent, duplicated = surplus. */
export async function check(
  timeline: Timeline,
  workspace: string,
  sent: readonly Sent[],
): Promise<Figures> {
  const there = await counted(timeline, workspace)
  const dead = await deadLetters(timeline, workspace)
  const isDead = (text: string): boolean => dead.has(text)
  const of = (outcome: Sent['outcome']): Sent[] => sent.filter((file) => file.outcome === outcome)
  const figures: Figures = {
    files: sent.length,
    acknowledged: of('ok').length,
    lines: of('ok').reduce((sum, { lines }) => sum + lines, 0),
    events: [...there.values()].reduce((sum, n) => sum + n, 0),
    lost: 0,
    duplicated: 0,
    phantom: 0,
    misplaced: 0,
    deadLetters: dead.size,
    wrongSums: 0,
    retries: sent.reduce((sum, { tries }) => sum + Math.max(tries - 1, 0), 0),
  }
  for (const { outcome, texts, bad } of sent) {
    for (const [text, times] of texts) {
      const poison = text.includes(POISON)
      const events = there.get(text) ?? 0
      const wanted = poison ? 0 : times
      there.delete(text)
      figures.duplicated += Math.max(events - wanted, 0)
      if (outcome === 'ok') figures.lost += Math.max(wanted - events, 0)
      if (poison ? outcome === 'ok' && !isDead(text) : isDead(text)) figures.misplaced++
    }
    if (outcome === 'ok') figures.lost += bad.filter((text) => !isDead(text)).length
  }
  figures.phantom = [...there.values()].reduce((sum, n) => sum + n, 0)
  figures.wrongSums = sums(sent).length
  return figures
}

/** What is wrong with the ledgers: their own sums, and each against its file. A file that was acknowledged at once created all its events. */
function sums(sent: readonly Sent[]): string[] {
  return sent.flatMap(({ name, ledger, lines, tries, bad, texts }) => {
    if (!ledger) return []
    const refused = bad.length + [...texts.keys()].filter((text) => text.includes(POISON)).length
    const wrong = wrongSums(ledger)
    const total = ledger.events + ledger.merged + ledger.rejected
    if (total !== lines) wrong.push(`${name}: ${total} of ${lines} lines`)
    if (ledger.rejected !== refused) wrong.push(`${name}: ${ledger.rejected} refused`)
    if (tries === 1 && ledger.merged > 0) wrong.push(`${name}: ${ledger.merged} merged`)
    return wrong
  })
}

export const broken = (f: Figures & Partial<Conduct>): boolean =>
  f.lost + f.duplicated + f.phantom + f.misplaced + f.wrongSums > 0 ||
  f.acknowledged < f.files ||
  (f.badExits ?? 0) > 0 ||
  (f.peakMb ?? 0) > PEAK_MB

async function counted(timeline: Timeline, workspace: string): Promise<Map<string, number>> {
  const there = new Map<string, number>()
  const query = { limit: PAGE, order: 'asc' } as const
  for await (const events of pagesOf(timeline.eventIndex, workspace, query))
    for (const { message } of events) there.set(message, (there.get(message) ?? 0) + 1)
  return there
}

/** What stands behind the level of each line. */
async function deadLetters(timeline: Timeline, workspace: string): Promise<Set<string>> {
  const dead = new Set<string>()
  for await (const { value } of timeline.bus.read(workspace, ['rejections'])) {
    for (const { raw } of (value as RejectionBatch).rejections)
      dead.add(raw.trimEnd().split(' INFO ').at(-1)!)
  }
  return dead
}
