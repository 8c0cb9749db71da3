/**
 * An issue of a cState status page, https://github.com/cstate/cstate/wiki/Usage#creating-issues: Markdown whose front matter tells `date`, `resolved`, `resolvedWhen`, `severity` and `affected`,
 * and whose updates may end with `{{< track "2024-05-01 10:00:00" >}}`. The beginning, each such update and the end are events.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { DocumentAdapter, Item } from '../adapter.ts'
import { isoStamp } from '../shared/iso-stamp.ts'
import type { StampRead } from '../shared/stamp.ts'
import { textOf } from '../shared/utf8-text.ts'
import { yamlMembers } from '../shared/yaml.ts'

const TRACK = /\{\{<\s*track\s+"([^"]{1,40})"\s*>\}\}/g
const ONE_DIGIT = /^(\d{4}-\d\d-\d\d[T ])(?=\d:)/

const OPENED = /^\uFEFF?---[ \t]*\r?\n/
const CLOSED = /^---[ \t]*\r?$/m

/** The settings between two lines `---` at the beginning, and what follows. */
interface FrontMatter {
  /** Scalars without their quotes; a list as its elements joined by commas. */
  values: ReadonlyMap<string, string>
  body: string
}

/** Undefined where a file does not begin with such a block, or it is not closed. */
function frontMatter(text: string): FrontMatter | undefined {
  const opened = OPENED.exec(text)
  if (!opened) return undefined
  const rest = text.slice(opened[0].length)
  const closed = CLOSED.exec(rest)
  if (!closed) return undefined
  return {
    values: yamlMembers(rest.slice(0, closed.index).split('\n')),
    body: rest.slice(closed.index + closed[0].length).trim(),
  }
}

const isOurs = ({ values }: FrontMatter): boolean =>
  values.has('title') &&
  values.has('date') &&
  (values.has('resolved') || values.has('resolvedWhen')) &&
  (values.has('severity') || values.has('affected') || values.get('section') === 'issue')

/** Hugo reads hours of one digit too; a date alone is no time. */
function stampOf(written: string | undefined): StampRead {
  if (written === undefined) return undefined
  const stamp = isoStamp(written.replace(ONE_DIGIT, '$10'))
  return typeof stamp === 'object' ? { ...stamp, original: written } : stamp
}

/** The text of each update: what stands between the mark before it and its own. */
function* updatesOf(body: string): Generator<[string, StampRead]> {
  let from = 0
  for (const mark of body.matchAll(TRACK)) {
    yield [body.slice(from, mark.index).trim(), stampOf(mark[1])]
    from = mark.index + mark[0].length
  }
}

function* items(text: string, line: number): Generator<Item> {
  const matter = frontMatter(text)
  if (!matter || !isOurs(matter)) {
    yield { rejected: text, reason: 'not-a-record', line }
    return
  }
  const { values, body } = matter
  const fields: Fields = {}
  for (const name of ['severity', 'affected', 'section']) {
    const value = values.get(name)
    if (value) fields[`labels.${name}`] = value
  }
  const begun = stampOf(values.get('date'))
  if (typeof begun !== 'object') {
    yield { rejected: text, reason: begun ?? 'no-time', line }
    return
  }
  const title = values.get('title')!
  const told: [action: string, time: StampRead, said: string][] = [
    ['fired', begun, body.replace(TRACK, '').trim()],
    ...[...updatesOf(body)].map(([said, time]): [string, StampRead, string] => [
      'update',
      time,
      said,
    ]),
  ]
  if (values.get('resolved') !== 'false')
    told.push(['resolved', stampOf(values.get('resolvedWhen')), ''])
  for (const [action, time, said] of told) {
    if (typeof time !== 'object') continue
    const message = action === 'fired' || action === 'update' ? said : action
    yield {
      time,
      message: message === '' ? title : `${title}: ${message}`,
      original: text,
      line,
      fields: { ...fields, 'event.action': action },
      nativeId: `cstate ${title} ${values.get('date')} ${action} ${time.original} ${action === 'update' ? said : ''}`,
    }
  }
}

export const adapter: DocumentAdapter = {
  title: 'cState issues',
  unit: 'document',
  recognizes: (head) => {
    const matter = frontMatter(head.text)
    return matter !== undefined && isOurs(matter)
  },
  parse: () => (bytes, line) => items(textOf(bytes), line),
}
