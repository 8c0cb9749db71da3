/**
 * The console of a Jenkins build with the Timestamper plug-in, https://plugins.jenkins.io/timestamper/: `[2024-05-01T10:00:00.123Z] line` as pipelines keep it, or a clock in front
 * (`10:00:00  line`, also with a date), as the page shows it. Lines without a stamp belong to the one before. Known by what Jenkins itself writes into it.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { Head, Item, LineAdapter } from '../adapter.ts'
import { plain } from '../shared/console-text.ts'
import { mostLines, readGroups, refuse, type Group } from '../shared/lines.ts'
import { isoStamp } from '../shared/iso-stamp.ts'
import { clockStamp } from '../shared/numeric-stamp.ts'
import type { StampRead } from '../shared/stamp.ts'

const BRACKETED = /^\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)\] ?/
const DATED = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?[+-]\d\d:?\d\d)?) {1,2}/
const CLOCK = /^(\d\d:\d\d:\d\d(?:\.\d{1,9})?) {1,2}/
const OWN =
  /^(?:Started by (?:user|timer|an SCM change|upstream|remote host|GitHub|GitLab|command)|Running (?:as SYSTEM|in Durability level|on .{1,100} in \/)|\[Pipeline\] |Finished: (?:SUCCESS|FAILURE|UNSTABLE|ABORTED|NOT_BUILT)\b|Building (?:remotely on|in workspace|on the built-in))/
const FINISHED = /^Finished: (\w+)/
const STAGE = /^\[Pipeline\] \{ \((.+)\)$/

const stampLength = (line: string): number =>
  (BRACKETED.exec(line) ?? DATED.exec(line) ?? CLOCK.exec(line))?.[0].length ?? 0
const begins = (line: string): boolean => stampLength(line) > 0

function stampOf(line: string): StampRead {
  const whole = BRACKETED.exec(line)?.[1] ?? DATED.exec(line)?.[1]
  return whole === undefined ? clockStamp(line) : isoStamp(whole)
}

const textAfter = (line: string): string => plain(line.slice(stampLength(line))).trim()

function* item(group: Group): Generator<Item> {
  const time = stampOf(group.head)
  if (typeof time !== 'object') {
    yield* refuse(group, time ?? 'no-time')
    return
  }
  const fields: Fields = {}
  const said = textAfter(group.head)
  const finished = FINISHED.exec(said)?.[1]
  const stage = STAGE.exec(said)?.[1]
  if (finished !== undefined) {
    fields['event.action'] = 'ended'
    fields['event.outcome'] = finished === 'SUCCESS' ? 'success' : 'failure'
  } else if (said.startsWith('Started by ')) fields['event.action'] = 'started'
  else if (stage !== undefined) fields['labels.stage'] = stage
  yield {
    time,
    message: said || '(blank)',
    original: group.text,
    line: group.line,
    fields,
  }
}

const recognizes = (head: Head): boolean =>
  mostLines(head, begins, 0.2) && head.lines.filter((line) => OWN.test(textAfter(line))).length >= 2

export const adapter: LineAdapter = {
  title: 'Jenkins console with time stamps',
  unit: 'lines',
  recognizes,
  begins,
  parse: () => readGroups(begins, item),
}
