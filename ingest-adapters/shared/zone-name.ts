/**
 * A zone behind a stamp, by abbreviation or by its name in the time zone database (https://www.iana.org/time-zones):
 * `… 10:00:00 CEST`, `… 10:00:00 Europe/Berlin`. Only abbreviations that are in use as zones, because a level or a host may follow a stamp too.
 */
import type { Stamp } from '../../schemas/source-record.ts'
import { readUtcWord } from './stamp.ts'

const ZONE =
  / (?:(UTC|GMT|[ECMP][SD]T|AK[SD]T|HST|[AN][SD]T|BST|I[SD]T|WES?T|CES?T|EES?T|MS[KD]|SAST|EAT|WAT|CAT|JST|KST|A[EC][SD]T|AWST|NZ[SD]T|BRS?T|ART|CLS?T|PKT|ICT|WIB|SGT|HKT|PHT)|((?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc)\/[\w+/-]+))(?![\w/-])/y

/** The stamp of `text` that ends before `end`, with the zone that is written there, if one is and the stamp has no offset. */
export function withZone(stamp: Stamp, text: string, end: number): Stamp {
  if (stamp.offset !== undefined || stamp.zone !== undefined) return stamp
  const letter = text.charCodeAt(end + 1)
  if (text.charCodeAt(end) !== 32 || letter < 65 || letter > 90) return stamp
  const utc = readUtcWord(text, end + 1)
  if (utc === 'impossible-time') return stamp
  if (utc)
    return { ...stamp, original: stamp.original + text.slice(end, utc.end), offset: utc.offset }
  ZONE.lastIndex = end
  const m = ZONE.exec(text)
  if (!m) return stamp
  const zone = m[1] ?? m[2]!
  const original = stamp.original + m[0]
  return zone === 'UTC' || zone === 'GMT'
    ? { ...stamp, original, offset: 0 }
    : { ...stamp, original, zone }
}

const OFFSET = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d\d))?$/

/**
 * A stamp with the zone that words name beside it, as a header does (`Time (CET)`, `all times in UTC`, `UTC+2`), where it has none of its own.
 * Undefined where the words name none.
 */
export function withZoneAmong(stamp: Stamp, words: string): Stamp | undefined {
  for (const word of words.split(/[\s()[\]{},;.*_|]+/)) {
    const offset = OFFSET.exec(word)
    const seconds = offset ? Number(offset[2]) * 3600 + Number(offset[3] ?? 0) * 60 : 0
    ZONE.lastIndex = 0
    const m = offset ? null : ZONE.exec(` ${word}`)
    if (!m && !offset) continue
    if (stamp.offset !== undefined || stamp.zone !== undefined) return stamp
    if (offset) return { ...stamp, offset: offset[1] === '-' ? -seconds : seconds }
    return { ...stamp, zone: m![1] ?? m![2]! }
  }
  return undefined
}
