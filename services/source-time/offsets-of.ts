import type { TimelineEvent } from '../../schemas/timeline-event.ts'
import type { EventIndex } from '../event-index/event-index.ts'
import { suggestOffsets, TRUST, type Suggestion, type Trust } from './suggest.ts'
import { WitnessCollector } from './witnesses.ts'

const PAGE = 1000
const TEXT = 100

/** What all events of a workspace show about the clocks of their sources. */
export async function offsetsOf(index: EventIndex, workspace: string): Promise<Suggestion[]> {
  const collector = new WitnessCollector()
  const bases = new Map<string, Map<Trust, number>>()
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await index.page(workspace, {
      limit: PAGE,
      order: 'asc',
      ...(cursor !== undefined && { cursor }),
    })
    const events = JSON.parse(`[${Buffer.from(page.events).toString()}]`) as TimelineEvent[]
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
    cursor = page.next
  }
  const trust = new Map([...bases].map(([source, of]) => [source, mostOf(of)]))
  return suggestOffsets(collector.shared(), trust)
}

/** Unix seconds with the fraction, to the microsecond. */
const secondsOf = (at: string): number =>
  Date.parse(`${at.slice(0, 19)}Z`) / 1000 + Number(`0.${/\.(\d+)/.exec(at)?.[1] ?? 0}`)

const mostOf = (counts: ReadonlyMap<Trust, number>): Trust =>
  TRUST.reduce((most, each) => ((counts.get(each) ?? 0) > (counts.get(most) ?? 0) ? each : most))
