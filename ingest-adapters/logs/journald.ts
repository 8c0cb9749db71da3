/**
 * systemd journal as JSON, `journalctl -o json` and `-o json-pretty`:
 * https://systemd.io/JOURNAL_EXPORT_FORMATS/#journal-json-format. All values are strings; bytes that are no printable UTF-8 come as an
 * array of numbers, a field with several values as an array of these, one that is too long as null.
 */
import type { Head, JsonAdapter } from '../adapter.ts'
import { journalRecord, type JournalEntry } from '../shared/journal-entry.ts'
import { isObject, type JsonObject } from '../shared/json.ts'
import { textOf } from '../shared/utf8-text.ts'

const isByte = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255

/** `''` for null and for what journalctl never writes. */
function valueText(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  if (!Array.isArray(value)) return ''
  if (value.every(isByte)) return textOf(Uint8Array.from(value))
  return value
    .map((one: unknown) => (Array.isArray(one) && !one.every(isByte) ? '' : valueText(one)))
    .filter((one) => one !== '')
    .join(', ')
}

const entryOf = (value: JsonObject): JournalEntry =>
  new Map(Object.entries(value).map(([name, written]) => [name, valueText(written)]))

/** The address fields that journalctl always writes, or the trusted ones that only journald sets. */
function isEntry(value: unknown): boolean {
  if (!isObject(value)) return false
  const has = (name: string): boolean => Object.hasOwn(value, name)
  if (has('__REALTIME_TIMESTAMP'))
    return has('__CURSOR') || has('__MONOTONIC_TIMESTAMP') || has('MESSAGE')
  return has('MESSAGE') && has('_SOURCE_REALTIME_TIMESTAMP')
}

export const adapter: JsonAdapter = {
  title: 'systemd journal (JSON)',
  unit: 'json',
  recognizes: (head: Head) => {
    const entries = head.values.filter(isEntry).length
    return entries > 0 && entries * 2 >= head.values.length
  },
  parse: () =>
    function* (value, text, line) {
      if (!isObject(value)) {
        yield { rejected: text, reason: 'not-a-record', line }
        return
      }
      yield journalRecord(entryOf(value), text, line) ?? { rejected: text, reason: 'no-time', line }
    },
}
