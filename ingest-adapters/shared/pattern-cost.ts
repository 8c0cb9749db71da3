/**
 * Whether matching a pattern takes time that grows no faster than the line does. A matcher tries one exit of a loop after the other, so what counts is which loops
 * can be left at more than one place: where the character after the loop may also be one of the loop's. `[^ ]+ ` cannot; `.*? ` can, and whatever
 * follows is tried behind each space.
 */
import { ANY, BadPattern, type Chars, type Node } from './pattern-syntax.ts'

/** How often something is tried at most: so often on every line, so often for each of its characters, and more than that. */
interface Tries {
  fixed: number
  perCharacter: number
  isMore: boolean
}

/** What follows a place in a pattern. */
interface Rest {
  /** The characters with which it can go on. */
  next: Chars
  /** Whether it matches wherever it is tried: then nothing before it is tried again. */
  sure: boolean
  /** Whether it is the end of the line and nothing else: to there, a loop of any characters always comes. */
  isLineEnd?: boolean
  /** In how many ways it can match or begin to. */
  ways: Tries
  /** What one try of it costs: its ways, and the characters that its loops go through. */
  steps: Tries
}

/** A loop of at most so many rounds costs a constant. */
const FEW = 16
/** What a line may cost, whatever its length, and for each of its characters. */
const MOST_TIMES = 2_000_000
const MOST_TIMES_PER_CHARACTER = 2000

const ONCE: Tries = { fixed: 1, perCharacter: 0, isMore: false }
const EVERYWHERE: Tries = { fixed: 0, perCharacter: 1, isMore: false }
const END: Rest = { next: 0n, sure: true, ways: ONCE, steps: ONCE }

const most = (a: Tries, b: Tries): Tries => ({
  fixed: Math.max(a.fixed, b.fixed),
  perCharacter: Math.max(a.perCharacter, b.perCharacter),
  isMore: a.isMore || b.isMore,
})
const sum = (a: Tries, b: Tries): Tries => ({
  fixed: a.fixed + b.fixed,
  perCharacter: a.perCharacter + b.perCharacter,
  isMore: a.isMore || b.isMore,
})
const product = (a: Tries, b: Tries): Tries => ({
  fixed: a.fixed * b.fixed,
  perCharacter: a.fixed * b.perCharacter + a.perCharacter * b.fixed,
  isMore: a.isMore || b.isMore || a.perCharacter * b.perCharacter > 0,
})
const times = (count: number): Tries => ({ ...ONCE, fixed: count })

const REMEDY =
  'say which characters each part takes, such as [^ ]+ or [^\\]]* in place of .* or %{DATA}, so that the character behind it is none of them'

const TOO_LONG = `it would take too long on some lines, because several parts of it can end at more than one place: ${REMEDY}`

/** @throws BadPattern where the time would grow faster than the line. */
export function checkCost(tree: Node): void {
  const { fixed, perCharacter, isMore } = before(tree, END).steps
  if (isMore || fixed > MOST_TIMES || perCharacter > MOST_TIMES_PER_CHARACTER)
    throw new BadPattern(TOO_LONG)
}

/** What a matcher meets at the beginning of `node` when `rest` follows it. */
function before(node: Node, rest: Rest): Rest {
  switch (node.kind) {
    case 'chars':
      return { ...rest, next: node.chars, sure: false, isLineEnd: false }
    case 'place':
      return {
        ...rest,
        steps: sum(rest.steps, times(looks(node))),
        next: node.next ?? (rest.sure ? ANY : rest.next),
        sure: false,
        isLineEnd: node.next !== undefined && rest.sure,
      }
    case 'all':
      return node.of.reduceRight((after, one) => before(one, after), rest)
    case 'any': {
      const branches = node.of.map((one) => before(one, rest))
      const together = areApart(node.of, rest) ? most : sum
      return {
        next: branches.reduce((chars, { next }) => chars | next, 0n),
        sure: branches.some(({ sure }) => sure),
        ways: branches.map(({ ways }) => ways).reduce(together),
        steps: branches.map(({ steps }) => steps).reduce(together),
      }
    }
    case 'loop':
      return beforeLoop(node, rest)
  }
}

