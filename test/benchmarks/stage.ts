import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ledger } from '../../schemas/ledger.ts'
import { dropGroup, dropIndices, dropTopics } from '../support/cluster.ts'
import { wrongSums } from '../support/recount.ts'
import { BareElasticsearch } from './bare-elasticsearch.ts'
import { randomFrom } from './make-lines.ts'
import { askMs, oneConnection } from './measures.ts'

const MAIN = resolve('build/services/main.js')
const USAGE = new URL('./report-usage.js', import.meta.url).pathname
const DAY_MS = 86_400_000
/** A window has about so many events, of which the first 1000 are asked for. */
export const IN_WINDOW = 7000
const PAGE = 1000
const WINDOWS = 120
const WARMING_UP = 20
const POLL_MS = 20

interface Setting {
  brokers: readonly string[]
  url: string
  folder: string
  lines: number
}

interface Used {
  cpuSeconds: number
  residentMb: number
}

/** What is measured on Kafka and Elasticsearch, in a workspace of its own. */
export class Stage {
  readonly #brokers: readonly string[]
  readonly #url: string
  readonly #folder: string
  readonly #lines: number
  readonly #workspace = `bench-${process.pid.toString(36)}${Date.now().toString(36)}`
  readonly #other = `${this.#workspace}-bare`
  readonly #bare: BareElasticsearch
  /** What a process of a role used in the last round. */
  readonly used = new Map<string, Used>()
  readonly #running = new Set<ChildProcess>()

  constructor({ brokers, url, folder, lines }: Setting) {
    this.#brokers = brokers
    this.#url = url
    this.#folder = folder
    this.#lines = lines
    this.#bare = new BareElasticsearch(url)
    mkdirSync(join(folder, 'bodies'))
  }

