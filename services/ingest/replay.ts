import { randomUUID } from 'node:crypto'
import type { Context } from '../../schemas/context.ts'
import { parkedEvent, type Reason } from '../../schemas/rejection.ts'
import type { Loaded } from '../../ingest-adapters/load.ts'
import { removals } from '../bus/bus.ts'
import { openCatalogue, type Catalogue } from './catalogue.ts'
import { openLetters } from './dead-letters.ts'
import type { ImportPorts } from './import.ts'
import { onTheWay } from './on-the-way.ts'
import { settlements } from './refused-before.ts'
import { groupOf, sendAgain, type Group, type Stream } from './send-again.ts'
import { goesOn, isTriable, tryAgain } from './try-again.ts'

/** What became of the dead letters: tried = replayed + refused + what is to be imported again. */
export interface Replay {
  tried: number
  /** On the timeline now. */
  replayed: number
  /** How many events of these are new on it. */
  events: number
  /** Refused as before. */
  refused: number
  /** How often each reason of that. */
  reasons: Partial<Record<Reason, number>>
  /** How many of each path cannot be read from what is kept of them: the file is to be imported again. */
  importAgain: { path: string; letters: number }[]
}

interface Gathered {
  catalogue: Catalogue
  /** Each dead letter by its id, and whether what is kept of it was enough to try. */
  letters: Map<string, { file: string; path: string; reason: Reason; isTried: boolean }>
  /** What dead letters have become, by their ids: the event's id, or undefined where it is none. */
  became: Map<string, string | undefined>
  streams: Map<string, Stream>
}

/**
 * Tries with the adapters of today what was refused. What can be read now comes onto the timeline as if its file had been imported again; until it is sent it is
 * in memory.
 */
export async function replayLetters(ports: ImportPorts, nowMs: number): Promise<Replay> {
  const { bus, workspace } = ports
  const origin = `r${nowMs.toString(36)}${randomUUID().slice(0, 4)}`
  const gathered = await gather(ports)
  const takenBack = await removals(bus, workspace)
  const way = onTheWay(ports)
  const by = { ...ports, way, catalogue: gathered.catalogue, takenBack, origin, nowMs }
  for (const [file, stream] of gathered.streams)
    await sendAgain(by, file, stream, (letter, event) => gathered.became.set(letter, event))
  const position = await way.all()
  if (position !== null) await ports.indexed(position)
  const { letters, became } = gathered
  const ids = [...became.values()].filter((id) => id !== undefined)
  const there = await ports.events(ids)
  const settled: { id: string; file: string }[] = []
  const reasons: Replay['reasons'] = {}
  const again = new Map<string, number>()
  for (const [id, { file, path, reason, isTried }] of letters) {
    const event = became.get(id)
    if (became.has(id) && (event === undefined || there.has(event))) settled.push({ id, file })
    else if (isTried) reasons[reason] = (reasons[reason] ?? 0) + 1
    else again.set(path, (again.get(path) ?? 0) + 1)
  }
  const told = settlements(origin, settled)
  if (told.length > 0) await bus.append(workspace, told)
  return {
    tried: letters.size,
    replayed: settled.length,
    events: (await ports.created(origin)).get(`${origin}/0`) ?? 0,
    refused: Object.values(reasons).reduce((sum, count) => sum + count, 0),
    reasons,
    importAgain: [...again].map(([path, count]) => ({ path, letters: count })),
  }
}

/** Reads all dead letters, and what can be read of them now. */
async function gather({ bus, workspace, adapters }: ImportPorts): Promise<Gathered> {
  const catalogue = await openCatalogue(bus, workspace)
  const contexts = new Map(catalogue.all().map((context) => [context.file, context]))
  const byName = new Map(adapters.map((loaded) => [loaded.name, loaded]))
  const loadedOf = (context: Context | undefined): Loaded | undefined =>
    context && byName.get(context.dataset)
  const gathered: Gathered = {
    catalogue,
    letters: new Map(),
    became: new Map(),
    streams: new Map(),
  }
  const { letters, became, streams } = gathered
  const finish = async (group: Group, loaded: Loaded): Promise<void> => {
    const { mended, described } = await tryAgain(group.run, loaded)
    group.run = []
    group.mended.push(...mended)
    for (const id of described) became.set(id, undefined)
  }
  for await (const dead of openLetters(bus, workspace)) {
    const { letter, batch, position } = dead
    const { id, path, reason } = letter
    const { file, origin } = batch
    let stream = streams.get(file)
    if (!stream) {
      stream = { context: contexts.get(file), groups: new Map(), parked: new Set() }
      streams.set(file, stream)
    }
    const loaded = loadedOf(stream.context)
    const isParked = reason === 'not-indexed'
    // A stream without a first record has nothing by which its file is known again.
    const isTried = isParked || (isTriable(dead, loaded) && stream.context!.head.length > 0)
    letters.set(id, { file, path, reason, isTried })
    if (isParked) {
      stream.parked.add(parkedEvent(id))
      became.set(id, parkedEvent(id))
    } else if (isTried) {
      const key = groupOf(origin, path)
      let group = stream.groups.get(key)
      if (!group) stream.groups.set(key, (group = { batch, path, position, run: [], mended: [] }))
      if (group.run.length > 0 && !goesOn(group.run, dead, loaded!)) await finish(group, loaded!)
      group.run.push(dead)
      group.position = position
    }
  }
  for (const { context, groups } of streams.values())
    for (const group of groups.values())
      if (group.run.length > 0) await finish(group, loadedOf(context)!)
  return gathered
}
