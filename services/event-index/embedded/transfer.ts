import type { Change } from '../../../schemas/change.ts'

/** Changes as one flat array: copying thousands of small objects between threads costs more than storing them. */
export function pack(changes: readonly Change[]): (string | number)[] {
  const flat: (string | number)[] = []
  for (const c of changes) {
    flat.push(c.id, c.at, c.source, c.place, c.rank, c.file, c.origin, c.kind, c.host, c.service, c.level, c.text, c.document)
  }
  return flat
}

export function unpack(flat: readonly (string | number)[]): Change[] {
  const changes: Change[] = []
  for (let i = 0; i < flat.length; i += 13) {
    const [id, at, source, place, rank, file, origin, kind, host, service, level, text, document] = flat.slice(i, i + 13)
    changes.push({ id, at, source, place, rank, file, origin, kind, host, service, level, text, document } as Change)
  }
  return changes
}
