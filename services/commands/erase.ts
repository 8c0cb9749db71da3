import type { RecordBatch, RejectionBatch } from '../../schemas/bus-record.ts'
import {
  contentsOf,
  erased,
  formsOf,
  MASK,
  maskFor,
  type Erasure,
  type ErasureBatch,
  type Mask,
} from '../../schemas/erasure.ts'
import type { TimelineEvent } from '../../schemas/timeline-event.ts'
import { erasures, valueOf, type Delivered } from '../bus/bus.ts'
import { openCatalogue } from '../ingest/catalogue.ts'
import { TimelineChanged } from '../event-index/event-index.ts'
import { pagesOf } from '../event-index/pages-of.ts'
import { WrongUse, type Command, type ExitStatus, type Setting } from './command.ts'
import { counted, printable } from './table.ts'
import { pageQuery, textLine, type TimelineFilters } from './timeline.ts'

interface Confirmed {
  yes?: boolean
}
export type DeleteCommandOptions = TimelineFilters & Confirmed & { id?: string[] }
export type RedactCommandOptions = TimelineFilters & Confirmed & { text: string }

/** So many at once: all of them stand in one message, and in memory. */
const LIMIT = 100_000
const PAGE = 1000
const SHOWN = 10
/** What is shorter stands in much that nobody means; options go to the owner of the folder in the head of a request. */
const SHORTEST = 4
const LONGEST = 1000
const MOST_IDS = 200

/** What an erasure would hit: ids, with the instants of those on the timeline, and the first of them in words. */
interface Hits {
  ids: Map<string, string | undefined>
  /** How many of them are dead letters. */
  letters: number
  shown: string[]
}

/** Deletes events and dead letters for ever: imported again, they are refused. */
export const deleteCommand: Command<DeleteCommandOptions> = async (setting, options) => {
  const { id, yes = false, ...filters } = options
  if ((id === undefined) === (Object.keys(filters).length === 0)) {
    throw new WrongUse(
      'say what to delete: either --id, or any of --query, --kind, --source, --from and --to',
    )
  }
  if (id && id.length > MOST_IDS)
    throw new WrongUse(`--id has ${id.length} ids, but takes at most ${MOST_IDS} at once`)
  await setting.timeline.settled(setting.workspace)
  const hits = id
    ? await named(setting, id)
    : await selected(setting, filters, () => true, textLine)
  const ask = { yes, verb: 'deleted', hits }
  if (!(await confirmed(setting, ask))) return 0
  const all = [...hits.ids].map(([each, at]): Erasure => ({ id: each, ...(at && { at }) }))
  return erase(setting, ask, { erased: all, streams: [] })
}

/** Masks a text wherever events, or without filters also dead letters and what was taken back, have it. */
export const redactCommand: Command<RedactCommandOptions> = async (setting, options) => {
  const { text, yes = false, ...filters } = options
  if (text.length < SHORTEST || text.length > LONGEST || MASK.includes(text)) {
    throw new WrongUse(
      `the text has ${counted(text.length, 'character')}: give one of ${SHORTEST} to ${LONGEST} that is no part of ${MASK}`,
    )
  }
  const { workspace, timeline } = setting
  await timeline.settled(workspace)
  const forms = formsOf(text)
  const hide = (line: string): string =>
    forms.reduce((left, form) => left.replaceAll(form, MASK), line)
  const catalogue = await openCatalogue(timeline.bus, workspace)
  const corrected = catalogue
    .corrections()
    .find(({ source = '' }) => forms.some((form) => source.includes(form)))
  if (corrected) {
    throw new WrongUse(
      `the text is in the name of a source whose time was corrected, ${printable(hide(corrected.source!))}: take that back first, and correct it again under its new name; see: recount sources show`,
    )
  }
  const hidden = (_: string, value: unknown): unknown =>
    typeof value === 'string' ? hide(value) : value
  const hits = await selected(
    setting,
    filters,
    (event) => has(event, forms),
    (event) => textLine(JSON.parse(JSON.stringify(event), hidden) as TimelineEvent),
  )
  const isWhole = Object.keys(filters).length === 0
  const { masks, streams, letters } = await masksFor(setting, forms, hits, isWhole)
  for (const letter of letters)
    show(hits, letter.id, placeOf({ ...letter, raw: hide(letter.raw) }), { letter: true })
  const ids = new Map([...hits.ids, ...[...masks.keys()].map((id) => [id, undefined] as const)])
  const ask = { yes, verb: 'redacted', hits: { ...hits, ids } }
  if (!(await confirmed(setting, ask))) return 0
  const all = [...ids.keys()].map((id): Erasure => ({ id, masks: masks.get(id) ?? [] }))
  return erase(setting, ask, { erased: all, streams: [...streams] })
}

