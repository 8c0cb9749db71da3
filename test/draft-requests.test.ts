import t from 'tap'
import type { Entry } from '../schemas/draft.ts'
import { draft } from '../services/draft/draft.ts'
import { eventsOf, materialOf, type Told } from './support/draft-material.ts'

/** The steps of a request through three services, with how long each usually takes in milliseconds. */
const STEPS = [
  ['gate', 'request came in', 0],
  ['cart', 'basket looked up', 4],
  ['store', 'shelf was read', 5],
  ['store', 'price was made', 3],
  ['cart', 'basket summed', 2],
  ['gate', 'answered', 4],
] as const

/** The n-th request, `s` seconds after ten; `more` tells how many milliseconds a step takes more. */
function request(
  n: number,
  s: number,
  more: (source: string, step: number) => number = () => 0,
): Told[] {
  const id = `${String(n).padStart(4, '0')}ab12cd34ef56`
  let at = s
  return STEPS.map(([source, message, ms], step) => {
    at += (ms + more(source, step)) / 1000
    return { s: at, message: `${message} for ${id}`, source: `${source}.log`, level: 'info' }
  })
}

const drafted = (told: readonly Told[], isWhole = true): Entry[] =>
  draft({ ...materialOf(eventsOf(told), 0, 300), isWhole }, 40).entries

/** A request a second, from a minute before the window on; what is slow in `store` from `since` on. */
const slowSince = (since: number): Told[] =>
  Array.from({ length: 240 }, (_, n) =>
    request(n, n - 60, (source, step) =>
      source === 'store' && n - 60 >= since && n % 3 === 0 ? 400 + step : 0,
    ),
  ).flat()

t.test('the service that became slow is named, and one that always was is not', (t) => {
  const slowOf = (told: readonly Told[], isWhole = true): Entry[] =>
    drafted(told, isWhole).filter(({ reason }) => reason === 'slow-steps')
  const slow = slowOf(slowSince(90))
  t.match(slow, [{ text: /in or around store\.log, in 60 of / }])
  t.ok(slow[0]!.evidence.every(({ source }) => source === 'store.log'))
  t.ok(slow[0]!.at >= '2024-05-01T10:01:30')
  t.match(slow, [{ until: '2024-05-01T10:02:57.817Z' }], 'the last of all, not of those cited')
  t.strictSame(slowOf(slowSince(-60)), [], 'usual')
  t.strictSame(slowOf(slowSince(1000)), [], 'never')
  t.strictSame(slowOf(slowSince(90), false), [], 'steps between were not read')
  t.end()
})

const errorOf = (source: string, s: number, message: string): Told => ({
  s,
  message,
  source: `${source}.log`,
  level: 'error',
})

t.test('errors that may be usual have one line, which claims no failure', (t) => {
  const calm = Array.from({ length: 300 }, (_, n) => request(n, n - 20)).flat()
  const seldom = [
    errorOf('cart', 30, 'coupon was refused'),
    errorOf('cart', 200, 'coupon was refused'),
    errorOf('store', 100, 'shelf is empty'),
  ]
  const entries = drafted([...calm, ...seldom])
  t.match(entries, [
    {
      at: '2024-05-01T10:00:30.000Z',
      claim: null,
      count: 3,
      text: /^3 errors may be usual, because the records begin only 50 s before the first: cart\.log: “coupon was refused”, store\.log: “shelf is empty”$/,
    },
  ])
  t.equal(entries.length, 1)
  const many = Array.from({ length: 20 }, (_, n) =>
    errorOf('store', 150 + n * 5, `lock of shelf ${n} was lost`),
  )
  t.match(drafted([...calm, ...seldom, ...many]), [
    { claim: null },
    { claim: 'failure', count: 20, at: '2024-05-01T10:02:30.000Z' },
  ])
  const before = Array.from({ length: 600 }, (_, n) => request(n, n - 600)).flat()
  t.strictSame(
    drafted([...before, ...calm, ...seldom]).map(({ claim }) => claim),
    ['failure', 'failure'],
    'ten minutes without them make them news',
  )
  t.end()
})

t.test('an error that may be usual does not lead the failure that comes right after it', (t) => {
  const calm = Array.from({ length: 300 }, (_, n) => request(n, n - 20)).flat()
  const sure = Array.from({ length: 30 }, (_, n) =>
    errorOf('store', 100 + n * 5, `ledger rejected posting ${n}`),
  )
  t.match(drafted([...calm, errorOf('cart', 98.5, 'coupon was refused'), ...sure]), [
    {
      at: '2024-05-01T10:01:40.000Z',
      claim: 'failure',
      count: 31,
      text: /^store\.log logged an error for the first time: “ledger rejected/,
    },
  ])
  t.end()
})

t.test('an error joins that of the same request, however long it was there before', (t) => {
  const calm = Array.from({ length: 300 }, (_, n) => request(n, n - 20)).flat()
  const told = [
    ...calm,
    errorOf('gate', 5, 'answered 500 for 0001ab12cd34ef56'),
    ...Array.from({ length: 12 }, (_, n) => [
      errorOf('store', 100 + n * 9, `ledger rejected 0${n + 100}ab12cd34ef56`),
      errorOf('gate', 104 + n * 9, `answered 500 for 0${n + 100}ab12cd34ef56`),
    ]).flat(),
  ]
  const failed = drafted(told).filter(({ claim }) => claim === 'failure')
  t.match(failed, [{ text: /^store\.log logged an error.*also in gate\.log$/, count: 25 }])
  t.equal(failed.length, 1)
  t.match(
    failed[0]!.evidence.map(({ at }) => at.slice(14, 19)),
    ['01:40', '02:34', '03:19'],
    'the first, one between and the last prove how long it lasted',
  )
  t.end()
})
