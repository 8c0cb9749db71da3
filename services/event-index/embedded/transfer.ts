import type { Change } from '../../../schemas/change.ts'
import type { Facet } from './facets.ts'

/** Changes on their way to the writing thread: copying two long texts costs a third of copying thousands of short ones. */
export interface Packed {
  facets: Facet[]
  /** For each change: its facet's place in `facets`, and its place in the order. */
  numbers: number[]
  ids: string
  ats: string
  /** Documents, one a line: JSON has no raw newline. */
  documents: string
  /** What full text reads, one a line. */
  texts: string
}

/** A change with its facet's place in the list of the batch. */
export interface Row {
  id: string
  at: string
  place: number
  facet: number
  text: string
  document: string
}

export function pack(changes: readonly Change[]): Packed {
  const facets: Facet[] = []
  const known = new Map<string, number>()
  const numbers: number[] = []
  for (const change of changes) {
    const { source, stream, kind, host, service, level, file, origin, rank } = change
    const key = `${source}\0${stream}\0${host}\0${service}\0${level}\0${origin}\0${file}\0${rank}\0${kind}`
    let facet = known.get(key)
    if (facet === undefined) {
      facet = facets.push({ source, stream, kind, host, service, level, file, origin, rank }) - 1
      known.set(key, facet)
    }
    numbers.push(facet, change.place)
  }
  return {
    facets,
    numbers,
    ids: changes.map((c) => c.id).join('\n'),
    ats: changes.map((c) => c.at).join('\n'),
    documents: changes.map((c) => c.document).join('\n'),
    texts: changes
      .map(({ text }) => (text.includes('\n') ? text.replaceAll('\n', ' ') : text))
      .join('\n'),
  }
}

export function unpack({ numbers, ids, ats, documents, texts }: Packed): Row[] {
  if (numbers.length === 0) return []
  const id = ids.split('\n')
  const at = ats.split('\n')
  const text = texts.split('\n')
  return documents.split('\n').map((document, i) => ({
    id: id[i]!,
    at: at[i]!,
    place: numbers[i * 2 + 1]!,
    facet: numbers[i * 2]!,
    text: text[i]!,
    document,
  }))
}
