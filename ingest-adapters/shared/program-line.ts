/** The parts of one line that a Java logger or Python's logging wrote. See program-layouts.ts. */
import type { Fields } from '../../schemas/source-record.ts'
import { isLikely } from './inner-stamp.ts'
import { stampAt } from './leading-stamp.ts'
import { clockStamp } from './numeric-stamp.ts'
import { LEVELS, layoutsAt, type Family, type Layout } from './program-layouts.ts'
import { isDigit, makeStamp, number, readClock, type StampRead } from './stamp.ts'
import { withZone } from './zone-name.ts'

const CLOCK = String.raw`\d\d:\d\d:\d\d`
const SPARK = new RegExp(String.raw`^\d\d\/\d\d\/\d\d ${CLOCK} (?:${LEVELS}) `)
/** java.util.logging */
const JUL = /^[A-Z][a-z]{2} \d\d?, \d{4} \d\d?:\d\d:\d\d[ \u202f][AP]M /
const BEGINS = new RegExp(
  [
    String.raw`^\[?\d{4}[-/]\d\d[-/]\d\d[T ]${CLOCK}`,
    SPARK.source,
    String.raw`^${CLOCK}[.,]\d{3} +(?:\[[^\]]*\] +)?(?:${LEVELS}) `,
    String.raw`^\d\d-[A-Z][a-z]{2}-\d{4} ${CLOCK}`,
    JUL.source,
    String.raw`^(?:${LEVELS}) +(?:\[[^\]]*\] +)?\d{4}-\d\d-\d\d[T ]${CLOCK}`,
  ].join('|'),
)
/** A line of a traceback in oslo.log: stamp, process, level and logger before each, but no `[context]`. */
const OSLO_TRACE =
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} (\d+) (?:ERROR|TRACE|CRITICAL) (\S+) (?!\[(?:-|req-|None))(?:\[instance: [^\]]*\] ?)?/
const LEVEL_THEN_STAMP = new RegExp(String.raw`^(${LEVELS}) +(?:\[([^\]]*)\] +)?(?=\d{4}-)`)
const CASSANDRA = /([\w.$-]+)(?:\.java)?:(\d+) - /y

/** Whether a line is one more of the traceback before it, though it has a stamp. */
export const osloTrace = (line: string): RegExpExecArray | null =>
  isDigit(line.charCodeAt(0)) ? OSLO_TRACE.exec(line) : null

/** Whether the level stands on the next line. */
export const levelFollows = (line: string): boolean => JUL.test(line)

/** A line with a stamp of another program is a record of its own too: it must not borrow the time of the one before it. */
export function beginsProgramLine(line: string): boolean {
  const c = line.charCodeAt(0)
  if (c === 32 || c === 9) return false
  return BEGINS.test(line) ? !osloTrace(line) : foreignStamp(line) !== undefined
}

/** A number in front of a line of a longer message (a table, a lease, a file that is shown) is data, whatever instant it names. */
const NUMBER = /^[\d.]+$/

function foreignStamp(line: string): StampRead {
  const at = line.charCodeAt(0) === 91 ? 1 : 0
  const read = stampAt(line, at)
  if (read === undefined || !isLikely(read)) return undefined
  return read !== 'impossible-time' && NUMBER.test(read.original) ? undefined : read
}

export interface ProgramLine {
  time: StampRead
  fields: Fields
  family: Family | undefined
  /** The place where the message begins, and where it ends. */
  at: number
  end: number
}

/** yy/MM/dd, the default of Spark's log4j: the order is known. */
function sparkStamp(line: string): StampRead {
  const [year, month, day] = [number(line, 0, 2), number(line, 3, 2), number(line, 6, 2)]
  const clock = readClock(line, 9)
  if (!clock) return undefined
  return makeStamp(line.slice(0, clock.end), { year: 2000 + year, month, day, ...clock }, undefined)
}

function stampOf(line: string, at: number): StampRead {
  const mark = line.charCodeAt(at + 2)
  if (mark === 47 && SPARK.test(line)) return sparkStamp(line)
  return mark === 58 ? clockStamp(line, at) : stampAt(line, at)
}

