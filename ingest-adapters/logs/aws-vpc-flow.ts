/**
 * VPC flow logs, https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html: words between spaces. Files in S3 begin with a line that names the
 * fields, in the order that the log was told to write; without it the lines are the default ones of version 2. The time is `start`, when the first
 * packet of the interval came, as an epoch in s; `end` alone serves where there is no `start`. NODATA and SKIPDATA tell only their interval.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { Item, LineAdapter } from '../adapter.ts'
import { epochStamp } from '../shared/epoch-stamp.ts'
import { setField, setLabel } from '../shared/json-fields.ts'
import { isBlank, mostLines } from '../shared/lines.ts'

const DEFAULT =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'.split(
    ' ',
  )
const NAMES: Readonly<Record<string, string>> = {
  'account-id': 'cloud.account.id',
  'instance-id': 'cloud.instance.id',
  region: 'cloud.region',
  'az-id': 'cloud.availability_zone',
  srcaddr: 'source.ip',
  srcport: 'source.port',
  dstaddr: 'destination.ip',
  dstport: 'destination.port',
  action: 'event.action',
}
/** https://www.iana.org/assignments/protocol-numbers */
const PROTOCOLS: Readonly<Record<string, string>> = { 1: 'ICMP', 6: 'TCP', 17: 'UDP', 58: 'ICMPv6' }

const WORD = /^[a-z]+(?:-[a-z0-9]+)*$/
const LINE =
  /^\d (?:\d{12}|unknown) eni-[0-9a-f]+ \S+ \S+ (?:(?:\d+|-) ){5}\d{9,10} \d{9,10} (?:ACCEPT|REJECT|-) (?:OK|NODATA|SKIPDATA)$/

/** The fields that a heading names; undefined where the line is none. */
function columnsOf(line: string): string[] | undefined {
  const words = line.trim().replaceAll(/[${}]/g, '').split(/\s+/)
  const timed = words.includes('start') || words.includes('end')
  const ours = ['interface-id', 'srcaddr', 'pkt-srcaddr', 'log-status', 'account-id']
  const known = ours.filter((word) => words.includes(word)).length
  return known >= (timed ? 2 : 3) && words.every((word) => WORD.test(word)) ? words : undefined
}

function recordOf(line: string, number: number, columns: readonly string[]): Item {
  const words = line.trim().split(/\s+/)
  if (words.length !== columns.length)
    return { rejected: line, reason: 'not-a-record', line: number }
  const row = new Map(columns.map((name, i) => [name, words[i]!]))
  const get = (name: string): string | undefined => {
    const word = row.get(name)
    return word === '-' ? undefined : word
  }
  const written = get('start') ?? get('end')
  const time = written === undefined ? undefined : epochStamp(written, 's')
  if (time === undefined || time === 'impossible-time')
    return { rejected: line, reason: time ?? 'no-time', line: number }
  const fields: Fields = { 'cloud.provider': 'aws' }
  for (const name of columns) {
    const value = get(name)
    if (value === undefined || name === 'start') continue
    const field = NAMES[name]
    if (field === undefined) setLabel(fields, name, value)
    else setField(fields, field, value)
  }
  return { time, message: messageOf(get), original: line, line: number, fields }
}

function messageOf(get: (name: string) => string | undefined): string {
  const status = get('log-status')
  const where = get('interface-id') ?? get('instance-id') ?? 'flow'
  if (status !== undefined && status !== 'OK') return `${where} ${status}`
  const side = (end: string): string => {
    const port = get(`${end}port`)
    const address = get(`${end}addr`) ?? get(`pkt-${end}addr`) ?? '?'
    return port === undefined ? address : `${address} port ${port}`
  }
  const protocol = get('protocol')
  const name = PROTOCOLS[protocol ?? ''] ?? (protocol && `protocol ${protocol}`)
  const size = get('bytes')
  return [
    get('action'),
    name,
    `${side('src')} to ${side('dst')}`,
    size && `${size} bytes`,
    `(${where})`,
  ]
    .filter(Boolean)
    .join(' ')
}

export const adapter: LineAdapter = {
  title: 'AWS VPC flow log',
  unit: 'lines',
  recognizes: (head) =>
    columnsOf(head.lines[0] ?? '') !== undefined || mostLines(head, (line) => LINE.test(line)),
  parse: () => {
    let columns: readonly string[] = DEFAULT
    return function* (lines, first) {
      for (const [i, line] of lines.entries()) {
        const named = columnsOf(line)
        if (named !== undefined) columns = named
        if (named !== undefined || isBlank(line)) yield { context: 1, line: first + i }
        else yield recordOf(line, first + i, columns)
      }
    }
  },
}
