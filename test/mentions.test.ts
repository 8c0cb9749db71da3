import t from 'tap'
import { mentions } from '../services/normalizer/mentions.ts'

/** 2024-05-01T14:30:00Z, a Wednesday. */
const AT = Date.UTC(2024, 4, 1, 14, 30) / 1000

const of = (text: string, zone?: string): string[] =>
  mentions(text, AT, zone).map(
    (m) => `${m.text} = ${m.earliest.slice(5, -1)}/${m.latest.slice(5, -1)}`,
  )

t.test('times that a text speaks of have the bounds that its words leave', (t) => {
  const table: [text: string, zone: string | undefined, expected: string[]][] = [
    ['alerts fired at 14:05 UTC', undefined, ['at 14:05 UTC = 05-01T14:05:00/05-01T14:05:59']],
    [
      'since about 14:05Z we saw 500s',
      undefined,
      ['since about 14:05Z = 05-01T13:55:00/05-01T14:15:59'],
    ],
    ['down since 1405Z', undefined, ['since 1405Z = 05-01T14:05:00/05-01T14:05:59']],
    [
      'yesterday at 0930 UTC, code 1405, x1405Z, 2575 UTC',
      undefined,
      ['yesterday at 0930 UTC = 04-30T09:30:00/04-30T09:30:59'],
    ],
    ['it began 16:05:10 +02:00', undefined, ['16:05:10 +02:00 = 05-01T14:05:10/05-01T14:05:10']],
    ['deploy at 4:05pm', 'Europe/Berlin', ['at 4:05pm = 05-01T14:05:00/05-01T14:05:59']],
    ['deploy ~ 2 pm', 'UTC', ['~ 2 pm = 05-01T13:50:00/05-01T14:10:59']],
    [
      'between 14:00 and 14:20 UTC',
      'UTC',
      [
        'between 14:00 = 05-01T14:00:00/05-01T14:00:59',
        '14:20 UTC = 05-01T14:20:00/05-01T14:20:59',
      ],
    ],
    ['I saw it at 23:50', 'UTC', ['at 23:50 = 04-30T23:50:00/05-01T23:50:59']],
    ['window opens at 01:00', 'UTC', ['at 01:00 = 05-01T01:00:00/05-02T01:00:59']],
    ['since 9:15 EST', undefined, ['since 9:15 EST = 04-30T23:15:00/05-01T23:15:59']],
    ['Since 16:15 CEST shift', undefined, ['Since 16:15 CEST = 05-01T14:15:00/05-01T14:15:59']],
    ['14:15 but', undefined, ['14:15 = 04-30T14:30:00/05-02T02:30:00']],
    ['around 14:05', undefined, ['around 14:05 = 04-30T14:30:00/05-02T02:30:00']],
    [
      'see 2024-05-01T14:05:00Z in the log',
      undefined,
      ['2024-05-01T14:05:00Z = 05-01T14:05:00/05-01T14:05:00'],
    ],
    [
      'from 2024-04-30 22:10 until now',
      'Asia/Tokyo',
      ['2024-04-30 22:10 = 04-30T13:10:00/04-30T13:10:59'],
    ],
    ['yesterday at 17:30 it began', 'UTC', ['yesterday at 17:30 = 04-30T17:30:00/04-30T17:30:59']],
    ['17:30 yesterday', 'UTC', ['17:30 yesterday = 04-30T17:30:00/04-30T17:30:59']],
    ['we deploy tomorrow at 9am', 'UTC', ['tomorrow at 9am = 05-02T09:00:00/05-02T09:00:59']],
    ['tonight at 23:00', 'UTC', ['tonight at 23:00 = 05-01T23:00:00/05-01T23:00:59']],
    ['tonight at 1:00', 'UTC', ['tonight at 1:00 = 05-02T01:00:00/05-02T01:00:59']],
    ['Monday at 10:00', 'UTC', ['Monday at 10:00 = 04-29T10:00:00/05-06T10:00:59']],
    ['yesterday at 17:30', undefined, ['yesterday at 17:30 = 04-29T14:30:00/05-01T14:30:00']],
    ['since around noon', 'UTC', ['since around noon = 05-01T11:50:00/05-01T12:10:59']],
    ['restarted at midnight', 'UTC', ['at midnight = 05-01T00:00:00/05-02T00:00:59']],
    ['in the afternoon', 'UTC', []],
    ['3/4 14:05, on 2024-04-03 at 14:05', 'UTC', []],
    ['on April 3 at 14:05', 'UTC', ['at 14:05 = 04-03T14:05:00/04-03T14:05:59']],
    ['3rd Apr 2024, 14:05', 'Europe/Berlin', ['14:05 = 04-03T12:05:00/04-03T12:05:59']],
    ['Apr 3, 14:05', undefined, ['14:05 = 04-03T00:05:00/04-04T02:05:59']],
    ['v1.2 at 14:05', 'UTC', ['at 14:05 = 05-01T14:05:00/05-01T14:05:59']],
    ['20 minutes ago', undefined, ['20 minutes ago = 05-01T14:09:30/05-01T14:10:30']],
    ['about 2h ago', undefined, ['about 2h ago = 05-01T11:22:30/05-01T13:37:30']],
    ['half an hour ago', undefined, ['half an hour ago = 05-01T13:54:00/05-01T14:06:00']],
    ['a few minutes ago', undefined, ['a few minutes ago = 05-01T14:20:00/05-01T14:28:00']],
    [
      'down for the last 10 min',
      undefined,
      ['for the last 10 min = 05-01T14:19:30/05-01T14:20:30'],
    ],
    ['12 requests, ratio 3:1, port 10.0.0.1:8080, 25:00, 14:75, v1.22:10', undefined, []],
    ['2024-02-30 10:00', 'UTC', []],
    ['build 4711 took 20 minutes', undefined, []],
    ['13pm', 'UTC', []],
  ]
  for (const [text, zone, expected] of table) t.strictSame(of(text, zone), expected, text)
  t.end()
})

t.test('reading takes time in proportion to the text', (t) => {
  const took = (text: string): number => {
    const begin = performance.now()
    for (let i = 0; i < 5; i++) mentions(text, AT, 'UTC')
    return performance.now() - begin
  }
  for (const part of [
    'at ',
    'about at about ',
    '~  ',
    '10:',
    '14:05 ',
    ' ',
    'for the last ',
    'a few ',
    '1',
  ]) {
    took(part.repeat(100))
    const [half, whole] = [5000, 10_000].map((n) => took(part.repeat(n).slice(0, n)))
    t.ok(whole! < 8 * half! + 20, `${JSON.stringify(part)}: ${half} ms, twice of it ${whole} ms`)
  }
  t.end()
})
