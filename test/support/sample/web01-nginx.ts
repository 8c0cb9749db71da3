import { BERLIN, common, HOUR, MINUTE, SECOND, slashed, utc } from './clock.ts'
import { chance, every, fileOf, inOrder, type Chance, type Line } from './lines.ts'
import { address, orders } from './orders.ts'
import * as story from './story.ts'

const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64) Firefox/146.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_2)',
  'Mozilla/5.0 (Windows NT 10.0) Chrome/143.0',
  'Mozilla/5.0 (Android 15) Firefox/146.0',
]
const CRAWLER = 'examplebot/2.1 (+https://bot.example.net/)'
const CACHED = ['/', '/c/wall-calendars', '/c/planners', '/c/desk', '/static/app.css', '/p/1107']
const FRESH = ['/p/1204', '/p/1377', '/search?q=2026', '/search?q=a5+planner', '/cart', '/p/2051']

interface Answer {
  status: number
  bytes: number
  seconds: number
}

/** What nginx answers; pages in the storefront's cache are well for as long as its threads and the process are there. */
function answer(at: number, cached: boolean, random: Chance): Answer {
  const well = (): Answer => ({
    status: random.next() < 0.03 ? 304 : 200,
    bytes: random.between(1800, 24_000),
    seconds: random.between(8, story.busy(at) > 20 ? 900 : 160) / 1000,
  })
  const late = { status: 504, bytes: 167, seconds: 30 }
  const refused = { status: 502, bytes: 157, seconds: 0.001 }
  if (!story.isDown(at)) return well()
  if (at >= story.ROLLBACK) return refused
  if (at >= story.THREADS_GONE) return random.next() < 0.12 ? well() : late
  if (cached) return well()
  return { status: 500, bytes: 2311, seconds: 30 + random.between(1, 40) / 1000 }
}

const UPSTREAM = 'http://127.0.0.1:8080'

/** The line in the error log that goes with an answer that the storefront did not give. */
function complaint(at: number, request: string, ip: string, a: Answer, n: number): Line[] {
  const why = {
    502: 'connect() failed (111: Connection refused) while connecting to upstream',
    504: 'upstream timed out (110: Connection timed out) while reading response header from upstream',
  }[a.status]
  if (why === undefined) return []
  const path = request.split(' ')[1]!
  const text =
    `${slashed(at, BERLIN)} [error] 1188#1188: *${90_000 + n} ${why}, client: ${ip}, ` +
    `server: shop.example.com, request: "${request} HTTP/1.1", upstream: "${UPSTREAM}${path}", host: "shop.example.com"`
  return [{ at, text }]
}

export function nginx(): { access: Line[]; error: Line[] } {
  const random = chance(1188)
  const access: Line[] = []
  const error: Line[] = []
  const serve = (
    begun: number,
    ip: string,
    request: string,
    cached: boolean,
    agent: string,
  ): void => {
    const a = answer(begun, cached, random)
    // nginx writes a request down when it is over
    const at = begun + a.seconds * SECOND
    const { status, bytes, seconds } = a
    access.push({
      at,
      text: `${ip} - - [${common(at, BERLIN)}] "${request} HTTP/1.1" ${status} ${bytes} "-" "${agent}" rt=${seconds.toFixed(3)}`,
    })
    error.push(...complaint(at, request, ip, a, access.length))
  }
  for (let at = story.BEGIN; at < story.END; at += MINUTE) {
    const expected = story.busy(at) * (story.isDown(at) ? 1.1 : 0.36)
    let count = Math.floor(expected) + (random.next() < expected % 1 ? 1 : 0)
    if (story.busy(at) > 20) count *= 3
    for (let i = 0; i < count; i++) {
      const cached = random.next() < 0.6
      const path = random.pick(cached ? CACHED : FRESH)
      const crawled = story.busy(at) < 2 && random.next() < 0.12
      const ip = crawled ? '192.0.2.201' : address(random.between(2, 250))
      const agent = crawled ? CRAWLER : random.pick(AGENTS)
      serve(at + random.between(0, 59_999), ip, `GET ${path}`, cached, agent)
    }
  }
  for (const order of orders) serve(order.at - 240, order.ip, 'POST /checkout', false, AGENTS[0]!)
  for (const at of every(30 * MINUTE, story.BEGIN, story.END, 900, 3)) {
    serve(at, '192.0.2.40', 'GET /healthz', true, 'prober/1.4')
  }
  return { access, error: [...error, ...ordinaryErrors(random)] }
}

/** What any server that stands in the open is asked for, and its own reloads. */
function ordinaryErrors(random: Chance): Line[] {
  const errors: Line[] = []
  const note = (at: number, text: string): void => {
    errors.push({ at, text: `${slashed(at, BERLIN)} ${text}` })
  }
  for (const at of every(3 * HOUR, story.BEGIN, story.END, 2 * HOUR, 5)) {
    const path = random.pick(['.env', 'wp-login.php', '.git/config', 'old/backup.zip'])
    const ip = `203.0.113.${random.between(200, 250)}`
    note(
      at,
      `[error] 1188#1188: *${random.between(10_000, 60_000)} open() "/var/www/shop/${path}" failed (2: No such file or directory), client: ${ip}, server: shop.example.com, request: "GET /${path} HTTP/1.1", host: "shop.example.com"`,
    )
  }
  for (const day of ['12-31', '01-01', '01-02']) {
    note(utc(`${day} 05:25:03`), '[notice] 1187#1187: signal 1 (SIGHUP) received, reconfiguring')
  }
  note(
    utc('12-31 23:04:17'),
    '[warn] 1188#1188: 512 worker_connections are 80% in use, more will be accepted',
  )
  return errors
}

/**
 * The access log as it was found: rotated at midnight by copying, so that the last lines before it stand in both files. One line is torn,
 * one client asked twice within a second.
 */
export function accessFiles(lines: readonly Line[]): { older: string; newer: string } {
  const random = chance(77)
  const twice = utc('12-31 23:03:12')
  const text = `203.0.113.66 - - [${common(twice, BERLIN)}] "GET /c/planners HTTP/1.1" 200 8122 "-" "${AGENTS[1]}" rt=0.311`
  const torn = { at: utc('01-01 13:37:02'), text: '203.0.113.152 - - [01/Jan/2026:14:37:0' }
  const all = inOrder([...lines, { at: twice, text }, { at: twice, text }, torn])
  const copiedUpTo = all.findIndex(({ at }) => at >= story.SALE + 14 * SECOND)
  const kept = copiedUpTo - 40 - random.between(0, 5)
  return { older: fileOf(all.slice(0, copiedUpTo)), newer: fileOf(all.slice(kept)) }
}
