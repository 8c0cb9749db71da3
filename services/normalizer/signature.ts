/** Raised whenever a message would get another signature: the timeline is then rebuilt. */
const VERSION = 1
/** So much of a message tells what it is; the rest is data. */
const READ = 400

/**
 * The hash of a message with its variables masked: every word that holds a digit or looks like an address, a path or a long hexadecimal number,
 * and everything in quotes, counts as the same word; runs of masked words count once. Stateless, so the same on every node.
 */
export function signature(message: string): string {
  const end = Math.min(message.length, READ)
  let a = 0x811c9dc5
  let b = 0x1b873593
  let wordStart = -1
  let variable = false
  let masked = false
  const add = (code: number): void => {
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul(b ^ code, 0x5bd1e995)
    b ^= b >>> 13
  }
  for (let i = 0; i <= end; i++) {
    const c = i < end ? message.charCodeAt(i) : 32
    if (c === 10 && i > 0) break
    const letter = (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c > 127
    const joins =
      c === 95 ||
      ((c === 46 || c === 45 || c === 47 || c === 58 || c === 64) &&
        wordStart >= 0 &&
        i + 1 < end &&
        message.charCodeAt(i + 1) > 32)
    if (letter || (c >= 48 && c <= 57) || joins) {
      if (wordStart < 0) wordStart = i
      if ((c >= 48 && c <= 57) || c === 64 || c === 47) variable = true
      continue
    }
    if (wordStart >= 0) {
      if (variable || isHexWord(message, wordStart, i)) {
        if (!masked) add(0x2a)
        masked = true
      } else {
        masked = false
        add(0x20)
        for (let k = wordStart; k < i; k++) add(message.charCodeAt(k))
      }
      wordStart = -1
      variable = false
    }
    if (c === 34 || c === 39) {
      const close = message.indexOf(c === 34 ? '"' : "'", i + 1)
      if (close > i && close - i < 300 && (c === 34 || !isWordCode(message.charCodeAt(i - 1)))) {
        if (!masked) add(0x2a)
        masked = true
        i = close
      }
    } else if (c > 32) {
      if (masked && (c === 44 || c === 40 || c === 41 || c === 91 || c === 93 || c === 35)) continue
      add(c)
    }
  }
  return `${VERSION}-${(a >>> 0).toString(36).padStart(7, '0')}${(b >>> 0).toString(36).padStart(7, '0')}`
}

const isWordCode = (c: number): boolean =>
  (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122)

/** Eight or more letters that are all hexadecimal digits. */
function isHexWord(text: string, from: number, to: number): boolean {
  if (to - from < 8) return false
  for (let i = from; i < to; i++) {
    const c = text.charCodeAt(i) | 32
    if (c < 97 || c > 102) return false
  }
  return true
}
