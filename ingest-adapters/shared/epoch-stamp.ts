/** Unix time, as text or as a JSON number: seconds, milliseconds, microseconds or nanoseconds since 1970-01-01T00:00:00Z. */
import type { StampRead } from './stamp.ts'

export type EpochUnit = 's' | 'ms' | 'us' | 'ns'

const SHAPE = /^(-?)(\d{1,19})(?:\.(\d{1,12}))?$/
const UNIT_DIGITS = { s: 0, ms: 3, us: 6, ns: 9 }

/** The unit that a count of digits means for instants between 1973 and 5138. */
const unitOf = (digits: number): EpochUnit =>
  digits <= 11 ? 's' : digits <= 14 ? 'ms' : digits <= 17 ? 'us' : 'ns'

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
