import type { Group } from '../../schemas/group.ts'
import type { TimelineEvent } from '../../schemas/timeline-event.ts'
import { factOf, type Material } from '../../services/draft/material.ts'
import { Groups } from '../../services/event-index/groups.ts'
import { signature } from '../../services/normalizer/signature.ts'

/** 2024-05-01T10:00:00Z in milliseconds. */
export const TEN = Date.UTC(2024, 4, 1, 10)
const TOLD = ['chat', 'email', 'alert', 'change', 'ticket', 'status', 'note']

export interface Told {
  /** Seconds after ten. */
  s: number
  message: string
  kind?: string
  source?: string
  level?: string
  fields?: Record<string, unknown>
  action?: string
}

/** Events as they stand on a timeline; the ids tell their order. */
export const eventsOf = (told: readonly Told[]): TimelineEvent[] =>
  told.map(({ s, message, kind = 'log', source = 'app.log', level, fields, action }, i) => {
    const at = new Date(TEN + s * 1000).toISOString()
    return {
      '@timestamp': at,
      message,
      event: {
        id: `e${String(i).padStart(5, '0')}`,
        kind: 'event',
        dataset: 'logs/x',
        original: message,
        ...(action !== undefined && { action }),
      },
      timeline: {
        kind,
        signature: signature(message),
        time: { original: at, basis: 'explicit', zone: 'UTC', earliest: at, latest: at, flags: [] },
        seen: [{ source, path: source, line: 1 }],
      },
      ...(level !== undefined && { log: { level } }),
      ...fields,
    } as TimelineEvent
  })

/** What is read of these events for the window of so many seconds after ten; what is before it is the baseline. */
export function materialOf(events: readonly TimelineEvent[], from: number, to: number): Material {
  const sorted = events.map(factOf).sort((a, b) => a.ms - b.ms || (a.id < b.id ? -1 : 1))
  const [fromMs, toMs] = [TEN + from * 1000, TEN + to * 1000]
  const inside = sorted.filter(({ ms }) => ms >= fromMs && ms < toMs)
  const before = sorted.filter(({ ms }) => ms < fromMs)
  const groups = (of: typeof sorted): Group[] => {
    const gathered = new Groups(100)
    for (const { ms, id, signature: sign, source, kind, host, service, event } of of) {
      const level = (event['log'] as { level?: string } | undefined)?.level ?? ''
      const group = gathered.of({ signature: sign, source, kind, host, service, level })
      gathered.add(group, Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6), id)
    }
    return gathered.all(({ ids }) => ids)
  }
  return {
    from: fromMs,
    to: toMs,
    groups: groups(inside),
    before: groups(before),
    beforeFrom: Math.min(fromMs, ...before.map(({ ms }) => ms)),
    isWhole: true,
    lead: before.filter(({ kind }) => !TOLD.includes(kind)),
    logs: inside.filter(({ kind }) => !TOLD.includes(kind)),
    told: sorted.filter(({ kind }) => TOLD.includes(kind)),
  }
}
