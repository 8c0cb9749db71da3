import type { Fact } from './material.ts'

/** Events without those that are the same as another of them and were met through another channel: of such, the one that tells a level is kept, else that of the first source by name, so that of one source all are kept or none where all of its lines tell a level or none does. */
export function withoutTwins(facts: readonly Fact[]): Fact[] {
  if (facts.every(({ event }) => event.timeline.same === undefined)) return [...facts]
  const byId = new Map(facts.map((fact) => [fact.id, fact]))
  return facts.filter((fact) =>
    (fact.event.timeline.same ?? []).every((id) => {
      const twin = byId.get(id)
      return twin === undefined || isBetter(fact, twin)
    }),
  )
}

function isBetter(fact: Fact, twin: Fact): boolean {
  const told = Number(fact.rank !== undefined) - Number(twin.rank !== undefined)
  return told === 0 ? fact.source <= twin.source : told > 0
}
