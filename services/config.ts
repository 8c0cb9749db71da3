import { readFileSync } from 'node:fs'
import { WORKSPACE } from '../schemas/workspace.ts'
import { MECHANISMS, type KafkaAccess } from './bus/kafka/access.ts'
import type { LanguageModel } from './draft/language-model.ts'
import type { ElasticsearchAccess } from './event-index/elasticsearch/server.ts'

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
  /** RECOUNT_FORMATS: the folder of the user's own formats. */
  formats?: string
  /** RECOUNT_LOG_LEVEL: trace, debug, info, warn, error, fatal or silent. */
  logLevel: string
  /** What may word drafts anew when it is asked to: RECOUNT_MODEL_URL, RECOUNT_MODEL and, where it asks for one, RECOUNT_MODEL_KEY. */
  languageModel?: LanguageModel
  /** Past one machine: RECOUNT_KAFKA_BROKERS, `host:port` separated by commas, and RECOUNT_ELASTICSEARCH_URL; both or none. */
  cluster?: ClusterConfig
}

export interface ClusterConfig {
  brokers: readonly string[]
  elasticsearchUrl: string
  /** RECOUNT_PREFIX: what the names of topics, groups and indices begin with, so that two installations can share servers. */
  prefix: string
  /** RECOUNT_KAFKA_SSL, RECOUNT_KAFKA_CA_FILE; RECOUNT_KAFKA_SASL_MECHANISM, RECOUNT_KAFKA_USERNAME, RECOUNT_KAFKA_PASSWORD. */
  kafkaAccess: KafkaAccess
  /** RECOUNT_ELASTICSEARCH_CA_FILE; RECOUNT_ELASTICSEARCH_API_KEY, or RECOUNT_ELASTICSEARCH_USERNAME and RECOUNT_ELASTICSEARCH_PASSWORD. */
  elasticsearchAccess: Omit<ElasticsearchAccess, 'url'>
}

export class BadSetting extends Error {}

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

export const isWorkspace = (name: string): boolean => new RegExp(WORKSPACE).test(name)

