import type { Refused } from '../../ingest-adapters/adapter.ts'
import { parseJson } from '../../ingest-adapters/shared/json.ts'
import { decoded } from './decode.ts'
import { LINE_LIMIT } from './line-blocks.ts'

const VALUE_LIMIT = 64 * 1024 * 1024
const SHOWN = 64 * 1024
const SHOWN_OF_LARGE = 1024

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
 * What is no JSON is refused, by line in the first case, and what is over 64 MiB.
 */
export async function* jsonValues(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<(JsonValue | Refused)[]> {
  let reader: Reader | undefined
  let head = ''
  const begin = (): Reader => (isJsonLines(head.trimStart()) ? lineReader() : valueCutter())
  for await (const text of decoded(source)) {
    if (reader) {
      yield reader.push(text)
      continue
    }
    head += text
    if (head.length <= LOOKED_AT || (!head.includes('\n') && head.length < LINE_LIMIT)) continue
    reader = begin()
    yield reader.push(head)
  }
  if (!reader) {
    reader = begin()
    yield reader.push(head)
  }
  yield reader.end()
}

interface Reader {
  push(text: string): (JsonValue | Refused)[]
  end(): (JsonValue | Refused)[]
}

function read({ text, length }: Gathered, line: number): JsonValue | Refused {
  if (length > VALUE_LIMIT) {
    const rejected = `${text}… (${length} characters)`
    return { rejected, reason: 'document-too-large', line }
  }
  const result = parseJson(text)
  return 'value' in result
    ? { value: result.value, text, line }
    : { rejected: text.slice(0, SHOWN), reason: result.reason, line }
}

interface Gathered {
  /** Of a text that is too large the beginning. */
  text: string
  length: number
}

/** Puts a text together from pieces; of one that is too large only the beginning is kept. */
function gatherer(): { add(piece: string): void; take(): Gathered } {
  let begin = ''
  let pieces: string[] = []
  let length = 0
  return {
    add(piece) {
      length += piece.length
      if (begin.length < SHOWN_OF_LARGE) begin += piece.slice(0, SHOWN_OF_LARGE)
      if (length <= VALUE_LIMIT) pieces.push(piece)
      else pieces = []
    },
    take() {
      const taken = { text: length <= VALUE_LIMIT ? pieces.join('') : begin, length }
      begin = ''
      pieces = []
      length = 0
      return taken
    },
  }
}

function lineReader(): Reader {
  const last = gatherer()
  let number = 0
  const one = (raw: Gathered): (JsonValue | Refused)[] => {
    number++
    const text = raw.text.trim()
    if (text === '') return []
    if (!startsValue.test(text))
      return [{ rejected: raw.text, reason: 'not-a-record', line: number }]
    return [read({ text, length: raw.length }, number)]
  }
  return {
    push(text) {
      const lines = text.split('\n')
      const rest = lines.pop()!
      const out: (JsonValue | Refused)[] = []
      for (const [i, line] of lines.entries()) {
        if (i === 0) last.add(line)
        out.push(...one(i === 0 ? last.take() : { text: line, length: line.length }))
      }
      last.add(rest)
      return out
    },
    end() {
      const rest = last.take()
      return rest.length === 0 ? [] : one(rest)
    },
  }
}

/** Cuts a text into its top-level values; the brackets of a top-level array are taken away, so that its elements are the values. */
function valueCutter(): Reader {
  const value = gatherer()
  let inValue = false
  let depth = 0
  let startLine = 1
  let line = 1
  let inString = false
  let escaped = false
  let inArray = false
  const take = (): JsonValue | Refused => {
    inValue = false
    const { text, length } = value.take()
    return read({ text: text.trimEnd(), length }, startLine)
  }
  return {
    push(text) {
      const out: (JsonValue | Refused)[] = []
      let start = 0
      const finish = (end: number): void => {
        value.add(text.slice(start, end))
        out.push(take())
      }
      for (let at = 0; at < text.length; at++) {
        const c = text.charCodeAt(at)
        if (c === 10) line++
        if (inString) {
          if (escaped) escaped = false
          else if (c === 92) escaped = true
          else if (c === 34) inString = false
          continue
        }
        if (c <= 32 || (c === 44 && !inValue)) {
          if (c <= 32 && inValue && depth === 0 && !inArray) finish(at)
          continue
        }
        if (c === 44) {
          if (depth === 0) finish(at)
          continue
        }
        if (!inValue && depth === 0) {
          if (c === 91 && !inArray) {
            inArray = true
            continue
          }
          if (c === 93 && inArray) {
            inArray = false
            continue
          }
          inValue = true
          start = at
          startLine = line
        }
        if (c === 34) inString = true
        else if (c === 91 || c === 123) depth++
        else if (c === 93 && depth === 0) {
          finish(at)
          inArray = false
        } else if (c === 93 || c === 125) {
          // One bracket too many is a value of its own: what comes after it is whole again.
          if (depth > 0) depth--
          if (depth === 0 && !inArray) finish(at + 1)
        }
      }
      if (inValue) value.add(text.slice(start))
      return out
    },
    end: () => (inValue ? [take()] : []),
  }
}
