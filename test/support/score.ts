import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Draft } from '../../schemas/draft.ts'
import { compared, humanLines } from './human-timeline.ts'

// Scores the draft. `npm run score` compares that of the bundled incident with the timeline that a person wrote. With the scorer of real incidents, which is not part of this repository, beside its
// data: `npm run score -- SCORER DATA [more of its arguments]`, or RECOUNT_SCORER and RECOUNT_SCORER_DATA.

const MAIN = resolve('build/services/main.js')
const [scorer = process.env['RECOUNT_SCORER'], data = process.env['RECOUNT_SCORER_DATA'], ...more] =
  process.argv.slice(2)

if (scorer !== undefined) {
  if (data === undefined || !existsSync(scorer) || !existsSync(data)) {
    console.error(`${scorer} or ${data} is not there: npm run score -- SCORER DATA`)
    process.exit(2)
  }
  const args = [scorer, '--data', data, '--recount', `${process.execPath} ${MAIN}`, ...more]
  process.exit(spawnSync('python3', args, { stdio: 'inherit' }).status ?? 1)
}

const folder = mkdtempSync(join(tmpdir(), 'recount-score-'))
try {
  const recount = (...args: string[]): string =>
    // The sample holds lines that nothing reads: an import of it ends with 1.
    spawnSync(process.execPath, [MAIN, ...args, '--data', folder], {
      encoding: 'utf8',
      cwd: 'deploy/sample',
      maxBuffer: 1 << 28,
    }).stdout
  const imports = JSON.parse(readFileSync('deploy/sample/import.json', 'utf8')) as {
    paths: string[]
    zone?: string
  }[]
  for (const { paths, zone } of imports)
    recount('import', ...paths, ...(zone === undefined ? [] : ['--zone', zone]))
  for (const entries of [20, 40, 60]) {
    const began = performance.now()
    const draft = JSON.parse(
      recount(
        'draft',
        '--from',
        '2025-12-31T22:40:00Z',
        '--to',
        '2026-01-01T01:10:00Z',
        // The person's timeline begins three days before, and ends two days after.
        '--lead',
        '4320',
        '--trail',
        '2880',
        '--entries',
        String(entries),
        '--format',
        'json',
      ),
    ) as Draft
    const { recall, precision } = compared(humanLines('deploy/sample/TIMELINE.md'), draft)
    console.log(
      `sample entries=${draft.entries.length} recall=${recall.toFixed(2)} precision=${precision.toFixed(2)} s=${((performance.now() - began) / 1000).toFixed(1)}`,
    )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
