/**
 * Which member of a JSON record of no known format tells its time. The preference is fixed: names of the event's own time before those of
 * a beginning or creation, those before an end, an update or a receipt; outer members before inner ones. Inside another thing, such as a user,
 * only an event's own names count: when the thing was made or changed is not when this happened.
 */
import type { Stamp } from '../../schemas/source-record.ts'
import { clockStamp } from './numeric-stamp.ts'
import { isoStamp } from './iso-stamp.ts'
import { at, isObject, type JsonObject } from './json.ts'
import { isWrapper } from './json-record.ts'
import { jsonStamp } from './json-stamp.ts'
import type { StampRead } from './stamp.ts'

const OWN =
  'timestamp eventtime eventtimestamp eventdate eventdatetime time ts datetime t timegenerated utctime timecreated systemtime instant ' +
  'timestampms timemillis timestampmillis timestampns timestampus timems timeunixnano unixtime unixtimestamp epoch epochms epochtime unix asctime date logtime timelocal ' +
  'timeiso8601 localtime when at occurredat occurred happenedat triggeredat firedat activatedat activeat raisedat datetimeutc sourcetimestamp sent sentat senttime sentdatetime'
const BEGIN =
  'created createdat createdon createtime creationtime creationdate createddate createddatetime eventcreated start startat startat startdate ' +
  'starttime startsat startedat starttimestamp edgestarttimestamp eventstart begin beginat beginsat begintime openedat publishedat published ' +
  'datecreated datecreate firstseen requesttimestamp'
const LATER =
  'updated updatedat updatetime lastupdated modified modifiedat lastmodified resolvedat closedat completedat finishedat ended endedat endsat ' +
  'endtime end edgeendtimestamp dateupdated lastseen'
const RECEIVED =
  'received receivedat receivedtime receivetimestamp receivetime ingested ingestedat ingestiontime insertedat indexedat observedtimestamp ' +
  'eventingested processedat submissiontimestamp'
const GENERIC = /(?:timestamp|time|datetime|date|at)$/
/** Times that are no event's: validity, plans, and durations that end in "time". */
const NEVER =
  /^(?:exp|iat|nbf)|expir|valid|notbefore|notafter|deadline|until|next|schedul|birth|uptime|timeout|response|elapsed|format|what|stat$|flat$|meat$/

const RANKS = new Map<string, number>()
for (const [tier, names] of [OWN, BEGIN, LATER, RECEIVED].entries()) {
  for (const name of names.split(' '))
    if (!RANKS.has(name)) RANKS.set(name, tier * 1000 + RANKS.size)
}
const BEGIN_RANK = 1000
const GENERIC_RANK = 4000
const DEPTH = 2
const MEMBERS = 100
const EARLIEST_EPOCH = 100_000_000
const LATEST_EPOCH = 7_258_118_400

const simple = (key: string): string => key.toLowerCase().replace(/[^a-z0-9]/g, '')

const ranks = new Map<string, number | undefined>()

/** A key's place in the preference, remembered, because a file's records have the same keys. */
function rankOf(key: string): number | undefined {
  if (key.length > 64) return undefined
  if (ranks.has(key)) return ranks.get(key)
  const name = simple(key)
  const generic = GENERIC.test(name) && !NEVER.test(name) ? GENERIC_RANK : undefined
  const rank = key === '@timestamp' ? -1 : (RANKS.get(name) ?? generic)
  if (ranks.size < 5000) ranks.set(key, rank)
  return rank
}

/** Own times and beginnings: the outer member wins, whatever its name; all others follow after every depth of these. */
const order = (rank: number, depth: number): number =>
  rank < 2000 ? depth * 2000 + rank : (depth + 3) * 2000 + rank * 4

/** The first place of those that are neither own times nor beginnings. */
const WEAK = 3 * 2000 + 8000

interface Candidate {
  order: number
  rank: number
  key: string
  path: string
  value: unknown
}

interface Place {
  depth: number
  prefix: string
  /** Whether the members are the record's own, not those of a thing in it. */
  own: boolean
}

function gather(value: JsonObject, { depth, prefix, own }: Place, into: Candidate[]): void {
  let seen = 0
  for (const key of Object.keys(value)) {
    if (++seen > MEMBERS) return
    const inner = value[key]
    if (inner === null || typeof inner === 'boolean' || inner === '') continue
    const rank = rankOf(key)
    const path = prefix + key
    if (rank !== undefined && (own || rank < BEGIN_RANK) && !Array.isArray(inner)) {
      into.push({ order: order(rank, depth), rank, key, path, value: inner })
    }
    if (depth < DEPTH && isObject(inner)) {
      gather(inner, { depth: depth + 1, prefix: `${path}.`, own: own && isWrapper(key) }, into)
    }
  }
}

const isNumeric = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && /^\s*-?[\d.]+\s*$/.test(value))

/** A bare number is a time only where that is an instant of our days. */
function plausible(value: unknown, stamp: Stamp): boolean {
  return !isNumeric(value) || (stamp.seconds >= EARLIEST_EPOCH && stamp.seconds <= LATEST_EPOCH)
}

/** `{"date":"2024-05-01","time":"10:00:00"}`. */
function dateAndTime(value: JsonObject): StampRead {
  const date = at(value, 'date') ?? at(value, 'Date')
  const time = at(value, 'time') ?? at(value, 'Time')
  if (typeof date !== 'string' || typeof time !== 'string' || time.length > 40) return undefined
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || clockStamp(time) === undefined) return undefined
  const both = `${date} ${time}`
  const stamp = isoStamp(both)
  return typeof stamp === 'object' && stamp.original.length < both.length ? undefined : stamp
}

export interface EventTime {
  stamp: Stamp
  /** The dotted path of the member that holds it. */
  path: string
  /** By no better name than that of an end, an update, a receipt, or one that ends in "time". */
  weak: boolean
  /** Another time of the event with its zone, which shows whether this one's is right. */
  witness?: Stamp
}

function witnessIn(others: readonly Candidate[], json: string): Stamp | undefined {
  const other = others.find(({ rank }) => rank < BEGIN_RANK)
  const stamp = other && jsonStamp(other.value, { key: other.key, json })
  const isSure = typeof stamp === 'object' && stamp.offset !== undefined && !stamp.minutesOnly
  return isSure && plausible(other!.value, stamp) ? stamp : undefined
}

/** The record's time; 'impossible-time' where the only stamps in it are on no calendar. */
export function eventTime(
  value: JsonObject,
  json: string,
): EventTime | 'impossible-time' | undefined {
  const candidates: Candidate[] = []
  gather(value, { depth: 0, prefix: '', own: true }, candidates)
  if (candidates.length > 1) candidates.sort((a, b) => a.order - b.order)
  let impossible = false
  for (const [i, { key, path, value: written, order: place, rank }] of candidates.entries()) {
    const stamp = jsonStamp(written, { key, json })
    if (stamp === 'impossible-time') impossible = true
    else if (stamp !== undefined && plausible(written, stamp)) {
      const witness = rank < BEGIN_RANK ? witnessIn(candidates.slice(i + 1), json) : undefined
      return { stamp, path, weak: place >= WEAK, ...(witness && { witness }) }
    }
  }
  const both = dateAndTime(value)
  if (typeof both === 'object') return { stamp: both, path: 'date', weak: false }
  return impossible ? 'impossible-time' : both
}
