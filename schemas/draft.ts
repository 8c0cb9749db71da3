import { Type, type Static } from './type.ts'

export const Phase = Type.Enum(['before', 'during', 'after'])
export type Phase = Static<typeof Phase>

/** What an entry says happened; null where it claims none of these. */
export const Claim = Type.Union([Type.Enum(['failure', 'recovery', 'change']), Type.Null()])
export type Claim = Static<typeof Claim>

/** Why an entry is in the draft. */
export const Reason = Type.Enum([
  'alert',
  'change',
  'command',
  'error-cascade',
  'error',
  'first-ever',
  'level-rise',
  'message',
  'rare',
  'rate-change',
  'silence',
  'slow-steps',
  'statement',
  'status',
])
export type Reason = Static<typeof Reason>

export const Cited = Type.Object({
  id: Type.String(),
  at: Type.String(),
  message: Type.String(),
  source: Type.String(),
})
export type Cited = Static<typeof Cited>

export const Reference = Type.Object({ title: Type.String(), url: Type.String() })
export type Reference = Static<typeof Reference>

export const Entry = Type.Object({
  /** The instant of a cited event. */
  at: Type.String(),
  /** Of the last, where the entry stands for several events. */
  until: Type.Optional(Type.String()),
  count: Type.Optional(Type.Integer()),
  phase: Phase,
  type: Type.Enum(['observation', 'action']),
  kind: Type.String(),
  claim: Claim,
  text: Type.String(),
  reason: Reason,
  /** Higher is more important; comparable within one draft only. */
  score: Type.Number(),
  references: Type.Array(Reference),
  /** The most telling first. */
  evidence: Type.Array(Cited),
})
export type Entry = Static<typeof Entry>

/** An instant with the bounds that the evidence leaves, and the events that prove it. */
export const Bounded = Type.Object({
  at: Type.String(),
  earliest: Type.String(),
  latest: Type.String(),
  proof: Type.Array(Type.String()),
})
export type Bounded = Static<typeof Bounded>

/** Seconds between two instants, with the bounds that follow from theirs. */
export const Span = Type.Object({
  seconds: Type.Number(),
  least: Type.Number(),
  most: Type.Number(),
  proof: Type.Array(Type.String()),
})
export type Span = Static<typeof Span>

/** Proposed from the entries; what nothing proves is left out. */
export const Metrics = Type.Object({
  began: Type.Optional(Bounded),
  detected: Type.Optional(Bounded),
  acknowledged: Type.Optional(Bounded),
  mitigated: Type.Optional(Bounded),
  resolved: Type.Optional(Bounded),
  timeToDetect: Type.Optional(Span),
  timeToResolve: Type.Optional(Span),
  downtime: Type.Optional(Span),
  severity: Type.Optional(Type.Object({ value: Type.String(), proof: Type.Array(Type.String()) })),
})
export type Metrics = Static<typeof Metrics>

/** Something that the records leave open. */
export const Question = Type.Object({
  code: Type.Enum(['silent-source', 'missing-hour', 'slow-response', 'expected-but-absent']),
  text: Type.String(),
  from: Type.String(),
  to: Type.String(),
})
export type Question = Static<typeof Question>

export const Coverage = Type.Object({
  /** Events of the window, and of the time before it that they are compared with. */
  events: Type.Integer(),
  baseline: Type.Integer(),
  /** Of the events of the window, how many were read one by one; the others by their counts. */
  read: Type.Integer(),
  sources: Type.Array(
    Type.Object({ source: Type.String(), events: Type.Integer(), cited: Type.Integer() }),
  ),
  questions: Type.Array(Question),
})
export type Coverage = Static<typeof Coverage>

/** The timeline that a person would write for a window. */
export const Draft = Type.Object({
  window: Type.Object({ from: Type.String(), to: Type.String() }),
  entries: Type.Array(Entry),
  metrics: Metrics,
  coverage: Coverage,
  /** What of the window no entry stands for. */
  omitted: Type.Object({ signatures: Type.Integer(), events: Type.Integer() }),
})
export type Draft = Static<typeof Draft>
