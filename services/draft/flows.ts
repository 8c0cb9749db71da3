import type { Fact } from './material.ts'

/** What requests and their kin are named by: UUIDs and long hexadecimal numbers. */
const IDENTIFIER = /\b(?:[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}|[\da-f]{16,64})\b/
const NAMED = /(?:trace|request|correlation|transaction)[._-]?id$/i

/** The identifier under which an event belongs to others: of a field that is named so, else the first in its text. */
export function flowOf({ event, message }: Fact): string | undefined {
  const trace = (event['trace'] as { id?: unknown } | undefined)?.id
  if (typeof trace === 'string') return trace
  const labels = event['labels'] as Record<string, unknown> | undefined
  for (const name in labels) {
    const value = labels[name]
    if (NAMED.test(name) && typeof value === 'string' && value.length > 5) return value
  }
  return IDENTIFIER.exec(message)?.[0]
}
