/** What a line of an unknown log tells beside its time: a level, a process, a component, where their places are known. */
import type { Fields, Stamp } from '../../schemas/source-record.ts'
import type { Item } from '../adapter.ts'
import { levelAt } from './level.ts'
import { refuse, type Group } from './lines.ts'
import { describeException } from './stack-trace.ts'

const LEVELS =
  'TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|FATAL|CRIT(?:ICAL)?|SEVERE|ALERT|EMERGENCY'

/** Layouts behind a stamp: a pattern, and the fields that its groups are. */
const LAYOUTS: readonly (readonly [RegExp, readonly string[]])[] = [
  // Android logcat, threadtime and time: https://developer.android.com/tools/logcat#outputFormat
  [
    / +(?:[\w.]+ +)?(\d+) +(\d+) ([VDIWEFAS]) ([^:]{0,80}?) *: /y,
    ['process.pid', 'process.thread.id', 'log.level', 'log.logger'],
  ],
  [/ ([VDIWEFAS])\/([^(]{1,80}?) *\( *(\d+)\): /y, ['log.level', 'log.logger', 'process.pid']],
  // glog and klog, https://github.com/google/glog#log-line-prefix
  [/ +(\d+) ([^\s\]]{1,120}:\d+)\] /y, ['process.thread.id', 'labels.source']],
  // Ruby's Logger
  [/ ?#(\d+)\] +([A-Z]+) -- ([^:]{0,80}?) ?: /y, ['process.pid', 'log.level', 'log.logger']],
  // Monolog, Laravel
  [new RegExp(String.raw`\] ([\w-]+)\.(${LEVELS}): `, 'y'), ['log.logger', 'log.level']],
  // MySQL, https://dev.mysql.com/doc/refman/8.4/en/error-log-format.html
  [
    / (\d+) \[(\w+)\] \[(MY-\d+)\] \[(\w+)\] /y,
    ['process.thread.id', 'log.level', 'event.code', 'log.logger'],
  ],
  [/ (\d+) \[(Note|Warning|ERROR|System)\] /y, ['process.thread.id', 'log.level']],
  // MongoDB to 4.2
  [
    / ([IWEFD]\d?) +([A-Z-]{1,12}) +\[([^\]]{1,80})\] /y,
    ['log.level', 'log.logger', 'process.thread.name'],
  ],
  // VMware
  [
    / (info|verbose|trivia|warning|error|panic) ([\w.-]{1,80})\[(\w+)\] /y,
    ['log.level', 'process.name', 'process.thread.name'],
  ],
  // Minecraft
  [
    new RegExp(String.raw`\]? \[([^\]/]{1,80})\/(${LEVELS})\]: `, 'y'),
    ['process.thread.name', 'log.level'],
  ],
  // HDFS and others: number of the thread or process, level, component
  [
    new RegExp(String.raw` +\[?(\d{1,10})\]? +(${LEVELS}) +(?:([\w.$]{1,200}): )?`, 'y'),
    ['process.thread.id', 'log.level', 'log.logger'],
  ],
]
const NUMBERS = new Set(['process.pid', 'process.thread.id'])
const BETWEEN = /(?:[\])>|:,;\s]|-+(?=\s))*/y
/** The stamp is the value of a name: without it the name would tell nothing. */
const VALUE_OF = /(?:=|": ?)$/
const OPENED = /[[(<]$/
const CLOSES = /[\])>]/
const ONLY_MARKS = /^[\s[\](){}<>|:;,."#*=-]*$/
const GLOG = /^[IWEFD]$/
const RUBY = /^[DIWEFA], \[$/
const LEVEL_IN = new RegExp(String.raw`(?:^|[^\w.])(${LEVELS})(?![\w.])`)

/** Reads the layout behind the stamp into fields; gives the place where the message begins. */
function readLayout(line: string, end: number, fields: Fields): number {
  for (const [pattern, names] of LAYOUTS) {
    pattern.lastIndex = end
    const m = pattern.exec(line)
    if (!m) continue
    for (const [i, name] of names.entries()) {
      const value = m[i + 1]
      if (value) fields[name] = NUMBERS.has(name) ? Number(value) : value
    }
    return end + m[0].length
  }
  BETWEEN.lastIndex = end
  BETWEEN.exec(line)
  const at = BETWEEN.lastIndex
  const level = levelAt(line, at)
  if (!level) return at
  fields['log.level'] = level.level
  BETWEEN.lastIndex = level.end
  BETWEEN.exec(line)
  return BETWEEN.lastIndex
}

/** The record of a group whose first line has its stamp from `start` to `end`. */
export function* stampedRecord(
  group: Group,
  stamp: Stamp | 'impossible-time',
  start: number,
  end: number,
): Generator<Item> {
  if (stamp === 'impossible-time') {
    yield* refuse(group, stamp)
    return
  }
  const { head } = group
  const fields: Fields = {}
  const quoted = head[end] === '"' && (head[start] === '"' || head[start - 1] === '"')
  let message = head.slice(readLayout(head, quoted ? end + 1 : end, fields))
  if (start > 0) {
    const told = head.slice(0, start)
    // The bracket around the stamp goes with it, so that none is left open.
    const before = CLOSES.test(head[end] ?? '') ? told.replace(OPENED, '') : told
    if (GLOG.test(before)) fields['log.level'] = before
    else if (!ONLY_MARKS.test(before) && !RUBY.test(before)) {
      const level = LEVEL_IN.exec(before)
      if (level) fields['log.level'] ??= level[1]!
      const words = level ? before.replace(level[1]!, '') : before
      if (!ONLY_MARKS.test(words))
        message = quoted || VALUE_OF.test(told) ? head : `${before.trim()} ${message}`
    }
  }
  message = message.trim()
  if (group.count > 1) message = describeException(message, group.text.split('\n').slice(1), fields)
  yield {
    time: stamp,
    message: message || group.head.trim(),
    original: group.text,
    line: group.line,
    fields,
  }
}
