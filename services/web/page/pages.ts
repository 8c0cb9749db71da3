import { button, element } from './element.ts'
import type { Fold } from './fold.ts'
import { secondsOf, spanWords } from './instant.ts'
import type { PageRequest } from './read-page.ts'
import { COLUMNS, rowOf } from './row.ts'
import { sameAs, type TimelineEvent } from './timeline-event.ts'
import { visibleString } from './visible-text.ts'
import { dayTitle, localTime } from './zone.ts'

/** A silence of so many seconds gets a line of its own. */
const SILENCE_SECONDS = 1800

/** A page of the list is a tbody: filled near the screen, else empty with the height that it had. */
export interface ListPage {
  request: PageRequest
  /** In timeline order; undefined when let go. */
  events: readonly TimelineEvent[] | undefined
  body: HTMLTableSectionElement
  filled: boolean
  /** The instant before the first: the day and the silence before it depend on that. */
  before: string | undefined
  last: string | undefined
}

export interface Look {
  zone: string
  hrefOf(id: string): string
  /** The event that is open. */
  opened: string
  filtered: boolean
  fold: Fold
}

export function fillPage(page: ListPage, events: readonly TimelineEvent[], look: Look): void {
  const rows: HTMLElement[] = []
  let before = page.before
  for (const event of events) {
    const at = event['@timestamp']
    const day = localTime(at, look.zone).date
    const newDay = before === undefined || localTime(before, look.zone).date !== day
    const silence = before === undefined ? 0 : secondsOf(at) - secondsOf(before)
    if (silence >= SILENCE_SECONDS) {
      const what = look.filtered ? 'no event that matches' : 'no event'
      rows.push(lineOf('silence', `${spanWords(silence)}: ${what}`))
    }
    if (newDay) rows.push(lineOf('day', dayTitle(day)))
    const row = rowOf(event, look.zone, look.hrefOf)
    if (event.event.id === look.opened) row.setAttribute('aria-current', 'true')
    else row.hidden = look.fold.isFolded(event)
    const elsewhere = look.fold.elsewhere(event)
    if (elsewhere !== undefined) row.querySelector('.say')?.append(alsoIn(event, elsewhere))
    rows.push(row)
    before = at
  }
  page.body.replaceChildren(...rows)
  page.filled = true
}

/** Shows and hides the rows of the same event met elsewhere. */
function alsoIn(event: TimelineEvent, elsewhere: string): HTMLElement {
  const toggle = button(
    `also in ${visibleString(elsewhere)}`,
    () => {
      const open = toggle.getAttribute('aria-expanded') !== 'true'
      toggle.setAttribute('aria-expanded', String(open))
      for (const id of sameAs(event)) {
        const row = rowWith(id)
        if (row) row.hidden = !open
      }
    },
    { class: 'more also', 'aria-expanded': 'false' },
  )
  return toggle
}

function lineOf(name: string, text: string): HTMLElement {
  const cell = element('td', { colspan: COLUMNS }, name === 'day' ? element('h2', {}, text) : text)
  return element('tr', { class: name }, cell)
}

/** Takes the rows away and keeps their place. */
export function emptyPage(page: ListPage): void {
  if (!page.filled) return
  const height = page.body.getBoundingClientRect().height
  const cell = element('td', { colspan: COLUMNS })
  cell.style.height = `${height}px`
  page.body.replaceChildren(element('tr', { class: 'away' }, cell))
  page.filled = false
}

export const rowWith = (id: string): HTMLElement | null =>
  document.querySelector<HTMLElement>(`#timeline tr[data-id="${CSS.escape(id)}"]`)
