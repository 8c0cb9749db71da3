import { BERLIN, MINUTE, SECOND, spaced, utc } from './clock.ts'
import { chance, every, type Line } from './lines.ts'
import { euros, orders } from './orders.ts'
import * as story from './story.ts'

const PACKAGE = 'com.example.shop'

const POOL_TRACE = (waiting: number): string =>
  [
    `org.springframework.jdbc.CannotGetJdbcConnectionException: Failed to obtain JDBC Connection`,
    `\tat org.springframework.jdbc.datasource.DataSourceUtils.getConnection(DataSourceUtils.java:84)`,
    `\tat ${PACKAGE}.checkout.OrderRepository.save(OrderRepository.java:61)`,
    `\tat ${PACKAGE}.checkout.CheckoutService.place(CheckoutService.java:118)`,
    `\t... 41 common frames omitted`,
    `Caused by: java.sql.SQLTransientConnectionException: shop - Connection is not available, request timed out after 30001ms (total=0, active=0, idle=0, waiting=${waiting})`,
    `\tat com.zaxxer.hikari.pool.HikariPool.createTimeoutException(HikariPool.java:686)`,
    `\t... 48 common frames omitted`,
  ].join('\n')

const START_TRACE = [
  `org.springframework.beans.factory.BeanCreationException: Error creating bean with name 'flyway': Connection to 192.0.2.20:5432 refused.`,
  `\tat ${PACKAGE}.Application.main(Application.java:22)`,
  `Caused by: org.postgresql.util.PSQLException: Connection to 192.0.2.20:5432 refused. Check that the hostname and port are correct and that the postmaster is accepting TCP/IP connections.`,
  `\tat org.postgresql.core.v3.ConnectionFactoryImpl.openConnectionImpl(ConnectionFactoryImpl.java:352)`,
  `Caused by: java.net.ConnectException: Connection refused`,
  `\t... 27 common frames omitted`,
].join('\n')

export function storefront(): Line[] {
  const random = chance(8080)
  const lines: Line[] = []
  const log = (at: number, level: string, thread: string, logger: string, text: string): void => {
    const head = `${spaced(at, BERLIN, ',')} ${level.padEnd(5)} [${thread}]`
    lines.push({ at, text: `${head} ${PACKAGE}.${logger} - ${text}` })
  }
  const thread = (): string => `http-nio-8080-exec-${random.between(1, 60)}`

  for (const { at, number, items, cents } of orders) {
    if (number) {
      const total = euros(cents)
      log(at - 180, 'INFO', thread(), 'pay.PaymentClient', `authorized ${total} EUR`)
      log(
        at,
        'INFO',
        thread(),
        'checkout.CheckoutService',
        `order ${number} placed: ${items} items, ${total} EUR`,
      )
    } else if (at < story.THREADS_GONE || (at < story.ROLLBACK && random.next() < 0.4)) {
      const waiting = Math.min(174, Math.round((at - story.PANIC) / 1500))
      const trace = POOL_TRACE(waiting)
      log(
        at + 30_001,
        'ERROR',
        thread(),
        'checkout.CheckoutService',
        `order could not be saved\n${trace}`,
      )
    }
  }
  for (const at of every(20 * MINUTE, story.BEGIN, story.END, 4000, 21)) {
    if (story.isDown(at)) continue
    log(
      at,
      'INFO',
      'scheduler-1',
      'catalog.CatalogCache',
      `refreshed ${random.between(1391, 1402)} articles in ${random.between(310, 890)} ms`,
    )
  }
  for (const at of every(45 * MINUTE, story.BEGIN, story.END, 20 * MINUTE, 22)) {
    if (story.isDown(at)) continue
    const [level, logger, text] = random.pick([
      [
        'WARN',
        'cart.CartController',
        `cart ${random.between(300_000, 399_999)} is stale, prices were updated`,
      ],
      [
        'INFO',
        'account.LoginService',
        `password reset requested for customer ${random.between(11_000, 19_000)}`,
      ],
      [
        'WARN',
        'pay.PaymentClient',
        `slow answer of the card service: ${random.between(2100, 4800)} ms`,
      ],
      ['INFO', 'search.SearchIndex', `reindexed ${random.between(4, 60)} changed articles`],
    ] as const)
    log(at, level, thread(), logger, text)
  }
  for (const at of every(15 * SECOND, story.PANIC, story.ROLLBACK, 3000, 23)) {
    const waiting = Math.min(174, 4 + Math.round((at - story.PANIC) / 1500))
    log(
      at,
      'WARN',
      'scheduler-2',
      'db.PoolWatch',
      `no connection: total=0, active=0, idle=0, waiting=${waiting}`,
    )
  }
  return [...lines, ...starts()]
}

/** The storefront says itself when it is stopped and started: the release, the rollback that cannot start, the return. */
function starts(): Line[] {
  const lines: Line[] = []
  const log = (at: number, level: string, logger: string, text: string, thread = 'main'): void => {
    lines.push({
      at,
      text: `${spaced(at, BERLIN, ',')} ${level.padEnd(5)} [${thread}] ${PACKAGE}.${logger} - ${text}`,
    })
  }
  const start = (at: number, version: string, tookMs: number): void => {
    log(at, 'INFO', 'Application', `starting storefront ${version} (java 21.0.5)`)
    log(
      at + tookMs,
      'INFO',
      'Application',
      `storefront ${version} ready after ${(tookMs / 1000).toFixed(1)} s`,
    )
  }
  const stop = (at: number): void =>
    log(at, 'INFO', 'Application', 'shutting down, waiting for running requests')

  stop(story.BANNER_DEPLOYED - 26 * SECOND + 118)
  start(story.BANNER_DEPLOYED - 20 * SECOND + 402, '25.12.4', 17_900)
  log(
    story.SALE + 41,
    'INFO',
    'promo.Banner',
    'banner "Hello 2026" is on, coupon HELLO26 is valid',
    'scheduler-1',
  )
  const panic = story.PANIC
  const lost = 'org.postgresql.util.PSQLException: FATAL: the database system is in recovery mode'
  for (const [after, article] of [
    [44, 1204],
    [44, 1377],
    [61, 1204],
    [430, 2051],
  ] as const) {
    log(
      panic + after,
      'ERROR',
      'stock.StockService',
      `reservation of article ${article} failed\n${lost}\n\tat ${PACKAGE}.stock.StockRepository.reserve(StockRepository.java:77)`,
      `http-nio-8080-exec-${3 + (after % 40)}`,
    )
  }
  log(
    panic + 911,
    'ERROR',
    'db.PoolWatch',
    'all 30 connections were closed by the server',
    'scheduler-2',
  )
  log(
    utc('12-31 23:12:10.005'),
    'ERROR',
    'http.Acceptor',
    'all 60 threads are busy, 212 requests are queued',
    'http-nio-8080-Acceptor',
  )
  stop(story.ROLLBACK + 300)
  for (const after of [6, 30, 54, 78]) {
    const at = story.ROLLBACK + after * SECOND
    log(at + 55, 'INFO', 'Application', 'starting storefront 25.12.3 (java 21.0.5)')
    log(at + 9_411, 'ERROR', 'Application', `start failed\n${START_TRACE}`)
  }
  start(story.STOREFRONT_STARTED + 640, '25.12.4', 21_360)
  return lines
}
