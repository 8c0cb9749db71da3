import t from 'tap'
import { parseInstant } from '../services/event-index/instant-key.ts'
import { zoneRules } from '../services/normalizer/zones.ts'
import { CASES } from './support/time-cases.ts'
import { times } from './support/times.ts'

const UTC = { zone: 'UTC' }

for (const { name, known, lines } of CASES) {
  t.test(name, async (t) => {
    const [written, expected] = [0, 1].map((i) => lines.map((line) => line.split(' => ')[i]!))
    t.strictSame(await times(written!, known), expected)
  })
}

t.test('one wild stamp moves none of its neighbours', async (t) => {
  const line = (stamp: string, i: number): string => `${stamp} web1 app: ${i}`
  const regular = Array.from({ length: 20 }, (_, i) => `Nov 20 10:00:${10 + i}`)
  const without = await times(regular.map(line), UTC)
  t.match(without[0], /^2025-11-20T10:00:10Z/)
  for (const wild of [
    'Mar  2 03:00:00',
    'Jun 20 10:00:00',
    'Dec 31 23:59:59',
    'Jan  1 00:00:00',
    'Nov 25 10:00:00',
    'Feb 29 00:00:00',
  ]) {
    for (const place of [1, 10, 19]) {
      const stamps = regular.toSpliced(place, 0, wild)
      const got = await times(
        stamps.map((stamp, i) => line(stamp, i > place ? i - 1 : i)),
        UTC,
      )
      got.splice(place, 1)
      t.strictSame(got, without, `${wild} before line ${place + 1}`)
    }
  }
})

t.test('the name of a file or of its folders tells the date in many spellings', async (t) => {
  const lines = ['Dec 31 23:00:00 web1 app: a', 'Jan  1 01:00:00 web1 app: b']
  for (const path of [
    'syslog-20240102',
    'syslog.2024-01-02.1',
    'log_20240102_120000.txt',
    'server_02Jan2024.log',
    'app.2-January-2024.log',
    'Jan_02_2024.log',
    '2024-Jan-02.log',
    'logs/2024/01/02/syslog',
    'host-2024-01.log',
    'january-2024/syslog',
    '2024_Jan.log',
  ]) {
    const got = await times(lines, { ...UTC, path })
    t.strictSame(
      got,
      ['2023-12-31T23:00:00Z', '2024-01-01T01:00:00Z'].map(
        (at) => `${at} configured year-inferred`,
      ),
      path,
    )
  }
  for (const path of [
    'marching2024.log',
    'app-2024-1.log',
    'app-2024-13.log',
    '2024-decade.log',
    'summary10-2024.log',
    'build/2024/13/02/syslog',
    'dec-64.log',
  ]) {
    const [first] = await times(lines, { ...UTC, path })
    t.match(first, /^2025-12-31T23:00:00Z 1970-/, path)
  }
})

t.test('zones are known by name or offset', async (t) => {
  const noon = Date.UTC(2024, 6, 1, 12) / 1000
  for (const [name, hours] of [
    ['UTC', 0],
    ['Z', 0],
    ['-04:00', -4],
    ['+0530', 5.5],
    ['UTC+2', 2],
    ['Europe/Berlin', 2],
    ['Asia/Kathmandu', 5.75],
    ['Etc/GMT+5', -5],
    ['Japan', 9],
    ['Singapore', 8],
  ] as const) {
    t.strictSame(zoneRules(name)?.read(noon).offsets, [hours * 3600], name)
  }
  for (const name of [
    '',
    'Mars/Base',
    'Berlin',
    '+25:00',
    '+01:60',
    '../etc/passwd',
    'Europe/Berlin\0',
    '__proto__',
  ]) {
    t.equal(zoneRules(name), undefined, JSON.stringify(name))
  }
})

t.test('instants of a window are read to the nanosecond, or not at all', async (t) => {
  for (const [text, key] of [
    ['2024-05-01T10:00:00.123456789Z', '1714557600123456789'],
    ['2024-05-01T10:00:00+02:00', '1714550400000000000'],
    ['2024-05-01 10:00', '1714557600000000000'],
    ['2024-05-01', '1714521600000000000'],
    ['1960-01-01', '0000000000000000000'],
    ['9999-12-31', '9999999999000000000'],
  ])
    t.equal(parseInstant(text!), key, text!)
  for (const text of [
    '',
    'now',
    '2024-02-30',
    '2024-13-01',
    '2024-00-10',
    '2024-05-01T25:00Z',
    '2024-5-1',
    '1714557600',
    '2024-05-01T10:00:00+99:00',
  ]) {
    t.equal(parseInstant(text), undefined, text)
  }
})
