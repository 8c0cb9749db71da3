import type { BusRecord, RecordBatch } from '../../schemas/bus-record.ts'
import type { Change } from '../../schemas/change.ts'
import type { Context } from '../../schemas/context.ts'
import type { Basis } from '../../schemas/timeline-event.ts'
import { kindOf, levelOf } from './classify.ts'
import { instantKey } from './instant.ts'
import { resolveTime } from './resolve-time.ts'
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
  const document: Record<string, unknown> = {
    '@timestamp': resolved.at,
    message: record.message,
    event: {
      id: record.id,
      kind: kind === 'alert' ? 'alert' : 'event',
      dataset: batch.dataset,
      original: record.original,
    },
    timeline: {
      kind,
      signature: signature(record.message),
      time: resolved.time,
      seen: [{ source, path: batch.path, line: record.line }],
    },
  }
  for (const name in fields) {
    if (Object.hasOwn(fields, name)) place(document, name, name === 'log.level' && level ? level : fields[name]!)
  }
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
    document: JSON.stringify(document),
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

const paths = new Map<string, readonly string[]>()

/** Puts a value under an ECS field name with dots; below `labels` the rest of the name is one key. What is there stays. */
function place(document: Record<string, unknown>, name: string, value: string | number): void {
  let path = paths.get(name)
  if (!path) {
    path = name.startsWith('labels.') ? ['labels', name.slice(7)] : name.split('.')
    if (paths.size < 10_000) paths.set(name, path)
  }
  let here = document
  for (let i = 0; i < path.length - 1; i++) {
    const key = path[i]!
    let next = Object.hasOwn(here, key) ? here[key] : undefined
    if (typeof next !== 'object' || next === null) {
      next = Object.create(null)
      here[key] = next
    }
    here = next as Record<string, unknown>
  }
  const last = path.at(-1)!
  if (Object.hasOwn(here, last)) return
  if (last === '__proto__') Object.defineProperty(here, last, { value, enumerable: true, configurable: true, writable: true })
  else here[last] = value
}
