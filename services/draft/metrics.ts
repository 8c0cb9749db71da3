import type { Bounded, Metrics, Span } from '../../schemas/draft.ts'
import { severityOfAlert } from './alerts.ts'
import type { Finding, Mark } from './finding.ts'
import { msOf, type Fact } from './material.ts'

/** The figures of an incident that the chosen findings prove; what nothing proves is left out. */
export function metricsOf(
  chosen: readonly Finding[],
  during: { from: number; to: number },
): Metrics {
  const inside = chosen
    .filter(({ evidence }) => evidence[0]!.ms >= during.from && evidence[0]!.ms < during.to)
    .sort((a, b) => a.evidence[0]!.ms - b.evidence[0]!.ms)
  const marked = (mark: Mark, test: (finding: Finding) => boolean = () => true): Finding[] =>
    inside.filter((finding) => finding.marks?.includes(mark) && test(finding))
  const isFailure = ({ claim }: Finding): boolean => claim === 'failure'
  const began = marked('began', isFailure)[0]
  const noticed = [...marked('detected', isFailure), ...marked('detected')]
  const detected =
    noticed.find((finding) => !began || msOfFinding(finding) >= msOfFinding(began)) ?? noticed[0]
  if (!detected && !began) return {}
  const start = Math.min(...[detected, began].flatMap((each) => (each ? [msOfFinding(each)] : [])))
  const after = (mark: Mark): Fact[] =>
    marked(mark)
      .map(leadOf)
      .filter(({ ms }) => ms > start)
  const acknowledged = after('acknowledged')[0]
  const over = inside.flatMap((finding) => (isFailure(finding) && finding.over) || [])
  const resolved = [...after('resolved'), ...over]
    .filter(({ ms }) => ms > start && ms < during.to)
    .sort((a, b) => a.ms - b.ms)
    .at(-1)
  // What is followed by more failures did not end them.
  const lastBegan = Math.max(start, ...inside.filter(isFailure).map(msOfFinding))
  const mitigated = after('mitigated').findLast(
    ({ ms }) => ms > lastBegan && (!resolved || ms <= resolved.ms),
  )
  const isInOrder = began && detected && msOfFinding(began) <= msOfFinding(detected)
  const severity = inside.find(
    ({ reason, claim, evidence }) =>
      reason === 'alert' && claim === 'failure' && severityOfAlert(evidence[0]!) !== '',
  )
  return {
    ...(began && { began: bounded(leadOf(began)) }),
    ...(detected && { detected: bounded(leadOf(detected)) }),
    ...(acknowledged && { acknowledged: bounded(acknowledged) }),
    ...(mitigated && { mitigated: bounded(mitigated) }),
    ...(resolved && { resolved: bounded(resolved) }),
    ...(isInOrder && { timeToDetect: span(leadOf(began), leadOf(detected)) }),
    ...(detected && resolved && { timeToResolve: span(leadOf(detected), resolved) }),
    ...(began && mitigated && { downtime: span(leadOf(began), mitigated) }),
    ...(severity && {
      severity: {
        value: severityOfAlert(severity.evidence[0]!),
        proof: [severity.evidence[0]!.id],
      },
    }),
  }
}

const leadOf = ({ evidence }: Finding): Fact => evidence[0]!
const msOfFinding = (finding: Finding): number => leadOf(finding).ms

function bounded({ at, id, event }: Fact): Bounded {
  const { earliest, latest } = event.timeline.time
  return { at, earliest, latest, proof: [id] }
}

function span(from: Fact, to: Fact): Span {
  const [a, b] = [bounded(from), bounded(to)]
  const seconds = (first: string, second: string): number =>
    Math.round(msOf(second) - msOf(first)) / 1000
  return {
    seconds: seconds(a.at, b.at),
    least: Math.max(seconds(a.latest, b.earliest), 0),
    most: seconds(a.earliest, b.latest),
    proof: [...a.proof, ...b.proof],
  }
}
