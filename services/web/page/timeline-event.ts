/** What the page reads of an event (schemas/timeline-event.ts). Every value comes from outside. */
export interface EventTime {
  original: string
  basis: string
  zone: string
  earliest: string
  latest: string
  flags: readonly string[]
  contradiction?: { because: string; suggested?: string }
}

export interface Seen {
  source: string
  path: string
  line: number
}

/** A time that a text speaks of. */
export interface Mention {
  text: string
  earliest: string
  latest: string
}

export interface TimelineEvent {
  readonly [field: string]: unknown
  '@timestamp': string
  message: string
  event: { id: string; dataset: string; original: string; reference?: unknown }
  timeline: {
    kind: string
    signature: string
    time: EventTime
    seen: readonly Seen[]
    same?: unknown
    mentions?: unknown
  }
}

/** The text of a field by its ECS name; empty where there is none. */
export function field(event: TimelineEvent, group: string, name: string): string {
  const here = event[group]
  if (typeof here !== 'object' || here === null || !Object.hasOwn(here, name)) return ''
  const value = (here as Record<string, unknown>)[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** The ids of the same event met through other channels. */
export const sameAs = ({ timeline: { same } }: TimelineEvent): string[] =>
  (Array.isArray(same) ? same : []).filter((id) => typeof id === 'string')

export const sourceOf = (event: TimelineEvent): string => event.timeline.seen[0]?.source ?? ''

/** Where it happened, in the shortest words: a channel, a host, a service, else the source. */
export function placeOf(event: TimelineEvent): string {
  const channel = event.timeline.kind === 'chat' ? field(event, 'labels', 'channel') : ''
  if (channel) return channel.startsWith('#') ? channel : `#${channel}`
  return field(event, 'host', 'name') || field(event, 'service', 'name') || sourceOf(event)
}

/** Who said or did it; in logs a user is a detail. */
export const whoOf = (event: TimelineEvent): string =>
  event.timeline.kind === 'log' ? '' : field(event, 'user', 'name')

/** The program that wrote a log line. */
export function programOf(event: TimelineEvent): string {
  if (event.timeline.kind !== 'log') return ''
  return (
    field(event, 'process', 'name') ||
    (field(event, 'host', 'name') && field(event, 'service', 'name'))
  )
}

export type Severity = 'error' | 'warn' | 'other'

const ERRORS = new Set(['emergency', 'alert', 'critical', 'error'])
/** From the worst. */
export const LEVELS = [...ERRORS, 'warn', 'notice', 'info', 'debug', 'trace', '']

export const severityOf = (level: string): Severity =>
  ERRORS.has(level) ? 'error' : level === 'warn' ? 'warn' : 'other'

/** All leaves as names with dots and values, in the order of the document. */
export function leaves(event: TimelineEvent): [name: string, value: string][] {
  const found: [string, string][] = []
  const walk = (name: string, value: unknown): void => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, inner] of Object.entries(value)) walk(name ? `${name}.${key}` : key, inner)
    } else found.push([name, typeof value === 'string' ? value : JSON.stringify(value)])
  }
  walk('', event)
  return found
}
