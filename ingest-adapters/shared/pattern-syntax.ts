/**
 * Regular expressions as people write them for log formats, read into a tree: those of JavaScript, and of Oniguruma, in which grok patterns are
 * written (https://github.com/kkos/oniguruma/blob/master/doc/RE), as far as both mean the same: `(?>…)` and `++` become plain groups and quantifiers,
 * `[[:alpha:]]`, `\A` and `\Z` what JavaScript calls them. Groups may be named as ECS fields are.
 */

/** Which characters: a bit for each of ASCII, and one for all others. */
export type Chars = bigint
export const OTHERS = 1n << 128n
export const ANY: Chars = (1n << 129n) - 1n
const NEWLINE = 1n << 10n

export type Node =
  | { kind: 'chars'; chars: Chars }
  | { kind: 'all'; of: readonly Node[] }
  | { kind: 'any'; of: readonly Node[] }
  | { kind: 'loop'; body: Node; min: number; max: number }
  /** Takes no characters and may fail: `$`, `\b`, a look around. `inner` is what a look around looks for, in the order in which it is matched: a look behind goes backwards. */
  | { kind: 'place'; next: Chars | undefined; inner?: Node }

export interface Syntax {
  tree: Node
  /** As JavaScript writes it, with numbered groups only. */
  source: string
  ignoreCase: boolean
  /** The name of each group. */
  names: readonly string[]
}

/** What is wrong with a pattern, and what to write instead. */
export class BadPattern extends Error {}

const bit = (code: number): Chars => (code < 128 ? 1n << BigInt(code) : OTHERS)
function range(from: number, to: number): Chars {
  let chars = 0n
  for (let code = from; code <= Math.min(to, 127); code++) chars |= bit(code)
  return to > 127 ? chars | OTHERS : chars
}
const all = (text: string): Chars =>
  text.split('').reduce((sum, c) => sum | bit(c.charCodeAt(0)), 0n)