  /** @returns seconds from the start of the import until everything is searchable */
  async importFiles(): Promise<number> {
    await this.#run(['setup'])
    const { stop } = await this.#serve('normalizer')
    const begin = performance.now()
    const args = ['import', join(this.#folder, 'lines'), '--zone', 'UTC', '--json']
    const out = await text(this.#start(args, 'importer').stdout!)
    const seconds = (performance.now() - begin) / 1000
    await stop()
    const ledger = JSON.parse(out) as Ledger
    const wrong = wrongSums(ledger)
    if (ledger.events !== this.#lines) wrong.push(`${ledger.events} of ${this.#lines} events`)
    if (wrong.length > 0) throw new Error(wrong.join('\n'))
    await this.#isWhole(this.#workspace)
    return seconds
  }

  /** @returns events a second, from the first that shows to the last, of one normalizer that has all records before it */
  async normalizeBacklog(): Promise<number> {
    await dropIndices(this.#url, this.#workspace)
    await dropGroup(this.#brokers, this.#workspace)
    const { stop } = await this.#serve('normalizer')
    const shown = (): Promise<number> => this.#bare.count(this.#workspace)
    let first = 0
    while (first === 0) {
      await sleep(POLL_MS)
      first = await shown()
    }
    const begin = performance.now()
    while ((await shown()) < this.#lines) await sleep(POLL_MS)
    const seconds = (performance.now() - begin) / 1000
    await stop()
    await this.#isWhole(this.#workspace)
    return (this.#lines - first) / seconds
  }

  /** Keeps what is in the index, to be sent again. */
  async prepareBare(): Promise<void> {
    await this.#bare.prepare(this.#workspace, this.#other, join(this.#folder, 'bodies'))
  }

  /** @returns seconds */
  async bareBulk(): Promise<number> {
    const folder = join(this.#folder, 'bodies')
    const seconds = await this.#bare.bulk(this.#workspace, this.#other, folder)
    await this.#isWhole(this.#other)
    await dropIndices(this.#url, this.#other)
    return seconds
  }

  /** Milliseconds of windows over HTTP, of the same search sent to Elasticsearch, and what that says it took, side by side. */
  async windows(): Promise<{ ours: number[]; direct: number[]; took: number[] }> {
    const { url, stop } = await this.#serve('api')
    const agent = oneConnection()
    const random = randomFrom(7)
    const widthMs = Math.min(DAY_MS, Math.round((DAY_MS * IN_WINDOW) / this.#lines))
    const times = { ours: [] as number[], direct: [] as number[], took: [] as number[] }
    for (let i = 0; i < WINDOWS + WARMING_UP; i++) {
      const fromMs = Date.UTC(2024, 4, 2) + Math.floor(random() * (DAY_MS - widthMs))
      const [from, to] = [fromMs, fromMs + widthMs].map((ms) => new Date(ms).toISOString())
      const ask = `${url}/v1/timeline?limit=${PAGE}&from=${from}&to=${to}`
      const search = JSON.stringify({
        query: { bool: { filter: [{ range: { '@timestamp': { gte: from, lt: to } } }] } },
        sort: [
          { '@timestamp': { order: 'asc', format: 'strict_date_optional_time_nanos' } },
          { order: 'asc' },
        ],
        size: PAGE,
        _source: ['document'],
        track_total_hits: false,
      })
      const ours = await askMs(agent, ask)
      const direct = await this.#bare.ask(`recount-${this.#workspace}/_search`, search)
      const answer = JSON.parse(direct.bytes.toString()) as {
        took: number
        hits: { hits: { _source: { document: string } }[] }
      }
      const documents = answer.hits.hits.map(({ _source }) => _source.document)
      const { events } = JSON.parse(ours.bytes.toString()) as { events: object[] }
      if (JSON.stringify(events) !== `[${documents.join(',')}]`)
        throw new Error(`${ask} gives other events than Elasticsearch has`)
      if (i < WARMING_UP) continue
      times.ours.push(ours.ms)
      times.direct.push(direct.ms)
      times.took.push(answer.took)
    }
    agent.destroy()
    await stop()
    return times
  }

  /** The digest of the timeline: the same in a data folder, on the engines, and there after a rebuild. */
  async digest(): Promise<string> {
    const data = ['--data', join(this.#folder, 'data')]
    await this.#run(['import', join(this.#folder, 'lines'), '--zone', 'UTC', ...data], {})
    const embedded = await this.#digestOf(data, {})
    const { stop } = await this.#serve('normalizer')
    const here = await this.#digestOf([])
    await this.#run(['rebuild'])
    const rebuilt = await this.#digestOf([])
    await stop()
    if (here !== embedded || rebuilt !== embedded)
      throw new Error(`timelines differ: data folder ${embedded}, here ${here}, rebuilt ${rebuilt}`)
    return embedded
  }

  /** An empty workspace. */
  async clear(): Promise<void> {
    await dropIndices(this.#url, this.#workspace)
    await dropTopics(this.#brokers, this.#workspace)
    await dropGroup(this.#brokers, this.#workspace)
  }

  async end(): Promise<void> {
    this.#bare.close()
    for (const child of this.#running) {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
    await this.clear()
    await dropIndices(this.#url, this.#other)
  }

  async #isWhole(workspace: string): Promise<void> {
    const count = await this.#bare.count(workspace)
    if (count !== this.#lines) throw new Error(`${count} of ${this.#lines} events in ${workspace}`)
  }

  get #cluster(): Record<string, string> {
    return {
      RECOUNT_KAFKA_BROKERS: this.#brokers.join(','),
      RECOUNT_ELASTICSEARCH_URL: this.#url,
      RECOUNT_WORKSPACE: this.#workspace,
    }
  }

  #start(args: readonly string[], role: string, settings = this.#cluster): ChildProcess {
    const child = spawn(process.execPath, ['--import', USAGE, MAIN, ...args], {
      env: { ...process.env, ...settings, USAGE_FILE: join(this.#folder, role) },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#running.add(child)
    child.once('exit', () => this.#running.delete(child))
    return child
  }

  async #run(args: readonly string[], settings = this.#cluster): Promise<void> {
    const child = this.#start(args, args[0]!, settings)
    child.stdout!.resume()
    const [status] = (await once(child, 'exit')) as [number | null]
    if (status !== 0) throw new Error(`recount ${args.join(' ')} ends with ${status}`)
  }

  async #digestOf(args: readonly string[], settings = this.#cluster): Promise<string> {
    const child = this.#start(['timeline', '--format', 'jsonl', ...args], 'timeline', settings)
    const digest = createHash('sha256')
    for await (const chunk of child.stdout!) digest.update(chunk as Buffer)
    return digest.digest('hex')
  }

  async #serve(role: string): Promise<{ url: string; stop(): Promise<void> }> {
    const child = this.#start(['serve', '--roles', role, '--port', '0'], role)
    const [said] = (await once(child.stdout!, 'data')) as [Buffer]
    return {
      url: said.toString().trim(),
      stop: async () => {
        const exit = once(child, 'exit')
        child.kill('SIGTERM')
        await exit
        const used = readFileSync(join(this.#folder, role), 'utf8')
        this.used.set(role, JSON.parse(used) as Used)
      },
    }
  }
}
