import { HOUR, MINUTE, NEW_YORK, SECOND, spaced, utc } from './clock.ts'
import { chance, every, type Line } from './lines.ts'
import * as story from './story.ts'

const POSTMASTER = 801
const UPDATE = 'UPDATE stock SET reserved = reserved + 1 WHERE article_id = 1204'

/** `%m [%p] user=%u,db=%d `, as Debian sets it, with the zone's abbreviation. */
function writer(lines: Line[]) {
  return (at: number, pid: number, level: string, text: string, by = ''): void => {
    lines.push({ at, text: `${spaced(at, NEW_YORK)} EST [${pid}] ${by}${level}:  ${text}` })
  }
}

type Log = ReturnType<typeof writer>

export function postgresql(): Line[] {
  const lines: Line[] = []
  const log = writer(lines)
  everyday(log)
  slotAndPrices(log)
  disaster(log)
  return lines
}

const isUp = (at: number): boolean => at < story.PANIC || at > story.DATABASE_READY

function everyday(log: Log): void {
  const random = chance(5432)
  const checkpoint = (at: number, why: string): void => {
    const buffers = random.between(40, 2100)
    const seconds = random.between(20, 240)
    log(at, 812, 'LOG', `checkpoint starting: ${why}`)
    log(
      at + seconds * SECOND,
      812,
      'LOG',
      `checkpoint complete: wrote ${buffers} buffers (${(buffers / 163.84).toFixed(1)}%); 0 WAL file(s) added, 0 removed, ${random.between(1, 9)} recycled; write=${seconds}.012 s, sync=0.0${random.between(10, 99)} s`,
    )
  }
  for (const at of every(30 * MINUTE, story.BEGIN, story.END, 900, 31)) {
    if (isUp(at) && (at < story.PRICE_JOB || at > story.DATABASE_READY + 20 * MINUTE))
      checkpoint(at, 'time')
  }
  const query =
    'SELECT a.id, a.title FROM article a JOIN price p ON p.article_id = a.id WHERE a.words @@ $1'
  for (const at of every(25 * MINUTE, story.BEGIN, story.END, 24 * MINUTE, 32)) {
    if (!isUp(at)) continue
    const by = 'user=shop,db=shop '
    const ms = `${random.between(510, 2400)}.${random.between(100, 999)}`
    log(
      at,
      random.between(2000, 2800),
      'LOG',
      `duration: ${ms} ms  execute <unnamed>: ${query}`,
      by,
    )
  }
  for (const at of every(2 * HOUR, story.BEGIN, story.END, 90 * MINUTE, 33)) {
    if (!isUp(at)) continue
    const table = random.pick(['cart', 'session', 'stock'])
    log(
      at,
      random.between(1800, 1999),
      'LOG',
      `automatic vacuum of table "shop.public.${table}": index scans: 1, tuples: ${random.between(400, 9000)} removed`,
    )
  }
  for (const at of every(7 * HOUR, story.BEGIN, story.END, 5 * HOUR, 34)) {
    if (!isUp(at)) continue
    const by = 'user=shop,db=shop '
    const pid = random.between(2000, 2800)
    log(at, pid, 'ERROR', 'duplicate key value violates unique constraint "customer_email_key"', by)
    log(at, pid, 'DETAIL', 'Key (email)=(somebody@example.org) already exists.', by)
    log(at, pid, 'STATEMENT', 'INSERT INTO customer (email, name) VALUES ($1, $2)', by)
  }
  for (const day of ['12-30', '12-31', '01-01', '01-02']) {
    const at = utc(`${day} 08:00:04.771`)
    log(
      at,
      1644,
      'LOG',
      'connection authorized: user=backup database=shop application_name=pg_basebackup',
      'user=backup,db=[unknown] ',
    )
  }
}

/** The slot of the afternoon, which nobody is told about again, and the price job that writes faster than checkpoints go. */
function slotAndPrices(log: Log): void {
  const by = 'user=deploy,db=shop '
  log(
    story.SLOT_MADE,
    2207,
    'LOG',
    "statement: SELECT pg_create_physical_replication_slot('reports_standby', true)",
    by,
  )
  log(story.SLOT_MADE + 1904, POSTMASTER, 'LOG', 'received SIGHUP, reloading configuration files')
  log(
    story.SLOT_MADE + 1911,
    POSTMASTER,
    'LOG',
    'parameter "max_wal_senders" is unchanged, pg_hba.conf has been read',
  )
  const job = 'user=prices,db=shop '
  log(story.PRICE_JOB + 2214, 2790, 'LOG', "statement: CALL rebuild_prices(DATE '2026-01-01')", job)
  for (const [i, at] of every(
    100 * SECOND,
    story.PRICE_JOB + MINUTE,
    story.PANIC - MINUTE,
    9000,
    35,
  ).entries()) {
    log(at, 812, 'LOG', `checkpoints are occurring too frequently (${27 - (i % 5)} seconds apart)`)
    log(at, 812, 'HINT', 'Consider increasing the configuration parameter "max_wal_size".')
    log(at + 40, 812, 'LOG', 'checkpoint starting: wal')
  }
}

