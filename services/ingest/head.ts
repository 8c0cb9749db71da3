import type { File, Head } from '../../ingest-adapters/adapter.ts'
import { withoutColours } from '../../ingest-adapters/shared/console-text.ts'
import { parseJson } from '../../ingest-adapters/shared/json.ts'
import { decode } from './decode.ts'
import type { Input } from './input.ts'
import { firstValues, isJsonLines } from './json-values.ts'

const HEAD_BYTES = 64 * 1024
const VALUES = 50
/** An object, or arrays with one in them; other text may begin with a bracket too. */
const BEGINS_OBJECT = /^[[\s]*\{\s*"/

/** Reads the beginning of an input, or as much of it as can be read. Rejects when that is nothing. */
export async function openHead(input: Input, file: File): Promise<Head> {
  const parts: Uint8Array[] = []
  let size = 0
  let whole = true
  try {
    for await (const chunk of input.open()) {
      parts.push(chunk)
      size += chunk.length
      if (size > HEAD_BYTES) {
        whole = false
        break
      }
    }
  } catch (error) {
    if (size === 0) throw error
    whole = false
  }
  return makeHead(Buffer.concat(parts).subarray(0, HEAD_BYTES), file, whole)
}

/** `whole`: the bytes are all that there are. */
export function makeHead(bytes: Uint8Array, file: File, whole: boolean): Head {
  let text: string | undefined
  let lines: string[] | undefined
  let values: unknown[] | undefined
  return {
    file,
    bytes,
    get text() {
      return (text ??= withoutColours(decode(bytes)))
    },
    get lines() {
      if (!lines) {
        const all = this.text.split('\n').map((line) => line.replace(/\r$/, ''))
        if (!whole && all.length > 1) all.pop()
        lines = all.filter((line) => line.trim() !== '')
      }
      return lines
    },
    get values() {
      return (values ??= headValues(this.text, this.lines))
    },
  }
}

function headValues(text: string, lines: readonly string[]): unknown[] {
  const begin = text.trimStart()
  if (isJsonLines(begin)) {
    return lines.slice(0, VALUES).flatMap((line) => {
      const result = parseJson(line.trim())
      return 'value' in result ? [result.value] : []
    })
  }
  if (!BEGINS_OBJECT.test(begin)) return []
  const first = firstValues(begin)
  if (first.length > 0) return first.slice(0, VALUES)
  const result = parseJson(closed(begin))
  if (!('value' in result)) return []
  return Array.isArray(result.value) ? result.value.slice(0, VALUES) : [result.value]
}

/** A JSON text cut after the last whole member or element, or after its first value, with the open brackets closed. */
function closed(text: string): string {
  const { cut } = brackets(text)
  const whole = text.slice(0, cut)
  return whole + brackets(whole).open.toReversed().join('')
}

/** Where a JSON text is to be cut, and what closes the brackets that are open at its end. */
function brackets(text: string): { cut: number; open: string[] } {
  const open: string[] = []
  let cut = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (inString) {
      if (c === '\\') i++
      else if (c === '"') inString = false
    } else if (c === '"') inString = true
    else if (c === '{' || c === '[') {
      open.push(c === '{' ? '}' : ']')
      if (cut === 0) cut = i + 1
    } else if (c === '}' || c === ']') {
      open.pop()
      cut = i + 1
      if (open.length === 0) break
    } else if (c === ',') cut = i
  }
  return { cut, open }
}

/** Whether nothing is in the file: no byte, or JSON without a value. */
export function isEmpty(head: Head): boolean {
  const text = head.text.trim()
  return head.bytes.length < HEAD_BYTES && /^(?:|\[\s*\]|\{\s*\})$/.test(text)
}

/** Whether the bytes are no text: a NUL among them that is not half of a UTF-16 character, or many control characters. */
export function isBinary(head: Head): boolean {
  const sample = head.text.slice(0, 4096)
  let odd = 0
  for (let i = 0; i < sample.length; i++) {
    const c = sample.charCodeAt(i)
    if (c === 0) return true
    if (c < 32 && c !== 9 && c !== 10 && c !== 13 && c !== 27 && c !== 12) odd++
  }
  return odd > sample.length * 0.1
}
