import t from 'tap'
import type { Draft, Entry } from '../schemas/draft.ts'
import type { TimelineEvent } from '../schemas/timeline-event.ts'
import { draft } from '../services/draft/draft.ts'
import { htmlOf } from '../services/draft/html.ts'
import { markdownOf } from '../services/draft/markdown.ts'
import { proposeWindows } from '../services/draft/propose-windows.ts'
import { factOf } from '../services/draft/material.ts'
import { reworded } from '../services/draft/reword.ts'
import { signature } from '../services/normalizer/signature.ts'
import { eventsOf, materialOf, type Told } from './support/draft-material.ts'

const DAY: readonly string[] = [
  'accepted order from basket',
  'stock of shelf counted',
  'session renewed',
  'page rendered from cache',
  'payment forwarded',
]
const FAULTS: readonly string[] = [
  'ledger rejected write of posting',
  'replica fell behind master copy',
  'pool drained, waiter dropped',
  'lease of leader lost',
]

/** Ordinary work of three sources for an hour, a fault of one of them at `at`, which two others feel. */
function incident(n: number, at: number): Told[] {
  const told: Told[] = []
  for (let s = -3600; s < 3600; s += 4)
    told.push({
      s: s + (n % 3) / 10,
      message: `${DAY[(s / 4 + 7200) % DAY.length]} ${s}`,
      source: `${['front', 'stock', 'bill'][(s / 4 + 7200) % 3]}.log`,
      level: 'info',
    })
  const fault = FAULTS[n % FAULTS.length]!
  for (let i = 0; i < 12; i++)
    told.push({ s: at + i * 3, message: `${fault} ${i}`, source: 'stock.log', level: 'error' })
  for (let i = 0; i < 6; i++)
    told.push({
      s: at + 1 + i * 5,
      message: `upstream says ${i}, given up`,
      source: 'front.log',
      level: 'error',
    })
  return told
}

const CASES = Array.from({ length: 12 }, (_, n) => ({
  told: incident(n, 900 + n * 150),
  at: 900 + n * 150,
}))

/** The same events in a language that nobody knows: every word becomes another, always the same. */
function invented(events: readonly TimelineEvent[]): TimelineEvent[] {
  const words = new Map<string, string>()
  const word = (old: string): string => {
    let made = words.get(old)
    if (made === undefined) {
      made = `${['zu', 'ka', 'mi', 'ro', 'te'][words.size % 5]}${String(words.size)
        .split('')
        .map((d) => 'bdfgklmnrt'[Number(d)])
        .join('a')}`
      words.set(old, made)
    }
    return made
  }
  return events.map((event) => {
    const message = event.message.replace(/\p{L}+/gu, word)
    return { ...event, message, timeline: { ...event.timeline, signature: signature(message) } }
  })
}

const withoutLevels = (events: readonly TimelineEvent[]): TimelineEvent[] =>
  events.map(({ log: _, ...event }) => event as TimelineEvent)

const secondsOf = ({ at }: Entry): number => (Date.parse(at) - Date.UTC(2024, 4, 1, 10)) / 1000

/** In how many of the incidents one of the first ten lines is at the fault. */
const hits = (
  change: (events: TimelineEvent[]) => TimelineEvent[],
  test: (entry: Entry) => boolean,
): number =>
  CASES.filter(({ told, at }) => {
    const { entries } = draft(materialOf(change(eventsOf(told)), 0, 3600), 10)
    return entries.some((entry) => Math.abs(secondsOf(entry) - at) <= 5 && test(entry))
  }).length

t.test('faults are found without knowing a word, and without levels most of them', async (t) => {
  const isFailure = ({ claim }: Entry): boolean => claim === 'failure'
  const known = hits((events) => events, isFailure)
  t.equal(known, CASES.length)
  t.ok(hits(invented, isFailure) >= (known * 2) / 3)
  t.ok(
    hits(
      (events) => withoutLevels(invented(events)),
      () => true,
    ) >=
      known / 2,
  )
})