/** Reads a line that begins a record; a stamp that no calendar has is told in `time`. */
export function programLine(line: string): ProgramLine {
  const read: ProgramLine = {
    time: undefined,
    fields: {},
    family: undefined,
    at: 0,
    end: line.length,
  }
  let at = line.charCodeAt(0) === 91 ? 1 : 0
  const before = at === 0 && !isDigit(line.charCodeAt(0)) ? LEVEL_THEN_STAMP.exec(line) : null
  if (before) at = before[0].length
  const time = stampOf(line, at)
  read.time = time
  if (time === undefined || time === 'impossible-time') return read
  read.time = withZone(time, line, at + time.original.length)
  read.at = at + read.time.original.length
  if (before) return levelFirst(read, line, before)
  for (const layout of layoutsAt(line, read.at)) {
    layout.pattern.lastIndex = read.at
    const m = layout.pattern.exec(line)
    if (!m) continue
    read.at += m[0].length
    read.family = layout.family ?? read.family
    fill(read, layout, m)
    if (layout.tail) tail(read, layout.tail, line)
    return read
  }
  if (levelFollows(line)) classAndMethod(read, line)
  if (line.charCodeAt(read.at) === 93) read.at++
  return read
}

/** Cassandra: `INFO  [main] 2024-05-01 10:00:00,123 StorageService.java:507 - message`. */
function levelFirst(read: ProgramLine, line: string, before: RegExpExecArray): ProgramLine {
  read.fields['log.level'] = before[1]!
  if (before[2]) read.fields['process.thread.name'] = before[2]
  CASSANDRA.lastIndex = read.at + 1
  const m = CASSANDRA.exec(line)
  if (!m) return read
  read.family = 'java'
  read.fields['log.logger'] = m[1]!.replace(/\.java$/, '')
  read.at = CASSANDRA.lastIndex
  return read
}

/** java.util.logging: class and method stand behind the stamp, level and message on the next line. */
function classAndMethod(read: ProgramLine, line: string): void {
  const [name, method] = line.slice(read.at).trim().split(' ')
  if (!name) return
  read.family = 'java'
  read.fields['log.logger'] = name
  if (method) read.fields['labels.method'] = method
}

const NAMES: Readonly<Record<string, string>> = {
  level: 'log.level',
  thread: 'process.thread.name',
  logger: 'log.logger',
  process: 'process.name',
  user: 'user.name',
  node: 'service.node.name',
  session: 'labels.session',
  source: 'labels.source',
  line: 'labels.line',
  function: 'labels.function',
}

function fill(read: ProgramLine, layout: Layout, m: RegExpExecArray): void {
  for (let i = 0; i < layout.parts.length; i++) {
    const part = layout.parts[i]!
    const value = m[i + 1]?.trim()
    if (!value) continue
    if (part === 'pid') read.fields['process.pid'] = Number(value)
    else if (part === 'brackets') spring(read.fields, value)
    else if (part === 'context') oslo(read.fields, value)
    else if (part === 'node' && String(read.fields['log.logger']).startsWith('logstash')) {
      read.fields['process.thread.name'] = value
    } else read.fields[NAMES[part]!] = value
  }
}

/** `[main]`, `[shop] [main]`, `[shop] [main] [trace-span]`. */
function spring(fields: Fields, brackets: string): void {
  const all = brackets.split(']').map((one) => one.replace('[', '').trim())
  const thread = all.length > 2 ? 1 : 0
  if (all[thread]) fields['process.thread.name'] = all[thread]!
  if (thread === 1 && all[0]) fields['service.name'] = all[0]
  const ids = /^([0-9a-f]{32})-([0-9a-f]{16})$/.exec(all[2] ?? '')
  if (!ids) return
  fields['trace.id'] = ids[1]!
  fields['span.id'] = ids[2]!
}

const INSTANCE = 'instance: '

/** `req-… user project domain user_domain project_domain`, also with a global request id or `None` before. */
function oslo(fields: Fields, context: string): void {
  if (context.startsWith(INSTANCE)) fields['labels.instance'] = context.slice(INSTANCE.length)
  const words = context.split(' ')
  if (words[0] === 'None') words.shift()
  const requests = words.filter((word) => word.startsWith('req-'))
  const [user, project] = words.slice(requests.length)
  const id = requests.at(-1)
  if (id === undefined) return
  fields['labels.request_id'] = id
  if (requests.length > 1) fields['labels.global_request_id'] = requests[0]!
  if (user && user !== '-') fields['user.id'] = user
  if (project && project !== '-') fields['labels.project_id'] = project
}

const KAFKA_LOGGER = /^ \(([\w.$]+)\)$/

function tail(read: ProgramLine, kind: 'logger' | 'pipes', line: string): void {
  if (kind === 'logger') {
    const at = line.lastIndexOf(' (')
    const m = at < read.at - 1 ? null : KAFKA_LOGGER.exec(line.slice(at, at + 200))
    if (!m) return
    read.fields['log.logger'] = m[1]!
    read.end = at
    return
  }
  const thread = line.lastIndexOf(' | ')
  const logger = line.lastIndexOf(' | ', thread - 1)
  if (logger < read.at) return
  read.fields['log.logger'] = line.slice(logger + 3, thread)
  read.fields['process.thread.name'] = line.slice(thread + 3)
  read.end = logger
}
