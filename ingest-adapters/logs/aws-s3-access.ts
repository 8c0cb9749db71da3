/**
 * Server access logs of Amazon S3, https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html: words between spaces, the time in brackets, when the
 * request was received. Fields were added at the end over the years, so a line may stop after any of them from the version id on. The same record may
 * be delivered twice: request, operation and key are its identity.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { Item, LineAdapter } from '../adapter.ts'
import { setField, setLabel } from '../shared/json-fields.ts'
import { isBlank, mostLines } from '../shared/lines.ts'
import { dayFirstStamp } from '../shared/month-stamp.ts'
import { known, quotedWords } from '../shared/quoted-words.ts'

const COLUMNS = [
  'labels.bucket_owner',
  'labels.bucket',
  'time',
  'source.ip',
  'user.id',
  'http.request.id',
  'event.action',
  'labels.key',
  'request',
  'http.response.status_code',
  'error.code',
  'http.response.body.bytes',
  'labels.object_size',
  'total',
  'labels.turn_around_ms',
  'http.request.referrer',
  'user_agent.original',
  'labels.version_id',
  'labels.host_id',
  'labels.signature_version',
  'labels.cipher',
  'labels.authentication',
  'url.domain',
  'labels.tls_version',
  'labels.access_point',
  'labels.acl_required',
]
const [OPERATION, KEY, REQUEST, STATUS, TOTAL] = [6, 7, 8, 9, 13]
const LEAST = 17
const LINE =
  /^\S+ \S+ \[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] \S+ \S+ \S+ [A-Z][\w.]+ \S+ (?:"|- )/
const HTTP = /^([A-Z]{2,32}) (\S+)(?: HTTP\/(\d(?:\.\d)?))?$/

function recordOf(line: string, number: number): Item {
  if (!LINE.test(line)) return { rejected: line, reason: 'not-a-record', line: number }
  const words = quotedWords(line)
  const time = dayFirstStamp(words[2] ?? '')
  if (time === undefined || time === 'impossible-time')
    return { rejected: line, reason: time ?? 'no-time', line: number }
  if (words.length < LEAST) return { rejected: line, reason: 'incomplete', line: number }
  const fields: Fields = { 'cloud.provider': 'aws' }
  for (const [i, name] of COLUMNS.entries()) {
    const word = known(words[i])
    if (word === undefined || !name.includes('.')) continue
    if (name.startsWith('labels.')) setLabel(fields, name.slice('labels.'.length), word)
    else setField(fields, name, word)
  }
  const http = HTTP.exec(words[REQUEST]!)
  if (http) {
    fields['http.request.method'] = http[1]!
    fields['url.original'] = http[2]!
    if (http[3]) fields['http.version'] = http[3]
  }
  const total = Number(known(words[TOTAL]))
  if (total >= 0) fields['event.duration'] = total * 1e6
  const operation = words[OPERATION]!
  const object = [fields['labels.bucket'], known(words[KEY])].filter(Boolean).join('/')
  const status = [known(words[STATUS]), fields['error.code']].filter(Boolean).join(' ')
  const request = fields['http.request.id']
  const item: Item = {
    time,
    message: [operation, object, status].filter(Boolean).join(' '),
    original: line,
    line: number,
    fields,
  }
  const version = words[17] ?? '-'
  if (request !== undefined)
    item.nativeId = `s3 access ${request} ${operation} ${words[KEY]} ${version}`
  return item
}

export const adapter: LineAdapter = {
  title: 'Amazon S3 access log',
  unit: 'lines',
  recognizes: (head) => mostLines(head, (line) => LINE.test(line)),
  parse: () =>
    function* (lines, first) {
      for (const [i, line] of lines.entries())
        yield isBlank(line) ? { context: 1, line: first + i } : recordOf(line, first + i)
    },
}