interface Ask {
  yes: boolean
  verb: string
  hits: Hits
}

const whatOf = ({ ids, letters }: Hits): string =>
  [
    ...(ids.size > letters ? [counted(ids.size - letters, 'event')] : []),
    ...(letters > 0 ? [counted(letters, 'dead letter')] : []),
  ].join(' and ')

/** Says what would be hit. Without --yes that is all; a script that forgot it has to notice. */
async function confirmed({ out, notes, terminal }: Setting, ask: Ask): Promise<boolean> {
  const { yes, verb, hits } = ask
  const { ids, shown } = hits
  if (ids.size === 0) {
    await notes(`There is nothing to be ${verb}.\n`)
    return false
  }
  if (ids.size > LIMIT) throw tooMany()
  await out(
    `${whatOf(hits)} ${yes ? 'will' : 'would'} be ${verb} for ever${shown.length > 0 ? ':' : '.'}\n`,
  )
  for (const line of shown) await out(`  ${line}`)
  if (ids.size > shown.length && shown.length > 0) await out('  …\n')
  if (yes) return true
  const advice = `Nothing was ${verb}: add --yes to do it.`
  if (!terminal) throw new WrongUse(advice)
  await notes(`${advice}\n`)
  return false
}

async function erase(
  { timeline, workspace, out, notes }: Setting,
  { hits, verb }: Ask,
  batch: ErasureBatch,
): Promise<ExitStatus> {
  const overwritten = await timeline.erase(workspace, batch)
  await out(`${whatOf(hits)} ${verb}.\n`)
  if (!overwritten) {
    await notes(
      'Kafka cannot overwrite what it has: the bytes stay in the topics of this workspace, where nothing shows them any more. To be rid of them too, back this workspace up, restore that into a new one, and delete the topics of this one. Elasticsearch drops its copy when it next merges segments.\n',
    )
  }
  return 0
}

const tooMany = (): WrongUse =>
  new WrongUse(
    `more than ${LIMIT.toLocaleString('en')} at once: take a part of them with --from and --to, one after the other`,
  )

function show(
  hits: Hits,
  id: string,
  line: string,
  { at, letter = false }: { at?: string; letter?: boolean },
): void {
  hits.ids.set(id, at)
  if (letter) hits.letters++
  if (hits.shown.length < SHOWN) hits.shown.push(line)
}

/** The events of the timeline that filters select and `isHit` takes. */
async function selected(
  { timeline, workspace }: Setting,
  filters: TimelineFilters,
  isHit: (event: TimelineEvent) => boolean,
  lineOf: (event: TimelineEvent) => string,
): Promise<Hits> {
  const query = pageQuery(filters, PAGE)
  for (;;) {
    const hits: Hits = { ids: new Map(), letters: 0, shown: [] }
    try {
      for await (const events of pagesOf(timeline.eventIndex, workspace, query)) {
        for (const event of events)
          if (isHit(event)) show(hits, event.event.id, lineOf(event), { at: event['@timestamp'] })
        if (hits.ids.size > LIMIT) throw tooMany()
      }
      return hits
    } catch (error) {
      if (!(error instanceof TimelineChanged)) throw error
    }
  }
}