const DIGITS = range(48, 57)
const LETTERS = range(65, 90) | range(97, 122)
const CLASSES: Readonly<Record<string, Chars>> = {
  d: DIGITS,
  w: DIGITS | LETTERS | bit(95),
  s: all(' \t\n\r\v\f') | OTHERS,
}
const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, 0: 0 }
const POSIX: ReadonlyMap<string, readonly [string, Chars]> = new Map(
  Object.entries<readonly [string, Chars]>({
    alpha: ['A-Za-z', LETTERS],
    digit: ['0-9', DIGITS],
    alnum: ['A-Za-z0-9', LETTERS | DIGITS],
    upper: ['A-Z', range(65, 90)],
    lower: ['a-z', range(97, 122)],
    xdigit: ['A-Fa-f0-9', DIGITS | range(65, 70) | range(97, 102)],
    space: ['\\s', CLASSES['s']!],
    punct: ['!-\\/:-@\\[-`{-~', range(33, 47) | range(58, 64) | range(91, 96) | range(123, 126)],
  }),
)
const GROUP = /\((?:\?(?:<([^>=!][^>]*)>|(:|>)|(<?[=!])))?/y
const QUANTIFIER = /(?:([*+?])|\{(\d+)(,?)(\d*)\})([?+]?)/y
const ESCAPED = /\\(?:x([\dA-Fa-f]{2})|u([\dA-Fa-f]{4})|([dwsDWS])|([nrtfv0])(?!\d)|([^\dA-Za-z]))/y
const FLAG = '(?i)'

function backwards(node: Node): Node {
  switch (node.kind) {
    case 'all':
      return { kind: 'all', of: node.of.map(backwards).toReversed() }
    case 'any':
      return { kind: 'any', of: node.of.map(backwards) }
    case 'loop':
      return { ...node, body: backwards(node.body) }
    default:
      return node
  }
}

/** @throws BadPattern */
export function readSyntax(pattern: string): Syntax {
  const ignoreCase = pattern.startsWith(FLAG)
  const names: string[] = []
  let at = ignoreCase ? FLAG.length : 0
  let source = ''

  const match = (of: RegExp): RegExpExecArray | null => {
    of.lastIndex = at
    const m = of.exec(pattern)
    if (m) at = of.lastIndex
    return m
  }
  const fold = (chars: Chars): Chars => {
    if (!ignoreCase) return chars
    const upper = chars & range(65, 90)
    const lower = chars & range(97, 122)
    return chars | (upper << 32n) | (lower >> 32n)
  }

  function either(): Node {
    const of = [sequence()]
    while (pattern[at] === '|') {
      source += pattern[at++]
      of.push(sequence())
    }
    return of.length === 1 ? of[0]! : { kind: 'any', of }
  }

  function sequence(): Node {
    const of: Node[] = []
    while (at < pattern.length && pattern[at] !== '|' && pattern[at] !== ')') of.push(piece())
    return of.length === 1 ? of[0]! : { kind: 'all', of }
  }

  function piece(): Node {
    const body = atom()
    const m = match(QUANTIFIER)
    if (!m) return body
    if (body.kind === 'place')
      throw new BadPattern(`${m[0]} stands behind what takes no characters`)
    source += m[5] === '+' ? m[0].slice(0, -1) : m[0]
    const [min, max]: readonly [number, number] =
      m[1] === '*'
        ? [0, Infinity]
        : m[1] === '+'
          ? [1, Infinity]
          : m[1] === '?'
            ? [0, 1]
            : [Number(m[2]), m[3] === '' ? Number(m[2]) : m[4] === '' ? Infinity : Number(m[4])]
    return { kind: 'loop', body, min, max }
  }

  function atom(): Node {
    const c = pattern[at]!
    if (c === '(') return group()
    if (c === '[') return set()
    if (c === '\\') return escape()
    if (c === '*' || c === '+' || c === '?')
      throw new BadPattern(`${c} at ${at + 1} repeats nothing: write \\${c} for the character`)
    at++
    // A brace that is no quantifier is a brace, as in every other dialect.
    source += c === '{' || c === '}' || c === ']' ? `\\${c}` : c
    if (c === '.') return { kind: 'chars', chars: ANY & ~NEWLINE }
    if (c === '^') return { kind: 'place', next: undefined }
    if (c === '$') return { kind: 'place', next: NEWLINE }
    return { kind: 'chars', chars: fold(bit(c.charCodeAt(0))) }
  }

  function group(): Node {
    const opened = at + 1
    const m = match(GROUP)!
    const [text, name, , around] = m
    if (text === '(' && pattern[at] === '?')
      throw new BadPattern(
        `the group at ${opened} is of a kind that is not known here: there are (…), (?:…), (?<name>…), (?=…), (?!…), (?<=…) and (?<!…), and (?i) where a pattern begins`,
      )
    source += around ? text : name === undefined ? '(?:' : '('
    if (name !== undefined) names.push(name)
    const inner = either()
    if (pattern[at] !== ')') throw new BadPattern(`the group at ${opened} is not closed by )`)
    source += pattern[at++]
    if (!around) return inner
    return {
      kind: 'place',
      next: undefined,
      inner: around.startsWith('<') ? backwards(inner) : inner,
    }
  }

  function escape(): Node {
    if (/^\\[AZzbB]/.test(pattern.slice(at))) {
      const c = pattern[at + 1]!
      at += 2
      source += c === 'A' ? '^' : c === 'b' || c === 'B' ? `\\${c}` : '$'
      return { kind: 'place', next: c === 'Z' || c === 'z' ? NEWLINE : undefined }
    }
    const chars = escaped()
    return { kind: 'chars', chars: fold(chars) }
  }

  function escaped(): Chars {
    const m = match(ESCAPED)
    if (!m)
      throw new BadPattern(
        `${pattern.slice(at, at + 2)} at ${at + 1} is not known here: there are \\d \\w \\s \\b and their opposites, \\n \\t \\xHH \\uHHHH, and a \\ before a mark`,
      )
    source += m[0]
    if (m[1] ?? m[2]) return bit(parseInt((m[1] ?? m[2])!, 16))
    if (m[3]) {
      const known = CLASSES[m[3].toLowerCase()]!
      return m[3] === m[3].toLowerCase()
        ? known
        : m[3] === 'S'
          ? ANY & ~(known & ~OTHERS)
          : ANY & ~known
    }
    if (m[4]) return bit(CONTROLS[m[4]]!)
    return bit(m[5]!.charCodeAt(0))
  }

  function set(): Node {
    const opened = at + 1
    source += pattern[at++]
    const isNegated = pattern[at] === '^'
    if (isNegated) source += pattern[at++]
    let chars = 0n
    for (let first = true; pattern[at] !== ']' || first; first = false) {
      if (at >= pattern.length) throw new BadPattern(`the [ at ${opened} is not closed by ]`)
      const posix = /^\[:(\w+):\]/.exec(pattern.slice(at, at + 12))
      const known = POSIX.get(posix?.[1] ?? '')
      if (posix && known) {
        source += known[0]
        chars |= known[1]
        at += posix[0].length
        continue
      }
      const from = member()
      if (pattern[at] === '-' && pattern[at + 1] !== ']' && from.code !== undefined) {
        source += pattern[at++]
        const to = member()
        if (to.code === undefined || to.code < from.code)
          throw new BadPattern(`the [ at ${opened} has a range whose end is before its beginning`)
        chars |= range(from.code, to.code)
      } else chars |= from.chars
    }
    source += pattern[at++]
    const folded = fold(chars)
    return { kind: 'chars', chars: isNegated ? (ANY & ~folded) | OTHERS : folded }
  }

  /** One character of a set, or a class of them. */
  function member(): { chars: Chars; code?: number } {
    const c = pattern[at]!
    if (c !== '\\') {
      at++
      source += c === '[' || c === ']' ? `\\${c}` : c
      return { chars: bit(c.charCodeAt(0)), code: c.charCodeAt(0) }
    }
    const text = pattern.slice(at, at + 2)
    if (text === '\\b') throw new BadPattern('\\b is no character of a set')
    const before = at
    const chars = escaped()
    if (/[dwsDWS]/.test(text[1]!)) return { chars }
    const m = /^\\(?:x(..)|u(....)|(.))/.exec(pattern.slice(before, at))!
    const code = m[3] ? (CONTROLS[m[3]] ?? m[3].charCodeAt(0)) : parseInt((m[1] ?? m[2])!, 16)
    return { chars, code }
  }

  const tree = either()
  if (at < pattern.length)
    throw new BadPattern(`the ) at ${at + 1} closes nothing: write \\) for it`)
  return { tree, source, ignoreCase, names }
}
