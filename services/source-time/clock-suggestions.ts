import { contextOf } from '../../schemas/context.ts'
import type { Bus } from '../bus/bus.ts'
import type { EventIndex } from '../event-index/event-index.ts'
import { pagesOf } from '../event-index/pages-of.ts'
import { openCatalogue } from '../ingest/catalogue.ts'
import { suggestOffsets, TRUST, type Suggestion, type Trust } from './suggest.ts'
import { WitnessCollector } from './witnesses.ts'

const PAGE = 1000
const TEXT = 100

/** What all events of a workspace show about the clocks of their sources: what to add to their stamps as they are written, so with the correction that is in force. */
export async function clockSuggestions(
  { bus, eventIndex: index }: { bus: Bus; eventIndex: EventIndex },
  workspace: string,
): Promise<Suggestion[]> {
  const collector = new WitnessCollector()
  const bases = new Map<string, Map<Trust, number>>()
  for await (const events of pagesOf(index, workspace, { limit: PAGE, order: 'asc' })) {
    for (const { '@timestamp': at, message, event, timeline } of events) {
      const { source } = timeline.seen[0]!
      const of = bases.get(source) ?? new Map<Trust, number>()
      bases.set(source, of)
      of.set(timeline.time.basis, (of.get(timeline.time.basis) ?? 0) + 1)
      collector.add(
        { id: event.id, source, seconds: secondsOf(at), text: message.slice(0, TEXT) },
        message,
      )
    }
  }
  const trust = new Map([...bases].map(([source, of]) => [source, mostOf(of)]))
  const catalogue = await openCatalogue(bus, workspace)
  const byFile = new Map(catalogue.all().map((context) => [context.file, context]))
  return Promise.all(
    suggestOffsets(collector.shared(), trust).map(async (suggestion) => {
      const { source, add, drift } = suggestion
      const [stream] = await index.streams(workspace, { source })
      const context = stream === undefined ? undefined : byFile.get(stream)
      const clock = context && contextOf(context, source).clock
      if (!clock || add === 0) return suggestion
      const perDay = (drift?.perDay ?? 0) + (clock.drift?.msPerDay ?? 0) / 1000
      const from = drift?.from ?? clock.drift?.from
      return {
        ...suggestion,
        add: add + clock.addMs / 1000,
        ...(from !== undefined && { drift: { from, perDay } }),
      }
    }),
  )
}

/** Unix seconds with the fraction, to the microsecond. */
const secondsOf = (at: string): number =>
  Date.parse(`${at.slice(0, 19)}Z`) / 1000 + Number(`0.${/\.(\d+)/.exec(at)?.[1] ?? 0}`)

const mostOf = (counts: ReadonlyMap<Trust, number>): Trust =>
  TRUST.reduce((most, each) => ((counts.get(each) ?? 0) > (counts.get(most) ?? 0) ? each : most))
