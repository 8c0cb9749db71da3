import type { Context } from '../../schemas/context.ts'
import type { Tail } from '../../schemas/tail.ts'
import { HEAD_RECORDS, type Catalogue } from './catalogue.ts'
import type { Input } from './input.ts'
import { readable } from './overlap.ts'
import { isRecord, type Survey } from './survey.ts'
import { endsBefore, goesOn, mayEnd } from './tails.ts'

type Recorded = Survey & { outcome: 'records' }

/**
 * The stream of a short file of which the last record was broken off: without that one its first records are those of this file, where it goes on.
 * It is given without that one, as it is known again from now on.
 */
export async function findGrown(
  { all, tails }: Catalogue,
  found: Recorded,
  input: Input,
): Promise<Context | undefined> {
  const { head, first } = found
  for (const context of all(found.loaded.name)) {
    const known = context.head
    if (context.first !== first || known.length === 0 || known.length > head.length) continue
    const whole = known.slice(0, -1)
    const ends = tails.all(context.file).filter(({ text }) => text.hash === known.at(-1))
    if (ends.length === 0 || !whole.every((hash, i) => hash === head[i])) continue
    if (await hasGrown(ends, found, input)) return { ...context, head: whole }
  }
  return undefined
}

/** Whether one of a file's first records is such an end, and goes on or has others after it. */
async function hasGrown(ends: readonly Tail[], found: Recorded, input: Input): Promise<boolean> {
  let left = HEAD_RECORDS
  let last: readonly Tail[] = []
  for await (const items of readable(found, input)) {
    for (const item of items) {
      if (last.some((end) => endsBefore(item, end))) return true
      last = []
      if (!isRecord(item)) continue
      if (ends.some((end) => goesOn(item, end))) return true
      last = ends.filter((end) => mayEnd(item, end))
      if (--left === 0) return false
    }
  }
  return false
}
