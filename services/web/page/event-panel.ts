import { get, Problem } from './api.ts'
import { showDetail } from './detail.ts'
import { part } from './element.ts'
import { rowWith } from './pages.ts'
import { busy } from './notices.ts'
import type { TimelineEvent } from './timeline-event.ts'
import { urlOf, type View } from './view.ts'

interface Hooks {
  go(change: Partial<View>): void
  view(): View
  failed(error: unknown): void
  /** The timeline is another one. */
  changed(): void
}

export interface EventPanel {
  /** Opens the event of the view, or closes. */
  show(view: View): Promise<void>
  /** When the event of the view was; undefined where there is no such event. */
  instantOf(view: View): Promise<string | undefined>
}

/** The panel of the open event, and the ways to it: clicks and keys on the list. */
export function createEventPanel({ go, view, failed, changed }: Hooks): EventPanel {
  const panel = part('detail')
  const table = part('timeline')
  let shown = ''
  let event: TimelineEvent | undefined

  const read = async ({ event: id, workspace }: View): Promise<TimelineEvent> => {
    if (event?.event.id === id) return event
    const query = new URLSearchParams(workspace && { workspace })
    return busy(get<TimelineEvent>(`events/${encodeURIComponent(id)}`, query))
  }
  const step = (by: 1 | -1): void => {
    const id = neighbour(by)
    if (id) go({ event: id })
  }
  const neighbour = (by: 1 | -1): string | undefined => {
    const rows = [...table.querySelectorAll<HTMLElement>('tr[data-id]:not([hidden])')]
    const focused = document.activeElement?.closest<HTMLElement>('tr[data-id]')
    const from = view().event ? rowWith(view().event) : focused
    const i = from ? rows.indexOf(from) : -1
    return rows[i < 0 ? 0 : i + by]?.dataset['id']
  }
  const close = (): void => {
    const row = rowWith(view().event)
    go({ event: '' })
    row?.querySelector<HTMLElement>('a.open')?.focus({ preventScroll: true })
  }
  const reveal = (id: string): void => {
    const row = rowWith(id)
    if (!row) return
    const { top, bottom } = row.getBoundingClientRect()
    if (top < part('time-head').getBoundingClientRect().bottom || bottom > innerHeight)
      row.scrollIntoView({ block: 'center' })
  }

  const show = async (now: View): Promise<void> => {
    document.body.classList.toggle('open', now.event !== '')
    panel.hidden = now.event === ''
    if (now.event === '') {
      shown = ''
      return
    }
    const key = `${now.event} ${now.zone} ${urlOf(now)}`
    if (key === shown) return
    const fresh = !shown.startsWith(`${now.event} `)
    shown = key
    try {
      const found = await read(now)
      if (shown !== key) return
      event = found
      showDetail(found, now.zone, {
        close,
        step,
        locate: (e) => go({ at: e['@timestamp'] }),
        open: (id) => go({ event: id }),
        narrow: (term) => go({ q: `${view().q} ${term}`.trim(), at: '' }),
        link: (id) => urlOf({ ...view(), event: id }),
        workspace: view().workspace,
        changed() {
          event = undefined
          shown = ''
          changed()
        },
      })
      if (!fresh) return
      panel.scrollTop = 0
      part('detail-title').focus({ preventScroll: true })
      reveal(now.event)
    } catch (error) {
      shown = ''
      if (error instanceof Problem && error.status === 404) go({ event: '' })
      failed(error)
    }
  }

  table.addEventListener('click', (click) => {
    const target = click.target as Element
    const id = target.closest<HTMLElement>('tr[data-id]')?.dataset['id']
    if (!id || target.closest('button') || click.ctrlKey || click.metaKey || click.shiftKey) return
    if (target.closest('a')) click.preventDefault()
    else if (getSelection()?.isCollapsed === false) return
    go({ event: id })
  })
  document.addEventListener('keydown', (key) => {
    const target = key.target as Element
    if (
      target.closest('input, select, textarea, [role=slider]') ||
      key.ctrlKey ||
      key.metaKey ||
      key.altKey
    )
      return
    if (key.key === 'Escape' && view().event) close()
    else if (key.key === '/') {
      key.preventDefault()
      part('query').focus()
    } else if (key.key === 'j' || key.key === 'k') {
      const by = key.key === 'j' ? 1 : -1
      if (view().event) return step(by)
      const id = neighbour(by)
      if (id) rowWith(id)?.querySelector<HTMLElement>('a.open')?.focus()
    }
  })

  return {
    show,
    async instantOf(now) {
      try {
        event = await read(now)
        return event['@timestamp']
      } catch {
        return undefined
      }
    },
  }
}
