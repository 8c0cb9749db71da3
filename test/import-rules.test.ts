import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'

const run = promisify(execFile)
const OXLINT = resolve('node_modules/oxlint/bin/oxlint')

/** What no file of a folder may import, one seeded violation each. */
const VIOLATIONS: [file: string, imported: string][] = [
  ['schemas/a.ts', '../services/config.ts'],
  ['ingest-adapters/logs/a.ts', '../../services/config.ts'],
  ['ingest-adapters/logs/a.ts', 'node:fs'],
  ['ingest-adapters/shared/a.ts', 'luxon'],
  ['services/normalizer/a.ts', '../bus/bus.ts'],
  ['services/normalizer/a.ts', 'node:fs'],
  ['services/normalizer/run.ts', '../bus/embedded.ts'],
  ['services/ingest/a.ts', '../../ingest-adapters/logs/syslog.ts'],
  ['services/ingest/a.ts', '../event-index/event-index.ts'],
  ['services/bus/a.ts', '../ingest/import.ts'],
  ['services/backup/a.ts', '../bus/embedded.ts'],
  ['services/event-index/a.ts', '../bus/bus.ts'],
  ['services/api/a.ts', '../event-index/embedded.ts'],
  ['services/web/a.ts', '../api/problems.ts'],
  ['services/commands/a.ts', '../bus/kafka.ts'],
  ['services/ingest/a.ts', 'kafkajs'],
  ['services/bus/a.ts', '@elastic/elasticsearch'],
]

const ALLOWED: [file: string, imported: string][] = [
  ['ingest-adapters/load.ts', 'node:fs/promises'],
  ['services/ingest/a.ts', '../../ingest-adapters/load.ts'],
  ['services/ingest/a.ts', '../../ingest-adapters/shared/json.ts'],
  ['services/backup/a.ts', '../bus/bus.ts'],
  ['services/normalizer/a.ts', '../../schemas/context.ts'],
  ['services/api/a.ts', '../event-index/event-index.ts'],
  ['services/bus/kafka/a.ts', 'kafkajs'],
  ['services/commands/a.ts', '../cluster.ts'],
]

async function lint(file: string, imported: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'recount-lint-'))
  try {
    for (const file of ['.oxlintrc.json', 'tsconfig.json']) cpSync(file, join(folder, file))
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), `import { a } from '${imported}'\n\nexport const b = a\n`)
    // The shell takes away the options by which tap watches its processes: under them the linter does not start here.
    const shell = 'NODE_OPTIONS= exec "$0" "$@"'
    return await run('sh', ['-c', shell, process.execPath, OXLINT, '--format=unix', '.'], {
      cwd: folder,
    }).then(
      ({ stdout }) => stdout,
      (error: { stdout: string }) => error.stdout,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

for (const [file, imported] of VIOLATIONS) {
  t.test(`${file} may not import ${imported}`, async (t) =>
    t.match(await lint(file, imported), /no-restricted-imports/),
  )
}

for (const [file, imported] of ALLOWED) {
  t.test(`${file} may import ${imported}`, async (t) =>
    t.notMatch(await lint(file, imported), /no-restricted-imports/),
  )
}
