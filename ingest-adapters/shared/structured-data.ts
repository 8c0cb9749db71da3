/** STRUCTURED-DATA of RFC 5424 6.3, `[id name="value"][id2 …]`: in a value, `\"`, `\\` and `\]` are escaped. */
import type { Fields } from '../../schemas/source-record.ts'

const ELEMENT = /\[([^\s="\]]{1,128})/y
const PARAMETER = / +([^\s="\]]{1,128})="([^"\\]*(?:\\.[^"\\]*)*)"/y
const ESCAPED = /\\(["\\\]])/g
const PARAMETERS = 40

/** Puts the parameters at `at` into `fields` and returns the place after them: `at` itself where none stand there. */
export function structuredData(text: string, at: number, fields: Fields): number {
  if (text[at] === '-') return at + 1
  const found: [string, string][] = []
  let end = at
  while (text.charCodeAt(end) === 91) {
    ELEMENT.lastIndex = end
    const element = ELEMENT.exec(text)
    if (!element) break
    let i = ELEMENT.lastIndex
    for (;;) {
      PARAMETER.lastIndex = i
      const m = PARAMETER.exec(text)
      if (!m) break
      i = PARAMETER.lastIndex
      if (m[2] !== '' && found.length < PARAMETERS)
        found.push([`${element[1]}.${m[1]}`, m[2]!.replace(ESCAPED, '$1')])
    }
    while (text.charCodeAt(i) === 32) i++
    if (text.charCodeAt(i) !== 93) break
    end = i + 1
  }
  if (end === at) return at
  for (const [name, value] of found) {
    const key = `log.syslog.structured_data.${name}`
    fields[key] = key in fields ? `${fields[key]}, ${value}` : value
  }
  return end
}
