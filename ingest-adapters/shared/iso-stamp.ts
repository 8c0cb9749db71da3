/**
 * Year first: ISO 8601 calendar dates and RFC 3339 (https://www.rfc-editor.org/rfc/rfc3339), with the liberties that log writers take:
 * a space for the T, `/`, `.` or `:` in the date, a comma before the fraction, hours of an offset alone, the compact form 20240501T100000Z,
 * and Db2's `2024-05-01-10.00.00.123456-300`, whose offset is minutes (https://www.ibm.com/docs/en/db2/11.5?topic=files-interpreting-db2diag-log-file-entries).
 */
import {
  fractionBehindMark,
  isDigit,
  makeStamp,
  number,
  readHalf,
  readOffset,
  readUtcWord,
  sixNumbers,
  type StampRead,
} from './stamp.ts'

const MINUTES = /^[+-]\d{3}(?!\d)/

/** The stamp that begins at `at`. Its length is that of its `original`. */
export function isoStamp(text: string, at = 0): StampRead {
  const year = number(text, at, 4)
  if (year < 0) return undefined
  const mark = text.charCodeAt(at + 4)
  if (mark >= 48 && mark <= 57) return compactStamp(text, at)
  if (mark !== 45 && mark !== 47 && mark !== 46 && mark !== 58) return undefined
  const month = number(text, at + 5, 2)
  const day = number(text, at + 8, 2)
  if (month < 0 || day < 0 || text.charCodeAt(at + 7) !== mark) return undefined
  const t = text.charCodeAt(at + 10)
  if (t !== 84 && t !== 32 && t !== 9 && t !== 116 && t !== 95 && t !== 45 && t !== 58)
    return undefined
  // Other numbers have colons between them too: `2018:10:15-08:30:25` of Sophos and `2018:10:15 08:30:25` of cameras are dates.
  if (mark === 58 && t !== 45 && t !== 32) return undefined
  return time(text, at, year, month, day, at + 11)
}

/** The clock from `i` on, and the offset after it. */
function time(
  text: string,
  at: number,
  year: number,
  month: number,
  day: number,
  i: number,
): StampRead {
  const width = text.charCodeAt(i + 1) === 58 ? 1 : 2
  let hour = number(text, i, width)
  let end = i + width
  const colon = text.charCodeAt(end)
  if (hour < 0 || (colon !== 58 && colon !== 46)) return undefined
  const minute = number(text, end + 1, 2)
  if (minute < 0) return undefined
  end += 3
  let second = -1
  let nanos = 0
  let digits = 0
  if (text.charCodeAt(end) === colon) {
    second = number(text, end + 1, 2)
    if (second < 0) return undefined
    ;({ nanos, digits, end } = fractionBehindMark(text, end + 3))
  }
  if (isDigit(text.charCodeAt(end))) return undefined
  const half = readHalf(text, end)
  // A clock of 24 hours may stand before a word such as PM.
  if (half && hour > 0 && hour <= 12) {
    hour = (hour % 12) + half.add
    end = half.end
  }
  return finish(text, at, { year, month, day, hour, minute, second, nanos, digits }, end)
}

function finish(
  text: string,
  at: number,
  reading: Parameters<typeof makeStamp>[1],
  clockEnd: number,
): StampRead {
  let end = clockEnd
  let offset: number | undefined
  const minutes =
    text.charCodeAt(at + 13) === 46 ? MINUTES.exec(text.slice(end, end + 5)) : undefined
  if (minutes) {
    const written = text.slice(at, end + minutes[0].length)
    return makeStamp(written, reading, Number(minutes[0]) * 60)
  }
  const next = text.charCodeAt(end)
  const spaced = next === 32
  const zone =
    next === 43 || next === 45 || next === 90 || next === 122 || next === 0x2212
      ? readOffset(text, end)
      : spaced
        ? readOffset(text, end + 1, true)
        : undefined
  if (zone === 'impossible-time') return zone
  if (zone) {
    offset = zone.offset
    end = zone.end
  } else if (next === 85 || next === 71 || spaced) {
    const word = readUtcWord(text, end + (spaced ? 1 : 0))
    if (word === 'impossible-time') return word
    if (word) ({ offset, end } = word)
  }
  return makeStamp(text.slice(at, end), reading, offset)
}

const COMPACT = /^(\d{4})(\d\d)(\d\d)(?:[T ]?-?|\.(?=\d{6}[.,]\d))(\d\d):?(\d\d):?(\d\d)(?![\d])/

/** 20240501T100000Z, 20240501 10:00:00.123: eight digits of a date and then a clock. */
function compactStamp(text: string, at: number): StampRead {
  const m = COMPACT.exec(text.slice(at, at + 24))
  if (!m) return undefined
  const { nanos, digits, end } = fractionBehindMark(text, at + m[0].length)
  const [year, month, day, hour, minute, second] = sixNumbers(m)
  return finish(text, at, { year, month, day, hour, minute, second, nanos, digits }, end)
}
