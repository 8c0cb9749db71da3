import type { File, Item } from '../../ingest-adapters/adapter.ts'
import type { Loaded } from '../../ingest-adapters/load.ts'
import { MASK } from '../../schemas/erasure.ts'
import { isCut, OF_THE_FILE } from '../../schemas/rejection.ts'
import type { SourceRecord } from '../../schemas/source-record.ts'
import type { DeadLetter } from './dead-letters.ts'
import { placeOf } from './input.ts'
import { readItems } from './read-items.ts'
import { isRecord } from './survey.ts'

/** A record that was refused once, and the ids of the dead letters that it was. */
export interface Mended {
  record: SourceRecord
  letters: readonly string[]
  /** Where the clock stood before it, where lines told the date. */
  day?: number
  clock?: number
}

export interface Tried {
  mended: Mended[]
  /** Dead letters that the adapter takes for lines that describe the file. */
  described: string[]
}

/** Whether what is kept of a dead letter is all that its adapter needs. A document may be of bytes that the text of it does not tell. */
export const isTriable = ({ letter }: DeadLetter, loaded: Loaded | undefined): boolean =>
  loaded !== undefined &&
  !isCut(letter) &&
  // Its event would not be the one of its file, whose bytes would come in whole.
  !letter.raw.includes(MASK) &&
  !OF_THE_FILE.has(letter.reason) &&
  letter.reason !== 'line-too-long' &&
  letter.reason !== 'document-too-large' &&
  // oxlint-disable-next-line no-control-regex
  (loaded.adapter.unit !== 'document' || /^[\0-\x7f]*$/.test(letter.raw))

/** Whether a dead letter goes on where the ones before it end: a record and lines that belong to it may have been refused one by one. */
export function goesOn(
  run: readonly DeadLetter[],
  { letter }: DeadLetter,
  { adapter }: Loaded,
): boolean {
  if (adapter.unit !== 'lines' || !adapter.begins) return false
  return letter.first === run.at(-1)!.letter.last + 1 && !adapter.begins(letter.raw)
}

/** Reads refused texts, of which each begins where the one before it ends, with the adapter of today. */
export async function tryAgain(run: readonly DeadLetter[], { adapter }: Loaded): Promise<Tried> {
  const { path, first } = run[0]!.letter
  const text = Buffer.from(run.map(({ letter }) => letter.raw).join('\n'))
  const input = {
    path,
    ...placeOf(path),
    async *open() {
      yield text
    },
  }
  const file: File = { name: input.name, folder: input.folder, companions: [] }
  const items: Item[] = []
  for await (const some of readItems(input, adapter, file)) items.push(...some)
  const isWhole = adapter.unit !== 'lines'
  /** The dead letters whose lines an item has. */
  const of = (item: Item): DeadLetter[] => {
    if (isWhole) return [...run]
    const begin = first + item.line - 1
    const end = begin + linesOf(item)
    return run.filter(({ letter }) => letter.first < end && letter.last >= begin)
  }
  const bad = new Set(items.filter((item) => 'rejected' in item).flatMap(of))
  const tried: Tried = { mended: [], described: [] }
  for (const item of items) {
    const letters = of(item)
    if (letters.some((letter) => bad.has(letter))) continue
    const ids = letters.map(({ letter }) => letter.id)
    if (!isRecord(item)) tried.described.push(...ids)
    else {
      const { day, clock } = run[0]!.letter
      const record = { ...item, line: item.line + first - 1 }
      const at = day === undefined || clock === undefined ? {} : { day, clock }
      tried.mended.push({ record, letters: ids, ...at })
    }
  }
  return tried
}

function linesOf(item: Item): number {
  if ('context' in item) return item.context
  return ('rejected' in item ? item.rejected : item.original).split('\n').length
}
