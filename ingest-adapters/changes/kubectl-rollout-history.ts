/**
 * `kubectl rollout history`, https://kubernetes.io/docs/reference/kubectl/generated/kubectl_rollout/kubectl_rollout_history/: REVISION and CHANGE-CAUSE below the name of the object.
 * It tells no times, so that its rows are refused for that, unless people put a stamp into the cause.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { Item, LineAdapter } from '../adapter.ts'
import { isoStamp } from '../shared/iso-stamp.ts'
import { isBlank } from '../shared/lines.ts'

const HEADING = /^REVISION +CHANGE-CAUSE\s*$/
const TITLE = /^([a-z]+(?:\.[a-z]+)?\/[\w.-]+)\s*$/
const ROW = /^(\d{1,9}) +(.*)$/
const STAMP = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d/

function rowItem(line: string, number: number, object: string | undefined): Item {
  const row = ROW.exec(line)
  if (!row) return { rejected: line, reason: 'not-a-record', line: number }
  const at = row[2]!.search(STAMP)
  const time = at < 0 ? undefined : isoStamp(row[2]!, at)
  if (typeof time !== 'object') return { rejected: line, reason: time ?? 'no-time', line: number }
  const fields: Fields = { 'event.action': 'rollout', 'labels.revision': row[1]! }
  if (object !== undefined) fields['orchestrator.resource.name'] = object
  const message = `rollout of ${object ?? 'an object'}: revision ${row[1]}, ${row[2]}`
  return { time, message, original: line, line: number, fields }
}

export const adapter: LineAdapter = {
  title: 'kubectl rollout history',
  unit: 'lines',
  recognizes: (head) => head.lines.slice(0, 3).some((line) => HEADING.test(line)),
  parse: () => {
    let object: string | undefined
    return function* (lines, first) {
      for (const [i, line] of lines.entries()) {
        const title = TITLE.exec(line)?.[1]
        object = title ?? object
        if (title !== undefined || HEADING.test(line) || isBlank(line))
          yield { context: 1, line: first + i }
        else yield rowItem(line, first + i, object)
      }
    }
  },
}
