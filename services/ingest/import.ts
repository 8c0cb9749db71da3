import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Loaded } from '../../ingest-adapters/load.ts'
import { contextOf, type Context } from '../../schemas/context.ts'
import type { FormatFile } from '../../schemas/format-file.ts'
import type { ImportBegun, ImportDone } from '../../schemas/import.ts'
import type { Ledger, LedgerFile } from '../../schemas/ledger.ts'
import type { Bus } from '../bus/bus.ts'
import { inSpan } from '../tracing.ts'
import { openCatalogue, updated, type Catalogue } from './catalogue.ts'
import { companionsOf, type Companion } from './companions.ts'
import { fileEvidence } from './file-evidence.ts'
import { hash } from './identity.ts'
import { placeOf, type Input } from './input.ts'
import { readFile, sourceOf, type FileReport } from './read-file.ts'
import { countParked } from './parked.ts'
import { openLookup, type Lookup } from './lookup.ts'
import { onTheWay, type OnTheWay } from './on-the-way.ts'
import { findGrown } from './grown.ts'
import { findOverlap } from './overlap.ts'
import { passages } from './passages.ts'
import { openRereading } from './refused-before.ts'
import { survey, type Survey } from './survey.ts'
import { followTail } from './tails.ts'
import { timeWords } from './time-words.ts'
import type { Unreadable } from './walk.ts'

export interface ImportOptions {
  /** Every file to read; called twice, with the same files in the same order. */
  inputs(): AsyncIterable<Input | Unreadable>
  /** For stamps without a zone: an IANA name or an offset. */
  zone?: string
  /** The name of the source of every record. */
  source?: string
  /** Formats of the user's own, tried before the others. */
  formats?: readonly FormatFile[]
  /** The clock at import, for what it excludes. */
  nowMs: number
  /** Told now and then how many files and units were read. */
  progress?(done: { files: number; of: number; units: number }): void
}

export interface ImportPorts {
  bus: Bus
  adapters: readonly Loaded[]
  workspace: string
  logger: Logger
  /** The documents of those of these events that are on the timeline, by id. */
  events(ids: readonly string[]): Promise<Map<string, string>>
  /** Resolves when everything up to a position is in the index. */
  indexed(position: string): Promise<void>
  created(importId: string): Promise<Map<string, number>>
}

/** Reads files onto the bus and waits until they are on the timeline. The ledger accounts for every unit. */
export const importFiles = (ports: ImportPorts, options: ImportOptions): Promise<Ledger> =>
  inSpan('import', { attributes: { 'recount.workspace': ports.workspace } }, () =>
    importing(ports, options),
  )

async function importing(ports: ImportPorts, options: ImportOptions): Promise<Ledger> {
  const { bus, workspace, adapters } = ports
  const importId = `i${options.nowMs.toString(36)}${randomUUID().slice(0, 4)}`
  const surveys = new Map<string, Survey>()
  const companions: Companion[] = []
  const nth = counter()
  const begun: ImportBegun = { import: importId, atMs: options.nowMs, files: [] }
  for await (const input of options.inputs()) {
    const { path } = input
    const source = options.source ?? sourceOf(placeOf(path))
    if ('unreadable' in input) {
      begun.files.push({ path, adapter: null, source })
      continue
    }
    const found = await inSpan('survey', { attributes: { 'file.path': path } }, () =>
      survey(input, adapters, options.nowMs),
    )
    surveys.set(`${path}\0${nth(path)}`, found)
    const adapter = 'loaded' in found ? found.loaded.name : null
    begun.files.push({ path, adapter, source })
    if (found.outcome === 'describes')
      companions.push({ path: found.path, format: found.loaded.name, facts: found.facts })
  }
  const end = await bus.end(workspace)
  await bus.append(workspace, [{ topic: 'imports', key: importId, value: begun }])
  const catalogue = await openCatalogue(bus, workspace)
  const reports: FileReport[] = []
  let units = 0
  const way = onTheWay(ports)
  const paths = new Set(begun.files.map(({ path }) => path))
  const rereading = await openRereading(bus, workspace, paths)
  const lookup = openLookup(ports, way, surveys.values(), catalogue.all(), end)
  const nthToRead = counter()
  for await (const input of options.inputs()) {
    const origin = `${importId}/${reports.length}`
    // A file that came while the import ran is left for the next one.
    const found =
      'unreadable' in input
        ? unreadable(input)
        : surveys.get(`${input.path}\0${nthToRead(input.path)}`)
    if (!found) continue
    let before: Context | undefined
    if (found.outcome === 'records') {
      found.file.companions = companionsOf(companions, found.path, found.loaded.name)
      // Only where something is to be found out: there are many files.
      before = await placeStream(
        { way, lookup, catalogue },
        options,
        found,
        input as Input,
        found.findings.lacks ? spans(surveys, found) : [],
      )
    }
    const by = { origin, nowMs: options.nowMs, catalogue, ...pickSource(options) }
    const name = 'loaded' in found ? found.loaded.name : found.outcome
    const report = await inSpan(
      `read ${name}`,
      { attributes: { 'file.path': found.path } },
      async (span) => {
        const read = await readFile({ way, lookup, rereading }, by, found, input)
        const { lines, rejected } = read
        span.setAttributes({ 'recount.lines': lines, 'recount.rejected': rejected })
        return read
      },
    )
    if (found.outcome === 'records' && report.lines > 0) {
      const { shift, tail } = found
      const last = tail?.end()
      if (last) {
        catalogue.tails.set(last)
        way.send([{ topic: 'tails', key: last.file, value: last }], 1, 0)
      }
      const source = options.source ?? sourceOf(placeOf(found.path))
      const words = timeWords(
        {
          path: found.path,
          context: contextOf(found.context!, source),
          before: before && contextOf(before, source),
          zone: options.zone,
          shift,
        },
        report,
      )
      if (words !== undefined) report.time = words
    }
    reports.push(report)
    units += report.lines
    options.progress?.({ files: reports.length, of: surveys.size, units })
  }
  const position = await way.all()
  if (position !== null) await ports.indexed(position)
  const created = await ports.created(importId)
  const isWhole = reports.every(
    ({ lines, rejected }, i) => lines === rejected + (created.get(`${importId}/${i}`) ?? 0),
  )
  // What is neither new nor rejected was there already, or could not be put onto the timeline.
  if (!isWhole) addParked(importId, reports, await countParked(bus, workspace, importId))
  const ledger = account(importId, reports, created)
  const done: ImportDone = { ...ledger, atMs: options.nowMs }
  await bus.append(workspace, [
    ...(await rereading.settled(importId, ports.events)),
    { topic: 'imports', key: importId, value: done },
  ])
  return ledger
}

