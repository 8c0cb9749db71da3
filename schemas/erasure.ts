import { hash } from 'node:crypto'
import { fits } from './fits.ts'
import { Type, type Static } from './type.ts'
import { isParked, parkedEvent } from './rejection.ts'

/** What stands in the place of what was redacted. */
export const MASK = '[redacted]'

const Mask = Type.Object({
  /** A hash of the text for which the ranges hold: a message that was edited is one event with several texts. */
  of: Type.String(),
  /** From and to, in characters of the record as it came. What stands there is masked wherever the record has it; a range that is the whole masks everything. */
  ranges: Type.Array(Type.Tuple([Type.Integer(), Type.Integer()])),
})
export type Mask = Static<typeof Mask>

/** An event or a dead letter that is deleted for ever or, with masks, kept without what was redacted. What is erased never stands in it. */
export const Erasure = Type.Object({
  id: Type.String(),
  /** Of an event that is deleted, its instant: a file that begins with it is known again. */
  at: Type.Optional(Type.String()),
  masks: Type.Optional(Type.Array(Mask)),
})
export type Erasure = Static<typeof Erasure>

/** Put on the bus by `recount delete` and `recount redact`. It holds for everything with these ids, whenever that comes. */
export const ErasureBatch = Type.Object({
  erased: Type.Array(Erasure),
  /** The streams that hold records of what is masked: these go onto the timeline anew. */
  streams: Type.Array(Type.String()),
})
export type ErasureBatch = Static<typeof ErasureBatch>

/** All erasures of a workspace by id. */
export type Erasures = ReadonlyMap<string, Erasure>

/** What was deleted stays so; masks add up. What is none of ours is passed over: the normalizer makes a dead letter of it. */
export function addErasures(known: Map<string, Erasure>, batch: unknown): void {
  if (!fits(ErasureBatch, batch)) return
  const { erased } = batch
  for (const erasure of erased) {
    const before = known.get(erasure.id)
    if (!before || !erasure.masks) known.set(erasure.id, erasure)
    else if (before.masks)
      known.set(erasure.id, { ...before, masks: [...before.masks, ...erasure.masks] })
  }
}

/** A record of the bus, or a rejection. */
interface Erasable {
  id: string
  original?: string
  raw?: string
  message?: string
  stream?: string
  nativeId?: string
  time?: { original: string }
  fields?: Readonly<Record<string, string | number>>
}

/** What is left of a record or a rejection: the same object where nothing of it is erased, undefined where it is deleted. */
export function erased<T extends Erasable>(record: T, erasures: Erasures): T | undefined {
  const id: unknown = (record as T | null)?.id
  // Whoever can write to the bus can put there what is no record.
  if (typeof id !== 'string') return record
  const found = [erasures.get(id), isParked(id) && erasures.get(parkedEvent(id))]
  let masks: readonly Mask[] = []
  for (const erasure of found) {
    if (!erasure) continue
    if (!erasure.masks) return undefined
    masks = [...masks, ...erasure.masks]
  }
  let left = record
  // A mask may be of what an earlier one left.
  while (masks.length > 0) {
    const of = hashOf(left)
    const mask = masks.find((each) => each.of === of)
    if (!mask) break
    masks = masks.filter((each) => each !== mask)
    left = masked(left, mask.ranges)
  }
  return left
}

/** The records or rejections of a message; none where it is of neither kind, or none of ours. */
export function contentsOf(batch: unknown): readonly Erasable[] {
  const { records, rejections } = (batch ?? {}) as { records?: unknown; rejections?: unknown }
  const all = records ?? rejections
  return Array.isArray(all) ? (all as Erasable[]) : []
}

/** What is left of a message of records or of rejections: the same object where nothing of it is erased. */
export function leftOf<B>(batch: B, erasures: Erasures): B {
  const name = (batch as { records?: unknown } | null)?.records ? 'records' : 'rejections'
  const all = contentsOf(batch)
  const left = all.flatMap((each) => {
    const one = erased(each, erasures)
    return one === undefined ? [] : [one]
  })
  return left.length === all.length && left.every((each, i) => each === all[i])
    ? batch
    : { ...batch, [name]: left }
}

