import { once } from 'node:events'
import { closeSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseSync } from '@photostructure/sqlite'
import t from 'tap'
import type { TimelineEvent } from '../schemas/timeline-event.ts'
import { folder, imported, line, LOG, recount, start } from './support/recount.ts'

t.test('every format of the timeline is safe to look at', async (t) => {
  const evil = ['=1+1', '-2', '@x', '\u0007bell', 'a,"b"', '<b>*x*</b> [y](z)', '\u202eright', 'ok']
  const cwd = folder(t, {
    'a.jsonl': evil
      .map((message, n) =>
        JSON.stringify({
          time: `2024-05-01T10:00:0${n}Z`,
          level: n === 3 ? '\u001b[31mloud' : 'info',
          message,
        }),
      )
      .join('\n'),
  })
  t.equal((await imported(['a.jsonl'], cwd)).ledger.events, evil.length)
  const all = async (...args: string[]): Promise<string> =>
    (await recount(['timeline', ...args], cwd)).out
  const jsonl = (await all('--format', 'jsonl'))
    .trim()
    .split('\n')
    .map((l) => JSON.parse(l) as { message: string })
  t.strictSame(
    jsonl.map((e) => e.message),
    evil,
  )
  const csv = (await all('--format', 'csv')).split('\r\n')
  t.equal(csv[0], '@timestamp,kind,level,source,host,service,message,id')
  const cells = csv
    .slice(1, -1)
    .map((row) => /^(?:"(?:[^"]|"")*",){6}("(?:[^"]|"")*"),"[^"]*"$/.exec(row)?.[1])
  t.strictSame(cells.slice(0, 5), [`"'=1+1"`, `"'-2"`, `"'@x"`, cells[3], '"a,""b"""'])
  // oxlint-disable-next-line no-control-regex
  for (const format of ['text', 'md', 'csv'])
    t.notMatch(
      (await all('--format', format)).replaceAll('\r\n', '\n'),
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/,
      format,
    )
  t.match(await all('--format', 'md'), String.raw`\<b\>\*x\*\</b\> \[y\](z)`)
  t.match(await all(), String.raw`\u0007bell`)
  t.equal((await all('--limit', '2', '--format', 'jsonl')).trim().split('\n').length, 2)
  t.equal(await all('--limit', '0', '--format', 'jsonl'), '')
  t.match(
    await all('--from', '2024-05-01T10:00:06Z', '--to', '2024-05-01T10:00:07Z'),
    /^2024-05-01T10:00:06Z[^\n]*\n$/,
  )
  t.match(await all('--query', 'ok -bell', '--kind', 'log,chat'), /^2024-05-01T10:00:07Z[^\n]*\n$/)
  t.equal(await all('--kind', 'chat'), '')
})

t.test('what came through two channels is shown once, with where else it was', async (t) => {
  const entry = (n: number): string =>
    JSON.stringify({
      __CURSOR: `i=${n}`,
      __REALTIME_TIMESTAMP: String(Date.UTC(2024, 4, 1, 10, 0, n, 500) * 1000),
      _HOSTNAME: 'db1',
      SYSLOG_IDENTIFIER: 'cron',
      _PID: '7',
      MESSAGE: `job *${n}*`,
    })
  const cwd = folder(t, {
    'cron.log': [0, 1, 2].map((n) => `2024-05-01T10:00:0${n}Z db1 cron[7]: job *${n}*\n`).join(''),
    'journal.json': [0, 1, 5].map((n) => `${entry(n)}\n`).join(''),
  })
  t.equal((await imported(['.'], cwd)).ledger.events, 6)
  const lines = async (...args: string[]): Promise<string[]> =>
    (await recount(['timeline', ...args], cwd)).out.trim().split('\n')
  const folded = [
    '2024-05-01T10:00:00Z  log    db1 cron (also in logs/journald)  job *0*',
    '2024-05-01T10:00:01Z  log    db1 cron (also in logs/journald)  job *1*',
    '2024-05-01T10:00:02Z  log    db1 cron  job *2*',
    '2024-05-01T10:00:05.500000Z  log    db1 cron  job *5*',
  ]
  t.strictSame(await lines(), folded)
  t.strictSame(await lines('--limit', '3'), folded.slice(0, 3), 'lines are counted')
  t.match(await lines('--query', 'dataset:logs/journald'), [
    '2024-05-01T10:00:00.500000Z  log    db1 cron (also in logs/syslog)  job *0*',
  ])
  t.equal((await lines('--no-fold')).length, 6)
  t.equal(
    (await lines('--format', 'md'))[0],
    String.raw`* 2024-05-01T10:00:00Z UTC, db1 (also in logs/journald): job \*0\*`,
  )
  t.equal((await lines('--format', 'csv')).length, 7)
  const events = (await lines('--format', 'jsonl')).map((l) => JSON.parse(l) as TimelineEvent)
  t.strictSame(
    events.map(({ timeline }) => timeline.same),
    [1, 0, 3, 2, -1, -1].map((n) => (n < 0 ? undefined : [events[n]!.event.id])),
  )
})

