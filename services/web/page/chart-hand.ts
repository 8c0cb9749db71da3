import type { Bins, Span } from './bins.ts'
import type { Scale } from './chart.ts'
import { element } from './element.ts'

interface Hooks {
  zoom(span: Span): void
  zoomOut(): void
  jump(seconds: number): void
  look(): { bins: Bins; scale: Scale } | undefined
  choose(span: Span | undefined): void
  words(span: Span): string
}

const CLICK_PIXELS = 4

/** Pointer and keyboard on the chart: drag to zoom, click to go there; arrows, Shift with arrows, Enter. */
export function chartHand(box: HTMLElement, hooks: Hooks): { reset(): void } {
  const tip = element('div', { class: 'tip', hidden: true })
  box.append(tip)
  let begun: number | undefined
  let cursor: Span | undefined
  let anchor: Span | undefined

  /** The bar at a second. */
  const barAt = (bins: Bins, seconds: number): Span => {
    const { from, to } = bins.span
    const at = Math.min(Math.max(seconds, from), to - bins.interval)
    const start = from + Math.floor((at - from) / bins.interval) * bins.interval
    return { from: start, to: start + bins.interval }
  }
  const over = (a: Span, b: Span): Span => ({
    from: Math.min(a.from, b.from),
    to: Math.max(a.to, b.to),
  })
  const barUnder = (x: number): Span | undefined => {
    const shown = hooks.look()
    return shown && barAt(shown.bins, shown.scale.seconds(x))
  }
  const tell = (span: Span | undefined): void => {
    hooks.choose(span)
    tip.hidden = !span
    const shown = hooks.look()
    if (!span || !shown) return
    tip.textContent = hooks.words(span)
    const middle = shown.scale.x((span.from + span.to) / 2)
    const half = tip.offsetWidth / 2
    tip.style.left = `${Math.round(Math.min(Math.max(middle, half), Math.max(half, shown.scale.width - half)))}px`
  }
  const spoken = (span: Span): void => {
    const shown = hooks.look()
    if (!shown) return
    const { bins } = shown
    box.setAttribute(
      'aria-valuemax',
      String(Math.round((bins.span.to - bins.span.from) / bins.interval) - 1),
    )
    box.setAttribute(
      'aria-valuenow',
      String(Math.round((span.from - bins.span.from) / bins.interval)),
    )
    box.setAttribute('aria-valuetext', hooks.words(span))
  }
  const end = (): void => {
    begun = undefined
    cursor = anchor = undefined
    tell(undefined)
  }

  const xOf = (event: PointerEvent): number => event.clientX - box.getBoundingClientRect().left
  box.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return
    begun = xOf(event)
    box.setPointerCapture(event.pointerId)
  })
  box.addEventListener('pointermove', (event) => {
    const here = barUnder(xOf(event))
    const start = begun === undefined ? undefined : barUnder(begun)
    if (here) tell(start ? over(start, here) : here)
  })
  box.addEventListener('pointerup', (event) => {
    const [from, to] = [begun, xOf(event)]
    if (from === undefined) return
    const [first, last] = [barUnder(from), barUnder(to)]
    end()
    if (!first || !last) return
    if (Math.abs(to - from) < CLICK_PIXELS) hooks.jump(first.from)
    else hooks.zoom(over(first, last))
  })
  box.addEventListener('pointercancel', end)
  box.addEventListener('pointerleave', () => begun === undefined && tell(undefined))
  box.addEventListener('blur', end)

  const move = (bars: number, extend: boolean): void => {
    const shown = hooks.look()
    if (!shown) return
    const { bins } = shown
    const from = cursor ? cursor.from + bars * bins.interval : bins.span.from
    const next = barAt(bins, from)
    anchor = extend ? (anchor ?? cursor ?? next) : undefined
    cursor = next
    const span = anchor ? over(anchor, next) : next
    tell(span)
    spoken(span)
  }
  box.addEventListener('keydown', (event) => {
    const keys: Record<string, () => void> = {
      ArrowRight: () => move(1, event.shiftKey),
      ArrowLeft: () => move(-1, event.shiftKey),
      Home: () => move(-1e6, event.shiftKey),
      End: () => move(1e6, event.shiftKey),
      Escape: end,
      '-': hooks.zoomOut,
      Enter: () => {
        const [from, at] = [anchor, cursor]
        if (!at) return
        end()
        if (from) hooks.zoom(over(from, at))
        else hooks.jump(at.from)
      },
    }
    const does = keys[event.key]
    if (!does || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    does()
  })
  return { reset: end }
}
