import { FixedOffsetZone, IANAZone, type Zone } from 'luxon'

const DAY = 86400
/** Offsets lie between -12 and +14 hours; an hour more on each side finds every transition that a local day can meet. */
const REACH = 15 * 3600

/** A stretch of time with one offset: instants from `from` on, in Unix seconds; `offset` in seconds east of UTC. */
interface Stretch {
  from: number
  offset: number
}

export interface LocalReading {
  /** Seconds east of UTC, one for each instant at which the clock showed this: none in a skipped hour, two in a repeated one, earlier instant first. */
  offsets: readonly number[]
  /** The offsets before and after the transition, in a skipped hour. */
  around?: readonly [number, number]
}

export interface ZoneRules {
  name: string
  read(wallSeconds: number): LocalReading
}

const FIXED = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$/i
const rules = new Map<string, ZoneRules>()

/** What to give where a name is no zone. */
export const ZONE_WANTED = 'give an IANA name such as Europe/Berlin, or an offset such as -04:00'

/** The rules of an IANA zone (`Europe/Berlin`) or a fixed offset (`-04:00`, `UTC`); undefined for anything else. */
export function zoneRules(name: string): ZoneRules | undefined {
  const known = rules.get(name)
  if (known) return known
  const zone = parseZone(name)
  if (!zone) return undefined
  const made =
    zone instanceof FixedOffsetZone ? fixed(name, zone.offset(0) * 60) : moving(name, zone)
  rules.set(name, made)
  return made
}

function parseZone(name: string): Zone | undefined {
  if (/^(?:UTC|GMT|Z)$/i.test(name)) return FixedOffsetZone.utcInstance
  const m = FIXED.exec(name)
  if (m) {
    const minutes = Number(m[2]) * 60 + Number(m[3] ?? 0)
    if (minutes > 18 * 60 || Number(m[3] ?? 0) > 59) return undefined
    return FixedOffsetZone.instance(m[1] === '-' ? -minutes : minutes)
  }
  return /^[A-Z]/i.test(name) && IANAZone.isValidZone(name) ? IANAZone.create(name) : undefined
}

function fixed(name: string, offset: number): ZoneRules {
  const reading = { offsets: [offset] }
  return { name, read: () => reading }
}

function moving(name: string, zone: Zone): ZoneRules {
  const days = new Map<number, readonly Stretch[]>()
  const offsetAt = (seconds: number): number => Math.round(zone.offset(seconds * 1000) * 60)
  let lastDay = NaN
  let stretches: readonly Stretch[] = []
  const constants = new Map<number, LocalReading>()
  return {
    name,
    read(wallSeconds) {
      const day = Math.floor(wallSeconds / DAY)
      if (day !== lastDay) {
        lastDay = day
        let found = days.get(day)
        if (!found) days.set(day, (found = stretchesOf(day, offsetAt)))
        stretches = found
      }
      if (stretches.length > 1) return among(stretches, wallSeconds)
      const { offset } = stretches[0]!
      let reading = constants.get(offset)
      if (!reading) constants.set(offset, (reading = { offsets: [offset] }))
      return reading
    },
  }
}

function among(stretches: readonly Stretch[], wall: number): LocalReading {
  const offsets: number[] = []
  for (const [i, { from, offset }] of stretches.entries()) {
    const instant = wall - offset
    if (instant >= from && instant < (stretches[i + 1]?.from ?? Infinity)) offsets.push(offset)
  }
  if (offsets.length > 0) return { offsets }
  for (const [i, { offset }] of stretches.entries()) {
    const next = stretches[i + 1]
    if (next && wall - offset >= next.from && wall - next.offset < next.from) {
      return { offsets, around: [offset, next.offset] }
    }
  }
  return { offsets, around: [stretches[0]!.offset, stretches.at(-1)!.offset] }
}

/** The stretches that the local day can meet, their beginnings found to the second. */
function stretchesOf(day: number, offsetAt: (seconds: number) => number): Stretch[] {
  const begin = day * DAY - REACH
  const end = (day + 1) * DAY + REACH
  const stretches = [{ from: -Infinity, offset: offsetAt(begin) }]
  for (let at = begin; at < end; at += 3600) {
    const before = stretches.at(-1)!.offset
    const after = offsetAt(at + 3600)
    if (after === before) continue
    let low = at
    let high = at + 3600
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (offsetAt(middle) === before) low = middle
      else high = middle
    }
    stretches.push({ from: high, offset: after })
  }
  return stretches
}
