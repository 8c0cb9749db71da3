import type { Span } from './bins.ts'
import { part } from './element.ts'
import { secondsOf } from './instant.ts'
import { dayTitle, localTime } from './zone.ts'

/** Follows the scrolling: which instants are on the screen, and of which day, said at the head of the column. */
export function followPosition(
  zone: () => string,
  tell: (span: Span | undefined) => void,
): () => void {
  const table = part('timeline')
  const day = part('day-here')
  let asked = false

  const rowNear = (y: number): string | undefined => {
    const x = table.getBoundingClientRect().left + 30
    for (const away of [0, 14, 28, 60]) {
      const row = document.elementFromPoint(x, y + away)?.closest<HTMLElement>('tr[data-at]')
      if (row) return row.dataset['at']
    }
    return undefined
  }
  const look = (): void => {
    asked = false
    const top = part('time-head').getBoundingClientRect().bottom
    const first = rowNear(top + 4)
    const rows = table.querySelectorAll<HTMLElement>('tr[data-at]')
    const last = rowNear(innerHeight - 62) ?? rows[rows.length - 1]?.dataset['at']
    day.textContent = first ? dayTitle(localTime(first, zone()).date) : ''
    tell(first && last ? { from: secondsOf(first), to: secondsOf(last) } : undefined)
  }
  const ask = (): void => {
    if (asked) return
    asked = true
    requestAnimationFrame(look)
  }
  const shelf = part('window')
  new ResizeObserver(() => {
    document.documentElement.style.setProperty('--window-height', `${shelf.offsetHeight}px`)
    ask()
  }).observe(shelf)
  addEventListener('scroll', ask, { passive: true })
  addEventListener('resize', ask, { passive: true })
  return ask
}