t.test('an hour in which nothing happened claims nothing', async (t) => {
  const calm = incident(0, 900).filter(({ level }) => level === 'info')
  const { entries, metrics } = draft(materialOf(eventsOf(calm), 0, 3600), 40)
  t.strictSame(
    entries.filter(({ claim }) => claim !== null),
    [],
  )
  t.strictSame(metrics, {})
  const usual = calm.flatMap((each, i): Told[] =>
    i % 20 === 0 ? [each, { ...each, message: `retry failed ${i}`, level: 'error' }] : [each],
  )
  const made = draft(materialOf(eventsOf(usual), 0, 3600), 40)
  t.strictSame(
    made.entries.filter(({ claim }) => claim === 'failure'),
    [],
    'what always fails is no news',
  )
})

t.test('the same events give the same bytes, in whatever order they came', async (t) => {
  const events = eventsOf(CASES[3]!.told)
  const first = JSON.stringify(draft(materialOf(events, 0, 3600), 40))
  t.equal(JSON.stringify(draft(materialOf(events.toReversed(), 0, 3600), 40)), first)
})

t.test('what is left out is counted, and the number of lines is a ceiling', async (t) => {
  const material = materialOf(eventsOf(CASES[1]!.told), 0, 3600)
  const all = material.groups.reduce((sum, { count }) => sum + count, 0)
  for (const most of [1, 3, 1000]) {
    const { entries, omitted, coverage } = draft(material, most)
    t.ok(entries.length <= most && entries.length > 0)
    const shown = new Set(entries.flatMap(({ evidence }) => evidence.map(({ id }) => id)))
    const named = new Map(
      material.logs.map((fact) => [fact.id, `${fact.signature} ${fact.source}`]),
    )
    const cited = new Set([...shown].map((id) => named.get(id)))
    const stood = material.groups.filter((g) => cited.has(`${g.signature} ${g.source}`))
    t.equal(omitted.events, all - stood.reduce((sum, { count }) => sum + count, 0))
    t.equal(coverage.events, all)
    t.equal(
      coverage.sources.reduce((sum, { events }) => sum + events, 0),
      all,
    )
    for (const { at, evidence } of entries) t.ok(evidence.some((cited) => cited.at === at))
  }
})

const TALK: Told[] = [
  ...Array.from({ length: 40 }, (_, i): Told => ({
    s: -1200 + i * 20,
    message: 'polled',
    level: 'info',
  })),
  {
    s: 60,
    message: '[FIRING] QueueLong: 900 jobs wait',
    kind: 'alert',
    source: 'alerts',
    action: 'fired',
    fields: { rule: { name: 'QueueLong' }, labels: { severity: 'critical' } },
  },
  {
    s: 60 + 14 * 60,
    message: 'Acknowledged by Ada Quill',
    kind: 'alert',
    source: 'pager',
    action: 'acknowledged',
    fields: { user: { name: 'Ada Quill' }, labels: { incident: 'Q1' } },
  },
  {
    s: 1000,
    message: 'I think @Brent Moss is right: the importer cannot reach the warehouse',
    kind: 'chat',
    source: '#ops',
    fields: { user: { name: 'Ada Quill' } },
  },
  {
    s: 1100,
    message: 'restarted the importer, see https://git.example.com/a/b/pull/7',
    kind: 'chat',
    source: '#ops',
    fields: { user: { name: 'Brent Moss' } },
  },
  {
    s: 1190,
    message: 'deployment of 7.2 to production (success)',
    kind: 'change',
    source: 'shop',
    action: 'deploy',
    fields: { user: { name: 'Brent Moss' } },
  },
  {
    s: 1500,
    message: '[RESOLVED] QueueLong: 900 jobs wait',
    kind: 'alert',
    source: 'alerts',
    action: 'resolved',
    fields: { rule: { name: 'QueueLong' }, labels: { severity: 'critical' } },
  },
  {
    s: 1560,
    message: 'All clear, the queue is empty again',
    kind: 'chat',
    source: '#ops',
    fields: { user: { name: 'Ada Quill' } },
  },
]

