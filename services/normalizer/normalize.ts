import type { BusRecord, RecordBatch } from '../../schemas/bus-record.ts'
import { type Change, ENDS_RANK } from '../../schemas/change.ts'
import { contextOf, type Context } from '../../schemas/context.ts'
import type { Basis, Kind, Mention } from '../../schemas/timeline-event.ts'
import { kindOf, levelOf } from './classify.ts'
import { instantKey } from './instant.ts'
import { mentions } from './mentions.ts'
import { resolveTime, type ResolvedTime } from './resolve-time.ts'
import { signature } from './signature.ts'
import { twinOf } from './twin.ts'

const BASIS_RANK: Readonly<Record<Basis, number>> = {
  explicit: 5,
  named: 4,
  configured: 3,
  inferred: 2,
  assumed: 1,
  received: 0,
}

const EVIDENCE_RANK = {
  weekday: 6,
  'leap-day': 5,
  heading: 7,
  'file-name': 6,
  'other-source': 4,
  'archive-time': 3,
  'file-time': 2,
  'import-time': 1,
}

/** What people write speaks of times. */
const OF_PEOPLE: ReadonlySet<Kind> = new Set(['chat', 'email', 'ticket', 'status', 'note'])

/** The event that a source record is, under what is known of its stream. Pure. */
export function normalize(
  record: BusRecord,
  batch: Omit<RecordBatch, 'records'>,
  context: Context,
): Change {
  const source = batch.declared ? batch.source : (record.stream ?? batch.source)
  const known = contextOf(context, source)
  const resolved = resolveTime(record, known)
  const { fields } = record
  const kind = kindOf(batch.dataset)
  const level = levelFor(fields['log.level'])
  const host = text(fields['host.name'])
  const service = text(fields['service.name'])
  const user = text(fields['user.name'])
  const sign = signature(record.message)
  return {
    id: record.id,
    at: instantKey(resolved.seconds, resolved.nanos),
    source,
    stream: batch.declared ? batch.source : (record.stream ?? batch.file),
    place: record.place,
    rank: rankOf(resolved.time.basis, record, context) + (record.ends ? ENDS_RANK : 0),
    file: batch.file,
    context: context.number,
    origin: batch.origin,
    kind,
    host,
    service,
    level,
    signature: sign,
    ...twinOf(record, batch.dataset, host, resolved.seconds),
    text: `${record.message} ${host} ${service} ${user}`,
    document: documentOf(record, batch, resolved, {
      source,
      kind,
      level,
      signature: sign,
      mentions: OF_PEOPLE.has(kind) ? mentions(record.message, resolved.seconds, known.zone) : [],
    }),
  }
}

const text = (value: string | number | undefined): string =>
  value === undefined ? '' : String(value)

const levelFor = (written: string | number | undefined): string =>
  written === undefined ? '' : (levelOf(String(written)) ?? '')

function rankOf(basis: Basis, record: BusRecord, context: Context): number {
  const told = BASIS_RANK[basis] * 10
  if (!record.time.lacks || record.day !== undefined) return told + 9
  return told + Math.max(0, ...context.evidence.map((e) => EVIDENCE_RANK[e.kind]))
}

/** A tree of ECS fields. */
interface Tree {
  [name: string]: string | number | Tree
}

/** The document as JSON. Plain object literals: with other prototypes, writing them takes twice as long. */
function documentOf(
  { message, original, id, line, fields }: BusRecord,
  { dataset, path }: Omit<RecordBatch, 'records'>,
  { at, time }: ResolvedTime,
  known: {
    source: string
    kind: string
    level: string
    signature: string
    mentions: readonly Mention[]
  },
): string {
  const document = {
    '@timestamp': at,
    message,
    event: { id, kind: known.kind === 'alert' ? 'alert' : 'event', dataset, original },
    timeline: {
      kind: known.kind,
      signature: known.signature,
      time,
      seen: [{ source: known.source, path, line }],
      ...(known.mentions.length > 0 && { mentions: known.mentions }),
    },
  }
  for (const name in fields) {
    if (!Object.hasOwn(fields, name) || name.startsWith('timeline.')) continue
    const value = name === 'log.level' && known.level !== '' ? known.level : fields[name]!
    place(document as unknown as Tree, name, value)
  }
  return JSON.stringify(document)
}

const paths = new Map<string, readonly string[]>()

/** Puts a value under an ECS field name with dots; below `labels` the rest of the name is one key. What is there stays. */
function place(tree: Tree, name: string, value: string | number): void {
  let path = paths.get(name)
  if (!path) {
    path = name.startsWith('labels.') ? ['labels', name.slice(7)] : name.split('.')
    if (paths.size < 10_000) paths.set(name, path)
  }
  let here = tree
  for (let i = 0; i < path.length - 1; i++) {
    const key = path[i]!
    const next = Object.hasOwn(here, key) ? here[key] : undefined
    if (typeof next === 'object') here = next
    else if (next === undefined && key !== '__proto__') here = here[key] = {}
    else return
  }
  const last = path.at(-1)!
  if (Object.hasOwn(here, last)) return
  if (last === '__proto__') Object.defineProperty(here, last, { value, enumerable: true })
  else here[last] = value
}
