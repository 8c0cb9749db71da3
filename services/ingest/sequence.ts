import type { Stamp } from '../../schemas/source-record.ts'

const DAY = 86400
const YEAR = 366 * DAY
/** A clock that goes back by less is the jitter of several writers; DST steps are twenty minutes and more. */
const STEP = 240
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
  const clocks = new Map<string, (at: number) => { behind: number; stepped: boolean }>()
  return (stamp, stream) => {
    const turn = stamp.lacks ? turns[stamp.lacks](stamp.seconds) : 0
    let clock = clocks.get(stream)
    if (!clock) clocks.set(stream, (clock = clockFollower()))
    const length = stamp.lacks === 'date' ? DAY : YEAR
    const { behind, stepped } = clock(stamp.seconds + turn * length - (stamp.offset ?? 0))
    const step: Step = {}
    if (stamp.lacks) step.turn = turn
    if (behind > 0) step.late = true
    if (stepped && stamp.offset === undefined) step.behind = behind
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

/** How far a clock is behind the highest it has shown, wild stamps apart; `stepped` once it went back by minutes, until it is there again. */
function clockFollower(): (at: number) => { behind: number; stepped: boolean } {
  let highest: number | undefined
  let pending: number | undefined
  let stepped = false
  const reset = (at: number): { behind: number; stepped: boolean } => {
    highest = at
    pending = undefined
    stepped = false
    return { behind: 0, stepped: false }
  }
  return (at) => {
    if (highest === undefined) return reset(at)
    if (Math.abs(at - highest) > WILD) {
      if (pending !== undefined && Math.abs(at - pending) <= WILD) return reset(at)
      pending = at
      return { behind: Math.max(highest - at, 0), stepped: false }
    }
    pending = undefined
    // The second of two repeated hours shows the highest reading once more before it goes on.
    if (at > highest || (at === highest && !stepped)) return reset(at)
    const behind = highest - at
    if (behind >= STEP) stepped = true
    return { behind, stepped }
  }
}
