/** So much of a message is quoted. */
const QUOTED = 160
const CONTROL = /[\p{Cc}\p{Cf}]/gu
/** The entry tells the time, in UTC. */
const STAMP =
  /^\[?(?:\d{4}[-/]\d\d[-/]\d\d[T ])?\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\]?\s+(?=\S)/
/** Of a long identifier the beginning is enough to know it again. */
const LONG_ID = /\b(?=[\da-f]*\d)([\da-f]{8})[\da-f]{8,}\b/g

/** The beginning of a message as one line, in quotes. */
export function quoted(message: string, most = QUOTED): string {
  const line = message
    .trimStart()
    .replace(STAMP, '')
    .replace(/\s+/g, ' ')
    .replace(CONTROL, '')
    .replace(LONG_ID, '$1…')
    .trim()
  const cut = line.length > most ? `${line.slice(0, most - 1).trimEnd()}…` : line
  return `“${cut}”`
}

export const times = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${count === 1 ? noun : `${noun}s`}`

/** A span of time in the unit that people would say. */
export function duration(ms: number): string {
  const seconds = ms / 1000
  if (seconds < 1) return `${Math.round(ms)} ms`
  if (seconds < 120) return `${Number(seconds.toFixed(seconds < 10 ? 1 : 0))} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 120) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** Where something was logged, in words: the service and host where they are known, else the end of the name of the source. */
export function placeOf({
  service,
  host,
  source,
}: {
  service: string
  host: string
  source: string
}): string {
  if (service && host) return `${service} on ${host}`
  if (service || host) return service || host
  const [name, folder] = source.split('/').toReversed()
  // The hash that a container runtime puts behind the name of a container says nothing to people.
  const short = name!.replace(/-[\da-f]{32,}(?=\.log$)/, '')
  return folder && short.length < 20 ? `${folder}/${short}` : short
}
