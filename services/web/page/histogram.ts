import type { Bucket } from './api.ts'
import type { Bins, Span } from './bins.ts'
import {
  CLASSES,
  CHART_HEIGHT,
  chartHeight,
  countsOf,
  drawAxis,
  drawBars,
  scaleOf,
  type Scale,
} from './chart.ts'
import { chartHand } from './chart-hand.ts'
import { button, count, drawing, element, events, part } from './element.ts'
import { isoOf, secondsOf, spanWords } from './instant.ts'
import { fullTime, localTime } from './zone.ts'

export interface Histogram {
  show(bins: Bins | undefined, zone: string): void
  /** Marks which part of the window the list shows on the screen. */
  here(span: Span | undefined): void
}

interface Hooks {
  zoom(span: Span): void
  zoomOut(): void
  /** The list should begin at this second. */
  jump(seconds: number): void
}

export function createHistogram(hooks: Hooks): Histogram {
  const box = part('chart')
  const marker = drawing('rect', { class: 'here', y: CHART_HEIGHT + 1, height: 3, rx: 1.5 })
  const chosen = drawing('rect', { class: 'chosen', y: 0, height: CHART_HEIGHT })
  const svg = drawing('svg', { height: chartHeight, 'aria-hidden': 'true' })
  box.append(svg)
  let bins: Bins | undefined
  let zone = 'UTC'
  let scale: Scale | undefined
  let visible: Span | undefined

  const draw = (): void => {
    const width = box.clientWidth
    svg.replaceChildren()
    scale = undefined
    if (!bins || width === 0) return
    scale = scaleOf(bins, width)
    svg.setAttribute('width', String(width))
    svg.setAttribute('viewBox', `0 0 ${width} ${chartHeight}`)
    svg.append(chosen, drawBars(bins, scale), drawAxis(bins, scale, zone), marker)
    place(marker, visible)
    hand.reset()
  }
  const place = (rect: SVGRectElement, span: Span | undefined, least = 4): void => {
    if (!scale || !span) return rect.setAttribute('width', '0')
    const left = Math.min(scale.x(span.from), scale.width - least)
    rect.setAttribute('x', String(left))
    rect.setAttribute('width', String(Math.max(least, scale.x(span.to) - left)))
  }
  const hand = chartHand(box, {
    ...hooks,
    look: () => (bins && scale ? { bins, scale } : undefined),
    choose: (span) => place(chosen, span, 1),
    words: (span) => (bins ? spanText(bins, span, zone) : ''),
  })
  new ResizeObserver(draw).observe(box)

  return {
    show(newBins, newZone) {
      bins = newBins
      zone = newZone
      box.classList.toggle('empty', !bins || bins.total === 0)
      draw()
      showText(bins, zone, hooks.zoom)
    },
    here(span) {
      visible = span
      place(marker, span)
    },
  }
}

/** `2025-11-20 10:00 to 10:10 Z: 34 events, 3 errors` */
function spanText(bins: Bins, span: Span, zone: string): string {
  const inside = bins.buckets.filter(
    (b) => secondsOf(b.at) >= span.from && secondsOf(b.at) < span.to,
  )
  const [from, to] = [localTime(isoOf(span.from), zone), localTime(isoOf(span.to), zone)]
  const until = from.date === to.date ? to.clock.slice(0, 5) : `${to.date} ${to.clock.slice(0, 5)}`
  return `${from.date} ${from.clock.slice(0, 5)} to ${until} ${to.offset}: ${countWords(inside)}`
}

function countWords(buckets: readonly Bucket[]): string {
  const sums = { error: 0, warn: 0, other: 0 }
  for (const bucket of buckets) {
    const counts = countsOf(bucket)
    for (const [name] of CLASSES) sums[name] += counts[name]
  }
  const some = CLASSES.filter(([name]) => name !== 'other' && sums[name] > 0)
  return [
    events(sums.error + sums.warn + sums.other),
    ...some.map(([name]) => {
      const word = name === 'error' ? 'error' : 'warning'
      return `${count(sums[name])} ${word}${sums[name] === 1 ? '' : 's'}`
    }),
  ].join(', ')
}

/** The legend's numbers, the strays beside the chart, and the same as a table. */
function showText(bins: Bins | undefined, zone: string, zoom: (span: Span) => void): void {
  part('bar-width').textContent = bins ? `1 bar = ${spanWords(bins.interval)}` : ''
  const stray = (side: Bins['before'], words: string): HTMLElement | string =>
    side.count === 0
      ? ''
      : button(`${events(side.count)} ${words}`, () => zoom(side), {
          class: 'stray',
          title: `Far from all others: ${fullTime(isoOf(side.from), zone)}. Show.`,
        })
  part('strays').replaceChildren(
    ...(bins ? [stray(bins.before, 'long before'), stray(bins.after, 'long after')] : []),
  )
  const rows = (bins?.buckets ?? []).map((bucket) => {
    const counts = countsOf(bucket)
    const { date, clock, offset } = localTime(bucket.at, zone)
    const numbers = CLASSES.map(([name]) => element('td', {}, String(counts[name])))
    return element(
      'tr',
      {},
      element('th', { scope: 'row' }, `${date} ${clock.slice(0, 5)} ${offset}`),
      ...numbers,
    )
  })
  part('chart-table').replaceChildren(...rows)
}
