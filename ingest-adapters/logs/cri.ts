/**
 * Container logs of Kubernetes (CRI), https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md:
 * `2024-05-01T10:00:00.123456789Z stdout F message`. A long line comes in parts, tagged P, of which the last is tagged F; stdout and stderr run through
 * each other. Frames of a stack trace are lines of their own and belong to the line of their stream before them; other indented text is a line of
 * its own. The time is when the runtime got the line.
 */
import type { Fields, Stamp } from '../../schemas/source-record.ts'
import type { Item, LineAdapter } from '../adapter.ts'
import { describeInner } from '../shared/container-line.ts'
import { isoStamp } from '../shared/iso-stamp.ts'
import { isBlank, mostLines } from '../shared/lines.ts'
import { describeException } from '../shared/stack-trace.ts'

const LINE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S{0,16}) (stdout|stderr) ([PF])(?::\w+)*(?: |$)/
const FRAME =
  /^(?:\s+(?:at |from |\.\.\. \d|File "|\S{1,200}\.go:\d)|Caused by: |Traceback \(most recent call last\))/
const SHOWN = 240
const INDENTED = /^\s+\S/
const TRACEBACK = 'Traceback'
const PYTHON_EXCEPTION = /^[A-Za-z_][\w.]*(?:: |$)/

const isLine = (line: string): boolean => LINE.test(line)

function begins(line: string): boolean {
  const m = LINE.exec(line)
  return m !== null && !FRAME.test(line.slice(m[0].length, m[0].length + SHOWN))
}

/** A record that may still get parts and frames. */
interface Open {
  time: Stamp
  stream: string
  line: number
  /** Its physical lines. */
  lines: string[]
  /** The inner lines. */
  texts: string[]
  whole: boolean
}

export const adapter: LineAdapter = {
  title: 'Kubernetes container log (CRI)',
  unit: 'lines',
  recognizes: (head) => mostLines(head, isLine),
  begins,
  parse: () => {
    const open = new Map<string, Open>()
    return function* (lines, first) {
      for (let i = 0; i < lines.length; i++) {
        const text = lines[i]!
        const m = LINE.exec(text)
        if (!m) {
          yield isBlank(text)
            ? { context: 1, line: first + i }
            : { rejected: text, reason: 'not-a-record', line: first + i }
          continue
        }
        const [, , stream, tag] = m as unknown as [string, string, string, string]
        const inner = text.slice(m[0].length)
        const held = open.get(stream)
        if (held && (!held.whole || isFrame(held, inner))) extend(held, text, inner, tag)
        else {
          if (held) yield close(held)
          open.delete(stream)
          const time = isoStamp(text)
          if (time === undefined || time === 'impossible-time') {
            yield { rejected: text, reason: 'impossible-time', line: first + i }
            continue
          }
          open.set(stream, {
            time,
            stream,
            line: first + i,
            lines: [text],
            texts: [inner],
            whole: tag === 'F',
          })
        }
        // What the other stream has held back comes first, so that records keep the order of their first lines.
        const other = open.get(stream === 'stdout' ? 'stderr' : 'stdout')
        if (other?.whole) {
          open.delete(other.stream)
          yield close(other)
        }
      }
      // A part may be continued in the next block; at the end of the file nothing can come any more.
      if (lines.length > 0) return
      yield* [...open.values()].toSorted((a, b) => a.line - b.line).map(close)
      open.clear()
    }
  },
}

/** Whether a line goes on with a stack trace. Python's has lines of code between its frames; its last names the exception and is not indented. */
function isFrame(held: Open, inner: string): boolean {
  if (FRAME.test(inner.slice(0, SHOWN))) return true
  const { texts } = held
  const last = texts.at(-1)!
  if (!texts.slice(0, 2).some((text) => text.startsWith(TRACEBACK))) return false
  if (INDENTED.test(last)) return INDENTED.test(inner) || PYTHON_EXCEPTION.test(inner.slice(0, 200))
  return last.startsWith(TRACEBACK) && INDENTED.test(inner)
}

function extend(held: Open, text: string, inner: string, tag: string): void {
  held.lines.push(text)
  if (held.whole) held.texts.push(inner)
  else held.texts[held.texts.length - 1] += inner
  held.whole = tag === 'F'
}

function close({ time, stream, line, lines, texts }: Open): Item {
  const original = lines.join('\n')
  const fields: Fields = { 'labels.stream': stream }
  let message = describeInner(texts[0]!, fields)
  if (texts.length > 1) message = describeException(message, texts.slice(1), fields)
  return { time, message: message.trim() || '(empty line)', original, line, fields }
}
