import type { Bucket } from './api.ts'
import type { Bins } from './bins.ts'
import { drawing } from './element.ts'
import { isoOf, secondsOf } from './instant.ts'
import { severityOf, type Severity } from './timeline-event.ts'
import { localTime, monthTitle, offsetSeconds, secondsAt, shortDay } from './zone.ts'

export const CLASSES: readonly (readonly [Severity, string])[] = [
  ['error', 'error and worse'],
  ['warn', 'warning'],
  ['other', 'other'],
]
export const CHART_HEIGHT = 92
const AXIS_HEIGHT = 20
const LEAST_BAR = 2

export interface Scale {
  width: number
  x(seconds: number): number
  seconds(x: number): number
}

export function scaleOf(bins: Bins, width: number): Scale {
  const { from, to } = bins.span
  const length = to - from
  return {
    width,
    x: (seconds) => ((Math.min(Math.max(seconds, from), to) - from) / length) * width,
    seconds: (x) => from + (Math.min(Math.max(x, 0), width) / width) * length,
  }
}

export function countsOf(bucket: Bucket): Record<Severity, number> {
  const counts = { error: 0, warn: 0, other: 0 }
  for (const [level, n] of Object.entries(bucket.levels)) counts[severityOf(level)] += n
  return counts
}

/** Bars stacked by severity, the worst at the bottom, where it is seen best. */
export function drawBars(bins: Bins, scale: Scale): SVGGElement {
  const bars = drawing('g', { class: 'bars' })
  const most = Math.max(1, ...bins.buckets.map((b) => b.count))
  const gap = scale.x(bins.span.from + bins.interval) > 4 ? 1 : 0
  for (const bucket of bins.buckets) {
    const start = secondsOf(bucket.at)
    const left = scale.x(start)
    const width = Math.max(1, scale.x(start + bins.interval) - left - gap)
    const counts = countsOf(bucket)
    let y = CHART_HEIGHT
    for (const [name] of CLASSES) {
      if (counts[name] === 0) continue
      const height = Math.max(LEAST_BAR, (counts[name] / most) * (CHART_HEIGHT - 6))
      y = Math.max(0, y - height)
      bars.append(drawing('rect', { class: `bar ${name}`, x: left, y, width, height }))
    }
  }
  return bars
}

export function drawAxis(bins: Bins, scale: Scale, zone: string): SVGGElement {
  const axis = drawing('g', { class: 'axis', 'aria-hidden': 'true' })
  axis.append(
    drawing('line', { x1: 0, x2: scale.width, y1: CHART_HEIGHT + 0.5, y2: CHART_HEIGHT + 0.5 }),
  )
  const most = Math.max(1, Math.floor(scale.width / 84))
  for (const { seconds, text, strong } of ticks(bins.span.from, bins.span.to, most, zone)) {
    const x = Math.round(scale.x(seconds)) + 0.5
    axis.append(drawing('line', { x1: x, x2: x, y1: CHART_HEIGHT, y2: CHART_HEIGHT + 4 }))
    const anchor = x < 24 ? 'start' : x > scale.width - 24 ? 'end' : 'middle'
    const at = {
      x: anchor === 'start' ? 0 : anchor === 'end' ? scale.width : x,
      y: CHART_HEIGHT + 15,
    }
    axis.append(
      drawing('text', { ...at, 'text-anchor': anchor, class: strong ? 'strong' : undefined }, text),
    )
  }
  return axis
}

interface Tick {
  seconds: number
  text: string
  strong: boolean
}

const MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 5760, 10_080]
const MONTHS = [1, 2, 3, 6, 12, 24, 60, 120, 240]

/** At round clocks of the zone, at most so many. */
export function ticks(from: number, to: number, most: number, zone: string): Tick[] {
  const step = MINUTES.map((m) => m * 60).find((s) => (to - from) / s <= most)
  const found: Tick[] = []
  const add = (clock: number): void => {
    const seconds = secondsAt(clock, zone)
    if (seconds === undefined || seconds < from || seconds >= to) return
    const { date, clock: text } = localTime(isoOf(seconds), zone)
    const midnight = text === '00:00:00'
    if (step === undefined)
      found.push({ seconds, text: monthTitle(date), strong: date.slice(5, 7) === '01' })
    else
      found.push({ seconds, text: midnight ? shortDay(date) : text.slice(0, 5), strong: midnight })
  }
  if (step !== undefined) {
    const first = Math.ceil((from + offsetSeconds(zone, from)) / step) * step
    for (let clock = first; clock < to + offsetSeconds(zone, to); clock += step) add(clock)
    return found
  }
  const months = MONTHS.find((m) => (to - from) / (m * 2_629_800) <= most) ?? 600
  const start = new Date(from * 1000)
  const begin = start.getUTCFullYear() * 12 + start.getUTCMonth()
  for (let month = Math.ceil(begin / months) * months; ; month += months) {
    const clock = Date.UTC(Math.floor(month / 12), month % 12, 1) / 1000
    if (clock >= to) return found
    add(clock)
  }
}

export const chartHeight = CHART_HEIGHT + AXIS_HEIGHT
