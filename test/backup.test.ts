import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { pino } from 'pino'
import t from 'tap'
import type { Ledger } from '../schemas/ledger.ts'
import type { TimelineEvent } from '../schemas/timeline-event.ts'
import type { Sized } from '../services/backup/decode.ts'
import { inForce } from '../services/backup/in-force.ts'
import type { Bus } from '../services/bus/bus.ts'
import { openTimeline, type Timeline } from '../services/timeline.ts'
import { makeLines } from './benchmarks/make-lines.ts'
import { eventful, ledgerOf, on, same, shown } from './support/eventful.ts'
import { inputOf } from './support/generated.ts'
import { folder, imported, LOG, recount, serving, start } from './support/recount.ts'

t.test('a workspace that was restored is the one that was backed up', async (t) => {
  process.chdir(folder(t))
  const original = on({ RECOUNT_DATA: 'original' })
  const restored = on({ RECOUNT_DATA: 'restored', RECOUNT_WORKSPACE: 'again' })
  await eventful(t, original)
  t.match(await original('backup', 'all.gz'), {
    status: 0,
    out: '',
    err: /^Backed up the workspace main: \d+ messages\.\n$/,
  })
  t.match(await restored('restore', 'all.gz'), {
    status: 0,
    out: /^Restored the workspace main as it was at 20\d\d-\S+Z: \d+ messages, 9,\d+ events\.\n$/,
    err: '',
  })
  const wanted = await shown(original)
  same(t, await shown(restored), wanted, 'restored')
  t.equal((await restored('rebuild')).status, 0)
  same(t, await shown(restored), wanted, 'restored and rebuilt')

  await restored('backup', 'again.gz')
  const lines = (name: string): string[] => gunzipSync(readFileSync(name)).toString().split('\n')
  t.ok(
    lines('again.gz').slice(1, -2).join('\n') === lines('all.gz').slice(1, -2).join('\n'),
    'a backup of what was restored has the same messages',
  )

  const there = ['sample/logs', 'sample/mail', 'sample/alerts', 'sample/changes', 'a.log', '--json']
  const again = ledgerOf(await restored('import', ...there))
  t.equal(again.events, 0, 'importing again adds nothing')
  t.strictSame(again, ledgerOf(await original('import', ...there)))
  // What was taken back comes again, and the zone that went with it does not.
  const gone = ['sample/chat', 'b.log', 'messages-20240502', '--json']
  const back = ledgerOf(await restored('import', ...gone))
  t.strictSame(back, ledgerOf(await original('import', ...gone)))
  t.ok(back.events > 20)
  const remove = ['sources', 'remove', 'sample/logs/web01']
  t.equal((await restored(...remove)).out, (await original(...remove)).out)
  same(t, await shown(restored), await shown(original), 'imported and removed after that')
})

t.test('a backup beside a server goes through it, and so does a restore', async (t) => {
  const cwd = folder(t, { 'a.log': LOG })
  const { end } = await serving(cwd)
  await imported(['a.log'], cwd)
  t.equal((await recount(['backup', 'all.gz'], cwd)).status, 0)
  const args = ['restore', 'all.gz', '--workspace', 'second']
  t.match(await recount(args, cwd), { status: 0, out: /3 events/ })
  t.match(await recount(args, cwd), { status: 2, err: /the workspace second is not empty/ })
  t.strictSame(await end('SIGTERM'), [0, null])
  const { out } = await recount(['timeline'], cwd)
  t.equal((await recount(['timeline', '--workspace', 'second'], cwd)).out, out)
})

