import type { Context } from '../../schemas/context.ts'
import type { SourceRecord } from '../../schemas/source-record.ts'
import type { Catalogue } from './catalogue.ts'
import type { Input } from './input.ts'
import { readable } from './overlap.ts'
import { isRecord, type Survey } from './survey.ts'
import { isSame } from './tails.ts'

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
    const record = await nthRecord(found, input, known.length)
    if (record && ends.some((tail) => isSame(record, tail))) return { ...context, head: whole }
  }
  return undefined
}

async function nthRecord(
  found: Recorded,
  input: Input,
  nth: number,
): Promise<SourceRecord | undefined> {
  let left = nth
  for await (const items of readable(found, input))
    for (const item of items) if (isRecord(item) && --left === 0) return item
  return undefined
}
