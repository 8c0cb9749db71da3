import { count, events } from './element.ts'
import { filterOf, isFiltered, type View } from './view.ts'
import { fullTime } from './zone.ts'

/** What a printed page must say about itself: workspace, window, zone, filters, and whether it holds all. */
export function printedLine(view: View, total: number): string {
  const edge = (instant: string, open: string): string =>
    instant ? fullTime(instant, view.zone) : open
  const window = `${edge(view.from, 'the beginning')} to ${edge(view.to, 'the end')}`
  const query = filterOf(view)
  for (const name of ['workspace', 'from', 'to']) query.delete(name)
  const filters = isFiltered(view)
    ? `; ${[...query].map((pair) => pair.join(': ')).join(', ')}`
    : ''
  const rows = document.querySelectorAll('#timeline tr.row').length
  const part =
    rows < total
      ? `. Only ${count(rows)} of ${events(total)} are printed: narrow the window to print all of it`
      : ''
  return `Workspace ${view.workspace}, ${window}, times in ${view.zone}${filters}${part}`
}
