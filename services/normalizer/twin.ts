import type { SourceRecord } from '../../schemas/source-record.ts'
import type { Change } from '../../schemas/change.ts'
import { kindOf } from './classify.ts'

/** So much of a line tells it from others; some channels cut what is longer. */
const READ = 1000
/** A colour is told in fewer characters. */
const COLOR = 20
/** The seconds of a clock, or those since 1970, with or without what is smaller behind them. */
const STAMP = /\d:\d\d:(\d\d)|(\d{10})/g
/** What a program stamped comes to a channel so soon: no twins are further apart (event-index/same.ts). */
const SOON = 2
const NUMBERS_OR_COLON = /^[\d.]+$|:/

interface Channel {
  name: string
  /** What the program wrote, without what the channel put before it. */
  written(record: SourceRecord): string
}

/** A syslog file and a relay of it write the same line in two forms. In one form it would be the same bytes, and one event. */
const formOf = ({ time, original }: SourceRecord): string =>
  `syslog ${original.startsWith('<') ? '<' : ''}${time.lacks ?? ''}${time.digits > 0 ? '.' : ''}${time.offset === undefined ? '' : 'z'}`

const messageOf = ({ message }: SourceRecord): string => message
const RUNTIME = 'runtime'
const CHANNELS: Readonly<Record<string, Channel>> = {
  'logs/journald': { name: 'journal', written: messageOf },
  'logs/journald-export': { name: 'journal export', written: messageOf },
  'logs/cri': { name: RUNTIME, written: ({ original }) => joined(original) },
  'logs/docker-json': { name: RUNTIME, written: ({ original }) => loggedIn(original) },
}
/** What programs write into files themselves. */
const FILE: Channel = { name: 'file', written: ({ original }) => original }

/**
 * What makes an event, `seconds` after 1970, the same as one of another channel: the first line that the program wrote. Where that line does not tell this time, other machines may have
 * written it too, so the host goes into it; without a host there is then no telling. What else must agree is told in event-index/same.ts.
 */
export function twinOf(
  record: SourceRecord,
  dataset: string,
  host: string,
  seconds: number,
): Pick<Change, 'twin' | 'channel'> {
  if (kindOf(dataset) !== 'log') return { twin: null, channel: '' }
  const isSyslog = dataset === 'logs/syslog'
  const { name, written } = CHANNELS[dataset] ?? FILE
  const text = isSyslog ? record.message : written(record)
  const isStamped = tellsTime(text.length > READ ? text.slice(0, READ) : text, seconds)
  if (!isStamped && host === '') return { twin: null, channel: '' }
  return {
    twin: hash(text, isStamped ? '' : shortName(host)),
    channel: isSyslog ? formOf(record) : name,
  }
}

/** Whether a text has a stamp of that time, in whatever zone; ten digits may be anything else, and so may a clock. */
function tellsTime(text: string, seconds: number): boolean {
  for (const [, clock, epoch] of text.matchAll(STAMP)) {
    const apart = clock ? (Number(clock) - seconds) % 60 : Number(epoch) - seconds
    if (Math.abs(apart) <= SOON || (clock && Math.abs(apart) >= 60 - SOON)) return true
  }
  return false
}

/** Some channels write the domain, others do not. */
const shortName = (host: string): string =>
  (NUMBERS_OR_COLON.test(host) ? host : host.split('.', 1)[0]!).toLowerCase()

const CRI = /^\S+ \S+ ([PF])\S* ?/

/** The first line of a container of Kubernetes, of all its parts. */
function joined(original: string): string {
  let text = ''
  for (const line of original.split('\n')) {
    const m = CRI.exec(line)
    if (!m) break
    text += line.slice(m[0].length)
    if (m[1] === 'F' || text.length > READ) break
  }
  return text
}

function loggedIn(original: string): string {
  try {
    return String((JSON.parse(original) as { log?: unknown }).log)
  } catch {
    return ''
  }
}

/** The hash of the first line that has something in it, and of a name. White space, colours and rsyslog's `#012` in place of control characters are no difference. */
function hash(text: string, name: string): number {
  let a = 0x811c9dc5
  let b = 0x1b873593
  let length = 0
  let space = false
  const add = (code: number): void => {
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul(b ^ code, 0x5bd1e995)
    b ^= b >>> 13
  }
  for (let i = 0; i < text.length && length < READ; i++) {
    let c = text.charCodeAt(i)
    if (c === 35) {
      const octal = /^#([0-3][0-7]{2})/.exec(text.slice(i, i + 4))?.[1]
      if (octal !== undefined) {
        c = Number.parseInt(octal, 8)
        i += 3
      }
    }
    if (c === 27) {
      const end = text.slice(i, i + COLOR).indexOf('m')
      if (end > 0) i += end
    } else if (c > 32) {
      if (space && length > 0) add(32)
      space = false
      add(c)
      length++
    } else if (c === 10 && length > 0) break
    else space = true
  }
  add(0)
  for (let i = 0; i < name.length; i++) add(name.charCodeAt(i))
  return (a >>> 0) * 2 ** 21 + (b >>> 11)
}
