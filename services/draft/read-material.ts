import type { Group } from '../../schemas/group.ts'
import type { TimelineEvent } from '../../schemas/timeline-event.ts'
import type { EventIndex, PageQuery } from '../event-index/event-index.ts'
import { pagesOf } from '../event-index/pages-of.ts'
import { flowOf } from './flows.ts'
import { withoutTwins } from './twins.ts'
import { factOf, type Fact, type Material } from './material.ts'

/** A window in nanoseconds since 1970, as 19 digits, and what of the time around it goes with it, in milliseconds. */
export interface Edges {
  from: string
  to: string
  leadMs: number
  trailMs: number
}

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const PAGE = 1000
/** A window of so many log events is read whole; of a larger one, the rarest. */
const WHOLE = 20_000
const RAREST = 8000
/** So many events before such a window show what is usual in the requests that go through it. */
const LEAD = 5000
/** Of each group so many events are asked for by name: commands of a busy hour are one group, and each is another. */
const KEEP = 500
/** What people and tools told is read up to so many events. */
const TOLD = 20_000
const TOLD_KINDS = ['chat', 'email', 'alert', 'change', 'ticket', 'status', 'note']
const IDS = 1000

type Reads = Pick<EventIndex, 'groups' | 'page' | 'events'>

/** Reads what a draft is made of: counts of all events, and a bounded number of them one by one. @throws TimelineChanged */
export async function readMaterial(
  index: Reads,
  workspace: string,
  { from, to, leadMs, trailMs }: Edges,
): Promise<Material> {
  const [fromMs, toMs] = [msOfKey(from), msOfKey(to)]
  const beforeFrom = shifted(from, -Math.min(Math.max(toMs - fromMs, HOUR_MS), DAY_MS))
  const groups = await index.groups(workspace, { from, to }, KEEP)
  const before = await index.groups(workspace, { from: beforeFrom, to: from }, 0)
  const ofLogs = groups.filter(({ kind }) => !TOLD_KINDS.includes(kind))
  const count = ofLogs.reduce((sum, group) => sum + group.count, 0)
  const isWhole = count <= WHOLE
  const kinds = [...new Set(ofLogs.map(({ kind }) => kind))]
  const logs =
    count === 0
      ? []
      : isWhole
        ? await pages(index, workspace, { from, to, kind: kinds, limit: PAGE, order: 'asc' }, WHOLE)
        : await named(index, workspace, rarest(ofLogs, before))
  const lead =
    isWhole && logs.some((fact) => flowOf(fact) !== undefined)
      ? await pages(
          index,
          workspace,
          { from: beforeFrom, to: from, kind: kinds, limit: PAGE, order: 'desc' },
          LEAD,
        )
      : []
  return {
    from: fromMs,
    to: toMs,
    groups,
    before,
    beforeFrom: msOfKey(beforeFrom),
    logs,
    isWhole,
    lead: lead.toReversed(),
    told: await toldAround(
      index,
      workspace,
      { from, to, leadMs, trailMs },
      ofLogs.length < groups.length,
    ),
  }
}

const msOfKey = (key: string): number => Number(key.slice(0, 13))

const shifted = (key: string, ms: number): string =>
  String(Math.max(msOfKey(key) + ms, 0)).padStart(13, '0') + key.slice(13)

async function toldAround(
  index: Reads,
  workspace: string,
  { from, to, leadMs, trailMs }: Edges,
  isToldOf: boolean,
): Promise<Fact[]> {
  const of = (query: Partial<PageQuery>, order: 'asc' | 'desc', most: number): Promise<Fact[]> =>
    pages(index, workspace, { kind: TOLD_KINDS, ...query, limit: PAGE, order }, most)
  const lead = await of({ from: shifted(from, -leadMs), to: from }, 'desc', TOLD / 4)
  const inside = isToldOf ? await of({ from, to }, 'asc', TOLD) : []
  const trail = await of({ from: to, to: shifted(to, trailMs) }, 'asc', TOLD / 10)
  return [...lead.toReversed(), ...inside, ...trail]
}

async function pages(
  index: Reads,
  workspace: string,
  query: PageQuery,
  most: number,
): Promise<Fact[]> {
  const facts: Fact[] = []
  for await (const events of pagesOf(index, workspace, query)) {
    facts.push(...events.map(factOf))
    if (facts.length >= most) break
  }
  return withoutTwins(facts.slice(0, most))
}

/** What is new and seldom is looked at; of the rest, the first of each group. */
function rarest(groups: readonly Group[], before: readonly Group[]): string[] {
  const known = new Set(before.map(({ signature, source }) => `${signature} ${source}`))
  const isNew = ({ signature, source }: Group): boolean => !known.has(`${signature} ${source}`)
  const byWorth = [...groups].sort(
    (a, b) => Number(isNew(b)) - Number(isNew(a)) || a.count - b.count,
  )
  const ids = new Set(byWorth.slice(0, RAREST / 2).flatMap((group) => group.ids.slice(0, 3)))
  for (const group of [...groups].sort((a, b) => a.count - b.count)) {
    if (ids.size >= RAREST) break
    if (group.ids.length === group.count) for (const id of group.ids) ids.add(id)
  }
  return [...ids]
}

async function named(index: Reads, workspace: string, ids: readonly string[]): Promise<Fact[]> {
  const facts: Fact[] = []
  for (let i = 0; i < ids.length; i += IDS) {
    const documents = await index.events(workspace, ids.slice(i, i + IDS))
    for (const document of documents.values())
      facts.push(factOf(JSON.parse(document) as TimelineEvent))
  }
  return facts.sort((a, b) => a.ms - b.ms || (a.id < b.id ? -1 : 1))
}