/** The mask that takes a text, in all its forms, out of a record or a rejection; undefined where that does not have it. */
export function maskFor(record: Erasable, forms: readonly string[]): Mask | undefined {
  if (!holds(record, forms)) return undefined
  const whole = wholeOf(record)
  const ranges = forms.flatMap((form): Mask['ranges'] => {
    const at = whole.indexOf(form)
    return at < 0 ? [] : [[at, at + form.length]]
  })
  const of = hashOf(record)
  return ranges.length > 0 && !holds(masked(record, ranges), forms)
    ? { of, ranges }
    : // It is written in a way that is not known here.
      { of, ranges: [[0, whole.length]] }
}

/** The ways in which formats write a text: as it is, escaped in JSON once or twice, in HTML, in a URL. */
export function formsOf(text: string): string[] {
  const json = inJson(text)
  const ascii = json.replace(
    /[\u0080-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  const upper = ascii.replace(/\\u[\da-f]{4}/g, (c) => `\\u${c.slice(2).toUpperCase()}`)
  const html = text.replace(/[&<>"']/g, (c) => `&${NAMES[c]};`)
  const slashes = json.replaceAll('/', '\\/')
  const url = tried(() => encodeURIComponent(text)) ?? text
  return [...new Set([text, json, inJson(json), ascii, upper, slashes, html, url])]
}

const NAMES: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": '#39',
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1)

/** What a text says that stands in one of these forms. */
function readings(text: string): string[] {
  const entity = (all: string, name: string): string =>
    Object.keys(NAMES).find((c) => NAMES[c] === name) ?? all
  return [
    tried(() => JSON.parse(`"${text}"`) as string),
    tried(() => decodeURIComponent(text)),
    text.replace(/&(#39|[a-z]+);/g, entity),
  ].filter((reading) => reading !== undefined)
}

function tried<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}

const wholeOf = ({ original, raw }: Erasable): string => original ?? raw ?? ''

const hashOf = (record: Erasable): string => hash('sha1', wholeOf(record), 'base64url')

/** The one place that knows where a record has text of its source. The names of fields are ours but for labels. */
function mapped<T extends Erasable>(record: T, map: (text: string) => string): T {
  const left: Erasable = { ...record }
  for (const name of ['original', 'raw', 'message', 'stream', 'nativeId'] as const)
    if (typeof record[name] === 'string') left[name] = map(record[name])
  if (typeof record.time?.original === 'string')
    left.time = { ...record.time, original: map(record.time.original) }
  if (record.fields)
    left.fields = Object.fromEntries(
      Object.entries(record.fields).map(([name, value]) => {
        const text = map(String(value))
        return [
          name.startsWith('labels.') ? `labels.${map(name.slice(7))}` : name,
          typeof value === 'number' && text === String(value) ? value : text,
        ]
      }),
    )
  return left as T
}

function holds(record: Erasable, forms: readonly string[]): boolean {
  let found = false
  mapped(record, (text) => {
    found ||= forms.some((form) => text.includes(form))
    return text
  })
  return found
}

function masked<T extends Erasable>(record: T, ranges: Mask['ranges']): T {
  const whole = wholeOf(record)
  if (ranges.some(([from, to]) => from === 0 && to >= whole.length))
    return mapped(record, (text) => (text === '' ? '' : MASK))
  const slices = new Set(ranges.map(([from, to]) => whole.slice(from, to)))
  // What is added is read as well: a reading is never longer than what it is of, so there is an end.
  for (const slice of slices) for (const reading of readings(slice)) slices.add(reading)
  slices.delete('')
  const longestFirst = [...slices].sort((a, b) => b.length - a.length)
  const any = new RegExp(
    longestFirst.map((slice) => slice.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)).join('|'),
    'g',
  )
  return mapped(record, (text) => text.replace(any, MASK))
}
