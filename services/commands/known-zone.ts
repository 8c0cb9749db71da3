import { Problem } from '../api/problems.ts'
import { zoneRules } from '../normalizer/zones.ts'
import type { Timeline } from '../timeline.ts'

/** @throws Problem invalid-zone, where a zone is told over HTTP that is none */
export function knownZone(zone: string | null | undefined): void {
  if (typeof zone === 'string' && !zoneRules(zone))
    throw new Problem(
      'invalid-zone',
      `zone=${zone}: give an IANA name such as Europe/Berlin, or an offset such as -04:00`,
    )
}

/** Corrections as the API takes them. */
export const correctSource =
  ({ correct }: Timeline): Timeline['correct'] =>
  async (workspace, of, told) => {
    knownZone(told.zone)
    return correct(workspace, of, told)
  }
