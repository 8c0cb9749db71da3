import { MINUTE, SECOND, utc } from './clock.ts'
import { chance } from './lines.ts'
import { BEGIN, busy, END, isDown, PANIC, STOREFRONT_READY } from './story.ts'

export interface Order {
  at: number
  /** Orders that could not be saved have none. */
  number: string | undefined
  customer: string
  items: number
  cents: number
  ip: string
  /** Its mail went out, but the database was gone before that could be noted: it is sent again. */
  twice: boolean
}

const FIRST =
  'jonna mirko tove anselm birgit casper delia edvard fenna gustaf hedda ivo jorun kaspar lioba'
const LAST =
  'abelsen brockdorf cramm dahlhof eskeland fabritz gerdesen hollmar ivarsen jessenik kroog'

/** The first order after the shop is back. */
export const FIRST_AFTER = utc('01-01 00:05:21.306')

function makeOrders(): Order[] {
  const random = chance(4711)
  const firsts = FIRST.split(' ')
  const lasts = LAST.split(' ')
  const orders: Omit<Order, 'number'>[] = []
  const take = (at: number): void => {
    orders.push({
      at,
      customer: `${random.pick(firsts)}.${random.pick(lasts)}@example.org`,
      items: random.between(1, 5),
      cents: random.between(890, 9_900),
      ip: address(random.between(2, 250)),
      twice: at > PANIC - 50 * SECOND && at < PANIC,
    })
  }
  for (let at = BEGIN; at < END; at += 30 * SECOND) {
    const after = at + random.between(0, 29_999)
    const chanceOfOne = busy(at) * (isDown(at) ? 0.09 : 0.024)
    if (random.next() >= chanceOfOne) continue
    if (after > PANIC - 50 * SECOND && after < PANIC) continue
    if (after > STOREFRONT_READY - 5 * SECOND && after < FIRST_AFTER + MINUTE) continue
    take(after)
  }
  for (const before of [44, 37, 29, 20, 11, 6]) take(PANIC - before * SECOND - 217)
  take(FIRST_AFTER)
  let number = 47_903
  return orders
    .toSorted((a, b) => a.at - b.at)
    .map((order) => ({ ...order, number: isDown(order.at) ? undefined : `Q-${number++}` }))
}

/** Customers live in two of the networks that are reserved for examples. */
export const address = (n: number): string => (n % 3 === 0 ? `198.51.100.${n}` : `203.0.113.${n}`)

export const orders: readonly Order[] = makeOrders()

export const euros = (cents: number): string => (cents / 100).toFixed(2)
