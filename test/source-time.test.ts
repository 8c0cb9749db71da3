import t from 'tap'
import { findOffset, type Pair } from '../services/source-time/find-offset.ts'
import { identifiers } from '../services/source-time/identifiers.ts'
import { suggestOffsets, type Trust } from '../services/source-time/suggest.ts'
import { WitnessCollector } from '../services/source-time/witnesses.ts'
import { randomFrom } from './benchmarks/make-lines.ts'

const CASES = 500
const DAY = 86_400
const BEGIN = Date.UTC(2024, 4, 1) / 1000

type Random = () => number

const between = (random: Random, from: number, to: number): number => from + random() * (to - from)
const exponential = (random: Random, mean: number): number => -mean * Math.log(1 - random())
const gauss = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** When things happened: over minutes to days. */
function instants(random: Random, count: number): number[] {
  const span = 60 * 10 ** between(random, 0.5, 3.5)
  return Array.from({ length: count }, () => BEGIN + random() * span).sort((a, b) => a - b)
}

/** As it is written: with a fraction or without. */
const written = (seconds: number, whole: boolean): number =>
  whole ? Math.floor(seconds) : Math.round(seconds * 1000) / 1000

t.test('a wrong clock is found to two seconds, from five pairs on', (t) => {
  const random = randomFrom(1)
  const counts = { found: 0, missed: 0, wrong: 0 }
  for (let n = 0; n < CASES; n++) {
    const kinds = [-420, 3600, 275 * DAY, between(random, 5, 120), -between(random, 500, 90 * DAY)]
    const truth = kinds[n % kinds.length]!
    // A quartz clock gains up to some seconds a day, a bad one minutes.
    const perDay = n % 3 === 0 ? between(random, -120, 120) : 0
    const [whole, alsoWhole] = [random() < 0.3, random() < 0.3]
    // Of what may be a second try, more must agree.
    const count = (Math.abs(truth) < 122 ? 12 : 5) + Math.floor(random() ** 2 * 60)
    const pairs = instants(random, count).map((at, i): Pair => {
      // One in ten is something else, as soon as there are enough; what is on the way takes milliseconds.
      const isOther = count >= 10 && i % 10 === 9
      const there = at + exponential(random, 0.03) + (isOther ? between(random, -500, 500) : 0)
      return {
        here: written(at - truth - (perDay * (at - BEGIN)) / DAY, whole),
        there: written(there, alsoWhole),
      }
    })
    const found = findOffset(pairs)
    if (!found) counts.missed++
    else {
      const good = pairs.filter(({ here, there }) => {
        const drift = found.drift ? (found.drift.perDay * (here - found.drift.from)) / DAY : 0
        return Math.abs(here + found.add + drift - there) <= 2
      })
      if (good.length >= pairs.length * 0.85) counts.found++
      else counts.wrong++
    }
  }
  t.comment(`${CASES} wrong clocks: ${JSON.stringify(counts)}`)
  t.equal(counts.wrong, 0)
  // A bad clock that is seconds off, and changes that in minutes, looks as a delay does.
  t.ok(counts.found >= CASES * 0.99)
  t.end()
})

t.test('a delay is no wrong clock', (t) => {
  const random = randomFrom(2)
  const delays: Record<string, (random: Random) => () => number> = {
    exponential: (r) => {
      const mean = 10 ** between(r, -2, 3)
      return () => exponential(r, mean)
    },
    uniform: (r) => {
      const longest = 10 ** between(r, -1, 3.5)
      return () => r() * longest
    },
    lognormal: (r) => {
      const [middle, sigma] = [10 ** between(r, -2, 3), between(r, 0.2, 1.5)]
      return () => middle * Math.exp(sigma * gauss(r))
    },
    // As an alert that waits for some minutes and is looked at every so often.
    evaluated: (r) => {
      const [wait, every] = [60 * Math.floor(between(r, 0, 10)), [15, 30, 60][Math.floor(r() * 3)]!]
      return () => wait + r() * every
    },
    // Most at once, the rest when it is tried again.
    retried: (r) => {
      const later = between(r, 5, 60)
      return () => exponential(r, 0.05) + (r() < 0.4 ? later : 0)
    },
    bounced: (r) => {
      const mean = between(r, 1, 100)
      return () => (r() < 0.5 ? -1 : 1) * exponential(r, mean)
    },
  }
  const names = Object.keys(delays)
  const suggested: Record<string, number> = {}
  for (let n = 0; n < CASES; n++) {
    const name = names[n % names.length]!
    const delay = delays[name]!(random)
    const [whole, alsoWhole] = [random() < 0.3, random() < 0.3]
    const pairs = instants(random, 5 + Math.floor(random() ** 2 * 60)).map((at): Pair => ({
      here: written(at, whole),
      there: written(at + delay(), alsoWhole),
    }))
    if (findOffset(pairs)) suggested[name] = (suggested[name] ?? 0) + 1
  }
  t.comment(`${CASES} delays: suggested ${JSON.stringify(suggested)}`)
  t.strictSame(suggested, {})
  t.end()
})

t.test('names of one thing are told from words, counts and dates', (t) => {
  const cases: [message: string, names: string[]][] = [
    ['request 7f3a9c1e took 12 ms', ['7f3a9c1e']],
    ['id=6f9619ff-8b86-d011-b42d-00c04fc964ff', ['6f9619ff-8b86-d011-b42d-00c04fc964ff']],
    ['connection refused by upstream after 30000 ms', []],
    ['order 4711471147 of 2024-05-01 paid', ['4711471147']],
    ['deadlock in checkout', []],
  ]
  for (const [message, names] of cases) t.strictSame(identifiers(message), names, message)
  t.strictSame(
    identifiers(Array.from({ length: 30 }, (_, i) => `id${i}abc9f`).join(' ')),
    [],
    'a list',
  )
  t.end()
})

t.test('what is wrong beside what is worked out for sources, with what shows it', (t) => {
  const random = randomFrom(3)
  const collector = new WitnessCollector()
  const trust = new Map<string, Trust>([
    ['gateway', 'explicit'],
    ['app', 'assumed'],
    ['db', 'explicit'],
    ['mobile', 'explicit'],
  ])
  for (let n = 0; n < 40; n++) {
    const at = BEGIN + n * 61 + random()
    const id = Math.floor(random() * 1e12).toString(16)
    const see = (source: string, seconds: number, message: string): void =>
      collector.add({ id: `${source}${n}`, source, seconds, text: message }, message)
    see('gateway', at, `GET /pay ${id} 200`)
    see('app', at + 2 * 3600 + 0.01, `paid, request ${id}`)
    see('db', at + 0.02, `commit ${id} by the application`)
    // Seen by all, all the time: names nothing.
    see('gateway', at, 'pool worker-00042 is idle')
    see('app', at + 5000, 'pool worker-00042 is idle')
    if (n % 4 === 0) see('mobile', at - 430, `tapped pay, trace ${id}`)
  }
  const suggested = suggestOffsets(collector.shared(), trust)
  t.strictSame(
    suggested.map(({ source, add, zone, agree, of }) => [
      source,
      Math.round(add),
      zone,
      agree === of,
    ]),
    [
      ['app', 0, '+02:00', true],
      ['mobile', 430, undefined, true],
    ],
  )
  t.equal(suggested[0]!.examples.length, 3)
  t.match(suggested[0]!.examples[0], { here: { source: 'app' }, there: { seconds: Number } })
  t.end()
})
