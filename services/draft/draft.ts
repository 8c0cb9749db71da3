import type { Cited, Draft, Entry } from '../../schemas/draft.ts'
import { alerts } from './alerts.ts'
import { changes } from './changes.ts'
import { choose } from './choose.ts'
import { commandLines, commands, repeats } from './commands.ts'
import { failures } from './failures.ts'
import type { Finding } from './finding.ts'
import { grouped } from './grouped.ts'
import { lifecycle } from './lifecycle.ts'
import { isoOf, type Fact, type Material } from './material.ts'
import { metricsOf } from './metrics.ts'
import { novelties } from './novelty.ts'
import { nameOf, patternsOf } from './patterns.ts'
import { questionsOf } from './questions.ts'
import { silenceFindings, silences, surges } from './rates.ts'
import { Roles } from './roles.ts'
import { statements } from './statements.ts'
import { slowSteps } from './steps.ts'

/** So many events prove an entry, and so much of each is shown. */
const CITED = 8
const SHOWN = 400

/** The draft of a window, of at most so many entries. The same material gives the same draft. `absent`: titles of controls of which there is no record. */
export function draft(material: Material, entries: number, absent: readonly string[] = []): Draft {
  const { from, to, beforeFrom, groups, before, logs, isWhole, lead, told } = material
  const roles = new Roles(told)
  const patterns = patternsOf(material)
  const failed = failures(patterns)
  const fired = alerts(told, roles)
  const trouble = [...failed, ...fired]
    .filter(({ claim }) => claim === 'failure')
    .map(({ evidence }) => evidence[0]!.ms)
  const silent = silences(patterns, { from, to })
  const all = patterns.reduce((sum, { count }) => sum + count, 0)
  const findings = [
    ...failed,
    ...fired,
    ...changes(told, roles),
    ...statements(told, { from, to, trouble }, roles),
    ...lifecycle(patterns, trouble),
    ...(isWhole ? slowSteps([...lead, ...logs], from) : []),
    ...commands(logs),
    ...commandLines(logs, trouble),
    ...repeats(patterns, all),
    ...novelties(patterns, { from, beforeFrom }),
    ...silenceFindings(silent, logs),
    ...surges(patterns, logs),
  ]
  const chosen = choose(findings, entries)
  const printed = chosen
    .map((finding) => entryOf(finding, { from, to }, roles))
    .sort((a, b) => compare(a.at, b.at) || b.score - a.score || compare(a.text, b.text))
  const cited = new Map(
    chosen.flatMap(({ evidence }) => evidence.slice(0, CITED)).map((f) => [f.id, f]),
  )
  const inside = [...cited.values()].filter(({ ms }) => ms >= from && ms < to)
  const stoodFor = new Set(inside.map(nameOf))
  const left = groups.filter((group) => !stoodFor.has(nameOf(group)))
  const minutes = new Set(groups.flatMap((group) => group.minutes.map(([minute]) => minute)))
  return {
    window: { from: isoOf(from), to: isoOf(to) },
    entries: printed,
    metrics: metricsOf(chosen, { from, to }),
    coverage: {
      events: countOf(groups),
      baseline: countOf(before),
      read: logs.length + told.filter(({ ms }) => ms >= from && ms < to).length,
      sources: [...grouped(groups, ({ source }) => source)]
        .map(([source, of]) => ({
          source,
          events: countOf(of),
          cited: inside.filter((fact) => fact.source === source).length,
        }))
        .sort((a, b) => compare(a.source, b.source)),
      questions: questionsOf({
        from,
        to,
        silences: silent,
        minutes,
        findings: fired,
        told,
        absent,
      }),
    },
    omitted: {
      signatures: new Set(left.map(nameOf)).size,
      events: countOf(left),
    },
  }
}

const countOf = (groups: readonly { count: number }[]): number =>
  groups.reduce((sum, { count }) => sum + count, 0)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function entryOf(
  { evidence, until, count, type, claim, reason, text, score, references }: Finding,
  { from, to }: { from: number; to: number },
  roles: Roles,
): Entry {
  const lead = evidence[0]!
  return {
    at: lead.at,
    ...(until !== undefined && until > lead.ms && { until: isoOf(until) }),
    ...(count !== undefined && count > 1 && { count }),
    phase: lead.ms < from ? 'before' : lead.ms < to ? 'during' : 'after',
    type,
    kind: lead.kind,
    claim,
    text: roles.in(text),
    reason,
    score: Math.round(score * 100) / 100,
    references: [...(references ?? [])],
    evidence: evidence.slice(0, CITED).map((fact) => citedOf(fact, roles)),
  }
}

const citedOf = ({ id, at, message, source, kind }: Fact, roles: Roles): Cited => ({
  id,
  at,
  message: (kind === 'log' ? message : roles.in(message)).slice(0, SHOWN),
  source,
})
