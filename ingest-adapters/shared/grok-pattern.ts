/**
 * Grok patterns (https://www.elastic.co/docs/reference/logstash/plugins/plugins-filters-grok): regular expressions with `%{NAME}`, `%{NAME:field}` and
 * `%{NAME:field:int}` in them, where a field may be written `log.level` or `[log][level]`.
 */
import { GROK_NAMES } from './grok-names.ts'
import { checkCost } from './pattern-cost.ts'
import { BadPattern, readSyntax } from './pattern-syntax.ts'

export interface Capture {
  /** As written, `[a][b]` as `a.b`. */
  name: string
  isNumber: boolean
}

export interface GrokPattern {
  /** Matches at `lastIndex`. */
  regex: RegExp
  /** What each group is. */
  captures: readonly Capture[]
}

const REFERENCE = /%\{(\w+)(?::([^:}]*))?(?::([^}]*))?\}/g
const DEEPEST = 20
const LONGEST = 20_000
/** Whether a field of a type is a number. */
const TYPES: ReadonlyMap<string, boolean> = new Map([
  ['int', true],
  ['long', true],
  ['float', true],
  ['string', false],
])

/** A pattern, ready to match. `own` are the names that its file defines. @throws BadPattern */
export function grokPattern(text: string, own: ReadonlyMap<string, string>): GrokPattern {
  const { tree, source, ignoreCase, names } = readSyntax(expand(text, own, 0))
  checkCost(tree)
  return {
    regex: new RegExp(source, ignoreCase ? 'iym' : 'ym'),
    captures: names.map((written) => {
      const [name, type] = written.split(':') as [string, string?]
      return { name: fieldName(name), isNumber: type !== undefined && TYPES.get(type)! }
    }),
  }
}

function expand(text: string, own: ReadonlyMap<string, string>, depth: number): string {
  if (depth > DEEPEST) throw new BadPattern('its names are defined by one another without end')
  const whole = text.replace(REFERENCE, (_, name: string, field?: string, type?: string) => {
    const definition =
      own.get(name) ?? (Object.hasOwn(GROK_NAMES, name) ? GROK_NAMES[name] : undefined)
    if (definition === undefined)
      throw new BadPattern(
        `there is no pattern called ${name}: define it with a line \`define: ${name} …\`, or write what it stands for`,
      )
    if (type !== undefined && !TYPES.has(type))
      throw new BadPattern(`${type} is no type of a field: there are int, float and string`)
    const inner = expand(definition, own, depth + 1)
    return field ? `(?<${type ? `${field}:${type}` : field}>${inner})` : `(?:${inner})`
  })
  if (whole.length > LONGEST)
    throw new BadPattern(`it is longer than ${LONGEST} characters when its names are written out`)
  return whole
}

const NESTED = /^(?:\[[\w@-]+\])+$/
const PLAIN = /^[\w@-]+(?:\.[\w@-]+)*$/

function fieldName(written: string): string {
  if (PLAIN.test(written)) return written
  if (NESTED.test(written)) return written.slice(1, -1).replaceAll('][', '.')
  throw new BadPattern(`${written} is no name of a field: write log.level or [log][level]`)
}
