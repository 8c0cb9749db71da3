/**
 * Breaks what Recount stands on while files come in, and counts: `npm run torture`, `npm run torture -- --small` for CI.
 * `--only NAME,NAME` runs some scenarios or seeded bugs; `--no-seeds` leaves out the seeded bugs. One JSON line a scenario; exit status 1 when a promise is broken or a seeded bug is not caught.
 */
import { readFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { broken, type Figures } from './check.ts'
import { onCluster } from './cluster.ts'
import { onDataFolder } from './data-folder.ts'
import { startEngines, stopEngines } from './engines.ts'
import { SCENARIOS, type Scenario, type Size } from './scenarios.ts'
import { SEEDS } from './seeds/seeds.ts'

const { values: options } = parseArgs({
  options: {
    small: { type: 'boolean', default: false },
    only: { type: 'string' },
    'no-seeds': { type: 'boolean', default: false },
  },
})
const only = options.only?.split(',')
let failed = false

/** Why there are no engines here, or undefined. */
function noEngines(): string | undefined {
  for (const command of ['java', 'mvn']) {
    try {
      execFileSync(command, ['-version'], { stdio: 'ignore' })
    } catch {
      return `${command} is not on the PATH: Kafka and Elasticsearch cannot be started`
    }
  }
  return undefined
}

const sizeOf = (scenario: Scenario): Size => (options.small ? scenario.small : scenario.full)

const run = (scenario: Scenario, size: Size, seed?: string): Promise<Figures> =>
  (scenario.on === 'cluster' ? onCluster : onDataFolder)(scenario, size, seed)

const print = (line: object): void => console.log(JSON.stringify(line))

const isWanted = ({ name, long }: { name: string; long?: true }): boolean =>
  only ? only.includes(name) : !(options.small && long)

const wanted = SCENARIOS.filter(isWanted)
const seeds = options['no-seeds'] ? [] : SEEDS.filter(isWanted)
const needsEngines =
  wanted.some(({ on }) => on === 'cluster') ||
  seeds.some((s) => scenarioOf(s.caughtBy).on === 'cluster')
const skip = needsEngines ? (noEngines() ?? (await startEngines())) : undefined

function scenarioOf(name: string): Scenario {
  return SCENARIOS.find((scenario) => scenario.name === name)!
}

try {
  for (const scenario of wanted) {
    const { name, on } = scenario
    if (on === 'cluster' && skip) {
      print({ scenario: name, skipped: skip })
      continue
    }
    const begin = performance.now()
    try {
      const figures = await run(scenario, sizeOf(scenario))
      const seconds = Math.round((performance.now() - begin) / 100) / 10
      failed ||= broken(figures)
      print({ scenario: name, held: !broken(figures), seconds, ...figures })
    } catch (error) {
      failed = true
      print({ scenario: name, held: false, error: (error as Error).message })
    }
  }
  for (const { name, caughtBy, module, from } of seeds) {
    const scenario = scenarioOf(caughtBy)
    // Where a process cannot start nothing is acknowledged, which looks like a catch.
    if (readFileSync(`build/${module}`, 'utf8').split(from).length !== 2) {
      failed = true
      print({ seed: name, caught: false, error: `${module} does not have its text once` })
      continue
    }
    if (scenario.on === 'cluster' && skip) {
      print({ seed: name, skipped: skip })
      continue
    }
    try {
      const figures = await run(scenario, scenario.small, name)
      const caught = broken(figures)
      failed ||= !caught
      print({ seed: name, caught, by: caughtBy, ...figures })
    } catch (error) {
      // Not caught by the checker: it may be the seed that is wrong.
      failed = true
      print({ seed: name, caught: false, error: (error as Error).message })
    }
  }
} finally {
  if (needsEngines && !skip) await stopEngines()
}
process.exitCode = failed ? 1 : 0
