import type { Test } from 'tap'
import type { Change } from '../../schemas/change.ts'
import type { TimelineEvent } from '../../schemas/timeline-event.ts'
import type {
  Bucket,
  EventIndex,
  PageQuery,
  WindowFilter,
} from '../../services/event-index/event-index.ts'

export const main = 'main'
/** 2024-05-01T10:00:00Z in nanoseconds. */
const BEGIN = 1_714_557_600_000_000_000n

export type Open = (place: string) => Promise<EventIndex>

export interface Made extends Partial<Change> {
  id: string
  /** Nanoseconds after the beginning. */
  after?: number | bigint
  message?: string
  signature?: string
  path?: string
  line?: number
  fields?: Record<string, unknown>
  time?: Partial<TimelineEvent['timeline']['time']>
  dataset?: string
}

/** A change as the normalizer makes it. */
export function made({
  id,
  after = 0,
  message = `message ${id}`,
  signature = 's',
  path = '/var/log/a',
  line = 1,
  fields = {},
  time,
  dataset = 'logs/syslog',
  ...more
}: Made): Change {
  const at = key(after)
  const columns = { kind: 'log', host: '', service: '', level: '', ...more }
  const { kind, source = 'a', host, service, level } = columns
  const stamp = `${new Date(Number(at.slice(0, 10)) * 1000).toISOString().slice(0, 19)}.${at.slice(10)}Z`
  const document = JSON.stringify({
    '@timestamp': stamp,
    message,
    event: { id, kind: 'event', dataset, original: message },
    timeline: {
      kind,
      signature,
      time: {
        original: stamp,
        basis: 'explicit',
        zone: 'UTC',
        earliest: stamp,
        latest: stamp,
        flags: [],
        ...time,
      },
      seen: [{ source, path, line }],
    },
    ...(host && { host: { name: host } }),
    ...(service && { service: { name: service } }),
    ...(level && { log: { level } }),
    ...fields,
  })
  const text = `${message} ${host} ${service} `
  return {
    id,
    at,
    source,
    stream: source,
    place: 0,
    rank: 59,
    file: 'f1',
    context: 1,
    origin: 'i1/0',
    kind,
    host,
    service,
    level,
    signature,
    twin: null,
    channel: '',
    text,
    document,
    ...more,
  }
}

/** The key of an instant so many nanoseconds after the beginning. */
export const key = (after: number | bigint): string =>
  String(BEGIN + BigInt(after)).padStart(19, '0')

const parsed = (events: Uint8Array): TimelineEvent[] =>
  JSON.parse(`[${Buffer.from(events).toString()}]`) as TimelineEvent[]

let places = 0
let position = 0

/** An index at a place of its own, with short ways to write to it and to ask it. */
export class WrittenIndex {
  readonly #open: Open
  readonly #place: string
  index!: EventIndex

  constructor(open: Open) {
    this.#open = open
    this.#place = `place-${places++}`
  }

  async reopen(): Promise<this> {
    await (this.index as EventIndex | undefined)?.close()
    this.index = await this.#open(this.#place)
    return this
  }
  /** Resolves to how many events are new. */
  write(...changes: Made[]): Promise<number> {
    return this.index.write(main, changes.map(made), String(++position))
  }
  /** The ids of the events that a query selects, page by page. */
  async ids(query: Partial<PageQuery> = {}, between?: () => Promise<unknown>): Promise<string[]> {
    const found: string[] = []
    let cursor: string | null | undefined
    do {
      const page: PageQuery = { limit: 1000, order: 'asc', ...query, ...(cursor && { cursor }) }
      const { events, count, next } = await this.index.page(main, page)
      const some = parsed(events)
      if (some.length !== count) throw new Error(`${count} counted, ${some.length} given`)
      found.push(...some.map((e) => e.event.id))
      cursor = next
      if (cursor) await between?.()
    } while (cursor)
    return found
  }
  async event(id: string): Promise<TimelineEvent | undefined> {
    const document = (await this.index.events(main, [id])).get(id)
    return document === undefined ? undefined : (JSON.parse(document) as TimelineEvent)
  }
  counted(filter: WindowFilter = {}, seconds = 60): Promise<Bucket[]> {
    return this.index.histogram(main, filter, seconds)
  }
}

/** Declares a test that has an index of its own. */
export const testWith =
  (t: Test, open: Open) =>
  (name: string, body: (t: Test, on: WrittenIndex) => Promise<void>): Promise<unknown> =>
    t.test(name, async (t) => {
      const on = await new WrittenIndex(open).reopen()
      t.teardown(() => on.index.close())
      await body(t, on)
    })

/** Asserts that a cursor is refused by an error of this class. */
export async function refused(
  t: Test,
  on: WrittenIndex,
  cursor: string,
  by: new () => Error,
): Promise<void> {
  const page = on.index.page(main, { limit: 1, order: 'asc', cursor })
  t.ok((await page.catch((error: unknown) => error)) instanceof by, `${by.name} for ${cursor}`)
}
