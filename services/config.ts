import { WORKSPACE } from '../schemas/workspace.ts'

/** The settings of a process, read once from the environment. Nothing else reads it. */
export interface Config {
  /** The data folder. RECOUNT_DATA; `recount-data` in the current folder. */
  data: string
  /** RECOUNT_WORKSPACE; `main`. */
  workspace: string
  /** RECOUNT_HTTP_HOST; only this machine. */
  host: string
  /** RECOUNT_HTTP_PORT. */
  port: number
  /** RECOUNT_HTTP_ALLOWED_HOSTS, separated by commas: the names under which a proxy that asks for a password sends requests here. Without one only this machine may ask. */
  allowedHosts: readonly string[]
  /** RECOUNT_LOG_LEVEL: trace, debug, info, warn, error, fatal or silent. */
  logLevel: string
  /** Past one machine: RECOUNT_KAFKA_BROKERS, `host:port` separated by commas, and RECOUNT_ELASTICSEARCH_URL; both or none. */
  cluster?: { brokers: readonly string[]; elasticsearchUrl: string }
}

export class BadSetting extends Error {}

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

export const isWorkspace = (name: string): boolean => new RegExp(WORKSPACE).test(name)

/** @throws BadSetting */
export function readConfig(all: Readonly<Record<string, string | undefined>>): Config {
  // A setting that is set to nothing is not set.
  const env = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))
  const port = Number(env['RECOUNT_HTTP_PORT'] ?? 8080)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new BadSetting(
      `RECOUNT_HTTP_PORT is ${env['RECOUNT_HTTP_PORT']}, but must be a number from 0 to 65535`,
    )
  }
  const logLevel = env['RECOUNT_LOG_LEVEL'] ?? 'warn'
  if (!LEVELS.includes(logLevel)) {
    throw new BadSetting(
      `RECOUNT_LOG_LEVEL is ${logLevel}, but must be one of ${LEVELS.join(', ')}`,
    )
  }
  const workspace = env['RECOUNT_WORKSPACE'] ?? 'main'
  if (!isWorkspace(workspace)) {
    throw new BadSetting(
      `RECOUNT_WORKSPACE is ${workspace}, but must be lower-case letters, digits and hyphens, at most 63`,
    )
  }
  const cluster = readCluster(env)
  return Object.freeze({
    ...(cluster && { cluster }),
    data: env['RECOUNT_DATA'] ?? 'recount-data',
    workspace,
    host: env['RECOUNT_HTTP_HOST'] ?? '127.0.0.1',
    port,
    allowedHosts: (env['RECOUNT_HTTP_ALLOWED_HOSTS'] ?? '')
      .split(',')
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== ''),
    logLevel,
  })
}

function readCluster(env: Readonly<Record<string, string | undefined>>): Config['cluster'] {
  const brokers = env['RECOUNT_KAFKA_BROKERS']
  const elasticsearchUrl = env['RECOUNT_ELASTICSEARCH_URL']
  if (brokers === undefined && elasticsearchUrl === undefined) return undefined
  if (brokers === undefined || elasticsearchUrl === undefined) {
    throw new BadSetting(
      `${brokers === undefined ? 'RECOUNT_KAFKA_BROKERS' : 'RECOUNT_ELASTICSEARCH_URL'} is missing: Kafka and Elasticsearch are used together, or neither`,
    )
  }
  const list = brokers.split(',').map((broker) => broker.trim())
  const wrong = list.find((broker) => !/^[^\s/:]+:\d+$|^\[[\da-fA-F:]+\]:\d+$/.test(broker))
  if (wrong !== undefined) {
    throw new BadSetting(
      `RECOUNT_KAFKA_BROKERS is ${brokers}, but must be like kafka1:9092,kafka2:9092`,
    )
  }
  if (!URL.canParse(elasticsearchUrl) || !/^https?:/.test(elasticsearchUrl)) {
    throw new BadSetting(
      'RECOUNT_ELASTICSEARCH_URL must be like http://elasticsearch:9200 or https://user:password@host:9200',
    )
  }
  return { brokers: list, elasticsearchUrl }
}
