/** Unix time, as text or as a JSON number: seconds, milliseconds, microseconds or nanoseconds since 1970-01-01T00:00:00Z. */
import type { StampRead } from './stamp.ts'

export type EpochUnit = 's' | 'ms' | 'us' | 'ns'

/** No later second is of use as a time: it is that of the year 5138. */
const LATEST = 100_000_000_000
const SHAPE = /^(-?)(\d{1,19})(?:\.(\d{1,12}))?$/
const UNIT_DIGITS = { s: 0, ms: 3, us: 6, ns: 9 }

/** The unit that a count of digits means for instants between 1973 and 5138. */
const unitOf = (digits: number): EpochUnit =>
  digits <= 11 ? 's' : digits <= 14 ? 'ms' : digits <= 17 ? 'us' : 'ns'

const TAI = /@4([\da-f]{15})([\da-f]{8})(?![\da-f])/y
/** What daemontools, multilog and s6 add to Unix time, whatever leap seconds there were. */
const TAI_AHEAD = 10

/** TAI64N at `at`, https://cr.yp.to/libtai/tai64.html: `@400000004c91b044077a9e94`. */
export function taiStamp(text: string, at: number): StampRead {
  TAI.lastIndex = at
  const m = TAI.exec(text)
  if (!m) return undefined
  const seconds = Number.parseInt(m[1]!, 16) - TAI_AHEAD
  const nanos = Number.parseInt(m[2]!, 16)
  if (seconds > LATEST || nanos > 999_999_999) return 'impossible-time'
  return { original: m[0], seconds, nanos, digits: 9, offset: 0 }
}

/** Exact: no floating point. Undefined where the text is no such number. */
export function epochStamp(written: string | number, unit?: EpochUnit): StampRead {
  const text = typeof written === 'number' ? String(written) : written
  const m = SHAPE.exec(text)
  if (!m) return undefined
  const sub = UNIT_DIGITS[unit ?? unitOf(m[2]!.length)]
  const whole = m[2]!.padStart(sub + 1, '0')
  const cut = whole.length - sub
  const after = whole.slice(cut) + (m[3] ?? '')
  const digits = Math.min(after.length, 9)
  let seconds = Number(whole.slice(0, cut))
  let nanos = digits === 0 ? 0 : Number(after.slice(0, 9).padEnd(9, '0'))
  if (m[1] === '-') {
    seconds = nanos > 0 ? -seconds - 1 : seconds === 0 ? 0 : -seconds
    nanos = nanos > 0 ? 1e9 - nanos : 0
  }
  return { original: text, seconds, nanos, digits, offset: 0 }
}
