import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { deflateRaw, inflateRawSync } from 'node:zlib'
import { EventEmitter } from 'node:events'
import {
  DatabaseSync,
  type DatabaseSyncInstance,
  type StatementSyncInstance,
} from '@photostructure/sqlite'
import { Unavailable, type Bus, type Delivered, type Message, type Topic } from './bus.ts'

const deflate = promisify(deflateRaw)
/** So many messages wait in memory for the consumer before an append waits. */
const AHEAD = 8
const READ_AT_ONCE = 16
/** A message comes out in one piece: each piece is a trip to another thread and back. */
const COMPRESSION = { level: 1, chunkSize: 128 * 1024 }
const VERSION = 1

interface Append {
  messages: readonly Message[]
  bodies: Promise<Buffer[]>
  resolve(position: string): void
  reject(error: Error): void
}

interface Log {
  db: DatabaseSyncInstance
  insert: StatementSyncInstance
  end: number
  /** The last messages, which a consumer that keeps up need not read from disk. */
  tail: Delivered[]
  consumed: number
  consumers: number
  queue: Append[]
  flushing: Promise<void> | undefined
  /** 'appended' after a commit, 'consumed' after a consumer moved on. */
  changes: EventEmitter
}

/** The bus in this process: `<data>/<workspace>/log.sqlite`, one row a message, compressed; what is acknowledged is on disk. */
export function embeddedBus(data: string): Bus {
  const logs = new Map<string, Log>()
  const log = (workspace: string): Log => {
    let found = logs.get(workspace)
    if (!found) logs.set(workspace, (found = opened(join(data, workspace))))
    return found
  }
  return {
    async append(workspace, messages) {
      const to = log(workspace)
      const bodies = Promise.all(messages.map((m) => deflate(JSON.stringify(m.value), COMPRESSION)))
      const position = await new Promise<string>((resolve, reject) => {
        to.queue.push({ messages, bodies, resolve, reject })
        to.flushing ??= flush(to)
      })
      while (to.consumers > 0 && to.end - to.consumed > AHEAD) await once(to.changes, 'consumed')
      return position
    },
    async consume(workspace, after, handle, signal) {
      const from = log(workspace)
      let at = after === null ? 0 : Number(after)
      from.consumed = at
      from.consumers++
      try {
        while (!signal.aborted) {
          const messages = next(from, at)
          if (messages.length === 0) {
            await once(from.changes, 'appended', { signal }).catch(() => undefined)
            continue
          }
          await handle(messages)
          at = Number(messages.at(-1)!.position)
          from.consumed = at
          const done = from.tail.findIndex((m) => Number(m.position) > at)
          from.tail.splice(0, done < 0 ? from.tail.length : done)
          from.changes.emit('consumed')
        }
      } finally {
        from.consumers--
        from.changes.emit('consumed')
      }
    },
    async *read(workspace, topics, key) {
      const { db, end } = log(workspace)
      const rows = db.prepare(
        `select position, topic, key, body from log where position > ? and position <= ? and topic in (${topics.map(() => '?').join(',')})
         ${key === undefined ? '' : 'and key = ?'} order by position limit ${READ_AT_ONCE}`,
      )
      for (let at = 0; ;) {
        const some = rows.all(at, end, ...topics, ...(key === undefined ? [] : [key])) as LogRow[]
        for (const row of some) yield delivered(row)
        if (some.length < READ_AT_ONCE) return
        at = some.at(-1)!.position
      }
    },
    async end(workspace) {
      const { end } = log(workspace)
      return end === 0 ? null : String(end)
    },
    async check(workspace) {
      try {
        return checkLog(log(workspace).db)
      } catch (error) {
        return [(error as Error).message]
      }
    },
    async close() {
      for (const { flushing, db } of logs.values()) {
        await flushing
        db.close()
      }
      logs.clear()
    },
  }
}

interface LogRow {
  position: number
  topic: Topic
  key: string
  body: Uint8Array
}

