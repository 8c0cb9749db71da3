import { EXCHANGE_MS } from './statements.ts'
import type { Finding } from './finding.ts'

/** What is worth less is not worth a line. */
const FLOOR = 18
/** Each line about the same source makes another one less telling. */
const SAME_SOURCE = 0.6

/**
 * The findings that a draft of at most so many entries shows, in the order of their worth. Of what one topic says only the best is taken, and of talk one statement of each exchange;
 * the number is a ceiling, not a quota.
 */
export function choose(findings: readonly Finding[], most: number): Finding[] {
  const left = findings.filter(({ score }) => score >= FLOOR).sort(byWorth)
  const chosen: Finding[] = []
  const topics = new Set<string>()
  const sources = new Map<string, number>()
  const cited = new Set<string>()
  while (chosen.length < most) {
    let best = -1
    let worth = FLOOR
    left.forEach((finding, i) => {
      const { source } = finding.evidence[0]!
      const now = finding.score - SAME_SOURCE * (isSaid(finding) ? 0 : (sources.get(source) ?? 0))
      if (now > worth || (best < 0 && now >= worth)) [best, worth] = [i, now]
    })
    if (best < 0) break
    const [finding] = left.splice(best, 1)
    const { topic, evidence } = finding!
    if (isSaid(finding!) ? isSaidAlready(finding!, chosen) : topics.has(topic)) continue
    if (cited.has(evidence[0]!.id)) continue
    chosen.push(finding!)
    topics.add(topic)
    cited.add(evidence[0]!.id)
    sources.set(evidence[0]!.source, (sources.get(evidence[0]!.source) ?? 0) + 1)
  }
  return chosen
}

const byWorth = (a: Finding, b: Finding): number =>
  b.score - a.score ||
  a.evidence[0]!.ms - b.evidence[0]!.ms ||
  (a.evidence[0]!.id < b.evidence[0]!.id ? -1 : 1)

const isSaid = ({ reason }: Finding): boolean => reason === 'statement'

/** Where trouble is talked of, people say more in a minute than elsewhere. */
const isSaidAlready = (finding: Finding, chosen: readonly Finding[]): boolean => {
  const gap = finding.claim === null ? EXCHANGE_MS : EXCHANGE_MS / 3
  return chosen.some(
    (other) => isSaid(other) && Math.abs(other.evidence[0]!.ms - finding.evidence[0]!.ms) < gap,
  )
}
