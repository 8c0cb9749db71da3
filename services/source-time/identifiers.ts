/** So long a name made of digits and letters is hardly met twice by chance. */
const LEAST = 6
const LONGEST = 80
/** In a message that names more, none of them is its own. */
const MOST = 20

const WORD = /[A-Za-z0-9][A-Za-z0-9_-]*[A-Za-z0-9]/g

/**
 * What in a message may be the name of one thing: request and trace ids, UUIDs, hashes, container ids. Words without a digit are language, short numbers are counts, and what looks like a
 * date or a time says when it was.
 */
export function identifiers(message: string): string[] {
  const found = new Set<string>()
  for (const [word] of message.slice(0, 4000).matchAll(WORD)) {
    if (word.length < LEAST || word.length > LONGEST || !isName(word)) continue
    found.add(word.toLowerCase())
    if (found.size > MOST) return []
  }
  return [...found]
}

const isName = (word: string): boolean => {
  if (/^\d{4}-\d\d-\d\d/.test(word)) return false
  const digits = word.replace(/\D/g, '').length
  if (digits === word.replace(/[_-]/g, '').length) return digits >= 8
  return digits >= 2
}
