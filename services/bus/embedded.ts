import { randomUUID } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { BroadcastChannel } from 'node:worker_threads'
import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite'
import { oweScrub, owesScrub, scrub, scrubOwed } from '../scrub.ts'
import { inInsertSpan } from '../tracing.ts'
import type { Bus, Message } from './bus.ts'
import { overwritten } from './embedded/overwritten.ts'
import { bodyOf, delivered, digest, valueOf, type LogRow } from './embedded/rows.ts'
import { openLogFile } from './log-file.ts'
import { Unavailable } from '../unavailable.ts'

const READ_AT_ONCE = 16

interface Append {
  messages: readonly Message[]
  bodies: Uint8Array[]
  resolve(position: string): void
  reject(error: Error): void
}

interface Log {
  db: DatabaseSyncInstance
  insert: StatementSyncInstance
  overwrite: StatementSyncInstance
  /** Notes when the messages up to a position came. */
  commit: StatementSyncInstance
  end: number
  queue: Append[]
  flushing: Promise<void> | undefined
  /** 'appended' after a commit, in this thread or in another. */
  changes: EventEmitter
  channel: BroadcastChannel
}

export interface EmbeddedBus extends Bus {
  /** Takes all messages of the log in another file over into an empty one, at once or not at all. */
  adopt(workspace: string, path: string): Promise<void>
}

/** The bus in this process: `<data>/<workspace>/log.sqlite`, one row a message, compressed; what is acknowledged is on disk. One thread appends, any may read and consume. */
export function embeddedBus(data: string): EmbeddedBus {
  const logs = new Map<string, Log>()
  const log = (workspace: string): Log => {
    let found = logs.get(workspace)
    if (!found) logs.set(workspace, (found = opened(join(data, workspace))))
    return found
  }
  return {
    async append(workspace, messages) {
      const to = log(workspace)
      const bodies = messages.map(bodyOf)
      return inInsertSpan(
        'log',
        messages.length,
        () =>
          new Promise<string>((resolve, reject) => {
            to.queue.push({ messages, bodies, resolve, reject })
            to.flushing ??= flush(to)
          }),
      )
    },
    async erase(workspace, batch) {
      const to = log(workspace)
      await to.flushing
      const rows = await overwritten(to.db, batch)
      const message: Message = { topic: 'erasures', key: `erasure ${randomUUID()}`, value: batch }
      const body = bodyOf(message)
      let position = 0
      write(to, () => {
        position = endOf(to.db) + 1
        to.insert.run(position, message.topic, message.key, body, digest(body))
        for (const row of rows) to.overwrite.run(row.body, digest(row.body), row.position)
        oweScrub(to.db)
      })
      scrub(to.db, 'log.sqlite')
      return { position: String(position), overwritten: true }
    },
    async consume(workspace, from, handle, signal) {
      const of = log(workspace)
      const after =
        'group' in from ? beginOf(of.db, standOf(of.db, from.group), from.after) : from.after
      const some = of.db.prepare('select * from log where position > ? order by position limit ?')
      const stands = (at: number): void => {
        if ('group' in from)
          of.db.prepare('insert or replace into groups values (?, ?)').run(from.group, at)
      }
      let begins = true
      if (after !== null) stands(Number(after))
      for (let at = Number(after ?? 0); !signal.aborted; await setImmediate()) {
        const messages = (some.all(at, READ_AT_ONCE) as LogRow[]).map(delivered)
        if (messages.length === 0) {
          if (of.end <= at) await once(of.changes, 'appended', { signal }).catch(() => undefined)
          continue
        }
        await handle(messages, begins)
        begins = false
        at = Number(messages.at(-1)!.position)
        stands(at)
      }
    },
    async handled(workspace, group) {
      return standOf(log(workspace).db, group)
    },
    async backlog(workspace, after) {
      const { db } = log(workspace)
      const at = Number(after ?? 0)
      const first = db.prepare('select at_ms from commits where position > ? limit 1').get(at)
      const { at_ms: came } = (first ?? { at_ms: Infinity }) as { at_ms: number }
      return { messages: Math.max(endOf(db) - at, 0), ageMs: Math.max(Date.now() - came, 0) }
    },
    async *read(workspace, topics, key) {
      const { db } = log(workspace)
      const end = endOf(db)
      const rows = db.prepare(
        `select * from log where position > ? and position <= ? and topic in (${topics.map(() => '?').join(',')})
         ${key === undefined ? '' : 'and key = ?'} order by position limit ${READ_AT_ONCE}`,
      )
      for (let at = 0; ;) {
        const some = rows.all(at, end, ...topics, ...(key === undefined ? [] : [key])) as LogRow[]
        for (const row of some) yield delivered(row)
        if (some.length < READ_AT_ONCE) return
        await setImmediate()
        at = some.at(-1)!.position
      }
    },
    async end(workspace) {
      const end = endOf(log(workspace).db)
      return end === 0 ? null : String(end)
    },
    async adopt(workspace, path) {
      const to = log(workspace)
      to.db.prepare('attach ? as other').run(path)
      try {
        write(to, () => to.db.exec('insert into log select * from other.log'))
      } catch (error) {
        throw new Unavailable(`the log of record cannot be written: ${(error as Error).message}`)
      } finally {
        to.db.exec('detach other')
      }
    },
    async check(workspace) {
      try {
        return { wrong: checkLog(log(workspace).db), notes: [] }
      } catch (error) {
        return { wrong: [(error as Error).message], notes: [] }
      }
    },
    async close() {
      for (const { flushing, db, channel } of logs.values()) {
        await flushing
        channel.close()
        db.close()
      }
      logs.clear()
    },
  }
}

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
  const db = openLogFile(join(folder, 'log.sqlite'))
  scrubOwed(db, 'log.sqlite')
  const changes = new EventEmitter()
  changes.setMaxListeners(0)
  const log: Log = {
    db,
    insert: db.prepare('insert into log values (?, ?, ?, ?, ?)'),
    overwrite: db.prepare('update log set body = ?, digest = ? where position = ?'),
    commit: db.prepare('insert or replace into commits values (?, ?)'),
    end: endOf(db),
    queue: [],
    flushing: undefined,
    changes,
    channel: new BroadcastChannel(`recount ${resolve(folder)}`),
  }
  log.channel.unref()
  log.channel.addEventListener('message', (event) =>
    appended(log, Number((event as { data?: unknown }).data)),
  )
  return log
}

