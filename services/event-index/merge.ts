import { type Change, ENDS_RANK } from '../../schemas/change.ts'
import { type Removal, takes } from '../../schemas/removal.ts'
import type { Seen, TimelineEvent } from '../../schemas/timeline-event.ts'

/** What the index holds of an event. */
export type Stored = Pick<
  Change,
  | 'at'
  | 'source'
  | 'stream'
  | 'place'
  | 'rank'
  | 'file'
  | 'context'
  | 'twin'
  | 'channel'
  | 'document'
>

/** Whether a record is one that is there already: merged it adds nothing. */
export const isRepeat = (
  stored: Pick<Stored, 'document' | 'rank' | 'place'>,
  change: Pick<Stored, 'document' | 'rank' | 'place'>,
): boolean =>
  stored.document === change.document && stored.rank === change.rank && stored.place >= change.place

/**
 * One event out of two records of it, the same whatever the order in which they come; undefined when the second adds nothing.
 * A record that was read again under a new context takes the place of what it was. Of different records the better known time wins,
 * then the earlier instant, then the first place. Places are united; the smallest stream and the largest place give the order.
 * Of a message that was edited or deleted the last version wins, and what it said before is its history. A record that was broken off while it was written
 * is no version of it: the longer one wins, or the one of which it is known where it ends.
 */
export function merge<S extends Stored>(stored: S, change: S): S | undefined {
  const old = JSON.parse(stored.document) as TimelineEvent
  const fresh = JSON.parse(change.document) as TimelineEvent
  const seen = union(old.timeline.seen, fresh.timeline.seen)
  // A second delivery of an alert is another record of it, also when it is read again; and a writer that comes late has an older context.
  const again =
    seen.length === old.timeline.seen.length &&
    change.file === stored.file &&
    change.context >= stored.context &&
    fresh.event.original === old.event.original
  const later = versions(fresh, old)
  const longer = later === 0 ? lengths(fresh.event.original, old.event.original) : 0
  const wins =
    later !== 0
      ? later > 0
      : longer !== 0 && ends(change) === ends(stored)
        ? longer > 0
        : again || isBetter(change, stored, fresh, old)
  const base = wins ? fresh : old
  // What was broken off may have been without its host.
  const both = longer === 0 ? [change, stored] : [wins ? change : stored]
  const stream = both.map((each) => each.stream).sort()[0]!
  const place = Math.max(...both.map((each) => each.place))
  const texts = new Set([...(old.timeline.history ?? []), ...(fresh.timeline.history ?? [])])
  if (longer === 0) texts.add(old.message).add(fresh.message)
  texts.delete(base.message)
  const history = texts.size > 0 ? { history: [...texts].sort() } : {}
  const document = JSON.stringify({ ...base, timeline: { ...base.timeline, seen, ...history } })
  if (document === stored.document && stream === stored.stream && place === stored.place)
    return undefined
  return { ...(wins ? change : stored), source: seen[0]!.source, stream, place, document }
}

/** Positive where the first event is a later version of a message than the second, 0 where they are one version. */
function versions(a: TimelineEvent, b: TimelineEvent): number {
  const [one, other] = [a, b].map(({ labels }) => {
    const { deleted, edited = '' } = (labels ?? {}) as { deleted?: string; edited?: string }
    return `${deleted === undefined ? 0 : 1} ${edited}`
  }) as [string, string]
  return one === other ? 0 : one > other ? 1 : -1
}

/** Positive where the second text is the beginning of the first, negative the other way round, 0 where neither or both. */
function lengths(a: string, b: string): number {
  return a.startsWith(b) || b.startsWith(a) ? a.length - b.length : 0
}

const ends = ({ rank }: Stored): boolean => rank >= ENDS_RANK

function isBetter(
  change: Stored,
  stored: Stored,
  fresh: TimelineEvent,
  old: TimelineEvent,
): boolean {
  if (change.rank !== stored.rank) return change.rank > stored.rank
  if (change.at !== stored.at) return change.at < stored.at
  return compare(fresh.timeline.seen[0]!, old.timeline.seen[0]!) < 0
}

/** The document without the places that a removal takes away; undefined when none is left, null when it had none of them. */
export function without(document: string, removal: Removal): string | undefined | null {
  const event = JSON.parse(document) as TimelineEvent
  const seen = event.timeline.seen.filter((s) => !takes(removal, s))
  if (seen.length === event.timeline.seen.length) return null
  if (seen.length === 0) return undefined
  return JSON.stringify({ ...event, timeline: { ...event.timeline, seen } })
}

const compare = (a: Seen, b: Seen): number =>
  a.source < b.source
    ? -1
    : a.source > b.source
      ? 1
      : a.path < b.path
        ? -1
        : a.path > b.path
          ? 1
          : a.line - b.line

function union(a: readonly Seen[], b: readonly Seen[]): Seen[] {
  const all = [...a, ...b].sort(compare)
  return all.filter((seen, i) => i === 0 || compare(all[i - 1]!, seen) !== 0)
}
