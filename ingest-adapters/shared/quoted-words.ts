/** The words of a line with spaces between them, of which those in quotes or brackets may hold spaces. A backslash in quotes escapes. */
const WORDS = /"((?:[^"\\]|\\.)*)"(?!\S)|\[([^[\]]{0,64})\](?!\S)|(\S+)/g

export function quotedWords(line: string): string[] {
  const words: string[] = []
  for (const [, quoted, bracketed, plain] of line.matchAll(WORDS))
    words.push(quoted ?? bracketed ?? plain!)
  return words
}

/** A word, undefined for the dash that stands where nothing is known. */
export const known = (word: string | undefined): string | undefined =>
  word === undefined || word === '-' || word === '' ? undefined : word
