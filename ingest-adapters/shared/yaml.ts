/**
 * The plain part of YAML. That which people write: members one below the other. That which programs print (`kubectl -o yaml`): mappings and lists by indent, scalars, quoted
 * texts and blocks `|` and `>`; of the short forms only `{}` and `[]`; no anchors or tags, which no program prints. Every scalar stays text, because a stamp
 * is read later.
 */

// The end of the line is always reached, and a run of blanks gone through once: nothing here is tried again.
const FLAT_MEMBER = /^([A-Za-z_][\w-]{0,60}):(?:[ \t]+(.*))?$/s
const FLAT_ELEMENT = /^[ \t]*- +(.*)$/s
const COMMENT = /(?<![ \t])[ \t]+#.*$/s

/** YAML's scalar on one line: quotes and a comment behind it are no part of it. */
export function yamlScalar(written: string): string {
  const text = written.trim()
  const quoted = /^"((?:[^"\\]|\\.)*)"|^'((?:[^']|'')*)'/.exec(text)
  if (quoted) return quoted[1]?.replace(/\\(["\\])/g, '$1') ?? quoted[2]!.replaceAll("''", "'")
  return text.startsWith('#') ? '' : text.replace(COMMENT, '')
}

/** Members of a flat YAML mapping, those that are lists of scalars among them. */
export function yamlMembers(lines: readonly string[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  let list: string | undefined
  for (const line of lines) {
    const member = FLAT_MEMBER.exec(line.trimEnd())
    const element = member ? null : FLAT_ELEMENT.exec(line.trimEnd())
    if (member) {
      const value = yamlScalar(member[2] ?? '')
      list = value === '' ? member[1]! : undefined
      if (!values.has(member[1]!)) values.set(member[1]!, value)
    } else if (element && list !== undefined) {
      const before = values.get(list)
      const one = yamlScalar(element[1]!)
      values.set(list, before ? `${before}, ${one}` : one)
    }
  }
  return values
}

const DEPTH = 64
const MEMBER =
  /^("(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'#&*!|>%@`{}[\],-][^#]*?|-?[\w./-]+):(?:[ \t]+(.*))?$/s
const BLOCK = /^[|>][+-]?\d?$/

interface Line {
  indent: number
  text: string
  /** As it stands in the text. */
  written: string
}

interface Reader {
  lines: Line[]
  at: number
}

const linesOf = (text: string): Line[] =>
  text.split(/\r?\n/).map((written) => ({
    indent: written.length - written.trimStart().length,
    text: written.trim(),
    written,
  }))

/** The next line that says something, outside of blocks; undefined behind the last. */
function upcoming(reader: Reader): Line | undefined {
  for (; reader.at < reader.lines.length; reader.at++) {
    const line = reader.lines[reader.at]!
    if (line.text !== '' && !line.text.startsWith('#') && line.text !== '---') return line
  }
  return undefined
}

/** A text whose lines are kept (`|`) or joined (`>`): everything that is indented deeper than its key, with empty lines and what looks like a comment. */
function block(reader: Reader, style: string, indent: number): string {
  const lines: Line[] = []
  for (; reader.at < reader.lines.length; reader.at++) {
    const line = reader.lines[reader.at]!
    if (line.text !== '' && line.indent <= indent) break
    lines.push(line)
  }
  const margin = lines.find((line) => line.text !== '')?.indent ?? 0
  const text = lines
    .map((line) => line.written.slice(Math.min(margin, line.indent)))
    .join('\n')
    .trimEnd()
  return style === '|' ? text : text.replace(/(?<!\n)\n(?!\n)/g, ' ')
}

function scalar(reader: Reader, written: string, indent: number): unknown {
  if (written === '{}') return {}
  if (written === '[]') return []
  if (written === 'null' || written === '~') return null
  if (BLOCK.test(written)) return block(reader, written[0]!, indent)
  const parts: string[] = []
  // a text that goes on is indented deeper than its key
  for (let line = upcoming(reader); line && line.indent > indent; line = upcoming(reader)) {
    parts.push(line.text)
    reader.at++
  }
  return yamlScalar([written, ...parts].join(' '))
}

function value(reader: Reader, indent: number, depth: number): unknown {
  const first = upcoming(reader)
  if (first === undefined || depth > DEPTH) return null
  return first.text === '-' || first.text.startsWith('- ')
    ? list(reader, indent, depth)
    : mapping(reader, indent, depth)
}

function list(reader: Reader, indent: number, depth: number): unknown[] {
  const out: unknown[] = []
  for (;;) {
    const line = upcoming(reader)
    if (line === undefined || line.indent !== indent || !/^-(?: |$)/.test(line.text)) return out
    const rest = line.text.slice(1).trimStart()
    if (MEMBER.test(rest)) {
      // the first member stands behind the dash, the others below it
      const inner = indent + line.text.length - rest.length
      reader.lines[reader.at] = { indent: inner, text: rest, written: line.written }
      out.push(mapping(reader, inner, depth + 1))
    } else {
      reader.at++
      out.push(rest === '' ? below(reader, indent, depth) : scalar(reader, rest, indent))
    }
  }
}

function below(reader: Reader, indent: number, depth: number): unknown {
  const next = upcoming(reader)
  if (next === undefined) return null
  // a list may stand as deep as its key
  const dashed = next.indent === indent && next.text.startsWith('-')
  return next.indent > indent || dashed ? value(reader, next.indent, depth + 1) : null
}

function mapping(reader: Reader, indent: number, depth: number): Record<string, unknown> {
  const out: [string, unknown][] = []
  for (;;) {
    const line = upcoming(reader)
    if (line === undefined || line.indent !== indent) break
    const m = MEMBER.exec(line.text)
    if (!m) break
    reader.at++
    const written = m[2]?.trim() ?? ''
    out.push([
      yamlScalar(m[1]!),
      written === '' ? below(reader, indent, depth) : scalar(reader, written, indent),
    ])
  }
  return Object.fromEntries(out)
}

/** Undefined where the text is not of this kind to its end. */
export function readYaml(text: string): unknown {
  const reader = { lines: linesOf(text), at: 0 }
  const first = upcoming(reader)
  if (first === undefined) return undefined
  const read = value(reader, first.indent, 0)
  return upcoming(reader) === undefined ? read : undefined
}
