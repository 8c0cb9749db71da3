import type { EventIndex, PageQuery, WindowFilter } from '../event-index/event-index.ts'
import { factOf, type Fact } from './material.ts'
import { pagesOf } from '../event-index/pages-of.ts'
import { proposeWindows, type Proposal } from './propose-windows.ts'

const PAGE = 1000
const MOST_ALERTS = 20_000
const INTERVAL_S = 300

/** The windows that a timeline, or a part of it, proposes: from its alerts and from counts. @throws TimelineChanged */
export async function proposedWindows(
  index: Pick<EventIndex, 'page' | 'histogram'>,
  workspace: string,
  edges: Pick<WindowFilter, 'from' | 'to'>,
): Promise<Proposal[]> {
  const told: Fact[] = []
  const query: PageQuery = { ...edges, kind: ['alert'], limit: PAGE, order: 'asc' }
  for await (const events of pagesOf(index, workspace, query)) {
    told.push(...events.map(factOf))
    if (told.length >= MOST_ALERTS) break
  }
  const intervals = await index.histogram(workspace, edges, INTERVAL_S)
  return proposeWindows(told, intervals, INTERVAL_S)
}
