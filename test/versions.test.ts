import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import t from 'tap'
import { makeLines } from './benchmarks/make-lines.ts'
import { folder, imported, LOG, recount, start } from './support/recount.ts'

/** Changes a file behind the back of recount. */
function change(path: string, sql: string): void {
  const db = new DatabaseSync(path)
  db.exec(`${sql}; pragma wal_checkpoint(truncate)`)
  db.close()
}

const digest = (path: string): string =>
  createHash('sha256').update(readFileSync(path)).digest('hex')

/** Every command that looks at the timeline, with what else it needs. */
const COMMANDS: readonly string[][] = [
  ['import', 'a.log'],
  ['timeline'],
  ['sources', 'list'],
  ['sources', 'remove', 'a.log'],
  ['rebuild'],
  ['restore', 'all.gz'],
  ['serve', '--port', '0'],
]
/** And those that look at the log alone. */
const OF_THE_LOG: readonly string[][] = [
  ['dead-letters', 'list'],
  ['backup', 'x.gz'],
]

t.test('a log or an index of a newer version, or a file of others, is refused', async (t) => {
  const cwd = folder(t, { 'a.log': LOG })
  await imported(['a.log'], cwd)
  t.equal((await recount(['backup', 'all.gz'], cwd)).status, 0)
  const table: [file: string, sql: string, says: RegExp, commands: readonly string[][]][] = [
    [
      'log.sqlite',
      'pragma user_version = 99',
      /log\.sqlite was written by a newer recount \(log version 99, this one reads \d+\): use that version$/m,
      [...COMMANDS, ...OF_THE_LOG],
    ],
    [
      'log.sqlite',
      'pragma user_version = 0; create table if not exists theirs (a)',
      /log\.sqlite is no log of recount, but another SQLite file: move it away, or choose another data/,
      [...COMMANDS, ...OF_THE_LOG],
    ],
    [
      'log.sqlite',
      'pragma user_version = 1; drop table log',
      /log\.sqlite is no log of recount, but another SQLite file/,
      [['timeline']],
    ],
    [
      'index.sqlite',
      "update meta set value = 99 where key = 'version'",
      /index\.sqlite was written by a newer recount \(index version 99, this one reads \d+\): use that version, or delete the file, which is filled again from the log$/m,
      COMMANDS,
    ],
  ]
  for (const [n, [file, sql, says, commands]] of table.entries()) {
    const data = `data-${n}`
    await recount(['restore', 'all.gz', '--data', data], cwd)
    const path = join(cwd, data, 'main', file)
    change(path, sql)
    const before = digest(path)
    for (const args of commands) {
      const { status, out, err } = await recount([...args, '--data', data], cwd)
      const name = `${sql}: ${args.join(' ')}`
      t.strictSame([status, out], [2, ''], name)
      t.match(err, says, name)
      t.notMatch(err, /^ +at /m, `${name} shows no stack`)
    }
    const doctor = await recount(['doctor', '--data', data], cwd)
    t.equal(doctor.status, 1)
    t.match(doctor.out, says)
    t.equal(digest(path), before, `${sql}: nothing was written`)
  }
})

t.test('a file of others with a journal of its own stays as it is', async (t) => {
  const cwd = folder(t, { 'a.log': LOG })
  mkdirSync(join(cwd, 'recount-data/main'), { recursive: true })
  const path = join(cwd, 'recount-data/main/log.sqlite')
  change(path, 'create table log (mine)')
  const before = digest(path)
  t.match(await recount(['import', 'a.log'], cwd), { status: 2, err: /is no log of recount/ })
  t.equal(digest(path), before)
})

t.test('an older index is made anew from the log, also when that is killed', async (t) => {
  const cwd = folder(t)
  await makeLines(join(cwd, 'lines'), 20_000)
  await imported(['lines'], cwd)
  const shown = async (): Promise<string> =>
    (await recount(['timeline', '--format', 'jsonl'], cwd)).out
  const before = await shown()
  const index = join(cwd, 'recount-data/main/index.sqlite')
  change(index, "update meta set value = 1 where key = 'version'")
  const said: string[] = []
  for (const afterMs of [100, 250, 500, 1000]) {
    const child = start(['timeline', '--limit', '1'], cwd)
    child.stderr!.on('data', (chunk: Buffer) => said.push(String(chunk)))
    const exit = once(child, 'exit')
    // The first says that it begins; how long a process takes to start depends on the machine.
    await Promise.race([said.length === 0 ? once(child.stderr!, 'data') : sleep(500), exit])
    const killing = setTimeout(() => child.kill('SIGKILL'), afterMs)
    await exit
    clearTimeout(killing)
  }
  t.ok((await shown()) === before)
  t.match(said.join(''), /index\.sqlite is of an older version.*made anew from the log/)
  t.equal(said.join('').match(/of an older version/g)?.length, 1, 'one that was begun goes on')
  t.match(await recount(['doctor'], cwd), { status: 0, out: /Nothing is wrong/ })
})
