import type { Clock, Correction } from '../../schemas/context.ts'
import type { Removal } from '../../schemas/removal.ts'
import type { Bus, Message } from '../bus/bus.ts'
import { corrected, openCatalogue } from './catalogue.ts'

/** What a person tells of the time of a source or of what is under a path; null takes it back, what is left out stays. */
export interface Told {
  zone?: string | null
  clock?: Clock | null
  /** Takes stamps that are contradicted as their source suggests. */
  suggested?: true | null
}

export interface Corrected {
  /** Streams whose events get another time. */
  streams: number
  /** Of the last message. Nothing was sent where it is undefined. */
  position?: string
}

/** Puts the corrected contexts of these streams on the bus: what is on the timeline of them is dated anew. */
export async function correct(
  bus: Bus,
  workspace: string,
  { of, streams, told }: { of: Removal; streams: readonly string[]; told: Told },
): Promise<Corrected> {
  const catalogue = await openCatalogue(bus, workspace)
  const source = 'source' in of ? of.source : undefined
  let dated = 0
  const messages = catalogue.all().flatMap((context): Message[] => {
    const isThere = streams.includes(context.file)
    // A source may come to every stream, and an event of it may stand in another one than the one that dated it.
    if (source === undefined && !isThere) return []
    const before = (context.corrections ?? []).find((c) => c.source === source)
    const value = corrected(context, changed(before, source, told))
    if (!value) return []
    if (isThere) dated++
    else delete value.redates
    return [{ topic: 'contexts', key: context.file, value }]
  })
  if (messages.length === 0) return { streams: 0 }
  return { streams: dated, position: await bus.append(workspace, messages) }
}

function changed(
  before: Correction | undefined,
  source: string | undefined,
  told: Told,
): Correction {
  const zone = told.zone === undefined ? before?.zone : told.zone
  const clock = told.clock === undefined ? before?.clock : told.clock
  const suggested = told.suggested === undefined ? before?.suggested : told.suggested
  return {
    ...(source !== undefined && { source }),
    ...(typeof zone === 'string' && { zone }),
    ...(clock && { clock }),
    ...(suggested && { suggested }),
  }
}
