import type { Question } from '../../schemas/draft.ts'
import type { Finding } from './finding.ts'
import { isoOf, type Fact } from './material.ts'
import type { Silence } from './rates.ts'
import { duration } from './wording.ts'

const HOUR_MS = 3_600_000
const SLOW_MS = 10 * 60_000

interface Seen {
  from: number
  to: number
  silences: readonly Silence[]
  /** Minutes since 1970 with any event. */
  minutes: ReadonlySet<number>
  findings: readonly Finding[]
  told: readonly Fact[]
  /** Titles of controls of which there is no event in the window. */
  absent: readonly string[]
}

/** What the records leave open, and somebody may know. */
export function questionsOf({
  from,
  to,
  silences,
  minutes,
  findings,
  told,
  absent,
}: Seen): Question[] {
  const ask = (code: Question['code'], text: string, first: number, last: number): Question => ({
    code,
    text,
    from: isoOf(first),
    to: isoOf(last),
  })
  return [
    ...silences.map(({ source, last, next }) =>
      ask(
        'silent-source',
        `Why did ${source} write nothing from ${isoOf(last)} ${next === undefined ? 'to the end of the window' : `to ${isoOf(next)}`}?`,
        last,
        next ?? to,
      ),
    ),
    ...emptyHours(from, to, minutes).map(([first, last]) =>
      ask(
        'missing-hour',
        `Is there no record at all from ${isoOf(first)} to ${isoOf(last)}, or was it not collected?`,
        first,
        last,
      ),
    ),
    ...slowResponses(findings, told, { from, to }).map(([alert, answer]) =>
      ask(
        'slow-response',
        `What happened between the alert at ${isoOf(alert)} and the first that a person did or said, ${duration(answer - alert)} later?`,
        alert,
        answer,
      ),
    ),
    ...absent.map((title) =>
      ask(
        'expected-but-absent',
        `Should there have been: ${title}? There is no record of it.`,
        from,
        to,
      ),
    ),
  ]
}

function emptyHours(
  from: number,
  to: number,
  minutes: ReadonlySet<number>,
): [first: number, last: number][] {
  const sorted = [...minutes].map((minute) => minute * 60_000).sort((a, b) => a - b)
  const edges = [from, ...sorted, to]
  return edges.flatMap((edge, i): [number, number][] => {
    const next = edges[i + 1]
    return next !== undefined && next - edge >= HOUR_MS ? [[edge, next]] : []
  })
}

const OF_PEOPLE = new Set(['chat', 'email', 'ticket', 'note'])

function slowResponses(
  findings: readonly Finding[],
  told: readonly Fact[],
  { from, to }: { from: number; to: number },
): [alert: number, answer: number][] {
  const alert = findings
    .filter(({ reason, claim }) => reason === 'alert' && claim === 'failure')
    .map(({ evidence }) => evidence[0]!.ms)
    .filter((ms) => ms >= from && ms < to)
    .sort((a, b) => a - b)[0]
  if (alert === undefined) return []
  const answer = told.find(
    ({ ms, kind, user }) => ms > alert && user !== '' && (OF_PEOPLE.has(kind) || kind === 'alert'),
  )?.ms
  return answer !== undefined && answer - alert > SLOW_MS ? [[alert, answer]] : []
}
