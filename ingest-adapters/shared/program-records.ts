/** Records of Java loggers and of Python's logging: a line, and the stack trace or other text behind it. */
import type { Fields } from '../../schemas/source-record.ts'
import type { Head, Item } from '../adapter.ts'
import { readGroups, refuse, type Group } from './lines.ts'
import { LEVELS, type Family } from './program-layouts.ts'
import { beginsProgramLine, levelFollows, osloTrace, programLine } from './program-line.ts'
import { describeException } from './stack-trace.ts'

const SAMPLE = 200
const SHARE = 0.3
const INSTANCE = /^\[instance: ([\w-]+)\] ?/
/** A record of a program that writes the level and no time, uvicorn or a Java machine. */
const UNSTAMPED = new RegExp(String.raw`^(?:${LEVELS}): `)
const LEVEL_LINE = /^([A-Z\u00c0-\u00dc]{4,14}): ?/

/** Whose lines a file has, where at least three of ten that are not indented are of such a program and most tell the same. */
export function familyOf(head: Head): Family | undefined {
  let java = 0
  let python = 0
  let hits = 0
  let of = 0
  for (const line of head.lines.slice(0, SAMPLE)) {
    if (!beginsProgramLine(line)) {
      if (!/^\s/.test(line) && !osloTrace(line)) of++
      continue
    }
    of++
    const { family, time, fields } = programLine(line)
    if (family === 'java') java++
    else if (family === 'python') python++
    if (family || (typeof time === 'object' && fields['log.level'])) hits++
  }
  if (hits < of * SHARE || java + python < hits * SHARE || hits === 0) return undefined
  return java >= python ? 'java' : 'python'
}

export const programRecords = readGroups(beginsProgramLine, function* (group) {
  if (group.count === 1) yield* record(group)
  else for (const part of apart(group)) yield* record(part)
})

/** Takes out of a group what belongs to no record before it: another process' traceback with stamps of its own, and records without any. */
function* apart(group: Group): Generator<Group> {
  const lines = group.text.split('\n')
  let start = 0
  const cut = (end: number): Group => ({
    head: lines[start]!,
    text: lines.slice(start, end).join('\n'),
    line: group.line + start,
    count: end - start,
  })
  let owner = ownerOf(lines[0]!)
  for (let i = 1; i < lines.length; i++) {
    const m = osloTrace(lines[i]!)
    if (!m && UNSTAMPED.test(lines[i]!) && !(i === 1 && levelFollows(lines[0]!))) {
      yield cut(i)
      start = i
      owner = undefined
      continue
    }
    if (!m || (owner !== undefined && owner === `${m[1]} ${m[2]}`)) continue
    yield cut(i)
    start = i
    owner = `${m[1]} ${m[2]}`
  }
  yield cut(lines.length)
}

const OWNER = /^\S+ \S+ (\d+) \w+ (\S+) \[/
function ownerOf(line: string): string | undefined {
  const m = OWNER.exec(line)
  return m ? `${m[1]} ${m[2]}` : undefined
}

function* record(group: Group): Generator<Item> {
  const read = programLine(group.head)
  if (read.time === undefined || read.time === 'impossible-time') {
    yield* refuse(group, read.time ?? 'no-time')
    return
  }
  const { fields } = read
  let message = group.head.slice(read.at, read.end).trim()
  const instance = INSTANCE.exec(message)
  if (instance) {
    fields['labels.instance'] = instance[1]!
    message = message.slice(instance[0].length)
  }
  if (group.count > 1) message = describe(group, message, fields)
  yield {
    time: read.time,
    message: message || group.head,
    original: group.text,
    line: group.line,
    fields,
  }
}

function describe(group: Group, first: string, fields: Fields): string {
  let message = first
  const lines = group.text.split('\n').slice(1)
  if (fields['log.level'] === undefined && levelFollows(group.head)) {
    const m = LEVEL_LINE.exec(lines[0]!)
    if (m) {
      fields['log.level'] = m[1]!
      message = lines.shift()!.slice(m[0].length)
    }
  }
  const plain = lines.map((line) => {
    const m = osloTrace(line)
    return m ? line.slice(m[0].length) : line
  })
  if (fields['log.logger'] === undefined) {
    const m = / \(([\w.$]+)\)$/.exec(plain.at(-1)?.slice(-200) ?? '')
    if (m) fields['log.logger'] = m[1]!
  }
  return describeException(message, plain, fields)
}
