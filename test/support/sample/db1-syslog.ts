import { HOUR, MINUTE, NEW_YORK, SECOND, utc } from './clock.ts'
import { every, type Line } from './lines.ts'
import * as story from './story.ts'
import { ordinary, syslog } from './syslog.ts'

const POINTS: readonly (readonly [at: number, percent: number])[] = [
  [story.BEGIN, 57.2],
  [story.SLOT_MADE, 58.4],
  [story.PRICE_JOB, 73.1],
  [story.SALE, 92],
  [story.PANIC, 100],
  [story.BALLAST_REMOVED, 100],
  [story.BALLAST_REMOVED + 1, 96.6],
  [story.SLOT_DROPPED, 97.3],
  [story.SLOT_DROPPED + 118 * SECOND, 59],
  [story.END, 59.6],
]

/** How full the volume of the database is. */
export function percentFull(at: number): number {
  const next = POINTS.findIndex(([when]) => when > at)
  const [from, low] = POINTS[next - 1]!
  const [to, high] = POINTS[next]!
  return low + ((high - low) * (at - from)) / (to - from)
}

export function db1Syslog(): Line[] {
  const host = syslog('db1', NEW_YORK)
  const { lines, log } = host
  ordinary(host, 501, ['(postgres) CMD (/usr/local/bin/wal-archive-check --quiet)'])
  for (const half of every(30 * MINUTE, story.BEGIN, story.END - HOUR, 0)) {
    const at = half + 5 * MINUTE
    const percent = percentFull(at)
    const free = (120 * (100 - percent)) / 100
    log(
      at,
      `disk-report[9]: /var/lib/postgresql ${percent.toFixed(0)}% used, ${free.toFixed(1)} of 120.0 GiB free`,
    )
  }
  for (const at of every(24 * HOUR, story.BEGIN, story.END, 0)) {
    log(
      at + 8 * HOUR + 4000,
      'CRON[16440]: (backup) CMD (/usr/local/bin/base-backup --to 192.0.2.60)',
    )
    log(at + 8 * HOUR + 41 * MINUTE, 'base-backup[16442]: finished, 61.2 GiB in 2456 s')
  }
  const deployed = story.SLOT_MADE - 32 * SECOND
  log(deployed, 'deploy-agent[690]: applying shop-config at 7d31c09 (2 changes for db1)')
  log(
    deployed + 11 * SECOND,
    'deploy-agent[690]: nftables: allow 192.0.2.21 to tcp/5432 (reports standby)',
  )
  log(
    deployed + 32 * SECOND,
    'deploy-agent[690]: postgresql: replication slot reports_standby created',
  )
  log(deployed + 34 * SECOND, 'deploy-agent[690]: done')

  log(story.PRICE_JOB, 'CRON[2788]: (prices) CMD (/usr/local/bin/new-year-prices.sh)')
  log(story.PRICE_JOB + 2000, 'new-year-prices[2789]: rebuilding 4,118,200 prices for 2026')
  log(story.SALE + 90 * SECOND, 'new-year-prices[2789]: 3,340,000 of 4,118,200 done')
  log(
    story.PANIC + SECOND,
    'new-year-prices[2789]: server closed the connection unexpectedly, giving up',
  )
  crash(log)
  repair(log)
  log(story.LIMIT_DEPLOYED, 'deploy-agent[690]: applying shop-config at 0be4a6f (1 change for db1)')
  log(
    story.LIMIT_DEPLOYED + 11 * SECOND,
    'deploy-agent[690]: postgresql: max_slot_wal_keep_size = 16GB, reloaded',
  )
  // the volume of the logs is another one, but rsyslog lost its breath for a moment
  lines.push({ at: story.PANIC + 400, text: 'Dec 31 18:07:4' })
  return lines
}

type Log = (at: number, text: string) => void

function crash(log: Log): void {
  const unit = 'postgresql@16-main.service'
  for (const [i, after] of [4, 16, 28].entries()) {
    const at = story.PANIC + after * SECOND
    log(at, `systemd[1]: ${unit}: Main process exited, code=exited, status=1/FAILURE`)
    log(at, `systemd[1]: ${unit}: Failed with result 'exit-code'.`)
    if (i < 2)
      log(
        at + 8 * SECOND,
        `systemd[1]: ${unit}: Scheduled restart job, restart counter is at ${i + 1}.`,
      )
  }
  log(story.GIVEN_UP, `systemd[1]: ${unit}: Start request repeated too quickly.`)
  log(story.GIVEN_UP, `systemd[1]: Failed to start ${unit} - PostgreSQL Cluster 16-main.`)
}

/** What a person did on db1, command by command. */
function repair(log: Log): void {
  const sudo = (at: number, command: string, as = 'root'): void => {
    log(at, `sudo: twexcombe : TTY=pts/0 ; PWD=/home/twexcombe ; USER=${as} ; COMMAND=${command}`)
  }
  log(
    story.ON_DB1,
    'sshd[5870]: Accepted publickey for twexcombe from 198.51.100.23 port 51514 ssh2: ED25519',
  )
  log(story.ON_DB1 + SECOND, 'systemd-logind[588]: New session 1204 of user twexcombe.')
  sudo(utc('12-31 23:47:21'), '/usr/bin/journalctl -u postgresql@16-main -n 60')
  sudo(utc('12-31 23:48:40'), '/usr/bin/du -sh /var/lib/postgresql/16/main/pg_wal')
  sudo(story.BALLAST_REMOVED, '/usr/bin/rm /var/lib/postgresql/ballast.img')
  sudo(story.DATABASE_STARTED - 6 * SECOND, '/usr/bin/systemctl reset-failed postgresql@16-main')
  sudo(story.DATABASE_STARTED, '/usr/bin/systemctl start postgresql@16-main')
  log(
    story.DATABASE_READY,
    'systemd[1]: Started postgresql@16-main.service - PostgreSQL Cluster 16-main.',
  )
  sudo(story.SLOT_DROPPED - 20 * SECOND, '/usr/bin/psql shop', 'postgres')
  sudo(utc('01-01 00:21:40'), '/usr/bin/fallocate -l 4G /var/lib/postgresql/ballast.img')
  log(utc('01-01 01:12:09'), 'systemd-logind[588]: Removed session 1204.')
}
