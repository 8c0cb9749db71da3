import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'

const run = promisify(execFile)
const data = mkdtempSync(join(tmpdir(), 'recount-readme-'))
t.teardown(() => rmSync(data, { recursive: true, force: true }))

// What needs Kafka and Elasticsearch is run by cluster.test.ts.
const [alone] = readFileSync('README.md', 'utf8').split('## More than one machine')
const commands = [...alone!.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap((m) =>
  m[1]!.trim().split('\n'),
)
const env = { ...process.env, RECOUNT_DATA: data, RECOUNT_HTTP_PORT: '0' }

t.test('npm start imports the sample and answers with its events', async (t) => {
  t.ok(commands.includes('npm start'))
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    scripts: { start: string }
  }
  const [program, ...args] = scripts.start.split(' ')
  t.equal(program, 'node')
  const server = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'ignore'] })
  const [line] = (await once(server.stdout, 'data')) as [Buffer]
  const answer = await fetch(`${line.toString().trim()}/v1/timeline?limit=5`)
  const { events } = (await answer.json()) as { events: unknown[] }
  t.equal(events.length, 5)
  const stopped = once(server, 'exit')
  server.kill('SIGTERM')
  t.strictSame(await stopped, [0, null])
})

/** Lines that no adapter reads make exit status 1, also when they are tried again: the sample has some on purpose. */
const REFUSES = /^npx recount (?:import|dead-letters replay)/

for (const command of commands.filter((c) => c.startsWith('npx recount'))) {
  t.test(command, async (t) => {
    const shell = command.replace('npx recount', `'${process.execPath}' build/services/main.js`)
    const { code, stdout } = await run('sh', ['-c', shell], { env, maxBuffer: 1 << 26 }).then(
      (done) => ({ code: 0, stdout: done.stdout }),
      (error: { code: number; stdout: string }) => error,
    )
    t.ok(code === 0 || (code === 1 && REFUSES.test(command)), `exit status ${code}`)
    t.match(stdout, /\S/)
  })
}
