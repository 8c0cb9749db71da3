/**
 * The instants of the story, in UTC. A web shop for calendars and planners opens its New Year's sale at midnight in Berlin. In the afternoon a
 * replication slot was made on db1 for a standby that is not there yet; it keeps all WAL. The price job of the evening writes so much of
 * it that the disk fills up and PostgreSQL stops. deploy/sample/README.md tells it in full.
 */
import { utc } from './clock.ts'

export const BEGIN = utc('12-30 06:00:00')
export const END = utc('01-02 09:00:00')
/** When the logs were taken from the hosts: nothing in them is later. */
export const COLLECTED = utc('01-02 09:00:02')

export const SLOT_MADE = utc('12-31 14:11:52.114')
export const BANNER_DEPLOYED = utc('12-31 22:41:36')
export const PRICE_JOB = utc('12-31 22:45:01')
export const SALE = utc('12-31 23:00:00')
export const PANIC = utc('12-31 23:07:41.532')
/** When systemd gives up on PostgreSQL. */
export const GIVEN_UP = utc('12-31 23:08:19')
/** From here on every thread of the storefront waits for a connection. */
export const THREADS_GONE = utc('12-31 23:12:10')
export const ROLLBACK = utc('12-31 23:34:31')
export const ROLLBACK_FAILED = utc('12-31 23:36:18')
export const ON_DB1 = utc('12-31 23:46:58')
export const BALLAST_REMOVED = utc('12-31 23:52:10')
export const DATABASE_STARTED = utc('12-31 23:53:05')
export const DATABASE_READY = utc('12-31 23:55:48.207')
export const SLOT_DROPPED = utc('12-31 23:57:21.660')
export const STOREFRONT_STARTED = utc('01-01 00:04:30')
export const STOREFRONT_READY = utc('01-01 00:04:52')
export const BACKLOG_DONE = utc('01-01 00:46:19')
export const LIMIT_DEPLOYED = utc('01-01 10:20:00')

const HOURS_OF_USE = [
  0.3, 0.2, 0.1, 0.1, 0.15, 0.3, 0.6, 0.9, 1.1, 1.2, 1.2, 1.2, 1.3, 1.2, 1.2, 1.2,
]
const EVENING = [1.4, 1.5, 1.7, 1.9, 1.9, 1.5, 1, 0.6]

/** How busy the shop is at an instant, 1 on an ordinary afternoon; by the hour in Berlin, and by the sale. */
export function busy(at: number): number {
  const hour = new Date(at + 3_600_000).getUTCHours()
  const ordinary = [...HOURS_OF_USE, ...EVENING][hour]!
  if (at >= SALE && at < PANIC) return 30
  if (at >= PANIC && at < STOREFRONT_READY) return 9
  if (at >= STOREFRONT_READY && at < utc('01-01 01:30:00')) return 8
  return ordinary
}

/** Whether the storefront can reach its database. */
export const isDown = (at: number): boolean => at >= PANIC && at < STOREFRONT_READY
