import type { BusRecord, RecordBatch } from '../../schemas/bus-record.ts'
import type { Change } from '../../schemas/change.ts'
import type { Context } from '../../schemas/context.ts'
import type { Fields } from '../../schemas/source-record.ts'
import type { Basis } from '../../schemas/timeline-event.ts'
import { kindOf, levelOf } from './classify.ts'
import { instantKey } from './instant.ts'
import { resolveTime, type ResolvedTime } from './resolve-time.ts'
import { signature } from './signature.ts'

const BASIS_RANK: Readonly<Record<Basis, number>> = {
  explicit: 5,
  named: 4,
  configured: 3,
  inferred: 2,
  assumed: 1,
  received: 0,
}

const EVIDENCE_RANK = { weekday: 6, 'leap-day': 5, 'file-name': 6, 'other-source': 4, 'archive-time': 3, 'file-time': 2, 'import-time': 1 }

/** The event that a source record is, under what is known of its stream. Pure. */
export function normalize(record: BusRecord, batch: Omit<RecordBatch, 'records'>, context: Context): Change {
  const resolved = resolveTime(record, context)
  const { fields } = record
  const source = batch.declared ? batch.source : (record.stream ?? batch.source)
  const kind = kindOf(batch.dataset)
  const level = levelFor(fields['log.level'])
  const host = text(fields['host.name'])
  const service = text(fields['service.name'])
  const user = text(fields['user.name'])
  return {
    id: record.id,
    at: instantKey(resolved.seconds, resolved.nanos),
    source,
    place: record.place,
    rank: rankOf(resolved.time.basis, record, context),
    file: batch.file,
    origin: batch.origin,
    kind,
    host,
    service,
    level,
    text: `${record.message} ${host} ${service} ${user}`,
    document: documentOf(record, batch, resolved, { source, kind, level }),
  }
}

const text = (value: string | number | undefined): string => (value === undefined ? '' : String(value))

const levelFor = (written: string | number | undefined): string =>
  written === undefined ? '' : (levelOf(String(written)) ?? '')

function rankOf(basis: Basis, record: BusRecord, context: Context): number {
  const told = BASIS_RANK[basis] * 10
  if (!record.time.lacks || record.day !== undefined) return told + 9
  return told + Math.max(0, ...context.evidence.map((e) => EVIDENCE_RANK[e.kind]))
}

/** Names that the contract fixes: no field of an adapter takes their place. */
const FIXED = new Set(['event.id', 'event.kind', 'event.dataset', 'event.original', 'message', '@timestamp'])

/** The document as JSON, put together from text: with ten million of them, building the objects first costs twice as much. */
function documentOf(
  { message, original, id, line, fields }: BusRecord,
  { dataset, path }: Omit<RecordBatch, 'records'>,
  { at, time }: ResolvedTime,
  known: { source: string; kind: string; level: string },
): string {
  const flags = time.flags.length === 0 ? '' : `"${time.flags.join('","')}"`
  const { event, rest } = nested(fields, known.level)
  return (
    `{"@timestamp":"${at}","message":${quote(message)},"event":{"id":"${id}","kind":"${known.kind === 'alert' ? 'alert' : 'event'}",` +
    `"dataset":"${dataset}","original":${quote(original)}${event}},"timeline":{"kind":"${known.kind}","signature":"${signature(message)}",` +
    `"time":{"original":${quote(time.original)},"basis":"${time.basis}","zone":${quote(time.zone)},"earliest":"${time.earliest}","latest":"${time.latest}",` +
    `"flags":[${flags}]},"seen":[{"source":${quote(known.source)},"path":${quote(path)},"line":${line}}]}${rest}}`
  )
}

const quote = (value: string): string => JSON.stringify(value)

/** A tree of ECS fields. */
interface Tree {
  [name: string]: string | number | Tree
}

const paths = new Map<string, readonly string[]>()

/** The fields as members of the document, with a comma before: those of `event`, and the rest. */
function nested(fields: Fields, level: string): { event: string; rest: string } {
  const tree: Tree = {}
  for (const name in fields) {
    if (!Object.hasOwn(fields, name) || FIXED.has(name) || name.startsWith('timeline.')) continue
    place(tree, name, name === 'log.level' && level !== '' ? level : fields[name]!)
  }
  const { event, ...rest } = tree
  return { event: members(event), rest: members(rest) }
}

const members = (tree: Tree | string | number | undefined): string => {
  if (typeof tree !== 'object') return ''
  const text = JSON.stringify(tree)
  return text === '{}' ? '' : `,${text.slice(1, -1)}`
}

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
