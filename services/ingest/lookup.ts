import type { Context } from '../../schemas/context.ts'
import type { SourceRecord } from '../../schemas/source-record.ts'
import { hash } from './identity.ts'
import type { ImportPorts } from './import.ts'
import type { OnTheWay } from './on-the-way.ts'
import type { Survey } from './survey.ts'

/** What an import asks the index, and knows without asking. */
export interface Lookup {
  /** Told of every record that is read. */
  note(record: SourceRecord): void
  /** What the index holds of streams was put on the bus anew. */
  redated(): void
  /** Whether a record with this hash, one of the first of a file, was read in this import before. */
  wasRead(hash: string): boolean
  /** Whether a stream was there before this import: only such a one holds records that were not read in it. */
  wasThere(context: Context): boolean
  /** The documents of those of these events that are on the timeline, by id; `fresh`: they may have been sent in this import. */
  events(ids: readonly string[], fresh: boolean): Promise<Map<string, string>>
}

/**
 * Files of one import overlap one another too. The index has what was sent of those before only when that was waited for, which takes long on a cluster; so
 * it is waited for only where a file's first records stand in one of them. `end`: of the bus, when the import began.
 */
export function openLookup(
  ports: Pick<ImportPorts, 'events' | 'indexed'>,
  way: OnTheWay,
  surveys: Iterable<Survey>,
  streams: readonly Context[],
  end: string | null,
): Lookup {
  const there = new Set(streams.map(({ file }) => file))
  const seconds = new Set<number>()
  const read = new Map<string, boolean>()
  for (const found of surveys) {
    if (found.outcome !== 'records') continue
    for (const [i, stamp] of found.begins.entries()) {
      seconds.add(stamp)
      read.set(found.head[i]!, false)
    }
  }
  // An import that broke off may have left something that is not in the index yet.
  let isBehind = end !== null
  return {
    note({ time, original }) {
      // The hash is what costs.
      if (!seconds.has(time.seconds)) return
      const of = hash(original)
      if (read.has(of)) read.set(of, true)
    },
    redated: () => void (isBehind = true),
    wasRead: (of) => read.get(of) === true,
    wasThere: ({ file }) => there.has(file),
    async events(ids, fresh) {
      const position = isBehind || fresh ? ((await way.all()) ?? end) : null
      if (position !== null) await ports.indexed(position)
      isBehind = false
      return ports.events(ids)
    },
  }
}
