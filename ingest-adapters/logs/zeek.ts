/**
 * Logs of Zeek (formerly Bro) as it writes them, https://docs.zeek.org/en/current/log-formats.html: values between separators under a header (#separator, #path, #fields, #types), the time in Unix
 * seconds. Variants: other separators; several logs one after the other, each with its header; ISO 8601 in place of the Unix time, as `zeek-cut -u` and its kin write; #close at the end or none.
 */
import type { Item, LineAdapter } from '../adapter.ts'
import { epochStamp } from '../shared/epoch-stamp.ts'
import { isoStamp } from '../shared/iso-stamp.ts'
import { isBlank } from '../shared/lines.ts'
import { zeekRecord } from '../shared/zeek-record.ts'

/** A separator follows the name of all but the first. */
const HEADER =
  /^#(?:separator|set_separator|empty_field|unset_field|path|open|close|fields|types)[^a-z_]/
const ESCAPE = /\\x([0-9a-fA-F]{2})/g
const DIRECTIVE = /^#([a-z_]+)[^a-z_](.*)$/

const unescaped = (text: string): string =>
  text.includes('\\x')
    ? text.replace(ESCAPE, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    : text

/** What the lines of a header told. */
interface Header {
  separator: string
  unset: string
  empty: string
  path?: string
  fields: readonly string[]
}

const untold = (): Header => ({ separator: '\t', unset: '-', empty: '(empty)', fields: [] })

function tell(header: Header, line: string): Header {
  const [, name, rest = ''] = DIRECTIVE.exec(line) ?? []
  if (name === 'separator') return { ...untold(), separator: unescaped(rest.trim()) }
  const value = rest.startsWith(header.separator) ? rest.slice(header.separator.length) : rest
  if (name === 'unset_field') return { ...header, unset: value }
  if (name === 'empty_field') return { ...header, empty: value }
  if (name === 'path') return { ...header, path: value }
  return name === 'fields' ? { ...header, fields: value.split(header.separator) } : header
}

export const adapter: LineAdapter = {
  title: 'Zeek log',
  unit: 'lines',
  recognizes: ({ lines }) =>
    lines.slice(0, 20).some((line) => line.startsWith('#separator \\x')) &&
    lines.slice(0, 20).some((line) => /^#fields.ts\b/.test(line)),
  parse: () => {
    let header = untold()
    return function* (lines, first) {
      for (const [i, line] of lines.entries()) {
        if (isBlank(line)) yield { context: 1, line: first + i }
        else if (HEADER.test(line)) {
          header = tell(header, line)
          yield { context: 1, line: first + i }
        } else yield record(line, first + i, header)
      }
    }
  },
}

function record(text: string, line: number, header: Header): Item {
  const { fields, separator, unset, empty, path } = header
  const values = text.split(separator)
  if (values.length !== fields.length || fields.length < 2)
    return { rejected: text, reason: fields.length === 0 ? 'not-a-record' : 'incomplete', line }
  const written = values[fields.indexOf('ts')] ?? ''
  const time = epochStamp(written, 's') ?? isoStamp(written)
  if (typeof time !== 'object') return { rejected: text, reason: time ?? 'no-time', line }
  const set = fields.flatMap((name, i): [string, string][] => {
    const value = values[i]!
    return name === 'ts' || value === unset || value === empty ? [] : [[name, unescaped(value)]]
  })
  return { time, ...zeekRecord(path, set), original: text, line }
}
