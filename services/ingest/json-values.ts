import type { Refused } from '../../ingest-adapters/adapter.ts'
import { parseJson } from '../../ingest-adapters/shared/json.ts'
import { decoded } from './decode.ts'
import { LINE_LIMIT } from './line-blocks.ts'

const VALUE_LIMIT = 64 * 1024 * 1024
const SHOWN = 64 * 1024

export interface JsonValue {
  value: unknown
  /** Its exact text. */
  text: string
  /** Number of its first line, from 1. */
  line: number
}

const startsValue = /^\s*[[{]/

/** So much of a text tells whether its lines are values. */
const LOOKED_AT = 16 * 1024

const isObjectLine = (line: string): boolean => line.startsWith('{') && 'value' in parseJson(line)

/**
 * Whether every line of a text is a JSON value of its own: its first line is, or most of those after it are, where the first is the rest of a line that
 * was cut, or a greeting. In a value over several lines a comma or a bracket follows each object.
 */
export function isJsonLines(text: string): boolean {
  const end = text.indexOf('\n')
  if (isObjectLine((end < 0 ? text : text.slice(0, end)).trim())) return true
  const lines = text.slice(0, LOOKED_AT).split('\n').slice(1)
  if (text.length > LOOKED_AT) lines.pop()
  const some = lines.map((line) => line.trim()).filter((line) => line !== '')
  return some.filter(isObjectLine).length * 2 > some.length
}

/** The values at the beginning of a text that is not one value a line. */
export const firstValues = (text: string): unknown[] =>
  valueCutter()
    .push(text)
    .flatMap((value) => ('value' in value ? [value.value] : []))

/**
 * The values of a JSON file, one a line, or cut out of whatever the layout: values one after the other, and the elements of a top-level array.
 * What is no JSON is refused, by line in the first case.
 */
export async function* jsonValues(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<(JsonValue | Refused)[]> {
  let byLine: boolean | undefined
  const lines = lineReader()
  const cutter = valueCutter()
  let head = ''
  for await (const chunk of decoded(source)) {
    let text = chunk
    if (byLine === undefined) {
      head += chunk
      if (head.length <= LOOKED_AT || (!head.includes('\n') && head.length < LINE_LIMIT)) continue
      byLine = isJsonLines(head.trimStart())
      text = head
    }
    yield byLine ? lines.push(text) : cutter.push(text)
  }
  byLine ??= isJsonLines(head.trimStart())
  if (head !== '' && byLine !== undefined && !lines.begun() && !cutter.begun()) {
    yield byLine ? lines.push(head) : cutter.push(head)
  }
  yield byLine ? lines.end() : cutter.end()
}

function read(text: string, line: number): JsonValue | Refused {
  const result = parseJson(text)
  return 'value' in result
    ? { value: result.value, text, line }
    : { rejected: text.slice(0, SHOWN), reason: result.reason, line }
}

function lineReader(): {
  push(text: string): (JsonValue | Refused)[]
  end(): (JsonValue | Refused)[]
  begun(): boolean
} {
  let partial = ''
  let number = 0
  let begun = false
  const one = (raw: string): (JsonValue | Refused)[] => {
    number++
    const line = raw.trim()
    if (line === '') return []
    if (raw.length > VALUE_LIMIT)
      return [{ rejected: `${raw.slice(0, 1024)}…`, reason: 'line-too-long', line: number }]
    if (!startsValue.test(line)) return [{ rejected: raw, reason: 'not-a-record', line: number }]
    return [read(line, number)]
  }
  return {
    begun: () => begun,
    push(text) {
      begun = true
      const lines = (partial + text).split('\n')
      partial = lines.pop()!
      return lines.flatMap(one)
    },
    end: () => (partial === '' ? [] : one(partial)),
  }
}

/** Cuts a text into its top-level values; the brackets of a top-level array are taken away, so that its elements are the values. */
function valueCutter(): {
  push(text: string): (JsonValue | Refused)[]
  end(): (JsonValue | Refused)[]
  begun(): boolean
} {
  let buffer = ''
  let at = 0
  let depth = 0
  let start = -1
  let startLine = 1
  let line = 1
  let inString = false
  let inArray = false
  let begun = false
  const take = (end: number): JsonValue | Refused => {
    const text = buffer.slice(start, end).trimEnd()
    start = -1
    return read(text, startLine)
  }
  return {
    begun: () => begun,
    push(text) {
      begun = true
      const out: (JsonValue | Refused)[] = []
      buffer += text
      for (; at < buffer.length; at++) {
        const c = buffer.charCodeAt(at)
        if (c === 10) line++
        if (inString) {
          if (c === 92) at++
          else if (c === 34) inString = false
          continue
        }
        if (c <= 32 || (c === 44 && start < 0)) {
          if (c <= 32 && start >= 0 && depth === 0 && !inArray) out.push(take(at))
          continue
        }
        if (c === 44) {
          if (depth === 0) out.push(take(at))
          continue
        }
        if (start < 0 && depth === 0) {
          if (c === 91 && !inArray) {
            inArray = true
            continue
          }
          if (c === 93 && inArray) {
            inArray = false
            continue
          }
          start = at
          startLine = line
        }
        if (c === 34) inString = true
        else if (c === 91 || c === 123) depth++
        else if (c === 93 && depth === 0) {
          out.push(take(at))
          inArray = false
        } else if (c === 93 || c === 125) {
          depth--
          if (depth === 0 && !inArray) out.push(take(at + 1))
        }
      }
      if (start < 0) {
        buffer = ''
        at = 0
      } else if (start > 0) {
        buffer = buffer.slice(start)
        at -= start
        start = 0
      }
      if (buffer.length > VALUE_LIMIT) {
        out.push({
          rejected: buffer.slice(0, SHOWN),
          reason: 'document-too-large',
          line: startLine,
        })
        buffer = ''
        at = 0
        start = -1
        depth = 0
      }
      return out
    },
    end: () => (start >= 0 && buffer.trim() !== '' ? [take(buffer.length)] : []),
  }
}
