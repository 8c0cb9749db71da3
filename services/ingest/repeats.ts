/** So many different keys are remembered exactly; older ones are forgotten after twice as many, so that memory stays bounded. */
const GENERATION = 2_000_000

/** Counts how often each key came before. Keys are the first 60 bits of a hash in base64url. */
export function repeatCounter(): (hash: string) => number {
  let young = table()
  let old: ReturnType<typeof table> | undefined
  return (hash) => {
    const high = bits(hash, 0)
    const low = bits(hash, 5)
    const before = Math.max(young.count(high, low), old?.count(high, low) ?? 0)
    young.set(high, low, before + 1)
    if (young.size() >= GENERATION) {
      old = young
      young = table()
    }
    return before
  }
}

const VALUES = new Uint8Array(128)
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
for (let i = 0; i < ALPHABET.length; i++) VALUES[ALPHABET.charCodeAt(i)] = i

/** Five characters of base64url as a number of 30 bits. */
function bits(hash: string, at: number): number {
  let value = 0
  for (let i = at; i < at + 5; i++) value = (value << 6) | VALUES[hash.charCodeAt(i)]!
  return value
}

/** An open-addressing table of (60 bits → count): 12 bytes a slot, where a Map of strings takes a hundred. */
function table(): {
  count(high: number, low: number): number
  set(high: number, low: number, count: number): void
  size(): number
} {
  let mask = (1 << 12) - 1
  let keys = new Uint32Array((mask + 1) * 2)
  let counts = new Uint32Array(mask + 1)
  let size = 0
  const slot = (high: number, low: number): number => {
    let i = (high ^ low) & mask
    while (counts[i] !== 0 && (keys[i * 2] !== high || keys[i * 2 + 1] !== low)) i = (i + 1) & mask
    return i
  }
  const put = (high: number, low: number, count: number): void => {
    const i = slot(high, low)
    if (counts[i] === 0) size++
    keys[i * 2] = high
    keys[i * 2 + 1] = low
    counts[i] = count
  }
  return {
    size: () => size,
    count: (high, low) => counts[slot(high, low)]!,
    set(high, low, count) {
      put(high, low, count)
      if (size * 2 <= mask) return
      const [oldKeys, oldCounts] = [keys, counts]
      mask = mask * 2 + 1
      keys = new Uint32Array((mask + 1) * 2)
      counts = new Uint32Array(mask + 1)
      size = 0
      for (let i = 0; i < oldCounts.length; i++) {
        if (oldCounts[i] !== 0) put(oldKeys[i * 2]!, oldKeys[i * 2 + 1]!, oldCounts[i]!)
      }
    },
  }
}
