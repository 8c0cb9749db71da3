import type { Stamp } from '../../schemas/source-record.ts'

const DAY = 86400
const YEAR = 366 * DAY
/** A clock that goes back by less is the jitter of several writers; DST steps are twenty minutes and more. */
const STEP = 240
/** No zone has repeated more hours in a row since 1970. */
const LONGEST_REPEAT = 3 * 3600
/** A stamp so far from its neighbours counts for them only when the next one confirms it. */
const WILD = 2 * DAY

export interface Step {
  turn?: number
  behind?: number
  late?: true
}

/**
 * Follows the stamps of a file in the order of its lines: how many years (days) later than the first a stamp without a year (date) is,
 * whether the clock went back, and by how much. A wild stamp moves none of its neighbours.
 */
export function sequence(): (stamp: Stamp, stream: string) => Step {
  const turns = { year: unwrapper(YEAR), date: unwrapper(DAY) }
  const clocks = new Map<string, (at: number) => Place>()
  return (stamp, stream) => {
    const turn = stamp.lacks ? turns[stamp.lacks](stamp.seconds) : 0
    let clock = clocks.get(stream)
    if (!clock) clocks.set(stream, (clock = clockFollower()))
    const length = stamp.lacks === 'date' ? DAY : YEAR
    const { late, behind } = clock(stamp.seconds + turn * length - (stamp.offset ?? 0))
    const step: Step = {}
    if (stamp.lacks) step.turn = turn
    if (late) step.late = true
    if (behind !== undefined && stamp.offset === undefined) step.behind = behind
    return step
  }
}

/** Which turn of a clock of this length is nearest to the confirmed one before. */
function unwrapper(length: number): (seconds: number) => number {
  let confirmed: number | undefined
  let pending: number | undefined
  const near = (seconds: number, to: number): number => Math.round((to - seconds) / length)
  return (seconds) => {
    if (confirmed === undefined) {
      confirmed = seconds
      return 0
    }
    let turn = near(seconds, confirmed)
    let at = seconds + turn * length
    if (Math.abs(at - confirmed) <= length / 6) {
      if (at > confirmed || length === DAY) confirmed = at
      pending = undefined
    } else if (pending === undefined) pending = at
    else {
      turn = near(seconds, pending)
      at = seconds + turn * length
      confirmed = at
      pending = undefined
    }
    return turn
  }
}

interface Place {
  late: boolean
  /** How far the clock is behind where it was when it last went back by minutes; negative past that. */
  behind?: number
}

/** Follows a clock: whether it is behind the highest that it has shown, wild stamps apart, and where it last went back by minutes, until no hour is repeated that long. */
function clockFollower(): (at: number) => Place {
  let highest: number | undefined
  let pending: number | undefined
  /** Where the clock went back, and the highest it has shown since. */
  let back: { from: number; highest: number } | undefined
  return (at) => {
    if (highest !== undefined && Math.abs(at - highest) > WILD) {
      if (pending === undefined || Math.abs(at - pending) > WILD) {
        pending = at
        return { late: at < highest }
      }
      highest = back = undefined
    }
    pending = undefined
    const before = back?.highest ?? highest ?? at
    // Within the second of two repeated hours it may go back too.
    if (before - at >= STEP && !(back && before <= back.from)) back = { from: before, highest: at }
    else if (back) back.highest = Math.max(before, at)
    const late = highest !== undefined && at < highest
    if (!late) highest = at
    if (back && at - back.from > LONGEST_REPEAT) back = undefined
    return back ? { late, behind: back.from - at } : { late }
  }
}
