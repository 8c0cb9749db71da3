/**
 * Any text of which most lines hold a time stamp near their beginning, behind a level, a thread, a counter or a host:
 * `- 1117838570 2005.06.03 R02-M1…`, `INFO 2024-05-01 10:00:00 …`, `I, [2024-05-01T10:00:00 #12]  INFO -- : …` (Ruby's Logger).
 * No specification. Of several stamps the first is the event's own. Lines without one belong to the record before them.
 */
import type { LineAdapter } from '../adapter.ts'
import { innerStamp, placeAt, type Place } from '../shared/inner-stamp.ts'
import { groups, isGroup, mostLines } from '../shared/lines.ts'
import { stampedRecord } from '../shared/stamped-record.ts'
import { tableColumns } from '../shared/table-columns.ts'

const COMMENT = '# '
const INDENT = /^[ \t]+/
/** Prose mentions dates too: where few lines have a stamp, nearly all must. */
const MANY = 3
const SHARE = 0.3
const SHARE_OF_FEW = 0.9
/** Documents in Markdown quote logs and tell times. */
const HEADING = /^#{2,4} \S/

/** An indented line begins a record only if nothing but white space stands before its stamp. */
function placeOf(line: string): Place | undefined {
  if (line.startsWith(COMMENT)) return undefined
  const indent = INDENT.exec(line)
  return indent ? placeAt(line, indent[0].length) : innerStamp(line)
}
const begins = (line: string): boolean => placeOf(line) !== undefined

export const adapter: LineAdapter = {
  title: 'Lines with a time stamp near their beginning',
  unit: 'lines',
  fallback: true,
  recognizes: (head) => {
    if (head.lines.some((line) => HEADING.test(line)) || tableColumns(head.text)) return false
    const first = head.lines[0] ?? ''
    const few = head.lines.slice(0, 200).filter(begins).length < MANY
    return (
      mostLines(head, begins, few ? SHARE_OF_FEW : SHARE) || (INDENT.test(first) && begins(first))
    )
  },
  begins,
  parse: () =>
    function* (lines, first) {
      for (const group of groups(lines, first, begins)) {
        if (!isGroup(group)) {
          const comment = 'rejected' in group && group.rejected.startsWith(COMMENT)
          yield comment ? { context: 1, line: group.line } : group
          continue
        }
        const { stamp, start, end } = placeOf(group.head)!
        yield* stampedRecord(group, stamp, start, end)
      }
    },
}
