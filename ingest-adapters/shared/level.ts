/** The level that a line names where its text begins: `INFO `, `[error]`, `<Notice>:`, `WARNING:`, `E/`. */

const WORDS =
  'emerg(?:ency)?|panic|alert|crit(?:ical)?|fatal|severe|err(?:or)?|warn(?:ing)?|notice|note|info(?:rmation)?|config|debug[1-5]?|trace|verbose|fine(?:r|st)?|audit'
const LEVEL = new RegExp(`([[(<]?) *(${WORDS})(?![\\w.'=-]) *([\\])>]?:?|[:|,])`, 'iy')
/** Words that also begin sentences. */
const PROSE = /^(?:panic|alert|notice|note|config|fine|audit|trace)$/

export interface Level {
  /** As written. */
  level: string
  /** The place after it; where it may be the first word of a sentence, the place where it begins. */
  end: number
}

/** The level at `at`. */
export function levelAt(text: string, at: number): Level | undefined {
  LEVEL.lastIndex = at
  const m = LEVEL.exec(text)
  if (!m) return undefined
  const level = m[2]!
  const marked = m[1] !== '' || m[3] !== ''
  if (marked || level === level.toUpperCase() || text[LEVEL.lastIndex] === '\t') {
    return { level, end: LEVEL.lastIndex }
  }
  return level !== level.toLowerCase() || PROSE.test(level) ? undefined : { level, end: at }
}
