/**
 * Measures the main job: `npm run bench`, in a data folder, or `npm run bench -- --engines`, on the Kafka and Elasticsearch that RECOUNT_TEST_KAFKA_BROKERS and
 * RECOUNT_TEST_ELASTICSEARCH_URL name. `--lines N` says how many lines of ten formats, `--rounds N` how often each rate on the engines is measured.
 * It never fails on a time, because a machine that is busy is no bug; it fails when a sum is wrong.
 */
import { parseArgs } from 'node:util'
import { onDataFolder } from './data-folder.ts'
import { onEngines } from './engines.ts'

const { values: options } = parseArgs({
  options: {
    engines: { type: 'boolean', default: false },
    lines: { type: 'string' },
    rounds: { type: 'string', default: '3' },
  },
})
if (options.engines) await onEngines(Number(options.lines ?? 200_000), Number(options.rounds))
else await onDataFolder(Number(options.lines ?? 1_000_000))
