/** Runs all tests and ends with one plain line: `N passed, N failed, N skipped`. Arguments are passed on to tap. */
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'

const RESULT = '.tap/result.tap'
const LEAF = /^ *(not )?ok \d+(?: - (.*))?$/
/** A test with assertions below it is summed up with its time; a file and a subtest are no assertions. */
const SUMMARY = / # time=[\d.]+m?s(?: \{)?$/

/** Where real servers are given, so many assertions run on them at least: a suite that runs none would be green as well. */
const ENGINE_TESTS = [
  'bus-kafka.test.js',
  'event-index-elasticsearch.test.js',
  'cluster.test.js',
  'backup-cluster.test.js',
]
const LEAST_ON_ENGINES = 1700

mkdirSync('.tap', { recursive: true })
const tap = spawn(
  process.execPath,
  [
    'node_modules/tap/dist/esm/run.mjs',
    'run',
    '--reporter=terse',
    `--output-file=${RESULT}`,
    '--disable-coverage',
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit' },
)
const status = await new Promise<number>((resolve) =>
  tap.once('exit', (code) => resolve(code ?? 1)),
)
const counts = { passed: 0, failed: 0, skipped: 0 }
const reasons = new Set<string>()
const failures: string[] = []
let file = ''
let onEngines = 0
for (const line of readFileSync(RESULT, 'utf8').split('\n')) {
  file = /^# Subtest: (.*)$/.exec(line)?.[1] ?? file
  const m = LEAF.exec(line)
  if (!m) continue
  const skipped = / # SKIP(.*)$/i.exec(line)
  if (skipped) {
    counts.skipped++
    reasons.add(skipped[1]!.trim())
  } else if (SUMMARY.test(line)) {
    // A file that timed out or died fails although none of its assertions does.
    if (m[1]) failures.push(`${file}: ${m[2] ?? ''}`)
  } else if (m[1]) {
    counts.failed++
    failures.push(`${file}: ${m[2] ?? ''}`)
  } else {
    counts.passed++
    if (ENGINE_TESTS.some((name) => file.endsWith(name))) onEngines++
  }
}
const all = process.argv.length === 2
if (all) console.log(`${onEngines} of them on Kafka and Elasticsearch`)
if (all && process.env['RECOUNT_TEST_KAFKA_BROKERS'] && onEngines < LEAST_ON_ENGINES) {
  console.log(`at least ${LEAST_ON_ENGINES} were expected there`)
  counts.failed++
}
for (const reason of reasons) console.log(`skipped: ${reason}`)
if (status !== 0 && counts.failed === 0) counts.failed = 1
for (const failure of failures) console.log(`failed: ${failure}`)
if (counts.failed > 0 && failures.length === 0) console.log(`failed: tap ended with ${status}`)
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
process.exitCode = counts.failed > 0 ? 1 : 0
