const INSTANT =
  /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?$/

/** An instant in RFC 3339 (without an offset: UTC; without a time: midnight) as nanoseconds since 1970 in 19 digits; undefined where it is none. */
export function parseInstant(text: string): string | undefined {
  const m = INSTANT.exec(text.trim().replace(' ', 'T'))
  if (!m) return undefined
  const [, date, clock = '00:00', second = '00', fraction = '', offset = 'Z'] = m
  const ms = Date.parse(`${date}T${clock}:${second}${offset.replace(/(\d\d)(\d\d)$/, '$1:$2')}`)
  if (Number.isNaN(ms) || !sameDay(date!)) return undefined
  const seconds = Math.min(Math.max(ms / 1000, 0), 9_999_999_999)
  return String(seconds).padStart(10, '0') + fraction.padEnd(9, '0')
}

/** Date.parse takes Feb 30 for March 1. */
const sameDay = (date: string): boolean =>
  new Date(`${date}T00:00:00Z`).toISOString().startsWith(date)
