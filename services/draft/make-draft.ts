import type { Draft } from '../../schemas/draft.ts'
import type { Control } from '../../schemas/window.ts'
import { TimelineChanged, type EventIndex } from '../event-index/event-index.ts'
import { draft } from './draft.ts'
import { readMaterial, type Edges } from './read-material.ts'

/** How often a timeline that changes while it is read is read anew. */
const TRIES = 5

/** Drafts a window from what an index holds. @throws TimelineChanged when the timeline changes all the time */
export async function makeDraft(
  index: Pick<EventIndex, 'groups' | 'page' | 'events'>,
  workspace: string,
  edges: Edges,
  { entries, controls = [] }: { entries: number; controls?: readonly Control[] },
): Promise<Draft> {
  for (let tries = 1; ; tries++) {
    try {
      const material = await readMaterial(index, workspace, edges)
      return draft(material, entries, await absentOf(index, workspace, edges, controls))
    } catch (error) {
      if (!(error instanceof TimelineChanged) || tries === TRIES) throw error
    }
  }
}

/** The titles of the controls of which the window has no record. */
async function absentOf(
  index: Pick<EventIndex, 'page'>,
  workspace: string,
  { from, to }: Edges,
  controls: readonly Control[],
): Promise<string[]> {
  const absent: string[] = []
  for (const { title, query, kind, source } of controls) {
    const page = await index.page(workspace, {
      from,
      to,
      limit: 1,
      order: 'asc',
      ...(query !== undefined && { q: query }),
      ...(kind !== undefined && { kind: [kind] }),
      ...(source !== undefined && { source: [source] }),
    })
    if (page.count === 0) absent.push(title)
  }
  return absent
}