t.test('alerts are paired, people have roles, and the figures have proof', async (t) => {
  const made = draft(materialOf(eventsOf(TALK), 0, 3600), 40)
  const texts = made.entries.map(({ text }) => text)
  t.notMatch(texts.join('\n'), /Ada|Quill|Brent|Moss/)
  t.match(
    texts.find((text) => text.startsWith('Alert fired')),
    /resolved after 24 min/,
  )
  t.match(texts.join('\n'), /Alert acknowledged by responder 1 \(on-call\)/)
  t.match(texts.join('\n'), /responder 2 in #ops: “restarted the importer/)
  t.match(texts.join('\n'), /Change by responder 2 in shop: “deployment of 7\.2/)
  const { metrics, coverage } = made
  t.match(metrics, {
    detected: { at: '2024-05-01T10:01:00.000Z' },
    acknowledged: { at: '2024-05-01T10:15:00.000Z' },
    resolved: { at: '2024-05-01T10:26:00.000Z' },
    timeToResolve: { seconds: 1500, least: 1500, most: 1500 },
    severity: { value: 'critical' },
  })
  const cited = new Set(made.entries.flatMap(({ evidence }) => evidence.map(({ id }) => id)))
  for (const value of Object.values(metrics)) for (const id of value.proof) t.ok(cited.has(id))
  t.match(coverage.questions, [{ code: 'slow-response', from: '2024-05-01T10:01:00Z' }])
})

/** An outage that two instances tell of, each with its own words; a recovery that did not last; what the clock runs; a short answer to an alert. */
const OUTAGE: readonly Told[] = [
  ...Array.from({ length: 900 }, (_, i): Told => {
    const source = `shop-${i % 2}.log`
    return { s: i * 8 - 3600, message: `basket ${i} priced`, source, level: 'info' }
  }),
  ...['cart', 'coupon', 'invoice', 'parcel', 'refund'].map((what, i): Told => ({
    s: 600 + i * 100,
    message: `14:10:0${i} ${what} could not be stored, connection refused by ledger 4f3a9c0d4f3a9c0d4f3a9c0d4f3a9c0d`,
    source: `shop-${i % 2}.log`,
    level: 'error',
  })),
  { s: 640, message: 'ledger is ready to accept connections', source: 'ledger.log' },
  { s: 900, message: 'replay of postings failed', source: 'ledger.log', level: 'error' },
  ...Array.from({ length: 6 }, (_, i): Told[] => [
    { s: i * 600, message: 'CRON[77]: (root) CMD (/usr/bin/rotate)', source: 'auth.log' },
    { s: i * 600 + 90, message: 'sudo: ada : COMMAND=/bin/probe ledger', source: 'auth.log' },
  ]).flat(),
  ...['fired', 'resolved'].map((action, i): Told => ({
    s: 700 + i * 600,
    message: 'LedgerDown: ledger does not answer',
    kind: 'alert',
    source: 'alerts',
    action,
    fields: { rule: { name: 'LedgerDown' }, labels: { severity: 'critical' } },
  })),
  {
    s: 760,
    message: 'Ledger is down, on it',
    kind: 'chat',
    source: '#ops',
    fields: { user: { name: 'Ada Quill' } },
  },
]

t.test('an outage has a line for what is the same, and ends when all is over', async (t) => {
  const sorted = OUTAGE.toSorted((a, b) => a.s - b.s)
  const { entries, metrics } = draft(materialOf(eventsOf(sorted), 0, 3600), 40)
  const texts = entries.map(({ text }) => text)
  const refused = texts.filter((text) => text.includes('connection refused'))
  t.equal(refused.length, 1, 'other words for the same error')
  t.match(refused[0], /“cart could not be stored, connection refused by ledger 4f3a9c0d…”: 5 lines/)
  t.notMatch(texts.join('\n'), /rotate/, 'what the clock runs')
  t.match(
    texts.filter((text) => text.includes('probe')),
    [/^1 command was run 6 times on auth.log: “\/bin\/probe ledger”$/],
  )
  t.match(texts.join('\n'), /responder 1 in #ops: “Ledger is down, on it”/)
  t.match(metrics.acknowledged, { at: '2024-05-01T10:12:40.000Z' })
  t.equal(metrics.mitigated, undefined, 'more failed after the ledger was ready')
  t.match(metrics.resolved, { at: '2024-05-01T10:21:40.000Z' })
})

t.test('a state that nobody brought about is no action', (t) => {
  const states: Told[] = ['Started', 'Terminated Finished: OOMKilled'].map((message, s) => ({
    s,
    message: `eater-7d9f State ${message}`,
    kind: 'change',
    source: 'describe.txt',
  }))
  const { entries } = draft(materialOf(eventsOf(states), 0, 60), 40)
  t.match(
    entries.map(({ type, claim, text }) => `${type} ${claim} ${text}`),
    ['action change Change in describe.txt', 'observation failure Failure in describe.txt'],
  )
  t.end()
})

t.test('what is missing is asked for', async (t) => {
  const quiet: Told[] = []
  for (let s = 0; s < 7200; s += 5) {
    if (s < 3600 || s > 4500) quiet.push({ s, message: 'polled', source: 'a.log', level: 'info' })
    quiet.push({ s, message: 'beat', source: 'b.log', level: 'info' })
  }
  const { coverage, entries } = draft(materialOf(eventsOf(quiet), 0, 12_000), 40, ['the page'])
  t.match(
    coverage.questions.map(({ code }) => code),
    ['silent-source', 'missing-hour', 'expected-but-absent'],
  )
  t.match(coverage.questions[2]?.text, 'the page')
  t.match(entries, [{ reason: 'silence', evidence: [{ source: 'a.log' }, { source: 'a.log' }] }])
})

t.test('a draft is printed without what could act as markup', async (t) => {
  const evil = '<img src=x onerror=alert(1)> [a](javascript:b) `c`'
  const talk: Told[] = [
    {
      s: 5,
      message: `${evil} is the quaint marvel of today`,
      kind: 'chat',
      source: '#<b>',
      fields: { user: { name: 'Eve Dropper' } },
    },
    { s: 9, message: 'deployed', kind: 'change', source: 's', action: 'deploy' },
  ]
  const events = eventsOf(talk)
  ;(events[1]!.event as Record<string, unknown>)['reference'] = 'javascript:alert(1)'
  const made = draft(materialOf(events, 0, 60), 10)
  const html = htmlOf({
    ...made,
    entries: made.entries.map((entry) => ({
      ...entry,
      references: [{ title: 'x', url: 'javascript:alert(1)' }],
    })),
  })
  t.notMatch(html, /<img|href="javascript|<b>/)
  t.match(html, '&lt;img')
  const md = markdownOf(made)
  t.notMatch(md, /[^\\]<img|[^\\]\]\(javascript/)
  t.match(md, /^\* 2024-05-01 10:00:05 UTC – /m)
  t.match(markdownOf(draft(materialOf([], 0, 60), 10)), 'Nothing in this window')
})

t.test('a language model may word lines, not change what they say', async (t) => {
  const made = draft(materialOf(eventsOf(CASES[0]!.told), 0, 3600), 5)
  const of = async (answer: (text: string, i: number) => unknown): Promise<Draft> =>
    reworded(made, async (lines) => lines.map(answer) as string[])
  const kept = await of((text) => text.replace('logged', 'wrote'))
  t.match(kept.entries[0]?.text, 'wrote')
  t.strictSame(await of((text) => text.replace(/\d+/, '77')), made, 'another number')
  t.strictSame(await of((text) => `${text} at 10:15`), made, 'one more time')
  t.strictSame(await of(() => 7), made, 'no text')
  t.strictSame(await reworded(made, async () => []), made, 'too few lines')
})

t.test('windows are proposed where alerts fired and errors came in bursts', async (t) => {
  const told = eventsOf(TALK).map(factOf)
  const intervals = Array.from({ length: 40 }, (_, i) => ({
    at: new Date(Date.UTC(2024, 4, 1, 20) + i * 300_000).toISOString(),
    levels: { info: 100, error: i === 20 ? 90 : 1 },
  }))
  const proposed = proposeWindows(told, intervals, 300)
  t.match(proposed, [
    { from: '2024-05-01T21:30:00Z', to: '2024-05-01T21:56:00Z', alerts: 0, errors: 90 },
    { from: '2024-05-01T09:51:00Z', alerts: 1, because: /QueueLong/ },
  ])
  t.strictSame(proposeWindows([], [], 300), [])
})
