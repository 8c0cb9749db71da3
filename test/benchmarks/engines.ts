import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DOCUMENTS } from './bare-elasticsearch.ts'
import { makeLines } from './make-lines.ts'
import { inThousands, percentile, percentiles } from './measures.ts'
import { IN_WINDOW, Stage } from './stage.ts'

const ASKED = { files: 0.5, kafka: 0.7, window: 1.5 }

const percent = (share: number): string => `${Math.round(share * 100)} %`

/**
 * Files to searchable, Kafka to searchable and bare bulk by turns, the window beside the same search, and the timeline beside that of a data folder.
 * @throws when a sum is wrong or a timeline is another
 */
export async function onEngines(lines: number, rounds: number): Promise<void> {
  const brokers = process.env['RECOUNT_TEST_KAFKA_BROKERS']
  const url = process.env['RECOUNT_TEST_ELASTICSEARCH_URL']
  if (!brokers || !url)
    throw new Error(
      'set RECOUNT_TEST_KAFKA_BROKERS and RECOUNT_TEST_ELASTICSEARCH_URL; deploy/local-engines/start.sh brings up both',
    )
  const folder = mkdtempSync(join(tmpdir(), 'recount-bench-'))
  const stage = new Stage({ brokers: brokers.split(','), url, folder, lines })
  const files: number[] = []
  const kafka: number[] = []
  const bare: number[] = []
  try {
    await makeLines(join(folder, 'lines'), lines)
    for (let round = 1; round <= rounds; round++) {
      if (round > 1) await stage.clear()
      files.push(lines / (await stage.importFiles()))
      if (round === 1) await stage.prepareBare()
      kafka.push(await stage.normalizeBacklog())
      bare.push(lines / (await stage.bareBulk()))
    }
    const rate = (what: string, rates: readonly number[], asked?: number): void => {
      const share = percentile(rates, 0.5) / percentile(bare, 0.5)
      const held = asked ? `, ${percent(share)} of bare bulk (asked: ${percent(asked)})` : ''
      const each = rates.map(inThousands).join(', ')
      console.log(`${what}: ${inThousands(percentile(rates, 0.5))}/s${held}; rounds: ${each}`)
    }
    console.log(`${inThousands(lines)} lines of ten formats, medians of ${rounds} rounds`)
    rate('lines in files to searchable', files, ASKED.files)
    rate('records in Kafka to searchable', kafka, ASKED.kafka)
    rate(`bare bulk create, ${inThousands(DOCUMENTS)} x 2 lanes`, bare)
    const { ours, direct, took } = await stage.windows()
    const times = percentile(ours, 0.5) / percentile(direct, 0.5)
    console.log(
      `first 1000 of a window of ${inThousands(IN_WINDOW)} events, over HTTP: ${percentiles(ours)}, ` +
        `p50 ${times.toFixed(2)} x that of Elasticsearch (asked: ${ASKED.window})`,
    )
    console.log(
      `the same search sent to Elasticsearch: ${percentiles(direct)}; it says that it took ${percentiles(took)}`,
    )
    for (const [role, { cpuSeconds, residentMb }] of stage.used)
      console.log(
        `${role}: ${cpuSeconds.toFixed(1)} CPU s, ${residentMb.toFixed(0)} MB resident at most`,
      )
    console.log(`the timeline in a data folder, here, and rebuilt: sha256 ${await stage.digest()}`)
  } finally {
    await stage.end()
    rmSync(folder, { recursive: true, force: true })
  }
}
