/** The settings between two lines `---` at the beginning of a Markdown file: the plain part of YAML that people write there. */

export interface FrontMatter {
  /** Scalars without their quotes; a list as its elements joined by commas. */
  values: ReadonlyMap<string, string>
  body: string
}

const OPENED = /^\uFEFF?---[ \t]*\r?\n/
const CLOSED = /^---[ \t]*\r?$/m
// The end of the line is always reached, and a run of blanks gone through once: nothing here is tried again.
const MEMBER = /^([A-Za-z_][\w-]{0,60}):(?:[ \t]+(.*))?$/s
const ELEMENT = /^[ \t]*- +(.*)$/s
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
    const member = MEMBER.exec(line.trimEnd())
    const element = member ? null : ELEMENT.exec(line.trimEnd())
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

/** Undefined where a file does not begin with such a block, or it is not closed. */
export function frontMatter(text: string): FrontMatter | undefined {
  const opened = OPENED.exec(text)
  if (!opened) return undefined
  const rest = text.slice(opened[0].length)
  const closed = CLOSED.exec(rest)
  if (!closed) return undefined
  return {
    values: yamlMembers(rest.slice(0, closed.index).split('\n')),
    body: rest.slice(closed.index + closed[0].length).trim(),
  }
}
