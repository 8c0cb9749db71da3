/**
 * PostgreSQL's log on stderr, https://www.postgresql.org/docs/current/runtime-config-logging.html#GUC-LOG-LINE-PREFIX:
 * `2024-05-01 10:00:00.123 CEST [11] ERROR:  deadlock detected`. What stands between stamp and severity is chosen by the user:
 * `%m [%p] `, `%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h `, `%t:%r:%u@%d:[%p]:` (Amazon RDS), `[%p] %m `, `%u@%d %m `, `< %m >`.
 * DETAIL, HINT, CONTEXT, STATEMENT and their like have prefixes of their own and belong to the record before them, if the same process wrote it.
 * The lines of a text after its first begin with a tab.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { Item, LineAdapter } from '../adapter.ts'
import { addressField } from '../shared/client-address.ts'
import { levelAt } from '../shared/level.ts'
import { groups, isGroup, mostLines, refuse, type Group } from '../shared/lines.ts'
import { addDuration, postgresqlStamp } from '../shared/postgresql-stamp.ts'

/** What a server with German messages (lc_messages) writes, and what it means. */
const GERMAN: Readonly<Record<string, string>> = {
  HINWEIS: 'NOTICE',
  WARNUNG: 'WARNING',
  FEHLER: 'ERROR',
  PANIK: 'PANIC',
  TIPP: 'HINT',
  ANFRAGE: 'QUERY',
  KONTEXT: 'CONTEXT',
  ORT: 'LOCATION',
  ANWEISUNG: 'STATEMENT',
}
const english = (word: string): string => GERMAN[word] ?? word
const PRIMARY = 'DEBUG[1-5]?|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC|HINWEIS|WARNUNG|FEHLER|PANIK'
const SECONDARY =
  'DETAIL|HINT|QUERY|CONTEXT|LOCATION|STATEMENT|BACKTRACE|TIPP|ANFRAGE|KONTEXT|ORT|ANWEISUNG'
const USER = String.raw`(?:\[unknown\]|[\w.-]{1,63})`
const STAMP = String.raw`^(?:\[\d+\] |[[<(] ?|${USER}@${USER} )?(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)`
const LINE = new RegExp(`${STAMP}(.{19,400}?)\\b(${PRIMARY}|${SECONDARY}):  `)
const BEGINS = new RegExp(`${STAMP}.{19,400}?\\b(?:(?:${PRIMARY})|(${SECONDARY})):  `)
/** A line of another program that writes to the same stream: Patroni, PgBouncer. */
const STAMPED = new RegExp(STAMP)
const OWNER = new RegExp(`^${USER}@${USER} `)
const STAMP_ALONE = /^[\d\-:. ]{20,30}(?:[A-Z]{2,5} |<?[+-]\d\d>? )?$/
const PID = /\[(\d+)(?:-\d+)?\]|\bpid=(\d+)/
/** The name of an application may hold spaces, and ends where a comma or the next name stands. */
const NAMED =
  /\b(?:(app)=([^,]*?)(?=,|\s(?:user|db|client)=|\s*$)|(user|db|client)=(\[unknown\]|\[local\]|[^,\s\]]+))/g
