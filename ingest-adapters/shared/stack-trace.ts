/**
 * The exception that stands in the lines behind a log line: Java (`java.lang.Throwable#printStackTrace`) and
 * Python (https://docs.python.org/3/library/traceback.html).
 */
import type { Fields } from '../../schemas/source-record.ts'

const FRAME = /^\s+(?:at |\.\.\. \d+ (?:more|common frames))|^\s*Caused by: /
const JAVA_EXCEPTION =
  /^\s*(?:Exception in thread "[^"]*" |Caused by: |Wrapped by: )?((?:[\w$]+[./])*[A-Z][\w$]*)(?:: (.*))?$/
const JAVA_IN_TEXT =
  /(?:^|[\s:(])((?:[\w$]+\.)+[A-Z][\w$]*(?:Exception|Error|Throwable|Failure))(?:: (.*))?$/
const PYTHON_EXCEPTION = /^([A-Za-z_][\w.]*)(?:: (.*))?$/
const TRACEBACK = 'Traceback (most recent call last):'
const LONGEST = 1000
const SAYS_NOTHING =
  /^(?:null|none|error|exception|an error occurred|unhandled exception|unexpected error|exception occurred)?[.:!]?$/i

interface Exception {
  type?: string
  message?: string
  /** The line that tells type and message. */
  line?: string
  trace: string
}

/** The exception in the lines after the first, of which `message` is the text. */
function javaException(message: string, lines: readonly string[]): Exception | undefined {
  const frame = lines.findIndex((line) => FRAME.test(line.slice(0, LONGEST)))
  if (frame < 0) return undefined
  for (let i = frame - (lines[frame]!.trimStart().startsWith('Caused') ? 0 : 1); i >= 0; i--) {
    const m = JAVA_EXCEPTION.exec(lines[i]!.slice(0, LONGEST))
    if (!m) continue
    const found: Exception = { type: m[1]!, line: m[0].trim(), trace: lines.slice(i).join('\n') }
    if (m[2]) found.message = m[2]
    return found
  }
  const m = JAVA_IN_TEXT.exec(message.slice(-400))
  const trace = lines.slice(frame).join('\n')
  if (!m) return { trace }
  return m[2] ? { type: m[1]!, message: m[2], trace } : { type: m[1]!, trace }
}

function pythonException(message: string, lines: readonly string[]): Exception | undefined {
  const all = message.includes(TRACEBACK) ? [TRACEBACK, ...lines] : lines
  const first = all.findIndex((line) => line.startsWith(TRACEBACK))
  if (first < 0) return undefined
  const trace = all.slice(first).join('\n').trimEnd()
  // Python prints the causes first, each with a traceback of its own, and what was raised last.
  let found: Exception = { trace }
  let named = false
  for (let i = first; i < all.length; i++) {
    if (all[i]!.startsWith(TRACEBACK)) named = false
    const m = named ? null : PYTHON_EXCEPTION.exec(all[i]!.slice(0, LONGEST))
    if (!m || !all[i - 1]?.startsWith(' ')) continue
    named = true
    found = { type: m[1]!, line: m[0], trace }
    if (m[2]) found.message = m[2]
  }
  return found
}

/**
 * Puts the exception of the lines behind a record's first into its fields. Gives the message: the first line's text,
 * and where that says nothing the line that names the exception, or the next line that has something in it.
 */
export function describeException(
  message: string,
  lines: readonly string[],
  fields: Fields,
): string {
  const found = javaException(message, lines) ?? pythonException(message, lines)
  if (found) {
    fields['error.stack_trace'] = found.trace
    if (found.type) fields['error.type'] = found.type
    if (found.message) fields['error.message'] = found.message
  }
  const text = message.startsWith(TRACEBACK) ? '' : message
  if (!SAYS_NOTHING.test(text)) return text
  const more =
    found?.line ?? (text === '' ? lines.find((line) => line.trim() !== '')?.trim() : undefined)
  return more === undefined
    ? message
    : text === ''
      ? more
      : `${text.replace(/[.:!]$/, '')}: ${more}`
}
