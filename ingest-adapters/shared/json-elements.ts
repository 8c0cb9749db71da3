import type { Refused } from '../adapter.ts'
import { elements, parseJson } from './json.ts'

/** The elements of the array under a key of a JSON object, each with its value, its exact text and the number of its first line. */
export function* numberedElements(
  json: string,
  key: string,
  firstLine: number,
): Generator<{ value: unknown; text: string; line: number } | Refused> {
  let line = firstLine
  let newline = json.indexOf('\n')
  for (const { text, at } of elements(json, key)) {
    for (; newline >= 0 && newline < at; newline = json.indexOf('\n', newline + 1)) line++
    const result = parseJson(text)
    if ('value' in result) yield { value: result.value, text, line }
    else yield { rejected: text, reason: result.reason, line }
  }
}
