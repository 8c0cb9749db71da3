import { readdirSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { Agent } from 'node:http'
import { join } from 'node:path'
import { Client } from '@elastic/elasticsearch'
import { askMs } from './measures.ts'

/** The bulk that every figure is held against: so many documents a request, so many requests at once. */
export const DOCUMENTS = 2000
const LANES = 2

interface Hit {
  _index: string
  _id: string
  _source: object
}

/** A client of Elasticsearch that does nothing but send bytes and take them. */
export class BareElasticsearch {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: LANES })
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  ask(path: string, body?: string | Buffer): Promise<{ ms: number; bytes: Buffer }> {
    return askMs(this.#agent, `${this.#url}/${path}`, body)
  }

  async #json<T>(path: string, body?: object): Promise<T> {
    const { bytes } = await this.ask(path, body && JSON.stringify(body))
    return JSON.parse(bytes.toString()) as T
  }

  /** How many events of a workspace a search finds. */
  async count(workspace: string): Promise<number> {
    const all = { size: 0, track_total_hits: true }
    const path = `recount-${workspace}/_search?ignore_unavailable=true`
    return (await this.#json<{ hits: { total: { value: number } } }>(path, all)).hits.total.value
  }

  /** Writes the documents of a workspace to files, each the body of a bulk request that creates them, with their ids, in another workspace. */
  async prepare(workspace: string, other: string, folder: string): Promise<void> {
    type Scrolled = { _scroll_id: string; hits: { hits: Hit[] } }
    const query = { size: DOCUMENTS, sort: '_doc' }
    let page = await this.#json<Scrolled>(`recount-${workspace}/_search?scroll=1m`, query)
    for (let n = 0; page.hits.hits.length > 0; n++) {
      const lines = page.hits.hits.map(({ _index, _id, _source }) => {
        const index = renamed(_index, workspace, other)
        return `${JSON.stringify({ create: { _index: index, _id } })}\n${JSON.stringify(_source)}\n`
      })
      await writeFile(join(folder, `${n}.ndjson`), lines.join(''))
      page = await this.#json('_search/scroll', { scroll: '1m', scroll_id: page._scroll_id })
    }
  }

  /** Makes the indices of a workspace in another, sends the prepared bodies and makes the documents searchable. @returns seconds */
  async bulk(workspace: string, other: string, folder: string): Promise<number> {
    const client = new Client({ node: this.#url })
    const found = Object.keys(await client.indices.get({ index: `recount-${workspace}` }))
    const indices = found.map((name) => renamed(name, workspace, other))
    for (const index of indices)
      await client.indices.create({ index, aliases: { [`recount-${other}`]: {} } })
    await client.close()
    const bodies = readdirSync(folder).map((file) => join(folder, file))
    const begin = performance.now()
    const lane = async (): Promise<void> => {
      for (let file = bodies.pop(); file; file = bodies.pop()) {
        const { bytes } = await this.ask('_bulk?filter_path=errors', await readFile(file))
        if (bytes.toString() !== '{"errors":false}') throw new Error(bytes.toString())
      }
    }
    await Promise.all(Array.from({ length: LANES }, lane))
    await this.ask(`recount-${other}/_refresh`, '')
    return (performance.now() - begin) / 1000
  }

  close(): void {
    this.#agent.destroy()
  }
}

const renamed = (index: string, workspace: string, other: string): string =>
  index.replace(`recount-${workspace}-`, `recount-${other}-`)
