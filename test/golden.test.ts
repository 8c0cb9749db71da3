import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { loadAdapters } from '../ingest-adapters/load.ts'
import { FIXTURES, fixtures, outcome, recognizers } from './support/golden.ts'

const adapters = await loadAdapters()
const all = await fixtures()

t.test('every adapter has a fixture', async (t) => {
  for (const { name } of adapters)
    t.ok(
      all.some((f) => f.dataset === name),
      name,
    )
})

t.test('only its own adapter recognizes a fixture', async (t) => {
  for (const { name, dataset, input } of all)
    t.strictSame([...(await recognizers(input, adapters))], [dataset], name)
})

t.test('a near miss is not recognized by the adapter that it is near to', async (t) => {
  for (const file of await readdir(join(FIXTURES, 'near-misses'))) {
    const [kind, format] = file.split('.')
    t.notOk(
      (await recognizers(join(FIXTURES, 'near-misses', file), adapters)).has(`${kind}/${format}`),
      file,
    )
  }
})

t.test('a fixture gives what is written beside it', async (t) => {
  for (const { name, input, expected } of all) {
    const { text, ledger } = await outcome(input)
    t.equal(text, await readFile(expected, 'utf8'), name)
    const rejected = ledger.files.reduce(
      (sum, file) => sum + Object.values(file.reasons).reduce((a, b) => a + b, 0),
      0,
    )
    t.equal(rejected, ledger.rejected, `${name}: the reasons add up`)
  }
})
