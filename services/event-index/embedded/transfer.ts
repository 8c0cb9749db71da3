import type { Change } from '../../../schemas/change.ts'

/** Changes on their way to the writing thread: copying two long texts costs a third of copying thousands of short ones. */
export interface Packed {
  /** Documents, one a line: JSON has no raw newline. */
  documents: string
  /** What full text reads, one a line. */
  texts: string
  /** Everything else, a JSON array of rows. */
  rows: string
}

const NEWLINES = /[\n\r]/g

export function pack(changes: readonly Change[]): Packed {
  const rows = changes.map((c) => [c.id, c.at, c.source, c.place, c.rank, c.file, c.origin, c.kind, c.host, c.service, c.level])
  return {
    documents: changes.map((c) => c.document).join('\n'),
    texts: changes.map((c) => c.text.replace(NEWLINES, ' ')).join('\n'),
    rows: JSON.stringify(rows),
  }
}

export function unpack({ documents, texts, rows }: Packed): Change[] {
  const document = documents.split('\n')
  const text = texts.split('\n')
  const values = JSON.parse(rows) as [string, string, string, number, number, string, string, string, string, string, string][]
  return values.map(([id, at, source, place, rank, file, origin, kind, host, service, level], i) => ({
    id, at, source, place, rank, file, origin, kind, host, service, level, text: text[i]!, document: document[i]!,
  }))
}
