/** A commit on one line, as `git log --pretty` prints it: hash, date, author and subject in some order. */
import type { Fields } from '../../schemas/source-record.ts'
import type { Head, Item } from '../adapter.ts'
import { isoStamp } from './iso-stamp.ts'
import { wholeStamp } from './json-stamp.ts'
import { mostLines, refuse, type Group } from './lines.ts'
import type { StampRead } from './stamp.ts'

const HASH = /^([0-9a-f]{7,12}|[0-9a-f]{40}|[0-9a-f]{64})([ |\t])[ |]*/
const ISO_DATE = /^[[(]?\d{4}-\d\d-\d\d[T ]\d\d:\d\d/
const PARTS = 6

/** A number could be a process or a thread: to recognize a file, a short hash must have a letter and a digit. */
const isHash = (hash: string): boolean =>
  hash.length >= 40 || (/[a-f]/.test(hash) && /\d/.test(hash))

interface Parts {
  hash: string
  time: StampRead
  who: string | undefined
  subject: string
}

function read(line: string, anyNumber: boolean): Parts | undefined {
  const m = HASH.exec(line)
  if (!m || (!anyNumber && !isHash(m[1]!))) return undefined
  const rest = line.slice(m[0].length)
  return m[2] === ' ' && !m[0].includes('|')
    ? spaced(m[1]!, rest)
    : separated(m[1]!, rest, m[0].includes('|') ? '|' : '\t')
}

/** Where only spaces separate, the date must follow the hash, and nobody knows where the author's name ends. */
function spaced(hash: string, rest: string): Parts | undefined {
  if (!ISO_DATE.test(rest)) return undefined
  const bracket = /^[[(]/.test(rest) ? 1 : 0
  const time = isoStamp(rest, bracket)
  if (time === undefined) return undefined
  const end = time === 'impossible-time' ? 0 : bracket + time.original.length + bracket
  return { hash, time, who: undefined, subject: rest.slice(end).trim() }
}

/** The first part that is a stamp is the date, the part beside it a person, what is left the subject, which may hold separators. */
function separated(hash: string, rest: string, mark: string): Parts | undefined {
  const parts = rest.split(mark, PARTS).map((part) => part.trim())
  for (const [i, part] of parts.entries()) {
    const time = wholeStamp(part)
    if (time === undefined) continue
    const after = rest.split(mark).slice(i + 1)
    const before = parts.slice(0, i)
    if (before.length > 0) {
      const subject = after.join(mark).trim() || before.slice(1).join(mark)
      return { hash, time, who: before[0], subject }
    }
    const who = after.length > 1 ? after.shift()!.trim() : undefined
    return { hash, time, who, subject: after.join(mark).trim() }
  }
  return undefined
}

/** With `anyNumber`, where the file is known to be of commits, a hash may happen to have digits alone. */
export const isCommitLine = (line: string, anyNumber: boolean): boolean => {
  const c = line.charCodeAt(0)
  return ((c >= 48 && c <= 57) || (c >= 97 && c <= 102)) && read(line, anyNumber) !== undefined
}

/**
 * Whether a head is of such lines. A request or a trace has an id like a short hash, but git prints the newest first and cuts all hashes
 * to one length.
 */
export function isCommitLog(head: Head): boolean {
  if (!mostLines(head, (line) => isCommitLine(line, false), 0.8)) return false
  const commits = head.lines.flatMap((line) => read(line, false) ?? [])
  if (commits.some(({ hash, who }) => hash.length >= 40 || who !== undefined)) return true
  const times = commits.flatMap(({ time }) =>
    typeof time === 'object' ? [time.seconds - (time.offset ?? 0)] : [],
  )
  const length = commits[0]!.hash.length
  return times[0]! > times.at(-1)! && commits.every(({ hash }) => hash.length === length)
}

export function* readCommitLine(group: Group): Generator<Item> {
  const commit = read(group.head, true)
  if (!commit || commit.time === undefined || commit.time === 'impossible-time') {
    yield* refuse(group, commit?.time === 'impossible-time' ? 'impossible-time' : 'not-a-record')
    return
  }
  const { hash, time, who, subject } = commit
  const fields: Fields = {
    'event.action': /^Merge (?:branch|pull request|remote|tag)\b/.test(subject)
      ? 'merge'
      : 'commit',
    'labels.commit': hash,
  }
  if (who !== undefined && who !== '') fields['user.name'] = who.replace(/ ?<[^<>]*>$/, '')
  const record = {
    time,
    message: subject || `commit ${hash}`,
    original: group.text,
    line: group.line,
    fields,
  }
  yield hash.length >= 40 ? { ...record, nativeId: hash } : record
}