t.test('what comes while a backup is taken is in it as a whole, or not at all', async (t) => {
  const files: Record<string, [text: string, zone: string]> = {
    'a.log': ['2024-05-01 10:00:00 INFO a\nno record\n', 'Asia/Tokyo'],
    'b.log': ['2024-05-01 10:00:00 INFO b\n2024-02-30 10:00:00 INFO b\n', 'Europe/Berlin'],
  }
  const cwd = folder(t)
  const bring = async (timeline: Timeline, path: string): Promise<unknown> => {
    const [text, zone] = files[path]!
    return timeline.importFiles('main', {
      async *inputs() {
        yield inputOf(path, [Buffer.from(text)])
      },
      zone,
      nowMs: Date.UTC(2024, 5, 1),
    })
  }
  const events = async ({ eventIndex }: Timeline): Promise<TimelineEvent[]> => {
    const page = await eventIndex.page('main', { limit: 1000, order: 'asc' })
    return JSON.parse(`[${Buffer.from(page.events).toString()}]`) as TimelineEvent[]
  }
  const changes: ((timeline: Timeline) => Promise<unknown>)[] = [
    (timeline) => bring(timeline, 'b.log'),
    (timeline) => timeline.remove('main', { path: 'a.log' }),
  ]
  for (const [nth, change] of changes.entries()) {
    for (const beforeRead of [1, 2, 3, 4]) {
      const name = `change ${nth} before read ${beforeRead}`
      const open = (place: string): Timeline =>
        openTimeline(join(cwd, name, place), pino({ level: 'silent' }))
      const [original, restored] = [open('original'), open('restored')]
      await bring(original, 'a.log')
      let reads = 0
      const changing: Bus = {
        ...original.bus,
        async *read(workspace, topics, key) {
          if (++reads === beforeRead) await change(original)
          yield* original.bus.read(workspace, topics, key)
        },
      }
      const messages: Sized[] = []
      for await (const message of inForce(changing, 'main')) messages.push({ ...message, size: 0 })
      await restored.restore('main', async function* () {
        yield* messages
      })
      const done = new Set<string>()
      for await (const { topic, value } of restored.bus.read('main', ['imports', 'removals'])) {
        if (topic === 'removals') done.delete('a.log')
        else if ('events' in (value as object)) done.add((value as Ledger).files[0]!.path)
      }
      t.strictSame(
        (await events(restored)).map((e) => e.timeline.seen[0]!.path),
        [...done],
        `${name}: what is said to be imported is there`,
      )
      for (const path of Object.keys(files)) {
        await bring(original, path)
        await bring(restored, path)
      }
      t.strictSame(await events(restored), await events(original), `${name}: and the rest can come`)
      await original.close()
      await restored.close()
    }
  }
})

t.test(
  '200,000 lines fit into little memory, and a restore that is killed leaves nothing',
  async (t) => {
    const cwd = folder(t)
    await makeLines(join(cwd, 'lines'), 200_000)
    await imported(['lines'], cwd)
    const measured = async (...args: string[]): Promise<number> => {
      const child = start(args, cwd)
      let peak = 0
      const looking = setInterval(() => {
        const kilobytes = /VmHWM:\s+(\d+) kB/.exec(statusOf(child.pid!))?.[1]
        peak = Number(kilobytes ?? peak)
      }, 20)
      t.strictSame(await once(child, 'exit'), [0, null], args.join(' '))
      clearInterval(looking)
      return peak / 1024
    }
    const taking = await measured('backup', 'all.gz')
    for (const afterMs of [0, 150]) {
      rmSync(join(cwd, 'killed/uploads'), { recursive: true, force: true })
      const child = start(['restore', 'all.gz', '--data', 'killed'], cwd)
      // While the log is filled aside, which takes seconds.
      while (!isFilling(join(cwd, 'killed/uploads'))) await sleep(5)
      await sleep(afterMs)
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    const restoring = await measured('restore', 'all.gz', '--data', 'killed')
    t.comment(`at most ${taking} MiB for the backup, ${restoring} MiB for the restore`)
    t.ok(taking < 384 && restoring < 512)
    const count = await recount(['sources', 'list', '--json', '--data', 'killed'], cwd)
    t.equal(count.out, (await recount(['sources', 'list', '--json'], cwd)).out)
    t.notOk(existsSync(join(cwd, 'killed/uploads')), 'what the killed ones left is gone')
  },
)

const isFilling = (uploads: string): boolean =>
  existsSync(uploads) &&
  readdirSync(uploads, { recursive: true }).some((file) => String(file).endsWith('log.sqlite'))

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}
