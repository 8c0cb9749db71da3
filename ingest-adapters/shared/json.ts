import type { Reason } from '../../schemas/rejection.ts'
import { newlinesBetween } from './lines.ts'

const DEPTH_LIMIT = 64
/** A number, not a part of a text, with more digits than a double surely holds. */
const MANY_DIGITS = /[:,[]\s*-?(?:\d{16,}|\d+\.\d{8,})(?:[eE][+-]?\d+)?\s*[,}\]]/
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs

/** Numbers that a double cannot hold become strings with the same digits; all else is what JSON.parse gives. */
const quoteLongNumbers = (text: string): string =>
  text.replace(STRING_OR_NUMBER, (token) =>
    token.charCodeAt(0) !== 34 && token.replace(/\D/g, '').length > 15 ? `"${token}"` : token,
  )

/** Whether brackets nest deeper than 64, found without parsing. */
function tooDeep(text: string): boolean {
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (inString) {
      if (c === 92) i++
      else if (c === 34) inString = false
    } else if (c === 34) inString = true
    else if (c === 91 || c === 123) {
      if (++depth > DEPTH_LIMIT) return true
    } else if (c === 93 || c === 125) depth--
  }
  return false
}

/** Whether a text could nest too deep: it has more than 64 opening brackets. */
function manyBrackets(text: string): boolean {
  let seen = 0
  for (const bracket of ['{', '[']) {
    for (let i = text.indexOf(bracket); i >= 0; i = text.indexOf(bracket, i + 1)) {
      if (++seen > DEPTH_LIMIT) return true
    }
  }
  return false
}

/** A JSON text's value, or why there is none. Numbers of more than 15 digits come as strings, so that no digit is lost. */
export function parseJson(text: string): { value: unknown } | { reason: Reason } {
  if (manyBrackets(text) && tooDeep(text)) return { reason: 'too-deep' }
  try {
    return { value: JSON.parse(MANY_DIGITS.test(text) ? quoteLongNumbers(text) : text) }
  } catch {
    return { reason: 'invalid-json' }
  }
}

export type JsonObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value under a path of own keys, undefined where it ends. */
export function at(value: unknown, ...path: string[]): unknown {
  let here = value
  for (const key of path) {
    if (!isObject(here) || !Object.hasOwn(here, key)) return undefined
    here = here[key]
  }
  return here
}

/** A string or number as text; undefined for all else, and for ''. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  return typeof value === 'number' ? String(value) : undefined
}

/** Every scalar below a value under its dotted path, for fields that have no ECS name: at most 200, the rest is only in `event.original`. */
export function* scalars(
  value: unknown,
  path = '',
  depth = 0,
): Generator<[string, string | number]> {
  if (typeof value === 'string' || typeof value === 'number') yield [path, value]
  else if (typeof value === 'boolean') yield [path, String(value)]
  else if (Array.isArray(value)) {
    if (value.every((v) => typeof v === 'string' || typeof v === 'number'))
      yield [path, value.join(', ')]
    else if (depth < 8)
      for (const [i, v] of value.entries()) yield* scalars(v, `${path}.${i}`, depth + 1)
  } else if (isObject(value) && depth < 8) {
    for (const [key, v] of Object.entries(value))
      yield* scalars(v, path ? `${path}.${key}` : key, depth + 1)
  }
}

/**
 * The exact texts of the elements of an array inside a JSON text, with the place where each begins: of the text itself,
 * or of the array under a key of the object that the text is. The text must be valid JSON.
 */
export function* elements(json: string, key?: string): Generator<{ text: string; at: number }> {
  const want = key === undefined ? 1 : 2
  const name = key === undefined ? undefined : JSON.stringify(key)
  let depth = 0
  let inside = false
  let start = -1
  let lastString = ''
  for (let i = 0; i < json.length; i++) {
    const c = json.charCodeAt(i)
    if (c === 34) {
      let end = i + 1
      while (json.charCodeAt(end) !== 34) end += json.charCodeAt(end) === 92 ? 2 : 1
      if (inside && depth === want && start < 0) start = i
      if (!inside && depth === 1) lastString = json.slice(i, end + 1)
      i = end
    } else if (c === 91 || c === 123) {
      if (inside && depth === want && start < 0) start = i
      depth++
      if (c === 91 && !inside && depth === want && (name === undefined || lastString === name))
        inside = true
    } else if (c === 93 || c === 125 || c === 44) {
      if (inside && depth === want && start >= 0) {
        yield { text: json.slice(start, i).trimEnd(), at: start }
        start = -1
      }
      if (c !== 44) {
        depth--
        if (inside && depth < want) return
        if (inside && depth === want && start >= 0) continue
      }
    } else if (inside && depth === want && start < 0 && c > 32) start = i
  }
}

/**
 * The members of the object that a JSON text is: each name as written, in its quotes, and the exact text of its value with the place where it begins. The text must be valid JSON.
 */
export function* members(json: string): Generator<{ name: string; text: string; at: number }> {
  let depth = 0
  let start = -1
  let name = ''
  for (let i = 0; i < json.length; i++) {
    const c = json.charCodeAt(i)
    if (c === 34) {
      let end = i + 1
      while (end < json.length && json.charCodeAt(end) !== 34)
        end += json.charCodeAt(end) === 92 ? 2 : 1
      if (depth === 1 && start < 0) name = json.slice(i, end + 1)
      i = end
    } else if (c === 58 && depth === 1 && start < 0) start = i + 1
    else if (c === 91 || c === 123) depth++
    else if (c === 93 || c === 125 || c === 44) {
      if (depth === 1 && start >= 0) {
        while (json.charCodeAt(start) <= 32) start++
        yield { name, text: json.slice(start, i).trimEnd(), at: start }
        start = -1
      }
      if (c !== 44) depth--
    }
  }
}

/** The exact text of the value under a key of the object that a text is, with its place. The text must be valid JSON. */
export function member(json: string, key: string): { text: string; at: number } | undefined {
  const written = JSON.stringify(key)
  for (const each of members(json)) if (each.name === written) return each
  return undefined
}

/**
 * The elements of the array at the end of a path of keys: each with its exact text, its value, and the number of its first line,
 * where `line` is that of the whole text.
 */
export function* elementsAt(
  json: string,
  line: number,
  ...path: string[]
): Generator<{ text: string; line: number; value: unknown }> {
  let inner = json
  let number = line
  for (const key of path.slice(0, -1)) {
    const found = member(inner, key)
    if (!found) return
    number += newlinesBetween(inner, 0, found.at)
    inner = found.text
  }
  let counted = 0
  for (const { text: slice, at: place } of elements(inner, path.at(-1))) {
    number += newlinesBetween(inner, counted, place)
    counted = place
    const result = parseJson(slice)
    if ('value' in result) yield { text: slice, line: number, value: result.value }
  }
}