function standOf(db: DatabaseSyncInstance, group: string): string | null {
  const row = db.prepare('select position from groups where name = ?').get(group)
  return row === undefined ? null : String((row as { position: number }).position)
}

/** Where a group stands, or, where it stands nowhere, a position up to which all was handled; one beyond the end is of another log. */
function beginOf(
  db: DatabaseSyncInstance,
  stands: string | null,
  after: string | null = null,
): string | null {
  return stands ?? (Number(after ?? 0) <= endOf(db) ? after : null)
}

const endOf = (db: DatabaseSyncInstance): number =>
  (db.prepare('select coalesce(max(position), 0) end from log').get() as { end: number }).end

function appended(log: Log, end: number): void {
  // What another thread tells may be older than what is known here.
  log.end = Math.max(log.end, end)
  log.changes.emit('appended')
}

/** Commits what comes in one turn of the event loop all at once: a commit waits for the disk, whatever its size. */
async function flush(log: Log): Promise<void> {
  while (log.queue.length > 0) {
    await setImmediate()
    const appends = log.queue.splice(0)
    try {
      const messages = appends.flatMap((a) => a.messages)
      const bodies = appends.flatMap((a) => a.bodies)
      write(log, () => {
        // The normalizer of this folder appends in a thread of its own.
        let position = endOf(log.db)
        for (const [i, { topic, key }] of messages.entries())
          log.insert.run(++position, topic, key, bodies[i]!, digest(bodies[i]!))
      })
    } catch (error) {
      const refused = new Unavailable(
        `the log of record cannot be written: ${(error as Error).message}. Nothing that was acknowledged is lost: make room, and send the same again`,
      )
      for (const { reject } of appends) reject(refused)
      continue
    }
    let position = log.end - appends.reduce((sum, a) => sum + a.messages.length, 0)
    for (const { messages, resolve } of appends) resolve(String((position += messages.length)))
  }
  // In the same turn as the last look at the queue: an append after it begins a new flush.
  log.flushing = undefined
}

/** Does something to a log in one transaction, and tells who waits for messages. */
function write(log: Log, work: () => void): void {
  log.db.exec('begin immediate')
  let end: number
  try {
    work()
    end = endOf(log.db)
    if (end > log.end) log.commit.run(end, Date.now())
    log.db.exec('commit')
  } catch (error) {
    try {
      log.db.exec('rollback')
    } catch {
      // After a full disk SQLite has ended it already, and the error to see is the first.
    }
    throw error
  }
  appended(log, end)
  log.channel.postMessage(end)
}

const REMEDY = 'Restore it from a backup: what is damaged there cannot be worked out.'

function checkLog(db: DatabaseSyncInstance): string[] {
  const wrong: string[] = []
  if (owesScrub(db))
    wrong.push('log.sqlite: what was erased still stands in free pages. Make room, and start again')
  const rows = db.prepare('pragma integrity_check').all() as { integrity_check: string }[]
  for (const { integrity_check: text } of rows)
    if (text !== 'ok') wrong.push(`log.sqlite: ${text}. ${REMEDY}`)
  for (const row of db.prepare('select * from log').iterate() as IterableIterator<LogRow>) {
    try {
      valueOf(row)
    } catch {
      wrong.push(`log.sqlite: message ${row.position} (${row.topic}) cannot be read. ${REMEDY}`)
    }
  }
  return wrong
}
