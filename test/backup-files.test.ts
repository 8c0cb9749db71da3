import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import t from 'tap'
import { folder, imported, LOG, recount, serving, start } from './support/recount.ts'

t.test('a file of a backup is whole or not there', async (t) => {
  const cwd = folder(t, {
    'a.log': LOG,
    'there.gz': 'mine',
    'begun.gz.partial': 'half',
    'in/x': '',
  })
  symlinkSync('/dev/full', join(cwd, 'full.gz.partial'))
  await imported(['a.log'], cwd)
  const table: [args: string[], says: RegExp][] = [
    [
      ['there.gz'],
      /^recount: there\.gz is there: choose another name, or overwrite it with --force/,
    ],
    [['begun.gz'], /^recount: begun\.gz\.partial is there: another backup writes it, or broke off/],
    [['no/folder.gz'], /^recount: ENOENT.*no\/folder\.gz\.partial/],
    [['x.gz', '--workspace', 'typo'], /^recount: the workspace typo is empty: there is nothing to/],
    [['x.gz', '--data', 'typo'], /^recount: there is no data folder typo/],
    [
      ['full.gz', '--force'],
      /^recount: full\.gz cannot be written: ENOSPC: no space left on device/,
    ],
    [['in', '--force'], /^recount: in is no regular file: choose another name, or - for a pipe/],
  ]
  for (const [args, says] of table) {
    const { status, out, err } = await recount(['backup', ...args], cwd)
    t.strictSame([status, out], [2, ''], args.join(' '))
    t.match(err, says)
    t.notMatch(err, /^ +at /m, `${args.join(' ')} shows no stack`)
  }
  t.strictSame(
    readdirSync(cwd).filter((name) => name.includes('.gz')),
    ['begun.gz.partial', 'there.gz'],
  )
  t.equal(readFileSync(join(cwd, 'there.gz'), 'utf8'), 'mine')
  for (const name of ['there.gz', 'begun.gz'])
    t.equal((await recount(['backup', name, '--force'], cwd)).status, 0)
  t.notOk(existsSync(join(cwd, 'begun.gz.partial')))

  const child = start(['backup', '-'], cwd)
  const chunks: Buffer[] = []
  child.stdout!.on('data', (chunk: Buffer) => chunks.push(chunk))
  t.strictSame(await once(child, 'close'), [0, null])
  const pipe = start(['restore', '-', '--data', 'piped'], cwd)
  pipe.stdin!.end(Buffer.concat(chunks))
  t.strictSame(await once(pipe, 'close'), [0, null])
  for (const name of ['there', 'begun'])
    t.equal((await recount(['restore', `${name}.gz`, '--data', name], cwd)).status, 0)
  const { out } = await recount(['timeline'], cwd)
  for (const data of ['there', 'begun', 'piped'])
    t.equal((await recount(['timeline', '--data', data], cwd)).out, out, data)
})

t.test('a backup that cannot be written says so through a server too', async (t) => {
  const cwd = folder(t, { 'a.log': LOG })
  const { end } = await serving(cwd)
  await imported(['a.log'], cwd)
  symlinkSync('/dev/full', join(cwd, 'full.gz.partial'))
  const { status, err } = await recount(['backup', 'full.gz', '--force'], cwd)
  t.equal(status, 2)
  t.match(err, /^recount: full\.gz cannot be written: ENOSPC/)
  t.strictSame(await end('SIGTERM'), [0, null])
})

t.test('a restore goes into an empty workspace only', async (t) => {
  const cwd = folder(t, { 'a.log': LOG, 'in/letter.txt': 'Dear all\n' })
  await imported(['a.log'], cwd)
  await recount(['backup', 'all.gz'], cwd)
  await imported(['in'], cwd, '--workspace', 'letters')
  mkdirSync(join(cwd, 'nothing'))
  const table: [args: string[], says: RegExp][] = [
    [
      ['all.gz'],
      /^recount: the workspace main is not empty: it has 3 events .*; restore into another one with --workspace, or into another data folder with --data\n$/,
    ],
    [['all.gz', '--workspace', 'letters'], /the workspace letters is not empty: it has 0 events/],
    [['all.gz', '--workspace', 'sample'], /^recount: the workspace sample is the sample's: choose/],
    [['gone.gz'], /^recount: gone\.gz: there is no such file\n$/],
    [['nothing'], /^recount: that is a folder without files: name the file of a backup\n$/],
  ]
  for (const [args, says] of table) {
    const { status, out, err } = await recount(['restore', ...args], cwd)
    t.strictSame([status, out], [2, ''], args.join(' '))
    t.match(err, says)
  }
  t.equal((await recount(['timeline'], cwd)).out.split('\n').length, 4)
})
