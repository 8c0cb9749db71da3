import { Problem } from '../api/problems.ts'
import { ZONE_WANTED, zoneRules } from '../normalizer/zones.ts'
import type { Timeline } from '../timeline.ts'

/** @throws Problem invalid-zone, where a zone is told over HTTP that is none */
export function knownZone(zone: string | null | undefined): void {
  if (typeof zone === 'string' && !zoneRules(zone))
    throw new Problem('invalid-zone', `zone=${zone}: ${ZONE_WANTED}`)
}

/** Corrections as the API takes them. */
export const correctSource =
  ({ correct }: Timeline): Timeline['correct'] =>
  async (workspace, of, told) => {
    knownZone(told.zone)
    return correct(workspace, of, told)
  }