/** The disk is full: the server stops, tries to recover, cannot write that either, and is given up. */
function disaster(log: Log): void {
  const { PANIC } = story
  log(
    PANIC,
    2817,
    'PANIC',
    'could not write to file "pg_wal/xlogtemp.2817": No space left on device',
    'user=shop,db=shop ',
  )
  log(PANIC, 2817, 'STATEMENT', UPDATE, 'user=shop,db=shop ')
  log(
    PANIC + 339,
    POSTMASTER,
    'LOG',
    'server process (PID 2817) was terminated by signal 6: Aborted',
  )
  log(PANIC + 339, POSTMASTER, 'DETAIL', `Failed process was running: ${UPDATE}`)
  log(PANIC + 340, POSTMASTER, 'LOG', 'terminating any other active server processes')
  for (const [i, after] of [388, 391, 402, 517, 517].entries()) {
    log(
      PANIC + after,
      2901 + i,
      'FATAL',
      'the database system is in recovery mode',
      'user=shop,db=shop ',
    )
  }
  log(PANIC + 702, POSTMASTER, 'LOG', 'all server processes terminated; reinitializing')
  for (const [i, after] of [1_020, 13_200, 24_900].entries()) {
    const at = PANIC + after
    if (i > 0)
      log(
        at - 80,
        POSTMASTER + 2140 * i,
        'LOG',
        'starting PostgreSQL 16.6 (Debian 16.6-1) on x86_64-pc-linux-gnu',
      )
    recovery(log, at, 3011 + 40 * i)
    log(
      at + 2600,
      3011 + 40 * i,
      'FATAL',
      `could not write to file "pg_wal/xlogtemp.${3011 + 40 * i}": No space left on device`,
    )
    log(
      at + 2631,
      POSTMASTER + 2140 * i,
      'LOG',
      `startup process (PID ${3011 + 40 * i}) exited with exit code 1`,
    )
    log(at + 2631, POSTMASTER + 2140 * i, 'LOG', 'aborting startup due to startup process failure')
    log(at + 2684, POSTMASTER + 2140 * i, 'LOG', 'database system is shut down')
  }
  const main = 6120
  const start = story.DATABASE_STARTED + 322
  log(start, main, 'LOG', 'starting PostgreSQL 16.6 (Debian 16.6-1) on x86_64-pc-linux-gnu')
  log(start + 9, main, 'LOG', 'listening on IPv4 address "192.0.2.20", port 5432')
  recovery(log, start + 40, 6124)
  log(
    story.DATABASE_READY - 710,
    6124,
    'LOG',
    'redo done at 4B/1F77A0C8 system usage: CPU: user: 71.20 s, system: 12.88 s, elapsed: 161.52 s',
  )
  log(story.DATABASE_READY, main, 'LOG', 'database system is ready to accept connections')
  const by = 'user=postgres,db=shop '
  log(
    story.SLOT_DROPPED,
    6201,
    'LOG',
    "statement: SELECT pg_drop_replication_slot('reports_standby')",
    by,
  )
  log(story.SLOT_DROPPED + 9_040, 6201, 'LOG', 'statement: CHECKPOINT', by)
  log(story.SLOT_DROPPED + 9_052, 6125, 'LOG', 'checkpoint starting: immediate force wait')
  log(
    story.SLOT_DROPPED + 118_400,
    6125,
    'LOG',
    'checkpoint complete: wrote 9114 buffers (55.6%); 0 WAL file(s) added, 3071 removed, 64 recycled; write=104.377 s, sync=4.901 s',
  )
  log(utc('01-01 10:20:11.090'), main, 'LOG', 'received SIGHUP, reloading configuration files')
  log(
    utc('01-01 10:20:11.094'),
    main,
    'LOG',
    'parameter "max_slot_wal_keep_size" changed to "16GB"',
  )
}

function recovery(log: Log, at: number, pid: number): void {
  log(at, pid, 'LOG', 'database system was interrupted; last known up at 2025-12-31 18:06:58 EST')
  log(
    at + 190,
    pid,
    'LOG',
    'database system was not properly shut down; automatic recovery in progress',
  )
  log(at + 204, pid, 'LOG', 'redo starts at 4A/7C0012F8')
}
