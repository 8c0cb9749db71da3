import type { File, Head, Item, JsonAdapter } from '../../ingest-adapters/adapter.ts'
import type { Loaded } from '../../ingest-adapters/load.ts'
import type { Context } from '../../schemas/context.ts'
import type { SourceRecord } from '../../schemas/source-record.ts'
import { HEAD_RECORDS } from './catalogue.ts'
import { surveyClocks } from './clock-survey.ts'
import { isBinary, isEmpty, openHead } from './head.ts'
import { hash } from './identity.ts'
import type { Input } from './input.ts'
import { jsonValues } from './json-values.ts'
import { TELLING, type Passages } from './passages.ts'
import { readItems } from './read-items.ts'
import { recognize } from './recognize.ts'
import { sequence } from './sequence.ts'
import type { TailFollower } from './tails.ts'
import { surveyStamps, type StampFindings } from './stamp-survey.ts'

const SURELY_LATER = 10 * 366 * 86_400

/** What the first pass over a file found. */
export type Survey =
  | {
      path: string
      outcome: 'unreadable' | 'unrecognized' | 'binary' | 'empty'
      reason: string
      id: string
    }
  | { path: string; outcome: 'describes'; loaded: Loaded; facts: unknown }
  | {
      path: string
      outcome: 'records'
      loaded: Loaded
      file: File
      head: string[]
      first: number
      /** `seconds` of the stamps of its first records, as many as tell where it goes on. */
      begins: number[]
      findings: StampFindings
      /** Whether the order of the lines is that of time: newest first says nothing of a line that is earlier than the one before. */
      forward: boolean
      /** The file's stream in the catalogue, and the turns from its first record to the file's; known before the second pass. */
      stream?: string | undefined
      shift?: number
      context?: Context
      /** Where it may go on into other streams. */
      passages?: Passages
      /** Of a file of lines that begins where its stream does. */
      tail?: TailFollower
    }

/** Which adapter reads an input, and what its first records and its stamps tell. Only files whose stamps lack something are read to the end. */
export async function survey(
  input: Input,
  adapters: readonly Loaded[],
  nowMs: number,
): Promise<Survey> {
  const { path } = input
  const file: File = { name: input.name, folder: input.folder, companions: [] }
  let head: Head
  try {
    head = await openHead(input, file)
  } catch (error) {
    return { path, outcome: 'unreadable', reason: (error as Error).message, id: hash(path) }
  }
  if (isEmpty(head)) return { path, outcome: 'empty', reason: 'the file is empty', id: hash(path) }
  const loaded = recognize(adapters, head)
  if (!loaded) return unrecognized(path, head, adapters)
  const { adapter } = loaded
  const facts =
    adapter.unit === 'json' && adapter.describes ? await described(adapter, head, input) : undefined
  if (facts !== undefined) return { path, outcome: 'describes', loaded, facts }
  const hashes: string[] = []
  const begins: number[] = []
  const stamps = surveyStamps(new Date(nowMs).getUTCFullYear() + 1)
  const clocks = surveyClocks()
  const dated: number[] = []
  const follow = sequence()
  let before: number | undefined
  let ups = 0
  let downs = 0
  try {
    reading: for await (const items of readItems(input, adapter, file)) {
      for (const item of items) {
        if ('date' in item && item.date) stamps.heading(item.date)
        if (!isRecord(item)) continue
        if (hashes.length < HEAD_RECORDS) hashes.push(hash(item.original))
        else if (!stamps.needed() && !clocks.needed() && !adapter.twoClocks) break reading
        if (begins.length < TELLING) begins.push(item.time.seconds)
        if (dated.length < HEAD_RECORDS && !item.time.lacks) dated.push(item.time.seconds)
        clocks.add(item)
        if (before !== undefined && item.time.seconds > before) ups++
        if (before !== undefined && item.time.seconds < before) downs++
        before = item.time.seconds
        stamps.add(item.time, item.time.lacks ? (follow(item.time, '').turn ?? 0) : 0)
      }
    }
  } catch (error) {
    if (hashes.length === 0)
      return { path, outcome: 'unreadable', reason: (error as Error).message, id: hash(path) }
  }
  return {
    path,
    outcome: 'records',
    loaded,
    file,
    head: hashes,
    first: begins[0] ?? 0,
    begins,
    findings: { ...stamps.finish(), ...clocks.finish(), ...laterOf(dated) },
    forward: downs < 5 || downs <= ups * 3,
  }
}

/** By the stamp in the middle: a wild one here and there says nothing. */
function laterOf(dated: number[]): Pick<StampFindings, 'later'> {
  const middle = dated.sort((a, b) => a - b)[dated.length >> 1]
  return middle !== undefined && middle > SURELY_LATER ? { later: true } : {}
}

function unrecognized(path: string, head: Head, adapters: readonly Loaded[]): Survey {
  const id = hash(Buffer.from(head.bytes).toString('latin1'))
  if (isBinary(head))
    return { path, outcome: 'binary', reason: 'no adapter reads this binary file', id }
  const advice = adapters.map(({ adapter }) => adapter.advises?.(head)).find(Boolean)
  return {
    path,
    outcome: 'unrecognized',
    reason: `no line begins with a time stamp, and no format fits${advice === undefined ? '' : `: ${advice}`}`,
    id,
  }
}

async function described(adapter: JsonAdapter, head: Head, input: Input): Promise<unknown> {
  const values: unknown[] = []
  try {
    if (adapter.describes!(head, head.values) === undefined) return undefined
    for await (const some of jsonValues(input.open())) {
      for (const value of some) if (!('rejected' in value)) values.push(value.value)
    }
    return adapter.describes!(head, values)
  } catch {
    // Half a description describes nothing: the file is read as records, which tells what is wrong with it.
    return undefined
  }
}

export const isRecord = (item: Item): item is SourceRecord => 'time' in item
