import { fractionOf, isoOf, readWritten, secondsOf } from './instant.ts'

/** Zones change their offset at most at every quarter of an hour. */
const SLOT_SECONDS = 900
const formats = new Map<string, Intl.DateTimeFormat>()
const offsets = new Map<string, number>()

export const browserZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

export function isZone(name: string): boolean {
  try {
    return formatOf(name) !== undefined
  } catch {
    return false
  }
}

/** @throws RangeError for a name that is no zone */
function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (!format) {
    const two = '2-digit'
    const clock = { hour: two, minute: two, second: two, hourCycle: 'h23' } as const
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      year: 'numeric',
      month: two,
      day: two,
      ...clock,
    })
    formats.set(zone, format)
  }
  return format
}

/** Seconds east of UTC. */
export function offsetSeconds(zone: string, seconds: number): number {
  if (zone === 'UTC') return 0
  const slot = Math.floor(seconds / SLOT_SECONDS)
  const key = `${zone} ${slot}`
  let offset = offsets.get(key)
  if (offset === undefined) {
    const at = slot * SLOT_SECONDS
    const part = Object.fromEntries(
      formatOf(zone)
        .formatToParts(at * 1000)
        .map((p) => [p.type, p.value]),
    )
    const clock = `${part['year']}-${part['month']}-${part['day']}T${part['hour']}:${part['minute']}:${part['second']}Z`
    offset = Date.parse(clock) / 1000 - at
    if (offsets.size > 50_000) offsets.clear()
    offsets.set(key, offset)
  }
  return offset
}

export function offsetText(zone: string, offset: number): string {
  if (zone === 'UTC') return 'Z'
  const minutes = Math.round(Math.abs(offset) / 60)
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

export interface LocalTime {
  /** 2026-11-20 */
  date: string
  /** 10:00:00 */
  clock: string
  /** The digits behind the second, as many as the source had. */
  fraction: string
  /** `Z` in UTC, else +01:00. */
  offset: string
}

export function localTime(instant: string, zone: string): LocalTime {
  const seconds = secondsOf(instant)
  const offset = offsetSeconds(zone, seconds)
  const text = isoOf(seconds + offset)
  const fraction = fractionOf(instant)
  return {
    date: text.slice(0, 10),
    clock: text.slice(11, 19),
    fraction,
    offset: offsetText(zone, offset),
  }
}

/** `2026-11-20 10:00:00.123 +01:00` */
export function fullTime(instant: string, zone: string): string {
  const { date, clock, fraction, offset } = localTime(instant, zone)
  return `${date} ${clock}${fraction && `.${fraction}`}${offset === 'Z' ? 'Z' : ` ${offset}`}`
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `20 Nov` of 2026-11-20 */
export const shortDay = (date: string): string =>
  `${Number(date.slice(8))} ${MONTHS[Number(date.slice(5, 7)) - 1]}`

/** `Friday, 20 Nov 2026` */
export const dayTitle = (date: string): string =>
  `${DAYS[new Date(`${date}T00:00:00Z`).getUTCDay()]}, ${shortDay(date)} ${date.slice(0, 4)}`

export const monthTitle = (date: string): string =>
  `${MONTHS[Number(date.slice(5, 7)) - 1]} ${date.slice(0, 4)}`

/** The second at which a clock in the zone shows this; of a repeated hour the first, of a skipped one undefined. */
export function secondsAt(clockSeconds: number, zone: string): number | undefined {
  const near = [-86_400, 86_400].map((away) => offsetSeconds(zone, clockSeconds + away))
  const fits = near
    .map((o) => clockSeconds - o)
    .filter((s) => s + offsetSeconds(zone, s) === clockSeconds)
  return fits.length > 0 ? Math.min(...fits) : undefined
}

/** What a person typed, as UTC; without an offset it is a clock in the zone. */
export function typedInstant(text: string, zone: string): { instant: string } | { wrong: string } {
  const written = readWritten(text)
  if (!written) return { wrong: 'Write it as 2026-01-31 23:59 or 2026-01-31T23:59:00Z' }
  const { clockSeconds, fraction, offset } = written
  const seconds = offset === undefined ? secondsAt(clockSeconds, zone) : clockSeconds - offset
  if (seconds === undefined)
    return { wrong: `${text} never was in ${zone}: the clocks were set forward` }
  return { instant: isoOf(seconds, fraction) }
}