const NAMES: Readonly<Record<string, string>> = {
  user: 'user.name',
  db: 'labels.database',
  app: 'labels.application',
}
const RDS = /:(\S*):(\[unknown\]|[\w.-]+)@(\[unknown\]|[\w.-]+):\[/
const AT = /\s([\w.-]+)@([\w.-]+)\s/
const CLIENT = /^([\w.:%-]+)(?:\((\d+)\))?$/
const NOBODY = /^(?:\[?unknown\]?|)$/

function begins(line: string): boolean {
  const m = BEGINS.exec(line)
  return m ? m[1] === undefined : STAMPED.test(line)
}
const hasPrefix = (line: string): boolean => BEGINS.test(line)
/**
 * Programs of other kinds write `API ERROR:  …` too. A prefix of PostgreSQL's names a process, a session or a user, and has no other words
 * behind these; right behind a stamp the severities LOG and STATEMENT are its own.
 */
function isTelling(line: string): boolean {
  const m = LINE.exec(line)
  if (!m) return false
  const prefix = m[1]!
  if (OWNER.test(line)) return true
  if ((m[2] === 'LOG' || english(m[2]!) === 'STATEMENT') && STAMP_ALONE.test(prefix)) return true
  if (AT.test(prefix) || /\b(?:user|db)=|^.{19,}@/.test(prefix)) return true
  const pid = PID.exec(prefix)
  return pid !== null && !/[A-Za-z]/.test(prefix.slice(pid.index + pid[0].length))
}

export const adapter: LineAdapter = {
  title: 'PostgreSQL log',
  unit: 'lines',
  recognizes: (head) => mostLines(head, hasPrefix) && head.lines.some(isTelling),
  begins,
  parse: () =>
    function* (lines, first) {
      for (const group of groups(lines, first, begins)) {
        if (!isGroup(group)) yield* outside(group)
        else if (group.count === 1) yield* record(group)
        else for (const part of apart(group)) yield* record(part)
      }
    },
}

/** What stands before the first record; a DETAIL there has a stamp and is a record of its own. */
function* outside(item: Item): Generator<Item> {
  if (!('rejected' in item) || !hasPrefix(item.rejected)) yield item
  else yield* record({ head: item.rejected, text: item.rejected, line: item.line, count: 1 })
}

/** A DETAIL that another process wrote stands alone. */
function* apart(group: Group): Generator<Group> {
  const lines = group.text.split('\n')
  const pid = pidOf(lines[0]!)
  let start = 0
  let owner = pid
  const cut = (end: number): Group => ({
    head: lines[start]!,
    text: lines.slice(start, end).join('\n'),
    line: group.line + start,
    count: end - start,
  })
  for (let i = 1; i < lines.length; i++) {
    if (!hasPrefix(lines[i]!)) continue
    const writer = pidOf(lines[i]!)
    if (writer === owner) continue
    yield cut(i)
    start = i
    owner = writer
  }
  yield cut(lines.length)
}

function pidOf(line: string): string | undefined {
  const m = PID.exec(LINE.exec(line)?.[0] ?? '')
  return m?.[1] ?? m?.[2]
}

function* record(group: Group): Generator<Item> {
  const { head } = group
  const m = LINE.exec(head)
  const at = STAMPED.exec(head)?.[0].length ?? 0
  const time = postgresqlStamp(head, at)
  if (time === undefined || time === 'impossible-time') {
    yield* refuse(group, time ?? 'not-a-record')
    return
  }
  const fields: Fields = {}
  let begin = at + time.original.length
  if (m) {
    fields['log.level'] = english(m[2]!)
    readPrefix(fields, ` ${head.slice(0, at)} ${m[1]!.slice(time.original.length)}`)
    begin = m[0].length
  } else {
    const level = levelAt(head, begin + 1)
    if (level) {
      fields['log.level'] = level.level
      begin = level.end
    }
  }
  const message = texts(fields, group, begin).trim()
  addDuration(fields, message)
  yield { time, message: message || group.head, original: group.text, line: group.line, fields }
}

function readPrefix(fields: Fields, prefix: string): void {
  const pid = PID.exec(prefix)
  if (pid) fields['process.pid'] = Number(pid[1] ?? pid[2])
  const rds = RDS.exec(prefix)
  let peer = rds?.[1]
  for (const [, app, application, key, value] of prefix.matchAll(NAMED)) {
    const told = application ?? value!
    if (key === 'client') peer = told
    else if (!NOBODY.test(told)) fields[NAMES[app ?? key!]!] = told
  }
  const client = CLIENT.exec(peer ?? '')
  if (client) {
    fields[addressField('client', client[1]!)] = client[1]!
    if (client[2]) fields['client.port'] = Number(client[2])
  }
  const [user, database] = rds ? [rds[2], rds[3]] : (AT.exec(prefix)?.slice(1) ?? [])
  if (user && !NOBODY.test(user)) fields['user.name'] = user
  if (database && !NOBODY.test(database)) fields['labels.database'] = database
}

/** The text of the record; that of the lines that belong to it goes into labels. */
function texts(fields: Fields, group: Group, at: number): string {
  let message = group.head.slice(at)
  let label: string | undefined
  for (const line of group.count === 1 ? [] : group.text.split('\n').slice(1)) {
    const m = LINE.exec(line)
    if (m) {
      label = `labels.${english(m[2]!).toLowerCase()}`
      fields[label] = line.slice(m[0].length) || m[2]!
    } else if (label) fields[label] = `${fields[label]}\n${line.trim()}`
    else message += `\n${line.replace(/^\t/, '')}`
  }
  return message
}
