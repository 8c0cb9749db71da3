/** Texts for people in which a monitoring system writes `Label: value` lines. */

const LABELLED = /^[\s*-]{0,8}([A-Za-z][A-Za-z0-9 /._-]{0,40}?)[ \t]*:(?:[ \t]+(.*))?$/

/** The values by label, in lower case; the first of each counts. */
export function labelledLines(lines: readonly string[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const line of lines) {
    const m = LABELLED.exec(line)
    const label = m?.[1]?.toLowerCase()
    if (label !== undefined && m?.[2] && !values.has(label)) values.set(label, m[2].trim())
  }
  return values
}
