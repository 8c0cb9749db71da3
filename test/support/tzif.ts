import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

export interface Transition {
  /** Unix seconds of the first instant with the new offset. */
  at: number
  /** Seconds east of UTC. */
  before: number
  after: number
}

/** Where systems keep compiled rules of the IANA time zone data. */
export const ZONEINFO = '/usr/share/zoneinfo'

/** Names of zones under a folder of compiled rules. */
export function zoneNames(folder = ZONEINFO, below = ''): string[] {
  return readdirSync(join(folder, below)).flatMap((name) => {
    const path = join(below, name)
    if (/^(?:posix|right)$/.test(path)) return []
    if (statSync(join(folder, path)).isDirectory()) return zoneNames(folder, path)
    const isZone = readFileSync(join(folder, path)).toString('latin1', 0, 4) === 'TZif'
    return isZone && /^[A-Z]/.test(name) ? [path] : []
  })
}

/** The transitions that a compiled file lists, of its 64-bit block: https://www.rfc-editor.org/rfc/rfc9636 */
export function transitions(name: string, folder = ZONEINFO): Transition[] {
  const file = readFileSync(join(folder, name))
  const counts = (at: number): number[] =>
    [0, 1, 2, 3, 4, 5].map((i) => file.readUInt32BE(at + 20 + 4 * i))
  const [isUt, isStd, leaps, times, types, characters] = counts(0) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  // Behind the block with 32 bits comes the one with 64.
  const second = 44 + times * 5 + types * 6 + characters + leaps * 8 + isStd + isUt
  const [, , , many] = counts(second) as [number, number, number, number]
  const begin = second + 44
  const offsetOf = (type: number): number => file.readInt32BE(begin + many * 9 + type * 6)
  let before = offsetOf(0)
  return Array.from({ length: many }, (_, i) => {
    const at = Number(file.readBigInt64BE(begin + i * 8))
    const after = offsetOf(file[begin + many * 8 + i]!)
    const transition = { at, before, after }
    before = after
    return transition
  })
}
