import { once } from 'node:events'
import { cpSync, mkdirSync, readFileSync, writeFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import type { Ledger } from '../schemas/ledger.ts'
import { makeLines } from './benchmarks/make-lines.ts'
import { start, type Ended } from './support/recount.ts'

const brokers = process.env['RECOUNT_TEST_KAFKA_BROKERS']
const elasticsearch = process.env['RECOUNT_TEST_ELASTICSEARCH_URL']
const LINES = 20_000

const two = (n: number): string => String(Math.floor(n)).padStart(2, '0')

if (!brokers || !elasticsearch) {
  t.plan(
    0,
    'RECOUNT_TEST_KAFKA_BROKERS and RECOUNT_TEST_ELASTICSEARCH_URL are not set: no Kafka and Elasticsearch to test with',
  )
} else {
  const root = t.testdir()
  cpSync(resolve('deploy/sample'), join(root, 'sample'), { recursive: true })
  // What a person wrote of it afterwards would be one more source.
  rmSync(join(root, 'sample/TIMELINE.md'))
  const workspace = `test-${Date.now().toString(36)}`
  const cluster = {
    RECOUNT_KAFKA_BROKERS: brokers,
    RECOUNT_ELASTICSEARCH_URL: elasticsearch,
    RECOUNT_WORKSPACE: workspace,
  }
  const run = async (args: string[], env: Record<string, string>): Promise<Ended> => {
    const child = start(args, root, env)
    const [out, err] = await Promise.all([text(child.stdout!), text(child.stderr!)])
    if (child.exitCode === null) await once(child, 'exit')
    return { status: child.exitCode, out, err }
  }
  /** The same command in a data folder and on the cluster. */
  const both = async (...args: string[]): Promise<[Ended, Ended]> => [
    await run(args, { RECOUNT_DATA: join(root, 'data') }),
    await run(args, cluster),
  ]
  const role = async (t: Test, args: string[]): Promise<{ url: string; kill(): void }> => {
    const child = start([...args, '--port', '0'], root, cluster)
    t.teardown(() => child.kill('SIGKILL'))
    const [said] = (await once(child.stdout!, 'data')) as [Buffer]
    return { url: said.toString().trim(), kill: () => child.kill('SIGKILL') }
  }
  const ledgerOf = ({ out }: Ended): Omit<Ledger, 'import'> => {
    const { import: _, ...ledger } = JSON.parse(out) as Ledger
    return ledger
  }
  const sameTimeline = async (t: Test, why: string): Promise<string> => {
    const [embedded, clustered] = await both('timeline', '--format', 'jsonl')
    t.ok(embedded.out === clustered.out, `${why}: the same bytes on both`)
    return clustered.out
  }

  const readme = readFileSync('README.md', 'utf8').split('## More than one machine')[1]!
  const [setup, normalizer, others] = [...readme.matchAll(/^npx recount ([^#\n]*)/gm)].map((m) =>
    m[1]!.trim().split(' '),
  )
  t.equal((await run(setup!, cluster)).status, 0)
  await role(t, normalizer!)
  const second = await role(t, normalizer!)
  const { url } = await role(t, others!)

  await t.test('the sample gives the same ledger and the same timeline', async (t) => {
    const [embedded, clustered] = await both('import', 'sample', '--json')
    t.strictSame(ledgerOf(clustered), ledgerOf(embedded))
    t.equal((await sameTimeline(t, 'sample')).trimEnd().split('\n').length, 9474)
    const page = (await (await fetch(`${url}/v1/timeline?limit=3`)).json()) as { events: unknown[] }
    t.equal(page.events.length, 3)
  })

  await t.test(
    'a normalizer that is killed while lines come loses and doubles nothing',
    async (t) => {
      mkdirSync(join(root, 'lines'))
      await makeLines(join(root, 'lines'), LINES)
      const args = ['import', 'lines', '--zone', 'UTC', '--json']
      const embedded = await run(args, { RECOUNT_DATA: join(root, 'data') })
      const importing = run(args, cluster)
      setTimeout(second.kill, 1500)
      const clustered = ledgerOf(await importing)
      t.equal(clustered.events, LINES)
      t.strictSame(clustered, ledgerOf(embedded))
      await sameTimeline(t, 'after a normalizer was killed')
    },
  )

  await t.test('importing again adds nothing, and what is taken back comes back', async (t) => {
    const before = await sameTimeline(t, 'before')
    const [, again] = await both('import', 'sample', '--json')
    t.match(ledgerOf(again), { events: 0 })
    t.ok((await sameTimeline(t, 'imported again')) === before)
    await both('sources', 'remove', 'sample/logs')
    t.not((await sameTimeline(t, 'without the logs')).length, before.length)
    const [embedded, clustered] = await both('import', 'sample', '--json')
    t.equal(ledgerOf(clustered).events, ledgerOf(embedded).events)
    await sameTimeline(t, 'with the logs again')
  })

  await t.test('what comes while the index is built anew is in the new one', async (t) => {
    mkdirSync(join(root, 'live'))
    const file = (nth: number): string => join('live', `${nth}.log`)
    for (let nth = 0; nth < 6; nth++)
      writeFileSync(
        join(root, file(nth)),
        Array.from(
          { length: 100 },
          (_, i) => `2026-04-0${nth + 1}T10:00:${two(i % 60)}Z INFO live ${i}\n`,
        ).join(''),
      )
    let building = true
    const rebuilding = Promise.all([run(['rebuild'], cluster), run(['rebuild'], cluster)]).finally(
      () => (building = false),
    )
    let during = 0
    for (let nth = 0; nth < 6; nth++) {
      if (building) during++
      t.equal((await run(['import', file(nth)], cluster)).status, 0)
    }
    for (const { status, err } of await rebuilding) t.equal(status, 0, err)
    t.ok(during > 1, `${during} imports came meanwhile`)
    await run(['import', 'live'], { RECOUNT_DATA: join(root, 'data') })
    await sameTimeline(t, 'rebuilt while files came')
  })

  await t.test('a rebuild gives the same bytes', async (t) => {
    const before = await sameTimeline(t, 'before')
    t.equal((await run(['rebuild'], cluster)).status, 0)
    t.ok((await sameTimeline(t, 'after a rebuild')) === before)
  })

  await t.test('what is deleted and redacted is gone on both, and stays away', async (t) => {
    for (const args of [
      ['delete', '--kind', 'chat,alert', '--to', '2026-01-01T00:00:00Z', '--yes'],
      ['redact', 'checkout', '--yes'],
      ['redact', '/cart', '--kind', 'log', '--from', '2026-01-01T00:00:00Z', '--yes'],
    ]) {
      const [embedded, clustered] = await both(...args)
      t.match(clustered.out, /\n[\d,]+ events(?: and 3 dead letters)? (?:deleted|redacted)\.\n$/)
      t.strictSame([clustered.status, clustered.out], [embedded.status, embedded.out])
      t.match(clustered.err, /Kafka cannot overwrite what it has: the bytes stay/)
    }
    const after = await sameTimeline(t, 'after it')
    t.notMatch(after.replaceAll(/"path":"[^"]*"/g, ''), 'checkout')
    const letters = await both('dead-letters', 'list')
    const sorted = letters.map(({ out }) => out.split('\n').sort())
    t.strictSame(sorted[1], sorted[0])
    t.notMatch(letters[1].out, 'checkout')
    const [embedded, clustered] = await both('import', 'sample', '--json')
    t.match(ledgerOf(clustered), { events: 0 })
    t.strictSame(ledgerOf(clustered), ledgerOf(embedded))
    t.ok((await sameTimeline(t, 'imported again')) === after)
    t.equal((await run(['rebuild'], cluster)).status, 0)
    t.ok((await sameTimeline(t, 'rebuilt')) === after)
  })

  await t.test('two imports at once, in two processes, double nothing', async (t) => {
    const lines = Array.from(
      { length: 3000 },
      (_, i) => `2026-03-01T10:${two(i / 60)}:${two(i % 60)}Z INFO request ${i} of two\n`,
    )
    // Many files, cut at other places, so that each import meets what the other sends while it is under way.
    for (const [name, first] of [
      ['first', 0],
      ['second', 60],
    ] as const) {
      mkdirSync(join(root, name))
      for (let from = first; from < lines.length; from += 120)
        writeFileSync(join(root, name, `${from}.log`), lines.slice(from, from + 180).join(''))
    }
    const count = async (): Promise<number> =>
      (await run(['timeline', '--format', 'jsonl'], cluster)).out.split('\n').length
    const before = await count()
    const ledgers = await Promise.all(
      ['first', 'second'].map(async (path) =>
        ledgerOf(await run(['import', path, '--json'], cluster)),
      ),
    )
    t.equal((await count()) - before, lines.length)
    t.equal(
      ledgers.reduce((sum, { events }) => sum + events, 0),
      lines.length,
    )
    for (const path of ['first', 'second'])
      await run(['import', path], { RECOUNT_DATA: join(root, 'data') })
    // A stream is named by its first file, and either may have been the first.
    const [embedded, clustered] = await both('timeline', '--query', 'request')
    t.ok(embedded.out === clustered.out, 'the same lines on both')
  })
}
