import type { Claim, Reason, Reference } from '../../schemas/draft.ts'
import type { Fact } from './material.ts'

/** Something that may become an entry. */
export interface Finding {
  /** What it stands on, the most telling first; the entry is at the instant of the first. */
  evidence: readonly Fact[]
  /** Of the last event that it stands for, in milliseconds, where there are several. */
  until?: number
  /** How many events it stands for, where there are more than its evidence shows. */
  count?: number
  type: 'observation' | 'action'
  claim: Claim
  reason: Reason
  text: string
  score: number
  references?: readonly Reference[]
  /** Findings of one topic say the same: the best is enough. */
  topic: string
  /** Of an alert that fired: what says that it was over. */
  over?: Fact
  /** Marks of the course of an incident that it sets, for the metrics. */
  marks?: readonly Mark[]
}

export type Mark = 'began' | 'detected' | 'acknowledged' | 'mitigated' | 'resolved'
