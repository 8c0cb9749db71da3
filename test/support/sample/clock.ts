/** Offsets of the three hosts in minutes; the story lies in winter, so they never change. */
export const BERLIN = 60
export const NEW_YORK = -300
export const KOLKATA = 330

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE

/** An instant of the story: `utc('12-31 23:07:41.532')`. December is in 2025, January in 2026. */
export function utc(text: string): number {
  const [date, clock] = text.split(' ')
  return Date.parse(`${date!.startsWith('12') ? 2025 : 2026}-${date}T${clock}Z`)
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
const WEEKDAYS = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ')

/** The parts of the local clock, two digits each. */
function parts(ms: number, offset: number) {
  const [date, clock] = new Date(ms + offset * MINUTE).toISOString().split('T') as [string, string]
  const [year, month, day] = date.split('-') as [string, string, string]
  return {
    year,
    month: MONTHS[Number(month) - 1]!,
    day,
    date,
    clock: clock.slice(0, 8),
    ms: clock.slice(9, 12),
  }
}

const two = (n: number): string => String(n).padStart(2, '0')

/** `+0100`, with a colon between where one is given. */
export const offsetText = (offset: number, colon = ''): string =>
  `${offset < 0 ? '-' : '+'}${two(Math.trunc(Math.abs(offset) / 60))}${colon}${two(Math.abs(offset) % 60)}`

/** `Dec 31 18:07:41` */
export function bsd(ms: number, offset: number): string {
  const { month, day, clock } = parts(ms, offset)
  return `${month} ${day.replace(/^0/, ' ')} ${clock}`
}

/** `2025-12-31 18:07:41.532`, with the given mark before the fraction. */
export function spaced(ms: number, offset: number, mark = '.'): string {
  const { date, clock, ms: fraction } = parts(ms, offset)
  return `${date} ${clock}${mark}${fraction}`
}

/** `2025/12/31 18:07:41` */
export const slashed = (ms: number, offset: number): string =>
  spaced(ms, offset).slice(0, 19).replaceAll('-', '/')

/** `01/Jan/2026:00:07:41 +0100` */
export function common(ms: number, offset: number): string {
  const { year, month, day, clock } = parts(ms, offset)
  return `${day}/${month}/${year}:${clock} ${offsetText(offset)}`
}

/** `2025-12-31T18:07:41-05:00` */
export const rfc3339 = (ms: number, offset: number): string =>
  `${spaced(ms, offset).slice(0, 19).replace(' ', 'T')}${offsetText(offset, ':')}`

/** `Thu, 01 Jan 2026 12:21:09 +1300` */
export function mailDate(ms: number, offset: number): string {
  const { year, month, day, clock } = parts(ms, offset)
  return `${weekday(ms, offset)}, ${day} ${month} ${year} ${clock} ${offsetText(offset)}`
}

/** `Thu Jan  1 12:21:09 2026` */
export const asctime = (ms: number, offset: number): string =>
  `${weekday(ms, offset)} ${bsd(ms, offset)} ${parts(ms, offset).year}`

const weekday = (ms: number, offset: number): string =>
  WEEKDAYS[new Date(ms + offset * MINUTE).getUTCDay()]!

/** `2025-12-31T23:07:41Z` */
export const zulu = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`