/** @throws BadSetting */
export function readConfig(all: Env): Config {
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
  const languageModel = readLanguageModel(env)
  return Object.freeze({
    ...(languageModel && { languageModel }),
    ...(cluster && { cluster }),
    ...(env['RECOUNT_FORMATS'] !== undefined && { formats: env['RECOUNT_FORMATS'] }),
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

type Env = Readonly<Record<string, string | undefined>>

function readLanguageModel(env: Env): LanguageModel | undefined {
  const [url, model, key] = ['_URL', '', '_KEY'].map((name) => env[`RECOUNT_MODEL${name}`])
  if (url === undefined && model === undefined) return undefined
  if (url === undefined || model === undefined)
    throw new BadSetting(
      `${url === undefined ? 'RECOUNT_MODEL_URL' : 'RECOUNT_MODEL'} is missing: the address and the name of a language model are set together`,
    )
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new BadSetting('RECOUNT_MODEL_URL must be like http://127.0.0.1:11434/v1')
  return { url, model, ...(key !== undefined && { key }) }
}

function readCluster(env: Env): ClusterConfig | undefined {
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
      // What is there is not shown: somebody may have put a password into it.
      'RECOUNT_KAFKA_BROKERS must be host:port, separated by commas, like kafka1:9092,kafka2:9092',
    )
  }
  if (!URL.canParse(elasticsearchUrl) || !/^https?:/.test(elasticsearchUrl)) {
    throw new BadSetting(
      'RECOUNT_ELASTICSEARCH_URL must be like http://elasticsearch:9200 or https://user:password@host:9200',
    )
  }
  const prefix = env['RECOUNT_PREFIX'] ?? 'recount'
  // With a hyphen the topics and indices of one prefix could be those of a workspace of another.
  if (!/^[a-z0-9]{1,63}$/.test(prefix)) {
    throw new BadSetting(
      `RECOUNT_PREFIX is ${prefix}, but must be lower-case letters and digits, at most 63, without a hyphen`,
    )
  }
  return {
    brokers: list,
    elasticsearchUrl,
    prefix,
    kafkaAccess: readKafkaAccess(env),
    elasticsearchAccess: readElasticsearchAccess(env, new URL(elasticsearchUrl)),
  }
}

function readKafkaAccess(env: Env): KafkaAccess {
  const ssl = env['RECOUNT_KAFKA_SSL'] ?? 'false'
  if (ssl !== 'true' && ssl !== 'false')
    throw new BadSetting(`RECOUNT_KAFKA_SSL is ${ssl}, but must be true or false`)
  const ca = readCertificates(env, 'RECOUNT_KAFKA_CA_FILE')
  if (ca && ssl === 'false') {
    throw new BadSetting(
      'RECOUNT_KAFKA_CA_FILE is for TLS: set RECOUNT_KAFKA_SSL=true, or unset it',
    )
  }
  const user = readUser(env, 'RECOUNT_KAFKA')
  const said = env['RECOUNT_KAFKA_SASL_MECHANISM']
  const mechanism = MECHANISMS.find((known) => known === said?.toLowerCase())
  if (said !== undefined && !mechanism) {
    throw new BadSetting(
      `RECOUNT_KAFKA_SASL_MECHANISM is ${said}, but must be one of ${MECHANISMS.join(', ')}`,
    )
  }
  if (mechanism && !user) {
    throw new BadSetting(
      'RECOUNT_KAFKA_SASL_MECHANISM needs RECOUNT_KAFKA_USERNAME and RECOUNT_KAFKA_PASSWORD',
    )
  }
  if (user && !mechanism) {
    throw new BadSetting(
      `RECOUNT_KAFKA_USERNAME needs RECOUNT_KAFKA_SASL_MECHANISM: one of ${MECHANISMS.join(', ')}`,
    )
  }
  return {
    ...(ssl === 'true' && { tls: ca ?? {} }),
    ...(mechanism && user && { user: { mechanism, name: user.username, password: user.password } }),
  }
}

function readElasticsearchAccess(env: Env, url: URL): ClusterConfig['elasticsearchAccess'] {
  const apiKey = env['RECOUNT_ELASTICSEARCH_API_KEY']
  const user = readUser(env, 'RECOUNT_ELASTICSEARCH')
  const ways = [
    apiKey !== undefined && 'RECOUNT_ELASTICSEARCH_API_KEY',
    user && 'RECOUNT_ELASTICSEARCH_USERNAME',
    url.username !== '' && 'a user in RECOUNT_ELASTICSEARCH_URL',
  ].filter((way) => typeof way === 'string')
  if (ways.length > 1)
    throw new BadSetting(`${ways.join(' and ')} are set, but only one says who asks: unset others`)
  const ca = readCertificates(env, 'RECOUNT_ELASTICSEARCH_CA_FILE')
  if (ca && url.protocol !== 'https:') {
    throw new BadSetting(
      'RECOUNT_ELASTICSEARCH_CA_FILE is for TLS: RECOUNT_ELASTICSEARCH_URL must begin with https:, or unset it',
    )
  }
  const auth = apiKey === undefined ? user : { apiKey }
  return { ...ca, ...(auth && { auth }) }
}

/** A user has a name and a password, or there is none. */
function readUser(env: Env, name: string): { username: string; password: string } | undefined {
  const [username, password] = [env[`${name}_USERNAME`], env[`${name}_PASSWORD`]]
  if (username === undefined && password === undefined) return undefined
  if (username === undefined || password === undefined) {
    const missing = username === undefined ? 'USERNAME' : 'PASSWORD'
    throw new BadSetting(`${name}_${missing} is missing: name and password are set together`)
  }
  return { username, password }
}

function readCertificates(env: Env, name: string): { ca: string } | undefined {
  const path = env[name]
  if (path === undefined) return undefined
  let ca: string
  try {
    ca = readFileSync(path, 'utf8')
  } catch (error) {
    throw new BadSetting(`${name} is ${path}, which cannot be read: ${(error as Error).message}`)
  }
  if (!ca.includes('-----BEGIN CERTIFICATE-----'))
    throw new BadSetting(`${name} is ${path}, but that holds no certificate in PEM`)
  return { ca }
}
