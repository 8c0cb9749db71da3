import { cueOf, isFelt, type Cue } from './cues.ts'
import type { Finding, Mark } from './finding.ts'
import { wordsOfFailure } from './levels.ts'
import type { Fact } from './material.ts'
import type { Roles } from './roles.ts'
import { contentWords, keyTerms, sharedBy, stemOf, stemsOf } from './words.ts'
import { quoted } from './wording.ts'

const SAID = new Set(['chat', 'email', 'ticket', 'note'])
/** What is said so close to a statement belongs to it. */
export const EXCHANGE_MS = 60_000
const TERMS = 8

const WORTH: Readonly<Record<Cue, number>> = {
  'all-clear': 18,
  result: 14,
  decision: 12,
  action: 13,
  detected: 13,
  acknowledged: 12,
  hypothesis: 12,
}
const MARKS: Partial<Record<Cue, Mark>> = {
  'all-clear': 'resolved',
  acknowledged: 'acknowledged',
  detected: 'detected',
}

interface Talk {
  fact: Fact
  /** Words that nobody had said before. */
  fresh: number
}

/**
 * What people said: a statement is worth the more, the more words it brings that were not in the talk until then. Where there was trouble in the window, what they found, decided and did counts besides.
 */
export function statements(
  told: readonly Fact[],
  { from, to, trouble }: { from: number; to: number; trouble: readonly number[] },
  roles: Roles,
): Finding[] {
  const said = told.filter(isSaid)
  const known = new Map<string, number>()
  const talk: Talk[] = said.map((fact) => {
    const stems = stemsOf(fact.message)
    const fresh = [...stems].filter((stem) => !known.has(stem)).length
    for (const stem of stems) known.set(stem, (known.get(stem) ?? 0) + 1)
    return { fact, fresh }
  })
  const machines = told.filter(({ kind }) => !SAID.has(kind))
  const inside = talk.filter(
    ({ fact }) => fact.ms >= from && fact.ms < to && !isRelayed(fact, machines),
  )
  return inside.map(({ fact, fresh }, i): Finding => {
    const cue = cueOf(fact.message)
    const isTrouble = trouble.some((ms) => Math.abs(ms - fact.ms) < TROUBLE_MS)
    const near = around(inside, i)
    const score =
      (isTrouble ? 6 : 14) +
      9 * Math.log(1 + fresh) +
      (isFelt(fact.message) ? 4.5 : 0) +
      (isTrouble && cue ? WORTH[cue] : 0)
    const marks = isTrouble && cue && MARKS[cue]
    return {
      evidence: [fact, ...near.filter((each) => each !== fact).slice(0, 4)],
      type: cue === 'action' || cue === 'decision' ? 'action' : 'observation',
      claim: isTrouble ? claimOf(cue, fact.message) : null,
      reason: 'statement',
      // There are many statements, and few are chosen.
      get text() {
        const terms = near.length > 1 ? termsAround(fact, near, known, said.length) : []
        return `${roles.of(fact.user)} in ${fact.source}: ${quoted(roles.in(fact.message))}${terms.length > 0 ? ` (talk around it: ${roles.in(terms.join(', '))})` : ''}`
      },
      score,
      topic: `said ${fact.source}`,
      ...(marks && { marks: [marks] }),
    }
  })
}

/** What else the talk around a statement was of. `known`: in how many of so many texts a stem stands. */
function termsAround(
  { message }: Fact,
  near: readonly Fact[],
  known: ReadonlyMap<string, number>,
  all: number,
): string[] {
  const own = new Set(contentWords(message).map(stemOf))
  const texts = near.map((fact) => fact.message)
  return keyTerms(texts, known, all, TERMS + own.size)
    .filter((term) => !own.has(stemOf(term)))
    .slice(0, TERMS)
}

/** Who comes and goes says nothing by it. */
const isSaid = ({ kind, user, event }: Fact): boolean => {
  const { action } = event.event as { action?: unknown }
  return (
    SAID.has(kind) && user !== '' && !/join|leave|left|part|quit|nick|topic/.test(String(action))
  )
}

/** A bot that posts what an alert or a deployment said says nothing of its own. */
function isRelayed(fact: Fact, machines: readonly Fact[]): boolean {
  const stems = stemsOf(fact.message)
  return machines.some(
    ({ ms, message, event }) =>
      Math.abs(ms - fact.ms) < RELAY_MS &&
      (isNamed(event, fact.message) ||
        sharedBy(stems, stemsOf(message)) > Math.max(stems.size * 0.6, RELAY_WORDS)),
  )
}

/** Whether a text begins with a state and names the rule of an alert. */
const isNamed = (event: Fact['event'], text: string): boolean => {
  const { name } = (event['rule'] ?? {}) as { name?: unknown }
  return typeof name === 'string' && /^\W*\[?[A-Z]{5,}/.test(text) && text.includes(name)
}

const RELAY_MS = 3 * 60_000
/** People name what an alert names too, in a few words. */
const RELAY_WORDS = 3
const TROUBLE_MS = 2 * 3_600_000

const claimOf = (cue: Cue | undefined, text: string): Finding['claim'] => {
  if (cue === 'all-clear') return 'recovery'
  if (cue === 'detected' && wordsOfFailure(text) && !text.includes('?')) return 'failure'
  return cue === 'action' ? 'change' : null
}

function around(talk: readonly Talk[], i: number): Fact[] {
  const { ms } = talk[i]!.fact
  let first = i
  let last = i
  while (first > 0 && ms - talk[first - 1]!.fact.ms <= EXCHANGE_MS) first--
  while (last + 1 < talk.length && talk[last + 1]!.fact.ms - ms <= EXCHANGE_MS) last++
  return talk.slice(first, last + 1).map(({ fact }) => fact)
}
