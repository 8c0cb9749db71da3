/**
 * What Upptime keeps of a site in `history/<site>.yml`, https://upptime.js.org/docs/how-it-works: `status`, `code` and `responseTime` as they were at `lastUpdated`; `startTime` is when
 * it began to watch. Only the newest state is in the file; its past is in the messages of its commits (status/upptime-log).
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { DocumentAdapter } from '../adapter.ts'
import { alertAction } from '../shared/alert-state.ts'
import { yamlMembers } from '../shared/yaml.ts'
import { wholeStamp } from '../shared/json-stamp.ts'
import { textOf } from '../shared/utf8-text.ts'

const REQUIRED = ['url', 'status', 'lastUpdated', 'startTime'] as const
const isOurs = (values: ReadonlyMap<string, string>): boolean =>
  REQUIRED.every((name) => values.has(name)) &&
  (values.has('code') || values.has('responseTime') || values.has('generator'))

export const adapter: DocumentAdapter = {
  title: 'Upptime site state',
  unit: 'document',
  recognizes: (head) => head.lines.length < 40 && isOurs(yamlMembers(head.lines)),
  parse: () => (bytes, line) => {
    const text = textOf(bytes).trimEnd()
    const values = yamlMembers(text.split('\n'))
    if (!isOurs(values)) return [{ rejected: text, reason: 'not-a-record', line }]
    const time = wholeStamp(values.get('lastUpdated')!)
    if (typeof time !== 'object') return [{ rejected: text, reason: time ?? 'no-time', line }]
    const [url, status] = [values.get('url')!, values.get('status')!]
    const fields: Fields = {
      'event.action': alertAction(status),
      'url.full': url,
      'labels.status': status,
      'labels.watched_since': values.get('startTime')!,
    }
    const code = Number(values.get('code') ?? '')
    if (code > 0) fields['http.response.status_code'] = code
    const ms = values.get('responseTime')
    const message = `${url} is ${status} (${[values.get('code'), ms && `${ms} ms`].filter((part) => part).join(' in ')})`
    const nativeId = `upptime ${url} ${status} ${time.original}`
    return [{ time, message, original: text, line, fields, nativeId }]
  },
}
