/** Events of one signature, source, kind, host, service and level: what is read of a window in place of its events. A kind, host, service or level of over 1,000 bytes may be its beginning and a hash, a source never is. */
export interface Group {
  signature: string
  source: string
  kind: string
  host: string
  service: string
  level: string
  count: number
  /** Nanoseconds since 1970 as 19 digits: of the first and of the last of them. */
  first: string
  last: string
  /** How many there are in each minute since 1970, in order; minutes without any are left out. */
  minutes: [minute: number, count: number][]
  /** The first of them in the order of the timeline, as many as were asked for. */
  ids: string[]
}