t.test('sources are listed, taken back, and come again', async (t) => {
  const cwd = folder(t, { 'a.log': LOG, 'b.log': `${line(5)}\n` })
  await imported(['a.log', 'b.log'], cwd)
  const list = async () =>
    JSON.parse((await recount(['sources', 'list', '--json'], cwd)).out) as {
      sources: object[]
      files: object[]
    }
  t.match(await list(), {
    sources: [
      { source: 'a.log', events: 3 },
      { source: 'b.log', events: 1 },
    ],
    files: [{ path: 'a.log', times: 1 }, { path: 'b.log' }],
  })
  t.match(await recount(['sources', 'remove', 'a.log'], cwd), {
    status: 0,
    out: /^3 events taken back\./,
  })
  t.match(await list(), { sources: [{ source: 'b.log' }], files: [{ path: 'b.log' }] })
  t.equal((await recount(['timeline'], cwd)).out.split('\n').length, 2)
  await recount(['rebuild'], cwd)
  t.equal(
    (await recount(['timeline'], cwd)).out.split('\n').length,
    2,
    'a rebuild does not bring it back',
  )
  t.match((await imported(['a.log'], cwd)).ledger, { events: 3, merged: 0 })
  t.equal((await recount(['timeline'], cwd)).out.split('\n').length, 5)
})

t.test('an import that was killed is listed, and its folder can be taken back', async (t) => {
  const long = Array.from({ length: 80_000 }, (_, n) => {
    const at = new Date(Date.UTC(2024, 4, 1) + n * 1000).toISOString()
    return `${at} INFO request ${n} was answered in ${(n * 7919) % 10_007} ms\n`
  })
  const cwd = folder(t, { 'in/a.log': long.join(''), 'in/b.log': LOG, 'inner.log': line(9) })
  const files = async (): Promise<object[]> =>
    (JSON.parse((await recount(['sources', 'list', '--json'], cwd)).out) as { files: object[] })
      .files
  await imported(['inner.log'], cwd)
  const child = start(['import', 'in'], cwd)
  const ended = once(child, 'exit')
  const written = (): number =>
    statSync(join(cwd, 'recount-data/main/log.sqlite-wal'), { throwIfNoEntry: false })?.size ?? 0
  while (written() < 100_000 && child.exitCode === null) await sleep(5)
  child.kill('SIGKILL')
  t.strictSame(await ended, [null, 'SIGKILL'])
  const unfinished = { adapter: 'logs/stamped-lines', times: 0, unfinished: true }
  t.match(await files(), [
    { path: 'inner.log', times: 1 },
    { path: 'in/a.log', ...unfinished },
    { path: 'in/b.log', ...unfinished },
  ])
  t.match(await recount(['sources', 'remove', 'in/'], cwd), {
    status: 0,
    out: /^[\d,]+ events taken back/,
  })
  t.strictSame(
    (await files()).map((f) => (f as { path: string }).path),
    ['inner.log'],
  )
  t.match((await recount(['timeline'], cwd)).out, /^[^\n]* message 9\n$/)
})

t.test('what was assumed about time is said beside the ledger, once for all alike', async (t) => {
  const text = '2024-05-01 10:00:00 INFO x\n'
  const cwd = folder(t, { 'in/a.log': text, 'in/b.log': text, 'in/c.log': `${text}${text}` })
  t.match(await recount(['import', 'in'], cwd), {
    status: 0,
    err: 'in/a.log and 2 more files: stamps without a zone count as UTC, which nothing tells: recount sources set-zone in/a.log ZONE\n',
  })
  t.match(await recount(['import', 'in/a.log', '--zone=+02:00', '--json'], cwd), {
    out: /"time":"stamps without a zone count as \+02:00, no longer as UTC/,
    err: /^in\/a\.log: stamps without a zone count as \+02:00, no longer as UTC: [^\n]*\n$/,
  })
})

