import { hash } from 'node:crypto'
import type { Removal } from '../../../schemas/removal.ts'
import type { Change } from '../../../schemas/change.ts'
import { textOf, tokens } from '../text-query.ts'

/** What is kept of a change beside its document, as it is: a copy is merged with it. */
export type Columns = Omit<Change, 'text' | 'document' | 'signature'>
export type StoredChange = Omit<Change, 'text' | 'signature'>

/** The part of an Elasticsearch document that is read again; the rest is only for the index. */
export interface Source {
  columns: Columns
  document: string
}

/** A keyword may have 32,766 bytes; the order key has two parts of this size. */
const PART_BYTES = 15_000
const NAME_BYTES = 1000
/** The whitespace analyzer cuts what is longer than 255. */
const LONGEST_TOKEN = 200
/** The last nanosecond that 64 bits hold, in the year 2262. */
const LAST = '9223372036854775807'

/** The columns that filters and counts go by. */
export const FACETS = ['kind', 'host', 'service', 'level'] as const

/** The Elasticsearch document of a change, as JSON. */
export function bodyOf({ document, ...columns }: StoredChange): string {
  const event = JSON.parse(document) as Record<string, unknown>
  return JSON.stringify({
    '@timestamp': instantOf(columns.at),
    order: orderOf(columns),
    minute: Math.floor(Number(columns.at.slice(0, 10)) / 60),
    kind: keyword(columns.kind),
    host: keyword(columns.host),
    service: keyword(columns.service),
    level: keyword(columns.level),
    source: keyword(columns.source),
    signature: (event['timeline'] as { signature: string }).signature,
    origin: keyword(columns.origin),
    file: keyword(columns.file),
    ...(columns.twin !== null && {
      twin: twinKey(Math.floor(Number(columns.at.slice(0, 10)) / 60), columns.twin),
      channel: keyword(columns.channel),
    }),
    terms: termsOf(event),
    text: wordsOf(tokens(textOf(event))),
    document,
    columns,
  })
}

/** What may be the same is looked for by its minute and its twin. */
export const twinKey = (minute: number, twin: number): string => `${minute}.${twin.toString(36)}`

/** A key of nanoseconds as Elasticsearch writes it; undefined where it is beyond what it can hold. */
export const instantOf = (key: string): string | undefined =>
  key > LAST
    ? undefined
    : `${new Date(Number(key.slice(0, 10)) * 1000).toISOString().slice(0, 19)}.${key.slice(10)}Z`

/** What orders events of one instant: stream, place and id, so that keywords compare as the parts do one after the other, by their bytes in UTF-8. */
export const orderOf = ({ stream, place, id }: Pick<Columns, 'stream' | 'place' | 'id'>): string =>
  `${part(stream)}\x01${String(place).padStart(16, '0')}\x01${part(id)}`

/** Below every character that a part can have stands its end: so the shorter of two comes first. */
const part = (text: string): string =>
  bounded(
    // oxlint-disable-next-line no-control-regex
    text.replace(/[\0-\x02]/g, (c) => `\x02${String.fromCharCode(c.charCodeAt(0) + 2)}`),
    PART_BYTES,
  )

const CUT = '\x02\x07'

/** The text, or its beginning and its hash where it is longer than so many bytes. */
function bounded(text: string, bytes: number): string {
  if (text.length * 3 <= bytes || Buffer.byteLength(text) <= bytes) return text
  return Buffer.from(text).subarray(0, bytes).toString() + CUT + hash('sha256', text, 'hex')
}

/** A text of any length as a keyword. */
export const keyword = (text: string): string => bounded(text, NAME_BYTES)

export const isCut = (text: string): boolean => text.includes(CUT)

/** Words as the whitespace analyzer is given them: each stays one. */
export const wordsOf = (words: readonly string[]): string =>
  words.map((word) => (word.length <= LONGEST_TOKEN ? word : hash('sha256', word, 'hex'))).join(' ')

const LONGEST_PAIR = 120

/** A field and its value as one term. Names of fields have no =, so no two pairs are one term. */
export function term(field: string, value: string): string {
  const pair = `${field}=${value}`
  return pair.length <= LONGEST_PAIR ? wellFormed(pair) : `#${hash('sha256', pair, 'base64url')}`
}

/** The term of every event that was seen there. */
export const seenIn = (seen: Removal): string =>
  'path' in seen ? term('#within', seen.path) : term('source', seen.source)

/** What a query text can name: parseText of text-query.ts. */
const NAME = /^[A-Za-z@_][\w.@-]*$/

/** Every field that a query can ask for, with its value. */
function termsOf(event: Readonly<Record<string, unknown>>): string[] {
  const terms = new Set<string>()
  const add = (field: string, value: string): void => {
    if (NAME.test(field)) terms.add(term(field, value))
  }
  const { seen } = event['timeline'] as { seen: { source: string; path: string }[] }
  for (const { source, path } of seen) {
    add('source', source)
    add('path', path)
    // For removals: a folder or an archive takes along what is in it.
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1))
      terms.add(term('#within', path.slice(0, end)))
  }
  for (const name in event) {
    // What a query means otherwise: parseText and `values` of text-query.ts.
    const { [name]: value } = event
    if (name === 'labels') addLabels(value, add)
    else if (name === 'source' || name === 'path' ? typeof value === 'object' : name !== 'message')
      addFields(name, value, add)
  }
  return [...terms]
}

type Add = (field: string, value: string) => void

/** The fields of a tree by their names with dots; a key that has a dot itself cannot be asked for. */
function addFields(name: string, value: unknown, add: Add): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    addValues(name, value, add)
    return
  }
  const tree = value as Record<string, unknown>
  for (const key in tree) if (!key.includes('.')) addFields(`${name}.${key}`, tree[key], add)
}

function addLabels(labels: unknown, add: Add): void {
  if (typeof labels !== 'object' || labels === null || Array.isArray(labels)) {
    addValues('labels', labels, add)
    return
  }
  for (const [key, value] of Object.entries(labels)) addValues(`labels.${key}`, value, add)
}

function addValues(name: string, value: unknown, add: Add): void {
  if (Array.isArray(value)) for (const one of value) add(name, String(one))
  else if (typeof value === 'string' || typeof value === 'number') add(name, String(value))
}

/** Half a surrogate pair is no text in UTF-8. */
export const wellFormed = (text: string): string => text.toWellFormed()

/** A change as it comes back from Elasticsearch, so that the same one written again is seen to be the same. */
export const storable = ({ text: _, ...change }: Change): StoredChange => ({
  ...change,
  id: wellFormed(change.id),
  source: wellFormed(change.source),
  stream: wellFormed(change.stream),
  file: wellFormed(change.file),
  origin: wellFormed(change.origin),
  kind: wellFormed(change.kind),
  host: wellFormed(change.host),
  service: wellFormed(change.service),
  level: wellFormed(change.level),
})