/** Events by id, and what is not on the timeline: dead letters, and what was taken back. */
async function named({ timeline, workspace }: Setting, ids: readonly string[]): Promise<Hits> {
  const hits: Hits = { ids: new Map(), letters: 0, shown: [] }
  const missing = new Set<string>()
  const documents = await timeline.eventIndex.events(workspace, ids)
  for (const id of ids) {
    const document = documents.get(id)
    if (document === undefined) missing.add(id)
    else {
      const event = JSON.parse(document) as TimelineEvent
      show(hits, id, textLine(event), { at: event['@timestamp'] })
    }
  }
  if (missing.size > 0) {
    const known = await erasures(timeline.bus, workspace)
    for await (const message of timeline.bus.read(workspace, ['records', 'rejections'])) {
      for (const one of readable(message))
        if (erased(one, known) && missing.delete(one.id))
          show(hits, one.id, placeOf(one), { letter: 'raw' in one })
    }
  }
  const [unknown] = missing
  if (unknown !== undefined)
    throw new WrongUse(`there is no event and no dead letter ${unknown} in ${workspace}`)
  return hits
}

type Letter = RejectionBatch['rejections'][number]
type Content = RecordBatch['records'][number] | Letter

/** The records or rejections of a message, without what is none of ours. */
const readable = (message: Delivered): Content[] =>
  (contentsOf(valueOf(message)) as (Content | null)[]).filter((one) => one !== null)

const placeOf = (one: Content): string =>
  'raw' in one
    ? `${printable(one.path)}:${one.first}: ${one.reason}: ${printable(one.raw.slice(0, SHOWN_CHARACTERS))}\n`
    : `${printable(one.message.slice(0, SHOWN_CHARACTERS))}\n`

const SHOWN_CHARACTERS = 200

/** Whether what can be masked of an event has one of these texts: not its id, its instants and the names of files. */
function has(document: TimelineEvent, forms: readonly string[]): boolean {
  // The level is named by us: it may be a word that the record does not have.
  const { '@timestamp': _, timeline, event, log: _____, ...fields } = document
  const { id: __, kind: ___, dataset: ____, ...rest } = event
  const labels = Object.keys((fields['labels'] as object | undefined) ?? {})
  return holds([fields, labels, rest, timeline.history, timeline.time.original], forms)
}

function holds(value: unknown, forms: readonly string[]): boolean {
  if (typeof value === 'object' && value !== null)
    return Object.values(value).some((each) => holds(each, forms))
  const text = String(value)
  return forms.some((form) => text.includes(form))
}

/** Reads the log for what is hit, or all of it: where the text stands in each record that ever came. */
async function masksFor(
  { timeline, workspace }: Setting,
  forms: readonly string[],
  { ids }: Hits,
  all: boolean,
): Promise<{
  masks: Map<string, Mask[]>
  streams: Set<string>
  letters: Letter[]
}> {
  const known = await erasures(timeline.bus, workspace)
  const masks = new Map<string, Mask[]>()
  const streams = new Set<string>()
  const letters: Letter[] = []
  if (!all && ids.size === 0) return { masks, streams, letters }
  const topics = all ? (['records', 'rejections'] as const) : (['records'] as const)
  for await (const message of timeline.bus.read(workspace, topics)) {
    for (const one of readable(message)) {
      if (!all && !ids.has(one.id)) continue
      const left = erased(one, known)
      const mask = left && maskFor(left, forms)
      if (!('raw' in one) && (mask || ids.has(one.id))) streams.add(message.key)
      if (!mask) continue
      const before = masks.get(one.id) ?? []
      if (before.some(({ of }) => of === mask.of)) continue
      masks.set(one.id, [...before, mask])
      if (masks.size > LIMIT) throw tooMany()
      if ('raw' in one && before.length === 0) letters.push(one)
    }
  }
  return { masks, streams, letters }
}
