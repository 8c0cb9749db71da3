/** An instant: Unix seconds and nanoseconds. A number of nanoseconds alone would not fit a double. */
export interface Instant {
  seconds: number
  nanos: number
}

let lastDay = NaN
let lastDate = ''

const two = (n: number): string => (n < 10 ? `0${n}` : String(n))

/** ISO 8601 in UTC with so many digits of a fraction, such as 2024-05-01T10:00:00.123Z. */
export function formatInstant(seconds: number, nanos: number, digits: number): string {
  const day = Math.floor(seconds / 86400)
  if (day !== lastDay) {
    lastDay = day
    lastDate = new Date(day * 86400_000).toISOString().slice(0, 11)
  }
  const ofDay = seconds - day * 86400
  const hour = (ofDay / 3600) | 0
  const minute = ((ofDay - hour * 3600) / 60) | 0
  const clock = `${lastDate}${two(hour)}:${two(minute)}:${two(ofDay - hour * 3600 - minute * 60)}`
  return digits === 0 ? `${clock}Z` : `${clock}.${String(nanos).padStart(9, '0').slice(0, digits)}Z`
}

/** Nanoseconds since 1970 as 19 digits: sorts as text, and is a 64-bit integer. */
export const instantKey = (seconds: number, nanos: number): string =>
  String(seconds).padStart(10, '0') + String(nanos).padStart(9, '0')
