/** In the rank of an event of which it is known where it ends: it wins whatever the time of a longer one is known by. */
export const ENDS_RANK = 1000

/** An event on its way into the index, with what the index keeps beside the document to filter, order and merge. */
export interface Change {
  id: string
  /** Nanoseconds since 1970 as 19 digits. */
  at: string
  /** The name of its source, for people and filters. */
  source: string
  /** The stream by which events of one instant are ordered: no file name is in it. */
  stream: string
  place: number
  /** How well its time is known: of two readings of one event the higher wins. */
  rank: number
  /** The file's stream whose context dated it. */
  file: string
  /** The number of that context. */
  context: number
  /** `<import>/<number of the file>` that brought it. */
  origin: string
  kind: string
  host: string
  service: string
  level: string
  /** That of its document. */
  signature: string
  /**
   * Of what the program wrote, in 53 bits: events of several channels that have it in common, at about one time, may be one event. Null where none other can be the same.
   */
  twin: number | null
  /** Through what it came; '' where it has no twin. Two events of one channel are never the same. */
  channel: string
  /** What full text finds: message, host, service, user. */
  text: string
  /** The document: a TimelineEvent as JSON. */
  document: string
}