t.test('a rebuild gives the same bytes, and so does a lost or damaged index', async (t) => {
  const cwd = folder(t, {
    'a.log': LOG,
    'copy/a.log': LOG,
    's.log': 'Dec 31 23:59:59 web1 app: x\nJan  1 00:00:01 web1 app: y\n',
  })
  await imported(['a.log', 's.log'], cwd)
  await imported(['copy', 's.log'], cwd, '--zone=+01:00')
  const bytes = async (): Promise<string> =>
    (await recount(['timeline', '--format', 'jsonl'], cwd)).out
  const before = await bytes()
  t.equal(before.trim().split('\n').length, 5)
  t.match(await recount(['rebuild'], cwd), { status: 0, out: '', err: /built anew/ })
  t.equal(await bytes(), before)
  const index = join(cwd, 'recount-data/main/index.sqlite')
  for (const damage of ['', 'this is no index', readFileSync(index).subarray(0, 5000)]) {
    for (const suffix of ['-wal', '-shm']) writeFileSync(index + suffix, '')
    writeFileSync(index, damage)
    t.equal(await bytes(), before, `filled again after ${damage.length} bytes`)
  }
})

t.test('doctor says what is wrong, and where', async (t) => {
  const cwd = folder(t, {
    'a.log': Array.from(
      { length: 3000 },
      (_, n) => `2024-05-01T10:00:00.${String(n).padStart(4, '0')}Z INFO message ${n}\n`,
    ).join(''),
  })
  await imported(['a.log'], cwd)
  t.match(await recount(['doctor'], cwd), { status: 0, out: /Nothing is wrong\./ })
  const index = join(cwd, 'recount-data/main/index.sqlite')
  const db = new DatabaseSync(index)
  db.exec('pragma wal_checkpoint(truncate)')
  db.close()
  const file = openSync(index, 'r+')
  const middle = Math.floor(statSync(index).size / 2 / 16_384) * 16_384
  writeSync(file, Buffer.alloc(16_384, 0xa5), 0, 16_384, middle)
  closeSync(file)
  t.match(await recount(['doctor'], cwd), { status: 1, out: /index: .*Run: recount rebuild/ })
  t.equal((await recount(['rebuild'], cwd)).status, 0)
  t.match(await recount(['doctor'], cwd), { status: 0, out: /Nothing is wrong\./ })
  const log = new DatabaseSync(join(cwd, 'recount-data/main/log.sqlite'))
  log.prepare("update log set body = ? where topic = 'records'").run(Buffer.from('no deflate'))
  log.exec('pragma wal_checkpoint(truncate)')
  log.close()
  t.match(await recount(['doctor'], cwd), {
    status: 1,
    out: /log of record: log\.sqlite: message \d+ \(records\) cannot be read\. Restore it from a backup/,
  })
  writeFileSync(join(cwd, 'recount-data/main/log.sqlite'), 'this is no log at all')
  const { status, out, err } = await recount(['doctor'], cwd)
  t.equal(status, 1, err)
  t.match(out, /log of record: .*log\.sqlite cannot be read: .*(?:malformed|not a database)/)
  t.match(await recount(['timeline'], cwd), {
    status: 2,
    err: /^recount: .*log\.sqlite cannot be read/,
  })
})

