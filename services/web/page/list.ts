import { Problem, type Page } from './api.ts'
import { button, element, part } from './element.ts'
import { createFold } from './fold.ts'
import { emptyPage, fillPage, rowWith, type ListPage, type Look } from './pages.ts'
import { readPage, type PageRequest } from './read-page.ts'
import type { TimelineEvent } from './timeline-event.ts'
import { isFiltered, urlOf, type View } from './view.ts'

/** Events of pages beyond so many are let go and read again when they come near. */
const KEPT_PAGES = 30
const NEAR_PIXELS = 1600

export interface List {
  load(view: View): Promise<void>
  /** The same events in another zone, or with another one open. */
  look(view: View, redraw: boolean): void
}

interface Hooks {
  /** Events came: facets and the marker on the chart may change. */
  came(events: readonly TimelineEvent[]): void
  empty(): void
  /** A failure that the list cannot show at its end. */
  failed(error: unknown): void
}

export function createList(hooks: Hooks): List {
  const table = part('timeline', HTMLTableElement)
  const foot = part('list-foot')
  const head = part('list-head')
  let view: View
  let pages: ListPage[] = []
  let next: string | null = null
  let earlier: string | null = null
  let reading = false
  let run = new AbortController()
  let fold = createFold()

  const look = (): Look => ({
    zone: view.zone,
    hrefOf: (id) => urlOf({ ...view, event: id }),
    opened: view.event,
    filtered: isFiltered(view),
    fold,
  })
  const read = (request: PageRequest, signal: AbortSignal): Promise<Page> =>
    readPage(view, request, signal)

  const near = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        const page = pages.find((p) => p.body === entry.target)
        if (!page) continue
        if (!entry.isIntersecting) {
          emptyPage(page)
          if (pages.length > KEPT_PAGES) page.events = undefined
        } else if (!page.filled) void refill(page)
      }
    },
    { rootMargin: `${NEAR_PIXELS * 2}px 0px` },
  )
  const refill = async (page: ListPage): Promise<void> => {
    try {
      page.events ??= (await read(page.request, run.signal)).events
      if (pages.includes(page)) fillPage(page, page.events, look())
    } catch (error) {
      if (!run.signal.aborted) hooks.failed(error)
    }
  }
  const end = new IntersectionObserver(([entry]) => void (entry?.isIntersecting && more()), {
    rootMargin: `${NEAR_PIXELS}px 0px`,
  })
  end.observe(foot)

  const add = (
    events: readonly TimelineEvent[],
    request: PageRequest,
    where: 'end' | 'begin',
  ): void => {
    const body = element('tbody')
    const [first, last] = [pages[0], pages.at(-1)]
    const before = where === 'end' ? last?.last : undefined
    const page: ListPage = {
      request,
      events,
      body,
      filled: false,
      before,
      last: events.at(-1)?.['@timestamp'],
    }
    fold.came(events)
    fillPage(page, events, look())
    if (where === 'end') {
      pages.push(page)
      table.append(body)
    } else {
      const top = first?.body.getBoundingClientRect().top ?? 0
      pages.unshift(page)
      table.insertBefore(body, first?.body ?? null)
      if (first) {
        first.before = page.last
        if (first.filled && first.events) fillPage(first, first.events, look())
        scrollBy(0, first.body.getBoundingClientRect().top - top)
      }
    }
    near.observe(body)
    hooks.came(events)
  }

  const more = async (): Promise<void> => {
    if (reading || next === null) return
    reading = true
    const { signal } = run
    const request: PageRequest = { order: 'asc', cursor: next }
    try {
      const page = await read(request, signal)
      add(page.events, request, 'end')
      next = page.next
      showFoot()
    } catch (error) {
      if (!signal.aborted) showFoot(error)
      return
    } finally {
      if (!signal.aborted) reading = false
    }
    if (foot.getBoundingClientRect().top < innerHeight + NEAR_PIXELS) void more()
  }
  const showFoot = (error?: unknown): void => {
    if (error instanceof Problem) {
      const again = (): void =>
        void (error.status === 409
          ? list.load({ ...view, at: pages.at(-1)?.last ?? view.at })
          : more())
      foot.replaceChildren(`${error.message}. ${error.advice} `, button('Try again', again))
    } else
      foot.textContent =
        next === null ? (pages.length > 0 ? 'This is the end of the window.' : '') : 'Loading more…'
  }
  const readEarlier = async (): Promise<void> => {
    const request: PageRequest = { order: 'desc', cursor: earlier }
    const { signal } = run
    try {
      const page = await read(request, signal)
      earlier = page.next
      if (page.events.length > 0) add(page.events, request, 'begin')
      showHead(earlier !== null)
    } catch (error) {
      if (!signal.aborted) hooks.failed(error)
    }
  }
  const showHead = (some: boolean): void => {
    const ask = button('Earlier events', () => {
      ask.disabled = true
      void readEarlier()
    })
    head.replaceChildren(...(some ? [ask] : []))
  }

  const list: List = {
    async load(newView) {
      run.abort()
      run = new AbortController()
      const { signal } = run
      view = newView
      reading = true
      const request: PageRequest = { order: 'asc', cursor: null }
      const page = await read(request, signal).finally(() => {
        if (!signal.aborted) reading = false
      })
      near.disconnect()
      for (const { body } of pages) body.remove()
      pages = []
      fold = createFold()
      next = page.next
      earlier = null
      if (page.events.length > 0) add(page.events, request, 'end')
      else hooks.empty()
      showHead(view.at !== '')
      showFoot()
      if (next !== null && foot.getBoundingClientRect().top < innerHeight + NEAR_PIXELS) void more()
    },
    look(newView, redraw) {
      view = newView
      if (redraw)
        for (const page of pages)
          if (page.filled && page.events) fillPage(page, page.events, look())
      table.querySelector('[aria-current]')?.removeAttribute('aria-current')
      const open = view.event ? rowWith(view.event) : null
      open?.setAttribute('aria-current', 'true')
      if (open) open.hidden = false
    },
  }
  return list
}