function beforeLoop({ body, min, max }: Node & { kind: 'loop' }, rest: Rest): Rest {
  const { chars, canBeEmpty } = firstOf(body)
  const isLong = max > FEW
  const comes =
    rest.sure || (rest.isLineEnd === true && max === Infinity && (chars | rest.next) === ANY)
  if (isLong && canBeEmpty) throw new BadPattern(`it repeats what may be empty: ${REMEDY}`)
  const again = max > 1 ? chars : 0n
  const inner = before(body, { ...END, next: again | rest.next, sure: max === 1 && rest.sure })
  const { ways } = inner
  // Rounds that can be cut in two ways double with every round.
  if ((ways.fixed > 1 && isLong) || ((ways.perCharacter > 0 || ways.isMore) && max > 1))
    throw new BadPattern(
      `it repeats a part that can itself end at more than one place, which takes for ever on some lines: ${REMEDY}`,
    )
  const rounds = max === 1 || isLong ? ways : times(ways.fixed ** max)
  const isOpen = min !== max && !rest.sure && (chars & rest.next) !== 0n
  const exits = !isOpen ? ONCE : max === Infinity ? EVERYWHERE : times(max - min + 1)
  const own = product(rounds, exits)
  // A loop that ends at one place goes through the line all the same; before what always matches it does so once.
  const through = comes ? ONCE : max === Infinity ? EVERYWHERE : times(isLong ? max : 1)
  return {
    next: min === 0 || canBeEmpty ? chars | rest.next : chars,
    sure: min === 0 && comes,
    ways: product(own, rest.ways),
    steps: [through, inner.steps, product(through, times(looks(body)))].reduce(
      most,
      product(own, rest.steps),
    ),
  }
}

/** What the looks around in a node cost. Each is tried at one place, and nothing in it again once it has matched. */
function looks(node: Node): number {
  switch (node.kind) {
    case 'chars':
      return 0
    case 'place': {
      if (!node.inner) return 0
      checkLook(node.inner)
      const { fixed } = before(node.inner, END).steps
      if (fixed > MOST_TIMES_PER_CHARACTER) throw new BadPattern(TOO_LONG)
      return fixed
    }
    case 'loop':
      return looks(node.body)
    default:
      return node.of.reduce((cost, one) => cost + looks(one), 0)
  }
}

/** What it looks for must not be long. */
function checkLook(node: Node): void {
  if (node.kind === 'loop' && node.max > FEW)
    throw new BadPattern(
      `a look around may repeat at most ${FEW} times: write {0,${FEW}} in place of *`,
    )
  if (node.kind === 'loop') checkLook(node.body)
  if (node.kind === 'all' || node.kind === 'any') node.of.forEach(checkLook)
}

function firstOf(node: Node): { chars: Chars; canBeEmpty: boolean } {
  switch (node.kind) {
    case 'chars':
      return { chars: node.chars, canBeEmpty: false }
    case 'place':
      return { chars: 0n, canBeEmpty: true }
    case 'loop': {
      const { chars, canBeEmpty } = firstOf(node.body)
      return { chars, canBeEmpty: canBeEmpty || node.min === 0 }
    }
    case 'any': {
      const all = node.of.map(firstOf)
      return {
        chars: all.reduce((sum, one) => sum | one.chars, 0n),
        canBeEmpty: all.some((one) => one.canBeEmpty),
      }
    }
    case 'all': {
      let chars = 0n
      for (const one of node.of) {
        const first = firstOf(one)
        chars |= first.chars
        if (!first.canBeEmpty) return { chars, canBeEmpty: false }
      }
      return { chars, canBeEmpty: true }
    }
  }
}

/** Whether no text begins as two of the branches do. */
function areApart(branches: readonly Node[], rest: Rest): boolean {
  return branches.every((a, i) => branches.slice(i + 1).every((b) => isApart(a, b, rest)))
}

function isApart(a: Node, b: Node, rest: Rest): boolean {
  const [x, y] = [a, b].map((node) => (node.kind === 'all' ? node.of : [node])) as [
    readonly Node[],
    readonly Node[],
  ]
  for (let i = 0; ; i++) {
    const [p, q] = [x[i], y[i]]
    const [first, second] = [p, q].map((node, side) => {
      const tail: Node = { kind: 'all', of: (side === 0 ? x : y).slice(i) }
      const { chars, canBeEmpty } = node ? firstOf(tail) : { chars: 0n, canBeEmpty: true }
      return canBeEmpty ? chars | (rest.sure ? ANY : rest.next) : chars
    }) as [Chars, Chars]
    if ((first & second) === 0n) return true
    if (p?.kind !== 'chars' || q?.kind !== 'chars') return false
  }
}
