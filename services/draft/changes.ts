import { actionOf } from './alerts.ts'
import type { Finding } from './finding.ts'
import { wordsOfFailure } from './levels.ts'
import { linksOf } from './links.ts'
import type { Fact } from './material.ts'
import type { Roles } from './roles.ts'
import { quoted } from './wording.ts'

const SCORES: readonly (readonly [RegExp, number])[] = [
  [/deploy|release|rollback|roll-?back|apply|sync/i, 48],
  [/merge|push|flag|config/i, 42],
  [/commit/i, 34],
]
/** A merge is told by the version control and by its host, in the same seconds; a deployment when it begins and when it ends. */
const SAME_MS = 5000
const ENDS_MS = 5 * 60_000

/** Deploys, merges, configuration and what a status page said. */
export function changes(told: readonly Fact[], roles: Roles): Finding[] {
  const findings: Finding[] = []
  let last: { fact: Fact; at: number } | undefined
  for (const fact of told) {
    if (fact.kind === 'status') findings.push(statusFinding(fact))
    if (fact.kind !== 'change') continue
    if (isBadState(fact)) {
      findings.push(stateFinding(fact))
      continue
    }
    const within = last?.fact.source === fact.source ? ENDS_MS : SAME_MS
    if (last && actionOf(last.fact) === actionOf(fact) && fact.ms - last.fact.ms <= within) {
      const before = findings[last.at]!
      const evidence = [...before.evidence, fact]
      const references = [...(before.references ?? []), ...linksOf(fact)]
      findings[last.at] = {
        ...before,
        evidence,
        until: fact.ms,
        count: evidence.length,
        references: references.filter(
          ({ url }, i) => references.findIndex((other) => other.url === url) === i,
        ),
        ...(fact.source === last.fact.source && {
          text: `${before.text}, then ${quoted(roles.in(saidOf(fact)), 100)}`,
        }),
      }
      continue
    }
    last = { fact, at: findings.length }
    findings.push(changeFinding(fact, roles))
  }
  return findings
}

const worthOf = (fact: Fact): number | undefined =>
  SCORES.find(([pattern]) => pattern.test(`${actionOf(fact)} ${fact.message}`))?.[1]

/** Nobody did it: something came into a state. */
const isBadState = (fact: Fact): boolean =>
  fact.user === '' && worthOf(fact) === undefined && wordsOfFailure(fact.message)

const stateFinding = (fact: Fact): Finding => ({
  evidence: [fact],
  type: 'observation',
  claim: 'failure',
  reason: 'change',
  text: `Failure in ${fact.source}: ${quoted(fact.message)}`,
  score: 46,
  references: linksOf(fact),
  topic: `change ${fact.id}`,
  marks: ['began'],
})

function changeFinding(fact: Fact, roles: Roles): Finding {
  return {
    evidence: [fact],
    type: 'action',
    claim: 'change',
    reason: 'change',
    text: `Change${fact.user ? ` by ${roles.of(fact.user)}` : ''} in ${fact.source}: ${quoted(roles.in(saidOf(fact)))}`,
    score: worthOf(fact) ?? 22,
    references: linksOf(fact),
    topic: `change ${fact.id}`,
  }
}

function statusFinding(fact: Fact): Finding {
  const isOver = /\b(?:resolved|completed|operational|up)\b/i.test(
    `${actionOf(fact)} ${fact.message.slice(0, 80)}`,
  )
  return {
    evidence: [fact],
    type: 'observation',
    claim: isOver ? 'recovery' : wordsOfFailure(fact.message) ? 'failure' : null,
    reason: 'status',
    text: `Status posted: ${quoted(fact.message)}`,
    score: 46,
    references: linksOf(fact),
    topic: `status ${fact.id}`,
    marks: isOver ? ['resolved'] : ['detected'],
  }
}

/** The first line, without the name of who did it: that stands before it. */
function saidOf({ message, user }: Fact): string {
  const line = message.split('\n')[0]!
  return user !== '' && line.startsWith(`${user} `) ? line.slice(user.length + 1) : line
}
