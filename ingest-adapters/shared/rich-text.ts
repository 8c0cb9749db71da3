/** What people wrote, where an API gives it as text or as a tree of nodes (Atlassian's document format). */
import { at, text } from './json.ts'

const DEPTH = 20

/** Its words without marks, on one line for each block. */
export function plainText(value: unknown, depth = 0): string {
  const written = text(value) ?? text(at(value, 'text'))
  if (written !== undefined) return written
  const content = at(value, 'content')
  if (!Array.isArray(content) || depth > DEPTH) return ''
  const between = content.some((node) => at(node, 'type') === 'text') ? '' : '\n'
  return content.map((node) => plainText(node, depth + 1)).join(between)
}
