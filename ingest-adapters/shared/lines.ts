import type { Reason } from '../../schemas/rejection.ts'
import type { Head, Item } from '../adapter.ts'

/** A record of one or several physical lines. */
export interface Group {
  head: string
  /** All its lines, joined by newlines, without blank lines at the end. */
  text: string
  /** Number of its first line. */
  line: number
  /** How many lines `text` has. */
  count: number
}

/**
 * Joins each line that begins a record with those after it. What stands before the first is yielded line by line as a rejection,
 * blank lines that are in no record as context.
 */
export function* groups(
  lines: readonly string[],
  first: number,
  begins: (line: string) => boolean,
): Generator<Group | Item> {
  let i = 0
  for (; i < lines.length && !begins(lines[i]!); i++) {
    if (isBlank(lines[i]!)) yield { context: 1, line: first + i }
    else yield { rejected: lines[i]!, reason: 'orphan-continuation', line: first + i }
  }
  while (i < lines.length) {
    let next = i + 1
    while (next < lines.length && !begins(lines[next]!)) next++
    let end = next
    while (end > i + 1 && isBlank(lines[end - 1]!)) end--
    const text = end === i + 1 ? lines[i]! : lines.slice(i, end).join('\n')
    yield { head: lines[i]!, text, line: first + i, count: end - i }
    if (end < next) yield { context: next - end, line: first + end }
    i = next
  }
}

/** A reader of blocks of lines that gives each group to `read`. */
export const readGroups = (
  begins: (line: string) => boolean,
  read: (group: Group) => Iterable<Item>,
): ((lines: readonly string[], first: number) => Generator<Item>) =>
  function* (lines, first) {
    for (const group of groups(lines, first, begins)) {
      if (isGroup(group)) yield* read(group)
      else yield group
    }
  }

/** A group that is no record, line by line: its first line for the reason, the rest as continuations of what is not there. */
export function* refuse(group: Group, reason: Reason): Generator<Item> {
  for (const [i, line] of group.text.split('\n').entries()) {
    yield { rejected: line, reason: i === 0 ? reason : 'orphan-continuation', line: group.line + i }
  }
}

export const isGroup = (value: Group | Item): value is Group => 'head' in value

const BLANK = /^\s*$/
export const isBlank = (line: string): boolean => line === '' || BLANK.test(line)

/**
 * Whether the head's lines are of a format: at least `share` of those that are not indented satisfy `matches`
 * (a stack trace between them is indented or foreign), and at least one does.
 */
export function mostLines(head: Head, matches: (line: string) => boolean, share = 0.5): boolean {
  let of = 0
  let hits = 0
  for (const line of head.lines.slice(0, 200)) {
    const hit = matches(line)
    if (hit) hits++
    if (hit || !/^\s/.test(line)) of++
  }
  return hits > 0 && hits >= of * share
}

/** How many newlines a text has from one place to another. */
export function newlinesBetween(text: string, from: number, to: number): number {
  let count = 0
  for (let i = from; i < to; i++) if (text.charCodeAt(i) === 10) count++
  return count
}
