import type { ClockFact, ClockFacts } from '../../schemas/context.ts'
import type { SourceRecord } from '../../schemas/source-record.ts'
import { united } from './clock-facts.ts'

const DAY = 86_400
const QUARTER = 900
/** What comes later by so much, in seconds, or by less, was on its way. */
const DELAY = 120
/** Of ways to be apart that no zone makes, so many of a stream are kept: more are no clock's. */
const WAYS = 32
/** Zones are apart by no more, in seconds. */
const ZONES = 26 * 3600

/** What stamps of two clocks in the same records tell, gathered record by record. */
export interface ClockSurvey {
  add(record: SourceRecord): void
  /** Whether two stamps were not the same: then the whole file must be surveyed. */
  needed(): boolean
  finish(): ClockFacts
}

export function surveyClocks(): ClockSurvey {
  const streams = new Map<string, { odd: Set<number>; facts: Map<string, ClockFact> }>()
  let needed = false
  return {
    add(record) {
      const pair = pairOf(record)
      if (!pair) return
      const { usual, apart, unzoned } = pair
      const stream = record.stream ?? ''
      const of = streams.get(stream) ?? { odd: new Set(), facts: new Map() }
      streams.set(stream, of)
      const quarters = Math.round(apart / QUARTER) * QUARTER
      const isZone = Math.abs(apart - quarters) <= DELAY
      if (!isZone || quarters !== 0) needed = true
      const add = isZone ? quarters : Math.round(apart)
      const isOdd = !isZone || Math.abs(add) > ZONES
      const wild = isOdd && !of.odd.has(add) && of.odd.size >= WAYS
      if (isOdd && !wild) of.odd.add(add)
      const place = `${Math.floor(usual / DAY)} ${wild ? '' : add}`
      const known = of.facts.get(place)
      if (known) {
        known.pairs++
        known.from = Math.min(known.from, usual)
        known.to = Math.max(known.to, usual)
        if (unzoned) known.unzoned = true
        return
      }
      of.facts.set(place, {
        stream,
        from: usual,
        to: usual,
        add: wild ? 0 : add,
        pairs: 1,
        ...(unzoned && { unzoned }),
        ...(wild && { wild }),
      })
    },
    needed: () => needed,
    finish: () =>
      united([{ clocks: [...streams.values()].flatMap(({ facts }) => [...facts.values()]) }]),
  }
}

/** The usual stamp of a record in Unix seconds, as UTC where it says no zone, and how much later the better one is. */
function pairOf({
  time,
  usual,
  witness,
}: SourceRecord): { usual: number; apart: number; unzoned: boolean } | undefined {
  const [better, worn] = usual ? [time, usual] : [witness, time]
  if (!better || better.offset === undefined || better.lacks || worn.lacks) return undefined
  const seconds = worn.seconds - (worn.offset ?? 0)
  return {
    usual: seconds,
    unzoned: worn.offset === undefined,
    apart: better.seconds - better.offset - seconds + (better.nanos - worn.nanos) / 1e9,
  }
}