const delivered = (row: LogRow): Delivered => ({
  topic: row.topic,
  key: row.key,
  value: JSON.parse(inflateRawSync(row.body).toString()) as unknown,
  position: String(row.position),
})

function opened(folder: string): Log {
  try {
    return openLog(folder)
  } catch (error) {
    if (error instanceof Unavailable) throw error
    throw new Unavailable(
      `${join(folder, 'log.sqlite')} cannot be read: ${(error as Error).message}`,
    )
  }
}

function openLog(folder: string): Log {
  mkdirSync(folder, { recursive: true })
  const db = new DatabaseSync(join(folder, 'log.sqlite'))
  // Acknowledged means on disk: with synchronous = normal a power loss takes acknowledged rows.
  db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = 4000')
  const { user_version: version } = db.prepare('pragma user_version').get() as {
    user_version: number
  }
  if (version > VERSION) {
    db.close()
    throw new Unavailable(
      `${folder} was written by a newer recount (log version ${version}, this one reads ${VERSION}); use that version`,
    )
  }
  db.exec(`create table if not exists log (position integer primary key, topic text not null, key text not null, body blob not null);
    create index if not exists log_topic on log (topic, key); pragma user_version = ${VERSION}`)
  const { end } = db.prepare('select coalesce(max(position), 0) end from log').get() as {
    end: number
  }
  const changes = new EventEmitter()
  changes.setMaxListeners(0)
  return {
    db,
    insert: db.prepare('insert into log values (?, ?, ?, ?)'),
    end,
    tail: [],
    consumed: end,
    consumers: 0,
    queue: [],
    flushing: undefined,
    changes,
  }
}

/** Commits what waits, all that is there at once: a commit waits for the disk, whatever its size. */
async function flush(log: Log): Promise<void> {
  while (log.queue.length > 0) {
    const appends = log.queue.splice(0)
    try {
      const bodies = await Promise.all(appends.map((a) => a.bodies))
      commit(
        log,
        appends.flatMap((a) => a.messages),
        bodies.flat(),
      )
    } catch (error) {
      for (const { reject } of appends) reject(error as Error)
      continue
    }
    let position = log.end - appends.reduce((sum, a) => sum + a.messages.length, 0)
    for (const { messages, resolve } of appends) resolve(String((position += messages.length)))
  }
  // In the same turn as the last look at the queue: an append after it begins a new flush.
  log.flushing = undefined
}

function commit(log: Log, messages: readonly Message[], bodies: readonly Buffer[]): void {
  let position = log.end
  log.db.exec('begin immediate')
  try {
    for (const [i, { topic, key }] of messages.entries())
      log.insert.run(++position, topic, key, bodies[i]!)
    log.db.exec('commit')
  } catch (error) {
    log.db.exec('rollback')
    throw error
  }
  for (const message of messages) log.tail.push({ ...message, position: String(++log.end) })
  if (log.tail.length > AHEAD * 2) log.tail.splice(0, log.tail.length - AHEAD * 2)
  log.changes.emit('appended')
}

/** The messages after a position: from memory where they are there still. */
function next(log: Log, after: number): Delivered[] {
  if (after >= log.end) return []
  const first = log.tail[0]
  if (first && Number(first.position) <= after + 1) {
    return log.tail.slice(after + 1 - Number(first.position))
  }
  const rows = log.db
    .prepare(
      'select position, topic, key, body from log where position > ? order by position limit ?',
    )
    .all(after, READ_AT_ONCE) as LogRow[]
  return rows.map(delivered)
}

function checkLog(db: DatabaseSyncInstance): string[] {
  const wrong: string[] = []
  const rows = db.prepare('pragma integrity_check').all() as { integrity_check: string }[]
  for (const { integrity_check: text } of rows) if (text !== 'ok') wrong.push(`log.sqlite: ${text}`)
  for (const row of db
    .prepare('select position, topic, key, body from log')
    .iterate() as IterableIterator<LogRow>) {
    try {
      delivered(row)
    } catch {
      wrong.push(`log.sqlite: message ${row.position} (${row.topic}) cannot be read`)
    }
  }
  return wrong
}
