/** Runs all tests and ends with one plain line: `N passed, N failed, N skipped`. Arguments are passed on to tap. */
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'

const RESULT = '.tap/result.tap'
const LEAF = /^ *(not )?ok \d+(?: - (.*))?$/
/** A test with assertions below it is summed up with its time; a file and a subtest are no assertions. */
const SUMMARY = / # time=[\d.]+m?s(?: \{)?$/

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
for (const line of readFileSync(RESULT, 'utf8').split('\n')) {
  const m = LEAF.exec(line)
  if (!m) continue
  const skipped = / # SKIP(.*)$/i.exec(line)
  if (skipped) {
    counts.skipped++
    reasons.add(skipped[1]!.trim())
  } else if (SUMMARY.test(line)) continue
  else if (m[1]) counts.failed++
  else counts.passed++
}
for (const reason of reasons) console.log(`skipped: ${reason}`)
if (status !== 0 && counts.failed === 0) counts.failed = 1
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
process.exitCode = counts.failed > 0 ? 1 : 0