t.test('the time of a source is shown, told, suggested and taken back', async (t) => {
  const at = (n: number, hours: number, seconds = 0): string =>
    new Date(Date.UTC(2024, 4, 1, 10 + hours, 0, n * 20 + seconds)).toISOString().slice(0, 19)
  const lines = (line: (n: number) => string): string =>
    Array.from({ length: 12 }, (_, n) => `${line(n)} request 7f3a9c${10 + n}e0 done\n`).join('')
  const cwd = folder(t, {
    'gateway.log': lines((n) => `${at(n, 0)}Z INFO gateway:`),
    'app.log': lines((n) => `${at(n, 2).replace('T', ' ')} INFO app:`),
    'db.log': lines((n) => `${at(n, 0, -430)}Z INFO db:`),
  })
  await recount(['import', 'gateway.log', 'app.log', 'db.log'], cwd)
  t.match(
    (await recount(['sources', 'show', 'app.log'], cwd)).out,
    /^app\.log: 12 events\n {2}12 taken as UTC, which nothing tells\n.*\n.*\n {2}tell it with: recount sources set-zone app\.log ZONE\n$/,
  )
  const { out } = await recount(['sources', 'suggest'], cwd)
  t.match(
    out,
    /^app\.log: its stamps are of the zone \+02:00, beside gateway\.log: 12 of 12 things/,
  )
  t.match(out, /^db\.log: its clock is behind by 7m10s, beside gateway\.log/m)
  const applied = [...out.matchAll(/apply it with: recount (.*)/g)].map((m) => m[1]!.split(' '))
  t.equal(applied.length, 2)
  for (const command of applied)
    t.match(await recount(command, cwd), {
      status: 0,
      out: /^1 stream of .* dated anew\. Take it back with --reset/,
    })
  t.match((await recount(['sources', 'suggest'], cwd)).out, /^No two sources saw enough/)
  await recount(['sources', 'set-clock', 'db.log', '+7m'], cwd)
  t.match(
    (await recount(['sources', 'suggest'], cwd)).out,
    /apply it with: recount sources set-clock db\.log \+7m10s/,
    'with what is in force',
  )
  await recount(['sources', 'set-clock', 'db.log', '+7m10s'], cwd)
  t.match(
    (await recount(['sources', 'show'], cwd)).out,
    /^app[^]*\+02:00, set by set-zone[^]*^db[^]*clock: \+7m10s is added, set by set-clock/m,
  )
  const { sources } = JSON.parse((await recount(['sources', 'show', '--json'], cwd)).out) as {
    sources: { bases: object }[]
  }
  t.strictSame(
    sources.map((s) => s.bases),
    [{ configured: 12 }, { explicit: 12 }, { explicit: 12 }],
  )
  t.match(await recount(['sources', 'set-zone', 'app.log', '--reset'], cwd), { status: 0 })
  t.match((await recount(['sources', 'suggest'], cwd)).out, /^app\.log: .*\+02:00/)
  t.match(await recount(['sources', 'set-zone', 'app.log', '-04:00'], cwd), { status: 0 })
  t.match(
    await recount(
      ['sources', 'set-clock', 'db.log', '-1h30m', '--drift=-2s', '--from', '2024-05-01'],
      cwd,
    ),
    { status: 0 },
  )
  t.match(
    (await recount(['sources', 'show', 'db.log'], cwd)).out,
    /clock: -1h30m is added, and -2s more for each day after 2024-05-01T00:00:00/,
  )
  const wrong: [string[], RegExp][] = [
    [
      ['set-zone', 'app.log'],
      /set-zone wants a zone, such as Europe\/Berlin or -04:00, or --reset/,
    ],
    [['set-zone', 'app.log', 'Mars/Base'], /Mars\/Base is no zone: give an IANA name/],
    [['set-zone', 'app.log', 'UTC', '--reset'], /set-zone wants a zone/],
    [['set-zone', 'nobody', 'UTC'], /there is no source and no imported file nobody/],
    [['set-clock', 'db.log', '7m'], /7m is no offset: write \+ or - and days/],
    [['set-clock', 'db.log', '+0s'], /is no offset/],
    [['set-clock', 'db.log', '--resett'], /--resett is no offset/],
    [['set-clock', 'db.log', '+1s', '--suggested'], /or --suggested, or --reset/],
    [['set-clock', 'db.log', '+1s', '--drift=+1s'], /--drift wants --from/],
    [['set-clock', 'db.log', '+1s', '--drift=+1s', '--from', 'then'], /--from then is no instant/],
    [
      ['set-clock', 'db.log', '--reset', '--drift=+1s', '--from', '2024-05-01T10:00:00Z'],
      /--drift comes with what to add/,
    ],
  ]
  for (const [args, says] of wrong)
    t.match(await recount(['sources', ...args], cwd), { status: 2, err: says }, args.join(' '))
})

t.test('stamps that their own source contradicts are suggested another reading', async (t) => {
  const line = (n: number): string => {
    const at = (hours: number): string => new Date(Date.UTC(2024, 4, 1, hours, n)).toISOString()
    const second = n % 3 === 0 ? {} : { epoch: Date.parse(at(14)) }
    return JSON.stringify({ host: 'app-1', time: at(9), message: `request ${n} done`, ...second })
  }
  const cwd = folder(t, {
    'app.json': Array.from({ length: 12 }, (_, n) => `${line(n)}\n`).join(''),
  })
  const imported = await recount(['import', 'app.json'], cwd)
  t.match(
    imported.out + imported.err,
    /stamps of app-1 are contradicted by a second stamp in other records: recount sources suggest/,
  )
  t.match(
    (await recount(['sources', 'suggest'], cwd)).out,
    /^app-1: 8 records with a second stamp: it is \+5h from the usual one.*\n {2}apply it with: recount sources set-clock app-1 --suggested/,
  )
  t.match(await recount(['sources', 'set-clock', 'app-1', '--suggested'], cwd), { status: 0 })
  t.match((await recount(['timeline', '--limit', '1'], cwd)).out, /^2024-05-01T14:00:00/)
  t.match(
    (await recount(['sources', 'show'], cwd)).out,
    /it is \+5h from the usual one, which set-clock --suggested applied/,
  )
  t.match((await recount(['sources', 'suggest'], cwd)).out, /^No two sources saw enough/)
  await recount(['sources', 'set-clock', 'app-1', '--reset'], cwd)
  t.match((await recount(['timeline', '--limit', '1'], cwd)).out, /^2024-05-01T09:00:00/)
})
