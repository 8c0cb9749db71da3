import { once } from 'node:events'
import { resolve } from 'node:path'
import t from 'tap'
import { clustered, lacksEngines } from './support/cluster.ts'
import { eventful, ledgerOf, on, same, shown } from './support/eventful.ts'
import { folder, start } from './support/recount.ts'

t.test(
  'a backup goes from a data folder onto a cluster, and back',
  { skip: lacksEngines },
  async (t) => {
    const { workspace } = clustered(t)
    process.chdir(folder(t))
    const env = {
      RECOUNT_KAFKA_BROKERS: process.env['RECOUNT_TEST_KAFKA_BROKERS']!,
      RECOUNT_ELASTICSEARCH_URL: process.env['RECOUNT_TEST_ELASTICSEARCH_URL']!,
      RECOUNT_WORKSPACE: workspace,
    }
    const cluster = on(env)
    const original = on({ RECOUNT_DATA: 'original' })
    const back = on({ RECOUNT_DATA: 'back' })
    await cluster('setup', '--partitions', '3')
    const normalizer = start(['serve', '--roles', 'normalizer', '--port', '0'], resolve('.'), env)
    t.teardown(() => normalizer.kill('SIGKILL'))
    await once(normalizer.stdout!, 'data')

    await eventful(t, original)
    t.equal((await original('backup', 'folder.gz')).status, 0)
    t.match(await cluster('restore', 'folder.gz'), { status: 0, out: /9,\d+ events/, err: '' })
    same(t, await shown(cluster), await shown(original), 'from a folder onto a cluster')
    t.match(await cluster('restore', 'folder.gz'), {
      status: 2,
      err: /is not empty: it has 9,\d+ ev/,
    })

    const again = ['import', 'sample/logs/web01', 'sample/mail', '--json']
    t.match(ledgerOf(await cluster(...again)), { ...ledgerOf(await original(...again)), events: 0 })
    t.match(await cluster('sources', 'remove', 'sample/logs/queue1'), { status: 0 })
    t.match(await cluster('sources', 'remove', 'sample/mail'), { status: 0 })
    t.match(await cluster('import', 'sample/mail'), { status: 0 })
    const wanted = await shown(cluster)
    t.equal((await cluster('backup', 'cluster.gz')).status, 0)
    t.match(await back('restore', 'cluster.gz'), { status: 0 })
    same(t, await shown(back), wanted, 'from a cluster into a folder')
    t.equal((await cluster('rebuild')).status, 0)
    same(t, await shown(cluster), wanted, 'a rebuild of what was restored')
  },
)

t.test('a damaged backup leaves nothing on a cluster', { skip: lacksEngines }, async (t) => {
  const { cluster, workspace } = clustered(t)
  await t.rejects(
    cluster.restore(workspace, async function* () {
      const value = { import: 'i', atMs: 0, files: [] }
      yield { topic: 'imports', key: 'i', value, size: 0 }
      throw new Error('damaged')
    }),
    /damaged/,
  )
  for await (const message of cluster.bus.read(workspace, ['imports'])) t.fail(message.key)
})
