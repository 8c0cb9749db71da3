import { sameAs, type TimelineEvent } from './timeline-event.ts'

/** What the list knows of events that came through several channels: of those that are the same, it shows the one that it met first. */
export interface Fold {
  /** Events came to the list. */
  came(events: readonly TimelineEvent[]): void
  isFolded(event: TimelineEvent): boolean
  /** Where else it was met, in the shortest words that tell; undefined where nowhere. */
  elsewhere(event: TimelineEvent): string | undefined
}

type Words = readonly [source: string, dataset: string, path: string]

export function createFold(): Fold {
  const words = new Map<string, Words>()
  const folded = new Set<string>()
  return {
    came(events) {
      for (const event of events) {
        const same = sameAs(event)
        if (same.length === 0) continue
        // What is folded folds nothing: its twins need not be those of what is shown.
        if (same.some((id) => words.has(id) && !folded.has(id))) folded.add(event.event.id)
        words.set(event.event.id, wordsOf(event))
      }
    },
    isFolded: (event) => folded.has(event.event.id),
    elsewhere(event) {
      const same = sameAs(event)
      if (same.length === 0) return undefined
      const own = wordsOf(event)
      const names = same.map((id) => {
        const other = words.get(id)
        return other?.find((word, i) => word !== own[i])
      })
      // One that is not in the list has no name here.
      return [...new Set(names.map((name) => name ?? 'another source'))].join(', ')
    },
  }
}

const wordsOf = ({ event, timeline }: TimelineEvent): Words => {
  const place = timeline.seen[0]
  return [place?.source ?? '', event.dataset, place?.path ?? '']
}
