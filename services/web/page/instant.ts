/** Instants are text in UTC with all the digits of the source (2026-11-20T10:00:00.123456789Z); for arithmetic, whole seconds since 1970. */

const WRITTEN =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/i

export interface WrittenTime {
  /** The clock as written, counted as if it were UTC. */
  clockSeconds: number
  fraction: string
  /** Seconds east of UTC; undefined where none is written. */
  offset?: number
}

/** `2026-11-20`, `2026-11-20 10:00`, `2026-11-20T10:00:00.123+01:00`; undefined for anything else, Feb 30 too. */
export function readWritten(text: string): WrittenTime | undefined {
  const m = WRITTEN.exec(text.trim())
  if (!m) return undefined
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone] = m
  const plain = `${year}-${month}-${day}T${hour}:${minute}:${second}`
  const ms = Date.parse(`${plain}Z`)
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 19) !== plain) return undefined
  const written = { clockSeconds: ms / 1000, fraction }
  return zone === undefined ? written : { ...written, offset: offsetOf(zone) }
}

function offsetOf(zone: string): number {
  const m = /^([+-])(\d\d):?(\d\d)?$/.exec(zone)
  if (!m) return 0
  return (m[1] === '-' ? -1 : 1) * (Number(m[2]) * 3600 + Number(m[3] ?? 0) * 60)
}

/** UTC text of whole seconds and digits of the second. */
export function isoOf(seconds: number, fraction = ''): string {
  const digits = fraction.replace(/0+$/, '')
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}${digits && `.${digits}`}Z`
}

/** The whole seconds of an instant; NaN where it is none. */
export const secondsOf = (instant: string): number => Date.parse(`${instant.slice(0, 19)}Z`) / 1000

export const fractionOf = (instant: string): string => /\.(\d+)Z$/.exec(instant)?.[1] ?? ''

/** An instant as text in UTC; without an offset it is read as UTC. Empty where it is none. */
export function utcOf(text: string): string {
  const written = readWritten(text)
  return written ? isoOf(written.clockSeconds - (written.offset ?? 0), written.fraction) : ''
}

const UNITS = [
  ['year', 31_557_600],
  ['day', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const

/** A length of time in its two largest units: `3 h 12 min`. */
export function spanWords(seconds: number): string {
  const words: string[] = []
  let rest = Math.round(seconds)
  for (const [unit, size] of UNITS) {
    const n = Math.floor(rest / size)
    rest -= n * size
    if (n > 0) words.push(`${n} ${unit}${n > 1 && (unit === 'year' || unit === 'day') ? 's' : ''}`)
    else if (words.length > 0) break
    if (words.length === 2) break
  }
  return words.join(' ') || '0 s'
}

/** Whether an instant is later than another, to the nanosecond. */
export function isLater(a: string, b: string): boolean {
  const key = (instant: string): string => instant.slice(0, 19) + fractionOf(instant).padEnd(9, '0')
  return key(a) > key(b)
}
