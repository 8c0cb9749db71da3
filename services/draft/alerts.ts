import type { Finding, Mark } from './finding.ts'
import { grouped } from './grouped.ts'
import type { Fact } from './material.ts'
import { linksOf } from './links.ts'
import type { Roles } from './roles.ts'
import { duration, quoted, times } from './wording.ts'

const SCORES: Readonly<Record<string, number>> = {
  fired: 46,
  acknowledged: 52,
  escalated: 46,
  annotated: 34,
  resolved: 30,
  assigned: 14,
  notified: 14,
  pending: 12,
}
const MARKS: Readonly<Record<string, Mark>> = {
  fired: 'detected',
  acknowledged: 'acknowledged',
  resolved: 'resolved',
}
const GRAVE = /crit|page|p1|p0|sev-?[01]|high|urgent|disaster|emergency/i
/** An alert that is sent again is the same. */
const REPEAT_MS = 6 * 3_600_000

/** What alerts did: each fired once, with when it was over; who was told and answered. */
export function alerts(told: readonly Fact[], roles: Roles): Finding[] {
  const all = told.filter(({ kind }) => kind === 'alert')
  return [...grouped(all, identityOf).values()].flatMap((of) => {
    const findings: Finding[] = []
    let open: { fired: Fact[]; at: number } | undefined
    for (const fact of of) {
      const action = actionOf(fact)
      if (action === 'fired' && open && fact.ms - open.fired[0]!.ms < REPEAT_MS) {
        open.fired.push(fact)
        findings[open.at] = firedFinding(open.fired)
      } else if (action === 'fired') {
        open = { fired: [fact], at: findings.length }
        findings.push(firedFinding([fact]))
      } else if (action === 'resolved' && open) {
        findings[open.at] = firedFinding(open.fired, fact)
        findings.push(otherFinding(fact, action, roles))
        open = undefined
      } else findings.push(otherFinding(fact, action, roles))
    }
    return findings
  })
}

export const actionOf = ({ event }: Fact): string => {
  const { action } = event.event as { action?: unknown }
  return typeof action === 'string' ? action : 'fired'
}

const labelOf = ({ event }: Fact, name: string): string => {
  const value = (event['labels'] as Record<string, unknown> | undefined)?.[name]
  return typeof value === 'string' ? value : ''
}

export const severityOfAlert = (fact: Fact): string =>
  labelOf(fact, 'severity') || labelOf(fact, 'urgency') || labelOf(fact, 'priority')

export function identityOf(fact: Fact): string {
  const incident = labelOf(fact, 'incident')
  if (incident) return `incident ${incident}`
  const { name } = (fact.event['rule'] ?? {}) as { name?: unknown }
  if (typeof name === 'string') return `${name} ${labelOf(fact, 'instance')}`
  return withoutState(fact.message)
}

const withoutState = (message: string): string => message.replace(/^\[[A-Z]+\]\s*/, '')

function firedFinding(fired: readonly Fact[], resolved?: Fact): Finding {
  const first = fired[0]!
  const grave = GRAVE.test(severityOfAlert(first))
  const again = fired.length > 1 ? `, sent ${times(fired.length, 'time')}` : ''
  const over = resolved ? `; it was resolved after ${duration(resolved.ms - first.ms)}` : ''
  return {
    evidence: resolved ? [first, resolved, ...fired.slice(1)] : fired,
    ...((resolved || fired.length > 1) && {
      until: (resolved ?? fired.at(-1)!).ms,
      count: fired.length + (resolved ? 1 : 0),
    }),
    type: 'observation',
    claim: grave ? 'failure' : null,
    reason: 'alert',
    text: `Alert fired${again}: ${quoted(withoutState(first.message))}${over}`,
    score: SCORES['fired']! + (grave ? 14 : 0),
    references: linksOf(first),
    topic: `alert ${first.id}`,
    ...(resolved && { over: resolved }),
    marks: ['detected'],
  }
}

function otherFinding(fact: Fact, action: string, roles: Roles): Finding {
  const mark = MARKS[action]
  const isAction = ['acknowledged', 'annotated', 'escalated'].includes(action)
  return {
    evidence: [fact],
    type: isAction ? 'action' : 'observation',
    claim: action === 'resolved' ? 'recovery' : null,
    reason: 'alert',
    text: `Alert ${action}${fact.user ? ` by ${roles.of(fact.user)}` : ''}: ${quoted(roles.in(withoutState(fact.message)))}`,
    score:
      action === 'resolved' && !GRAVE.test(severityOfAlert(fact)) ? 24 : (SCORES[action] ?? 20),
    references: linksOf(fact),
    topic: `alert ${fact.id}`,
    ...(mark && { marks: [mark] }),
  }
}
