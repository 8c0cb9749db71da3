import type { TimelineEvent } from '../../schemas/timeline-event.ts'

/** An event that is shown, and where else the same was met. */
export interface Folded {
  event: TimelineEvent
  alsoIn: readonly string[]
}

/** Twins are a few seconds apart; what was not met within so many milliseconds is not selected. */
const APART_MS = 10_000

/**
 * Of events that are the same shows the first that comes, with where the others are, and leaves these out: also on the pages after it. `read` gives documents by
 * their ids: the others may come later, or not be selected at all.
 */
export function folding(
  read: (ids: readonly string[]) => Promise<ReadonlyMap<string, string>>,
): (events: readonly TimelineEvent[]) => Promise<Folded[]> {
  const hidden = new Map<string, number>()
  return async (events) => {
    const firstMs = Date.parse(events[0]?.['@timestamp'] ?? '')
    for (const [id, ms] of hidden) if (ms < firstMs - APART_MS) hidden.delete(id)
    const byId = new Map(events.map((event) => [event.event.id, event]))
    const left = events.filter((event) => {
      // What is left out hides nothing: its twins need not be those of what is shown.
      if (hidden.delete(event.event.id)) return false
      for (const id of event.timeline.same ?? []) hidden.set(id, Date.parse(event['@timestamp']))
      return true
    })
    const missing = left
      .flatMap(({ timeline }) => timeline.same ?? [])
      .filter((id) => !byId.has(id))
    if (missing.length > 0)
      for (const [id, document] of await read(missing))
        byId.set(id, JSON.parse(document) as TimelineEvent)
    return left.map((event) => ({ event, alsoIn: alsoIn(event, byId) }))
  }
}

/** In the shortest words that tell them apart: the source, else the format, else the file. */
function alsoIn(event: TimelineEvent, byId: ReadonlyMap<string, TimelineEvent>): string[] {
  const names = (event.timeline.same ?? []).flatMap((id) => {
    const other = byId.get(id)
    if (!other) return []
    const told = wordsOf(other).find((word, i) => word !== wordsOf(event)[i])
    return told === undefined ? [] : [told]
  })
  return [...new Set(names)]
}

const wordsOf = ({ event, timeline: { seen } }: TimelineEvent): [string, string, string] => [
  seen[0]!.source,
  event.dataset,
  seen[0]!.path,
]