/** How often each path came before: members of an archive may have one name. */
function counter(): (path: string) => number {
  const counts = new Map<string, number>()
  return (path) => {
    const before = counts.get(path) ?? 0
    counts.set(path, before + 1)
    return before
  }
}

/** Instants that the other files of the import span. */
const spans = (surveys: ReadonlyMap<string, Survey>, but: Survey): (readonly [number, number])[] =>
  [...surveys.values()].flatMap((s) =>
    s !== but && s.outcome === 'records' && s.findings.span ? [s.findings.span] : [],
  )

const pickSource = ({ source }: ImportOptions): { source?: string } =>
  source === undefined ? {} : { source }

const unreadable = (input: Unreadable): Survey & { outcome: 'unreadable' } => ({
  path: input.path,
  outcome: 'unreadable',
  reason: input.unreadable,
  id: hash(input.path),
})

/** Finds the stream that a file belongs to, or begins one, and puts what its time is known by on the bus. Resolves to what was known of it before. */
async function placeStream(
  { way, lookup, catalogue }: { way: OnTheWay; lookup: Lookup; catalogue: Catalogue },
  options: ImportOptions,
  found: Survey & { outcome: 'records' },
  input: Input,
  others: readonly (readonly [number, number])[],
): Promise<Context | undefined> {
  const { path, archivedMs, modifiedMs } = input
  const facts = {
    path,
    nowMs: options.nowMs,
    others,
    ...(archivedMs && { archivedMs }),
    ...(modifiedMs && { modifiedMs }),
  }
  const surveyed = {
    path,
    dataset: found.loaded.name,
    head: found.head,
    first: found.first,
    findings: found.findings,
    evidence: [...found.findings.evidence, ...fileEvidence(found.findings, facts)],
  }
  const copied = catalogue.find(surveyed) ?? (await findGrown(catalogue, found, input))
  const overlap = copied ? undefined : await findOverlap(catalogue, found, input, lookup)
  found.stream = copied?.file ?? overlap?.context.file
  found.shift = overlap?.shift ?? 0
  if (overlap) {
    // A file that begins before its stream tells how the stream begins. Turns are counted from the first beginning, so another turn's is not taken.
    if (overlap.shift !== 0 || surveyed.first >= overlap.context.first) surveyed.head = []
    // Evidence speaks of the first record of this file; the stream's first record is so many years (days) away.
    surveyed.evidence = surveyed.evidence.map((e) => ({
      ...e,
      allows: e.allows.map((value) => value - found.shift!),
    }))
  }
  const before = copied ?? overlap?.context
  const told = before && catalogue.told(before.file)
  const context = updated(before, told, surveyed, options.zone, catalogue.corrections())
  found.stream ??= context!.file
  found.context = context ?? before!
  if (!overlap && found.loaded.adapter.unit === 'lines')
    found.tail = followTail(catalogue.tails, found.stream, options.source)
  const further = catalogue.all(surveyed.dataset).filter((c) => c.file !== found.stream)
  if (further.length > 0 && surveyed.findings.lacks !== 'date')
    found.passages = passages(further, found.stream)
  if (!context) return before
  catalogue.set(context)
  if (context.redates) lookup.redated()
  way.send([{ topic: 'contexts', key: context.file, value: context }], 1, 0)
  return before
}

function addParked(
  importId: string,
  reports: readonly FileReport[],
  parked: ReadonlyMap<string, number>,
): void {
  for (const [i, report] of reports.entries()) {
    const count = parked.get(`${importId}/${i}`)
    if (count === undefined) continue
    report.rejected += count
    report.reasons['not-indexed'] = (report.reasons['not-indexed'] ?? 0) + count
  }
}

function account(
  importId: string,
  reports: readonly FileReport[],
  created: ReadonlyMap<string, number>,
): Ledger {
  const files = reports.map(({ unzoned: _, undated: __, ...report }, i): LedgerFile => {
    const events = created.get(`${importId}/${i}`) ?? 0
    return { ...report, events, merged: report.lines - report.rejected - events }
  })
  const sum = (key: 'events' | 'merged' | 'rejected'): number =>
    files.reduce((total, file) => total + file[key], 0)
  return {
    import: importId,
    files,
    events: sum('events'),
    merged: sum('merged'),
    rejected: sum('rejected'),
  }
}
