import type { Bus } from '../bus/bus.ts'
import type { EventIndex } from '../event-index/event-index.ts'
import { openCatalogue } from '../ingest/catalogue.ts'
import { contextOf, type Context } from '../../schemas/context.ts'

/** What records of a source with a second stamp show of those that have none. */
export interface SecondStamp {
  /** Seconds from the usual stamp to the better one; several where a clock of twelve hours lost its half, or was moved. */
  add: number[]
  /** How many records show it, at least: files may be copies of one another. */
  records: number
  /** The usual stamps say no zone: then it is their zone that is shown. */
  unzoned?: true
  /** A person said that it is to be taken. */
  applied?: true
}

/** Undefined where the two stamps are the same, or there are none. `isNamed`: the records of the source name it themselves. */
export function secondStamp(
  context: Context,
  source: string,
  isNamed: (stream: string) => boolean,
): SecondStamp | undefined {
  const mine = (context.clocks ?? []).filter(
    ({ stream }) => stream === source || stream === '' || !isNamed(stream),
  )
  const wrong = mine.filter(({ add }) => add !== 0)
  if (wrong.length === 0) return undefined
  const pairs = new Map<number, number>()
  for (const { add, pairs: more } of mine) pairs.set(add, (pairs.get(add) ?? 0) + more)
  return {
    add: [...pairs.keys()].sort((a, b) => pairs.get(b)! - pairs.get(a)! || a - b),
    records: [...pairs.values()].reduce((sum, n) => sum + n, 0),
    ...(wrong.some(({ unzoned }) => unzoned) && { unzoned: true }),
    ...(contextOf(context, source).suggested && { applied: true }),
  }
}

export interface Contradiction extends SecondStamp {
  source: string
}

/** Sources of which stamps with a zone are contradicted by their own records, but for those whose better reading is taken. */
export async function contradictions(
  { bus, eventIndex }: { bus: Bus; eventIndex: EventIndex },
  workspace: string,
): Promise<Contradiction[]> {
  const catalogue = await openCatalogue(bus, workspace)
  const contexts = catalogue.all().filter(({ clocks = [] }) => clocks.some(({ add }) => add !== 0))
  if (contexts.length === 0) return []
  const filesBySource = new Map<string, Set<string>>()
  for (const { source, file } of await eventIndex.bases(workspace))
    filesBySource.set(source, (filesBySource.get(source) ?? new Set()).add(file))
  const isNamed = (stream: string): boolean => filesBySource.has(stream)
  const found: Contradiction[] = []
  for (const [source, files] of filesBySource) {
    const seen = contexts.flatMap((context) =>
      files.has(context.file) ? (secondStamp(context, source, isNamed) ?? []) : [],
    )
    const open = seen.find(({ unzoned, applied }) => !unzoned && !applied)
    if (open) found.push({ source, ...open })
  }
  return found
}
