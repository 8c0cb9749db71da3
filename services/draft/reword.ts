import type { Draft } from '../../schemas/draft.ts'

/** Words lines anew: as many as it was given, in their order. It may be anything: what it answers is checked. */
export type Reworder = (lines: readonly string[]) => Promise<readonly string[]>

const LONGEST = 400
/** What a line says that must not change: all with a digit, paths, addresses and names in code. */
const FACT =
  /[^\s“”"',;()]*[\d/\\@_=][^\s“”"',;()]*|\b[\w-]+\.[\w.-]+\b|\b\p{L}+\p{Ll}\p{Lu}\p{L}*\b/gu

/** A draft in the words of another, where these keep all times, numbers and identifiers, and add none; other lines stay as they are. */
export async function reworded(draft: Draft, reworder: Reworder): Promise<Draft> {
  const lines = draft.entries.map(({ text }) => text)
  const answered = await reworder(lines)
  if (answered.length !== lines.length) return draft
  const entries = draft.entries.map((entry, i) =>
    saysTheSame(entry.text, answered[i]!) ? { ...entry, text: answered[i]!.trim() } : entry,
  )
  return { ...draft, entries }
}

const factsOf = (text: string): string =>
  [...(text.match(FACT) ?? [])]
    .map((fact) => fact.replace(/[.:!?…]+$/, ''))
    .sort()
    .join('\n')

const saysTheSame = (text: string, other: unknown): boolean =>
  typeof other === 'string' &&
  other.trim() !== '' &&
  other.length <= Math.max(LONGEST, text.length) &&
  !/\p{Cc}/u.test(other) &&
  factsOf(other) === factsOf(text)
