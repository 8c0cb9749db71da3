import type { TimelineEvent } from '../../schemas/timeline-event.ts'
import type { EventIndex, PageQuery } from './event-index.ts'

/** The events that a query selects, page by page. @throws TimelineChanged, after some of them */
export async function* pagesOf(
  index: Pick<EventIndex, 'page'>,
  workspace: string,
  query: PageQuery,
): AsyncGenerator<TimelineEvent[]> {
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await index.page(workspace, { ...query, ...(cursor && { cursor }) })
    yield JSON.parse(`[${Buffer.from(page.events).toString()}]`) as TimelineEvent[]
    cursor = page.next
  }
}
