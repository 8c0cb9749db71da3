/**
 * The past of an Upptime page, as its bot tells it in its commits, https://upptime.js.org/docs/how-it-works: `git log --format='%aI%x09%an%x09%s'` and the like, a line each with
 * a stamp first and a subject such as `🟥 Checkout is down (503 in 120 ms) [skip ci] [upptime]` last. `git log` in its own forms is read by changes/git-log.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { Item, LineAdapter } from '../adapter.ts'
import { alertAction } from '../shared/alert-state.ts'
import { leadingStamp } from '../shared/leading-stamp.ts'
import { isBlank, mostLines } from '../shared/lines.ts'

const SUBJECT =
  /(?:🟩|🟥|🟨|:green_square:|:red_square:) (.{1,200}?) (?:is|has) (up|down|degraded performance|degraded)(?: \((\d{1,3}) in (\d{1,7}) ms\))?.*\[upptime\]/u
const HEADER = /^[a-z_]+(?:\t[a-z_]+)+$/

const isOurs = (line: string): boolean => SUBJECT.test(line) && leadingStamp(line) !== undefined

function lineItem(line: string, number: number): Item {
  if (isBlank(line) || (number === 1 && HEADER.test(line))) return { context: 1, line: number }
  const found = leadingStamp(line)
  if (found === 'impossible-time') return { rejected: line, reason: found, line: number }
  const m = SUBJECT.exec(line)
  if (found === undefined || !m) return { rejected: line, reason: 'not-a-record', line: number }
  const [, site, state, code, ms] = m
  const fields: Fields = {
    'event.action': alertAction(state!.split(' ')[0]),
    'service.name': site!,
    'labels.status': state!,
  }
  if (code !== undefined) fields['http.response.status_code'] = Number(code)
  if (ms !== undefined) fields['labels.response_time_ms'] = ms
  const measured = code === undefined ? '' : ` (${code} in ${ms} ms)`
  return {
    time: found.stamp,
    message: `${site} is ${state}${measured}`,
    original: line,
    line: number,
    fields,
  }
}

export const adapter: LineAdapter = {
  title: 'Upptime history',
  unit: 'lines',
  recognizes: (head) => mostLines(head, isOurs),
  parse: () =>
    function* (lines, first) {
      for (const [i, line] of lines.entries()) yield lineItem(line, first + i)
    },
}
