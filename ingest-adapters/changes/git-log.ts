/**
 * git log, https://git-scm.com/docs/git-log and https://git-scm.com/docs/pretty-formats: medium, full, fuller, raw and reference-like forms,
 * with any --date that holds a clock (default, local, iso, iso-strict, rfc, unix, raw), with --decorate, --stat, -p, --graph, notes and merges.
 * The event is at the commit's date where that is shown, else at the author's. `full`, `short` and relative dates tell no time.
 * Also lines of one commit each: hash, date, author and subject, in order or with `|` or tabs between (`--pretty='%h|%an|%ad|%s'`).
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { Head, Item, LineAdapter } from '../adapter.ts'
import { isCommitLine, isCommitLog, readCommitLine } from '../shared/commit-line.ts'
import { wholeStamp } from '../shared/json-stamp.ts'
import { readGroups, refuse, type Group } from '../shared/lines.ts'
import { epochStamp } from '../shared/epoch-stamp.ts'
import type { StampRead } from '../shared/stamp.ts'

const COMMIT =
  /^commit (?:[<>^-] ?)?([0-9a-f]{7,64})((?: [0-9a-f]{7,64})*)(?:\t\S+)?(?: \((.+)\))?$/
const HEADER =
  /^(?:(Merge|Author|AuthorDate|Commit|CommitDate|Date|Reflog|Reflog message):|(tree|parent|author|committer) )/
const PERSON = /^(.{0,300}?) ?<([^<>]{0,300})>/
const RAW_DATE = / (-?\d{1,12}) [+-]\d{4}$/
const EPOCH = /^(-?\d{1,12})(?: [+-]\d{4})?$/
const STAT = /^ \d+ files? changed/

const begins = (line: string): boolean =>
  isCommit(line) ? COMMIT.test(line.slice(graphWidth(line))) : isCommitLine(line, true)

/** What `--graph` draws before a commit; its other lines have drawings of the same width. */
const GRAPH = /^(?:\*|[|\\/][|\\/_ ]{0,100}\*)[|\\/_ .-]{0,100} (?=commit )/
const DRAWING = /^[*|\\/_ .-]*$/
const graphWidth = (line: string): number => GRAPH.exec(line)?.[0].length ?? 0
const withoutGraph = (line: string, width: number): string =>
  DRAWING.test(line.slice(0, width)) ? line.slice(width) : line
const isCommit = (line: string): boolean => line.startsWith('commit ', graphWidth(line))

/** Dates of `--date=raw` and `--date=unix` are epochs; the offset beside one only tells where the person was. */
function dateStamp(written: string): StampRead {
  const m = EPOCH.exec(written)
  if (!m) return wholeStamp(written)
  const stamp = epochStamp(m[1]!, 's')
  return typeof stamp === 'object' ? { ...stamp, original: written } : stamp
}

interface Commit {
  hash: string
  parents: string | undefined
  refs: string | undefined
  headers: Map<string, string>
  body: string[]
  stat: string | undefined
}

/** The parts of a record: headers up to the blank line, the indented message, and what --stat adds. */
function readCommit(group: Group): Commit {
  const width = graphWidth(group.head)
  const [, hash, parents, refs] = COMMIT.exec(group.head.slice(width))!
  const commit: Commit = {
    hash: hash!,
    parents: parents!.trim() || undefined,
    refs,
    headers: new Map(),
    body: [],
    stat: undefined,
  }
  let inHeaders = true
  let inBody = true
  for (const written of group.text.split('\n').slice(1)) {
    const line = withoutGraph(written, width)
    const m = inHeaders ? HEADER.exec(line) : null
    if (m) {
      const key = m[1] ?? m[2]!
      const value = line.slice(m[0].length).trim()
      if (value === '') continue
      const before = commit.headers.get(key)
      commit.headers.set(
        key,
        before === undefined ? value : key === 'parent' ? `${before} ${value}` : before,
      )
    } else if (line.startsWith('    ')) {
      inHeaders = false
      if (inBody) commit.body.push(line.slice(4))
    } else if (line.trim() === '') {
      inHeaders = inHeaders && commit.headers.size === 0
      if (inBody && commit.body.length > 0) commit.body.push('')
    } else {
      if (!inHeaders) inBody = false
      if (STAT.test(line)) commit.stat = line.trim()
    }
  }
  return commit
}

const person = (written: string | undefined): { name: string; email: string } | undefined => {
  const m = written === undefined ? null : PERSON.exec(written)
  return m ? { name: m[1]!.trim() || m[2]!, email: m[2]! } : undefined
}

/** A date that stands after a person in the raw form. */
const rawDate = (written: string | undefined): string | undefined =>
  written === undefined ? undefined : RAW_DATE.exec(written)?.[0].trim()

function* commitItem(group: Group): Generator<Item> {
  const { hash, parents, refs, headers, body, stat } = readCommit(group)
  const authored =
    headers.get('AuthorDate') ?? rawDate(headers.get('author')) ?? headers.get('Date')
  const committed = headers.get('CommitDate') ?? rawDate(headers.get('committer'))
  const written = committed ?? authored
  const time = written === undefined ? undefined : dateStamp(written)
  if (time === undefined || time === 'impossible-time') {
    yield* refuse(group, time ?? 'no-time')
    return
  }
  const before = parents ?? headers.get('parent')
  const merge = headers.get('Merge') ?? (before?.includes(' ') ? before : undefined)
  const fields: Fields = {
    'event.action': merge === undefined ? 'commit' : 'merge',
    'labels.commit': hash,
  }
  const author = person(headers.get('Author') ?? headers.get('author'))
  const committer = person(headers.get('Commit') ?? headers.get('committer'))
  if (author) {
    fields['user.name'] = author.name
    if (author.email !== '') fields['user.email'] = author.email
  }
  if (committer && committer.name !== author?.name) fields['labels.committer'] = committer.name
  if (committed !== undefined && authored !== undefined && authored !== committed)
    fields['labels.author_date'] = authored
  if (refs !== undefined) fields['labels.refs'] = refs
  if (merge !== undefined) fields['labels.merge'] = merge
  if (stat !== undefined) fields['labels.stat'] = stat
  const message = body.join('\n').trim() || `commit ${hash}`
  const record = { time, message, original: group.text, line: group.line, fields }
  yield hash.length === 40 || hash.length === 64 ? { ...record, nativeId: hash } : record
}

/** A log begins with a commit at once, and the line after that is one of its headers. */
function isLog(head: Head): boolean {
  const at = head.lines.slice(0, 3).findIndex((line) => isCommit(line) && begins(line))
  const after = at < 0 ? undefined : head.lines[at + 1]
  if (after === undefined) return false
  const next = withoutGraph(after, graphWidth(head.lines[at]!))
  return HEADER.test(next) || next.startsWith('gpg: ')
}

export const adapter: LineAdapter = {
  title: 'git log',
  unit: 'lines',
  recognizes: (head) => isLog(head) || isCommitLog(head),
  begins,
  parse: () =>
    readGroups(begins, (group) =>
      isCommit(group.head) ? commitItem(group) : readCommitLine(group),
    ),
}
