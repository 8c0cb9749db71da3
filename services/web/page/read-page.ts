import { get, type Page } from './api.ts'
import { isLater } from './instant.ts'
import { filterOf, type View } from './view.ts'

const PAGE_EVENTS = 200

/** A page of a view; it can be read again after its events were let go. */
export interface PageRequest {
  order: 'asc' | 'desc'
  cursor: string | null
}

/** The events in timeline order. Both ways begin at `at`: forward from it, backward before it. */
export async function readPage(
  view: View,
  { order, cursor }: PageRequest,
  signal: AbortSignal,
): Promise<Page> {
  const query = filterOf(view)
  const { at, from, to } = view
  if (order === 'asc' && at && (!from || isLater(at, from))) query.set('from', at)
  if (order === 'desc' && at && (!to || isLater(to, at))) query.set('to', at)
  query.set('limit', String(PAGE_EVENTS))
  query.set('order', order)
  if (cursor) query.set('cursor', cursor)
  const page = await get<Page>('timeline', query, signal)
  if (order === 'desc') page.events.reverse()
  return page
}
