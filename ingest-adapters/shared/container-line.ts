/** What a program in a container wrote, as its runtime keeps it: plain text or a JSON object, often with a level and a time of its own. */
import type { Fields } from '../../schemas/source-record.ts'
import { isObject, parseJson, text as textOf } from './json.ts'
import { leadingStamp } from './leading-stamp.ts'
import { levelAt } from './level.ts'

const MESSAGE_KEYS = ['message', 'msg', 'log', 'event']
const LEVEL_KEYS = ['level', 'severity', 'lvl', 'log.level', 'levelname']
const NAMES: Readonly<Record<string, string>> = {
  logger: 'log.logger',
  logger_name: 'log.logger',
  service: 'service.name',
  'service.name': 'service.name',
  trace_id: 'trace.id',
  traceId: 'trace.id',
  'trace.id': 'trace.id',
  error: 'error.message',
  err: 'error.message',
  stack_trace: 'error.stack_trace',
}
const KLOG = /^([IWEF])\d{4} \d\d:\d\d:\d\d/
const LOGFMT_LEVEL = /(?:^| )(?:level|lvl|severity)="?(\w{3,11})\b/
const JSON_LIMIT = 256 * 1024

/** Puts what the inner text tells of itself into fields, and gives the message. */
export function describeInner(inner: string, fields: Fields): string {
  if (inner.charCodeAt(0) === 123 && inner.length <= JSON_LIMIT) {
    const read = parseJson(inner)
    if ('value' in read && isObject(read.value)) return describeObject(read.value, inner, fields)
  }
  const klog = KLOG.exec(inner)
  if (klog) fields['log.level'] = klog[1]!
  else {
    const leading = leadingStamp(inner.slice(0, 64))
    let at = leading === undefined || leading === 'impossible-time' ? 0 : leading.end
    while (inner.charCodeAt(at) === 32 || inner.charCodeAt(at) === 9) at++
    const level = levelAt(inner, at)?.level ?? LOGFMT_LEVEL.exec(inner.slice(0, 512))?.[1]
    if (level) fields['log.level'] = level
  }
  return inner
}

function describeObject(
  value: Readonly<Record<string, unknown>>,
  inner: string,
  fields: Fields,
): string {
  const own = (key: string): string | undefined =>
    Object.hasOwn(value, key) ? textOf(value[key]) : undefined
  for (const [key, name] of Object.entries(NAMES)) {
    const found = own(key)
    if (found !== undefined) fields[name] ??= found
  }
  const level = LEVEL_KEYS.map(own).find((found) => found !== undefined)
  if (level !== undefined) fields['log.level'] = level
  return MESSAGE_KEYS.map(own).find((found) => found !== undefined) ?? inner
}
