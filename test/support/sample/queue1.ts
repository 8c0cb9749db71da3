import { HOUR, KOLKATA, MINUTE, SECOND, utc } from './clock.ts'
import { chance, every, hex, inOrder, type Line } from './lines.ts'
import { orders, type Order } from './orders.ts'
import * as story from './story.ts'
import { ordinary, syslog } from './syslog.ts'

/** When the mail of an order was handed over, and when it was sent for the second time. */
interface Confirmation {
  order: Order & { number: string }
  sentAt: number
  again?: number
}

/** Mails go out within seconds; after the outage those that wait share the door of a provider that lets one through every so often. */
function confirmations(): Confirmation[] {
  const random = chance(25)
  let repeat = utc('01-01 00:14:40')
  return orders.flatMap((order): Confirmation[] => {
    if (!order.number) return []
    const sentAt = order.at + random.between(1200, 5200)
    const known = { order: { ...order, number: order.number }, sentAt }
    if (!order.twice) return [known]
    repeat += random.between(61, 190) * SECOND
    return [{ ...known, again: repeat }]
  })
}

const DATABASE_GONE = {
  type: 'Error',
  message: 'connect ECONNREFUSED 192.0.2.20:5432',
  code: 'ECONNREFUSED',
  stack:
    'Error: connect ECONNREFUSED 192.0.2.20:5432\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1607:16)',
}

/** The worker's own log: pino, with epochs. */
export function worker(): Line[] {
  const random = chance(812)
  const lines: Line[] = []
  const log = (at: number, level: number, more: Record<string, unknown>, msg: string): void => {
    const head = { level, time: at, pid: 812, hostname: 'queue1', name: 'worker' }
    lines.push({ at, text: JSON.stringify({ ...head, ...more, msg }) })
  }
  for (const { order, sentAt, again } of confirmations()) {
    const job = { job: 'order-confirmation' }
    log(order.at + 700, 30, job, `confirmation of ${order.number} started`)
    if (!order.twice)
      log(
        sentAt + 90,
        30,
        { ...job, ms: sentAt - order.at },
        `confirmation of ${order.number} done`,
      )
    if (again) {
      const failedAt = Math.max(sentAt, story.PANIC) + random.between(40, 900)
      log(
        failedAt,
        50,
        { ...job, err: DATABASE_GONE },
        `confirmation of ${order.number} was handed over, but could not be marked as sent`,
      )
      log(again - 800, 40, { ...job, attempt: 14 }, `confirmation of ${order.number} started again`)
      log(again + 90, 30, { ...job, ms: 890 }, `confirmation of ${order.number} done`)
    }
  }
  for (const at of every(8 * MINUTE, story.BEGIN, story.END, 3000, 41)) {
    if (at > story.PANIC && at < story.DATABASE_READY) {
      log(at, 50, { job: 'stock-sync', err: DATABASE_GONE }, 'stock-sync failed')
    } else log(at, 30, { job: 'stock-sync', articles: random.between(0, 40) }, 'stock-sync done')
  }
  for (const at of every(20 * SECOND, story.PANIC, story.DATABASE_READY, 6000, 42)) {
    const waiting = Math.round((at - story.PANIC) / 20_500)
    log(
      at,
      40,
      { err: DATABASE_GONE, waiting },
      'database is not reachable, will try again in 20 s',
    )
  }
  log(story.DATABASE_READY + 7_112, 30, { waiting: 143 }, 'database is back, working off the queue')
  for (const at of every(4 * MINUTE, story.DATABASE_READY + MINUTE, story.BACKLOG_DONE, 5000, 43)) {
    const left = Math.round(
      (143 * (story.BACKLOG_DONE - at)) / (story.BACKLOG_DONE - story.DATABASE_READY),
    )
    log(at, 30, { waiting: left }, `${left} jobs are waiting`)
  }
  log(story.BACKLOG_DONE, 30, { waiting: 0 }, 'queue is empty')
  // the machine was reset for a new kernel in the middle of a line
  lines.push({ at: utc('01-02 03:31:07.500'), text: '{"level":30,"time":17673246675' })
  return lines
}

/** The mailer's container, as Docker keeps it: a line of text in JSON, in UTC. */
export function mailer(): Line[] {
  const random = chance(2525)
  const lines: Line[] = []
  const log = (at: number, text: string, stream = 'stdout'): void => {
    const time = new Date(at).toISOString().replace('Z', `${random.between(100_000, 999_999)}Z`)
    lines.push({ at, text: JSON.stringify({ log: `${text}\n`, stream, time }) })
  }
  for (const { order, sentAt, again } of confirmations()) {
    const to = `${order.customer.slice(0, 2)}***@example.org`
    for (const at of again ? [sentAt, again] : [sentAt]) {
      log(at, `250 order-confirmation ${order.number} to ${to} id=${hex(random, 12)}`)
    }
  }
  for (const at of every(23 * SECOND, utc('01-01 00:12:04'), utc('01-01 00:31:00'), 7000, 51)) {
    log(at, '421 4.7.28 mx.example.net: too many messages from 192.0.2.30, slow down', 'stderr')
  }
  for (const at of every(30 * MINUTE, story.BEGIN, story.END, 20 * MINUTE, 52)) {
    const sent = random.between(2, 31)
    log(
      at,
      random.pick([
        `250 newsletter batch of ${sent} done`,
        `250 stock-reminder batch of ${sent} done`,
        'queue idle',
        'tls session with mx.example.net resumed',
      ]),
    )
  }
  return inOrder(lines)
}

export function queue1Syslog(): Line[] {
  const host = syslog('queue1', KOLKATA)
  const { lines, log } = host
  ordinary(host, 701, ['(worker) CMD (/usr/local/bin/queue-report --quiet)'])
  for (const at of every(2 * HOUR, story.BEGIN, story.END, HOUR, 61)) {
    log(
      at,
      `dockerd[720]: level=info msg="container mailer is healthy" probes=${240 + ((at / HOUR) & 7)}`,
    )
  }
  log(
    utc('01-01 00:10:58'),
    'sshd[8812]: Accepted publickey for akettupara from 203.0.113.19 port 40022 ssh2: ED25519',
  )
  log(
    utc('01-01 00:31:02'),
    'sudo: akettupara : TTY=pts/1 ; PWD=/srv/worker ; USER=root ; COMMAND=/usr/local/bin/mailer-rate --per-minute 8',
  )
  log(utc('01-02 03:31:08'), 'systemd[1]: Reached target reboot.target - System Reboot.')
  log(
    utc('01-02 03:31:52'),
    'kernel: [    0.000000] Linux version 6.1.0-29-amd64 (build@example.net)',
  )
  log(utc('01-02 03:31:59'), 'systemd[1]: Started worker.service - Queue worker.')
  return lines
}
