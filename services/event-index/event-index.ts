import type { Change } from '../../schemas/change.ts'
import type { Group } from '../../schemas/group.ts'
import type { Filter, Query } from '../../schemas/query.ts'
import type { Removal } from '../../schemas/removal.ts'
import type { Basis } from '../../schemas/timeline-event.ts'

/** A filter whose window is in nanoseconds since 1970, as 19 digits: from <= at < to. */
export type WindowFilter = Omit<Filter, 'from' | 'to'> & { from?: string; to?: string }
export type PageQuery = Omit<Query, 'from' | 'to'> & WindowFilter

/** A page of the timeline. Its events tell what they are the same as (`timeline.same`): that is found when they are read, so it hangs on no arrival. */
export interface Page {
  /** The events as JSON objects in UTF-8, joined by a comma and a newline; no object has a newline inside. */
  events: Uint8Array
  count: number
  /** Where the next page begins; null after the last. */
  next: string | null
}

export interface Bucket {
  /** The beginning of the interval, UTC, to the second. */
  at: string
  count: number
  /** Counts by level; '' for events without one. */
  levels: Record<string, number>
}

export interface SourceSummary {
  source: string
  events: number
  /** First and last minute with an event, UTC. */
  first: string
  last: string
  kinds: Record<string, number>
}

/** How many events of a source in a file stream have instants that are known in one way. */
export interface KnownBy {
  source: string
  file: string
  basis: Basis
  events: number
}

/** The cursor is of a timeline that has changed since: events were re-dated or taken away. The reader starts again. */
export class TimelineChanged extends Error {}
/** The cursor was not made by this index. */
export class BadCursor extends Error {}

/** The index takes these events at no time; all others of the call are in it, but the position is not. */
export class EventsRefused extends Error {
  readonly ids: ReadonlySet<string>

  constructor(ids: ReadonlySet<string>, reason: string) {
    super(reason)
    this.ids = ids
  }
}

/**
 * The one UTC timeline of each workspace, ordered by (@timestamp, stream, place, id).
 * A call resolves only when what it did is visible to every later call. The index is a view: it may be thrown away and filled again from the bus.
 */
export interface EventIndex {
  /**
   * Creates the events, and merges those whose id is there: a repeat adds the place where it was seen, a better reading of its time moves it.
   * Applying the same changes again does nothing. `position` is that of the bus up to which all is now in the index. Resolves to how many events are new.
   * @throws EventsRefused, Unavailable
   */
  write(workspace: string, changes: readonly Change[], position: string): Promise<number>
  /** The highest position written, of each partition; or null: then everything is to be read again. */
  position(workspace: string): Promise<string | null>
  /** How many events each origin of an import created. */
  created(workspace: string, importId: string): Promise<Map<string, number>>
  /** @throws TimelineChanged, BadCursor */
  page(workspace: string, query: PageQuery): Promise<Page>
  /** An event as a page gives it, as JSON; undefined where there is none. */
  event(workspace: string, id: string): Promise<string | undefined>
  /** The stored documents of those of these events that are there, as JSON, by their ids. */
  events(workspace: string, ids: readonly string[]): Promise<Map<string, string>>
  /** Counts per interval of so many seconds, a multiple of 60; intervals without events are left out. */
  histogram(workspace: string, filter: WindowFilter, intervalSeconds: number): Promise<Bucket[]>
  /** The events of a window by what they have in common, in the order of the first of each group; at most `keep` ids of each, fewer where the index answers with fewer. No text query. */
  groups(workspace: string, filter: Omit<WindowFilter, 'q'>, keep: number): Promise<Group[]>
  sources(workspace: string): Promise<SourceSummary[]>
  /** What `sources` counts, apart by file stream and by how the instants are known. */
  bases(workspace: string): Promise<KnownBy[]>
  /** The file streams whose events were seen at a path or below it, or in a source. */
  streams(workspace: string, seen: Removal): Promise<string[]>
  /** Takes places away from events, and the events that have none left; resolves to how many events that were. */
  remove(workspace: string, removal: Removal, position: string): Promise<number>
  /** Takes events away, and all that is kept of them where that can be taken away; resolves to how many there were. `position` as in `write`. */
  erase(workspace: string, ids: ReadonlySet<string>, position: string): Promise<number>
  /** An empty index that takes the place of this one when `publish` resolves; reads go on here until then. */
  renew(
    workspace: string,
  ): Promise<{ index: Pick<EventIndex, 'write' | 'remove' | 'erase'>; publish(): Promise<void> }>
  /** What is wrong with the stored index, in words; empty when nothing is. */
  check(workspace: string): Promise<string[]>
  close(): Promise<void>
}
