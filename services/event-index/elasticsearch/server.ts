import { setTimeout as sleep } from 'node:timers/promises'
import { Client, errors } from '@elastic/elasticsearch'
import { Unavailable } from '../../unavailable.ts'

const FIRST_WAIT_MS = 50
const LONGEST_WAIT_MS = 3000
const REQUEST_TIMEOUT_MS = 60_000
/** Too busy, or not there yet: https://www.elastic.co/guide/en/elasticsearch/reference/8.19/tune-for-indexing-speed.html */
const LATER = [429, 502, 503, 504]

export const NO_INDEX = 'index_not_found_exception'

/** The index to write to is gone: another one was published in its place. */
export class IndexGone extends Error {}

/** What became of a document that was sent: a conflict is read, merged and sent again, or there already. */
export const OUTCOMES = ['done', 'conflict', 'retried', 'refused'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** Where a cluster is, and as whom it is asked. */
export interface ElasticsearchAccess {
  /** Its address, with user and password where it wants them. */
  url: string
  /** The certificates of the authorities that are trusted, in PEM; without it those that Node knows. */
  ca?: string
  auth?: { apiKey: string } | { username: string; password: string }
}

/** The calls to a cluster: those that it cannot take now are made again, longer and longer apart, for a while. */
export class Server {
  readonly #client: Client
  readonly #name: string
  readonly #patienceMs: number
  readonly counts: (outcomes: readonly Outcome[]) => void

  constructor(
    { url, ca, auth }: ElasticsearchAccess,
    patienceMs: number,
    counts: (outcomes: readonly Outcome[]) => void = () => undefined,
  ) {
    this.counts = counts
    // The retries of the client know neither back-off nor which answers may be asked for again.
    this.#client = new Client({
      node: url,
      ...(ca !== undefined && { tls: { ca } }),
      ...(auth && { auth }),
      maxRetries: 0,
      requestTimeout: REQUEST_TIMEOUT_MS,
    })
    this.#name = new URL(url).host
    this.#patienceMs = patienceMs
  }

  /** @throws Unavailable */
  async call<T>(ask: (client: Client) => Promise<T>): Promise<T> {
    const wait = this.patience()
    for (;;) {
      try {
        return await ask(this.#client)
      } catch (error) {
        if (mayPass(error) && !isUntrusted(error)) await wait(reasonOf(error))
        else throw this.#refused(error)
      }
    }
  }

  /** Waits a little longer every time. @throws Unavailable when that has gone on for too long */
  patience(): (reason: string) => Promise<void> {
    const started = performance.now()
    let nextMs = FIRST_WAIT_MS
    return async (reason) => {
      if (performance.now() - started + nextMs > this.#patienceMs)
        throw new Unavailable(
          `Elasticsearch at ${this.#name} does not take requests (${reason}): start it, or see what it waits for, and do the same again`,
        )
      await sleep(nextMs)
      nextMs = Math.min(2 * nextMs, LONGEST_WAIT_MS)
    }
  }

  close(): Promise<void> {
    return this.#client.close()
  }

  #refused(error: unknown): unknown {
    if (isUntrusted(error))
      return new Unavailable(
        `the certificate of Elasticsearch at ${this.#name} is not trusted (${reasonOf(error)}): name the file of the authority that signed it in RECOUNT_ELASTICSEARCH_CA_FILE, and the server as its certificate does`,
      )
    const status = statusOf(error)
    if (status === 401 || status === 403)
      return new Unavailable(
        `Elasticsearch at ${this.#name} refuses access (${reasonOf(error)}): check RECOUNT_ELASTICSEARCH_API_KEY, or user and password, and the rights that deploy/README.md lists`,
      )
    if (error instanceof errors.ProductNotSupportedError)
      return new Unavailable(`what answers at ${this.#name} is not Elasticsearch`)
    return error
  }
}

/** The status of the answer that an error is about. */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof errors.ResponseError ? error.statusCode : undefined

/** The type of the error as Elasticsearch names it. */
export const typeOf = (error: unknown): string | undefined =>
  error instanceof errors.ResponseError
    ? (error.body as { error?: { type?: string } } | undefined)?.error?.type
    : undefined

/** What was asked for, or undefined where there is none. */
export const orNone = async <T>(asked: Promise<T>): Promise<T | undefined> =>
  asked.catch((error: unknown) => {
    if (statusOf(error) === 404) return undefined
    throw error
  })

export const isLater = (status: number): boolean => LATER.includes(status)

const isUntrusted = (error: unknown): boolean =>
  error instanceof errors.ConnectionError && /certificate/i.test(error.message)

const mayPass = (error: unknown): boolean =>
  error instanceof errors.ConnectionError ||
  error instanceof errors.TimeoutError ||
  error instanceof errors.NoLivingConnectionsError ||
  // An answer that was cut off.
  error instanceof errors.DeserializationError ||
  isLater(statusOf(error) ?? 0)

const reasonOf = (error: unknown): string =>
  (error as Error).message.split('\n', 1)[0]!.slice(0, 300)
