import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { inspect } from 'node:util'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { kafkaBus } from '../services/bus/kafka.ts'
import type { KafkaAccess } from '../services/bus/kafka/access.ts'
import { BadSetting, readConfig } from '../services/config.ts'
import { elasticsearchEventIndex } from '../services/event-index/elasticsearch.ts'
import { Unavailable } from '../services/unavailable.ts'
import { CERTIFICATE, refusingKafka } from './support/fake-kafka.ts'
import { recount } from './support/recount.ts'

const SECRET = 'hunter2-never-shown'
const SERVERS = { RECOUNT_KAFKA_BROKERS: 'k:9092', RECOUNT_ELASTICSEARCH_URL: 'https://e:9200' }
const USER = { RECOUNT_KAFKA_USERNAME: 'u', RECOUNT_KAFKA_PASSWORD: SECRET }
const ca = readFileSync(CERTIFICATE, 'utf8')

t.test('who asks, and over what, is read from the environment', async (t) => {
  const read = (env: Record<string, string>) => readConfig({ ...SERVERS, ...env }).cluster
  t.strictSame(read({}), {
    brokers: ['k:9092'],
    elasticsearchUrl: 'https://e:9200',
    prefix: 'recount',
    kafkaAccess: {},
    elasticsearchAccess: {},
  })
  t.match(
    read({
      ...USER,
      RECOUNT_PREFIX: 'team2',
      RECOUNT_KAFKA_SSL: 'true',
      RECOUNT_KAFKA_CA_FILE: CERTIFICATE,
      RECOUNT_KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
      RECOUNT_ELASTICSEARCH_API_KEY: 'key',
      RECOUNT_ELASTICSEARCH_CA_FILE: CERTIFICATE,
    }),
    {
      prefix: 'team2',
      kafkaAccess: {
        tls: { ca },
        user: { mechanism: 'scram-sha-512', name: 'u', password: SECRET },
      },
      elasticsearchAccess: { ca, auth: { apiKey: 'key' } },
    },
  )
  const user = { RECOUNT_ELASTICSEARCH_USERNAME: 'u', RECOUNT_ELASTICSEARCH_PASSWORD: SECRET }
  t.match(read(user), { elasticsearchAccess: { auth: { username: 'u', password: SECRET } } })
  t.match(read({ RECOUNT_KAFKA_SSL: 'true' }), { kafkaAccess: { tls: {} } })
})

t.test('settings that do not go together are refused, and no password is shown', async (t) => {
  const table: [RegExp, Record<string, string>][] = [
    [/^RECOUNT_KAFKA_SSL is yes, but must be true or false$/, { RECOUNT_KAFKA_SSL: 'yes' }],
    [
      /^RECOUNT_KAFKA_CA_FILE is for TLS: set RECOUNT_KAFKA_SSL=true/,
      { RECOUNT_KAFKA_CA_FILE: CERTIFICATE },
    ],
    [
      /^RECOUNT_KAFKA_CA_FILE is nowhere\.pem, which cannot be read: ENOENT/,
      { RECOUNT_KAFKA_SSL: 'true', RECOUNT_KAFKA_CA_FILE: 'nowhere.pem' },
    ],
    [
      /^RECOUNT_KAFKA_CA_FILE is package\.json, but that holds no certificate in PEM$/,
      { RECOUNT_KAFKA_SSL: 'true', RECOUNT_KAFKA_CA_FILE: 'package.json' },
    ],
    [
      /^RECOUNT_KAFKA_SASL_MECHANISM is gssapi, but must be one of plain, scram-sha-256, scram-sha-512$/,
      { ...USER, RECOUNT_KAFKA_SASL_MECHANISM: 'gssapi' },
    ],
    [/^RECOUNT_KAFKA_USERNAME needs RECOUNT_KAFKA_SASL_MECHANISM/, USER],
    [
      /^RECOUNT_KAFKA_SASL_MECHANISM needs RECOUNT_KAFKA_USERNAME and/,
      { RECOUNT_KAFKA_SASL_MECHANISM: 'plain' },
    ],
    [/^RECOUNT_KAFKA_USERNAME is missing/, { RECOUNT_KAFKA_PASSWORD: SECRET }],
    [/^RECOUNT_KAFKA_PASSWORD is missing/, { RECOUNT_KAFKA_USERNAME: 'u' }],
    [/^RECOUNT_KAFKA_BROKERS must be host:port/, { RECOUNT_KAFKA_BROKERS: `u:${SECRET}@k:9092` }],
    [/^RECOUNT_ELASTICSEARCH_USERNAME is missing/, { RECOUNT_ELASTICSEARCH_PASSWORD: SECRET }],
    [
      /^RECOUNT_ELASTICSEARCH_API_KEY and a user in RECOUNT_ELASTICSEARCH_URL are set/,
      {
        RECOUNT_ELASTICSEARCH_API_KEY: SECRET,
        RECOUNT_ELASTICSEARCH_URL: `https://u:${SECRET}@e:9200`,
      },
    ],
    [
      /^RECOUNT_ELASTICSEARCH_CA_FILE is for TLS: RECOUNT_ELASTICSEARCH_URL must begin with https:/,
      { RECOUNT_ELASTICSEARCH_CA_FILE: CERTIFICATE, RECOUNT_ELASTICSEARCH_URL: 'http://e:9200' },
    ],
    [
      /^RECOUNT_PREFIX is two-parts, but must be .* without a hyphen$/,
      { RECOUNT_PREFIX: 'two-parts' },
    ],
    [/^RECOUNT_PREFIX is Team, but must be lower-case/, { RECOUNT_PREFIX: 'Team' }],
  ]
  for (const [says, env] of table) {
    let error: unknown
    try {
      readConfig({ ...SERVERS, ...env })
    } catch (thrown) {
      error = thrown
    }
    t.ok(error instanceof BadSetting, String(says))
    t.match((error as Error).message, says)
    t.notMatch((error as Error).message, SECRET)
  }
})

/** An Elasticsearch over TLS that knows one key and one user, and no sense in a workspace `broken`. Resolves to its address. */
async function pickyElasticsearch(t: Test): Promise<string> {
  const known = ['ApiKey right', `Basic ${Buffer.from('u:right').toString('base64')}`]
  const server = createServer({ cert: ca, key: ca }, (request, response) => {
    const broken = request.url?.includes('broken')
    const knows = known.includes(request.headers.authorization ?? '')
    const type = knows ? 'index_not_found_exception' : 'security_exception'
    const status = broken ? 400 : knows ? 404 : 401
    response.writeHead(status, {
      'content-type': 'application/json',
      'x-elastic-product': 'Elasticsearch',
    })
    response.end(JSON.stringify({ error: { type, reason: 'unable to authenticate' }, status }))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** What becomes of a call: undefined, or the message of the error that says that something is not to be had. */
const outcome = (t: Test, call: Promise<unknown>): Promise<string | undefined> =>
  call.then(
    () => undefined,
    (error: Error) => {
      t.ok(error instanceof Unavailable, error.message)
      t.notMatch(error.message, SECRET)
      return error.message
    },
  )

t.test('Elasticsearch is asked with a key or a user, over TLS that is trusted', async (t) => {
  const url = await pickyElasticsearch(t)
  const ask = async (access: object): Promise<string | undefined> => {
    const index = elasticsearchEventIndex({ url, patienceMs: 500, ...access })
    t.teardown(() => index.close())
    return outcome(t, index.position('main'))
  }
  t.equal(await ask({ ca, auth: { apiKey: 'right' } }), undefined)
  t.equal(await ask({ ca, auth: { username: 'u', password: 'right' } }), undefined)
  const wrong =
    /refuses access \(security_exception.*: check RECOUNT_ELASTICSEARCH_API_KEY, or user/s
  t.match(await ask({ ca, auth: { apiKey: SECRET } }), wrong)
  t.match(await ask({ ca, auth: { username: 'u', password: SECRET } }), wrong)
  t.match(
    await ask({ auth: { apiKey: 'right' } }),
    /^the certificate of Elasticsearch at 127\.0\.0\.1:\d+ is not trusted \(self-signed.*RECOUNT_ELASTICSEARCH_CA_FILE/,
  )
})

t.test('Kafka is asked as a user, over TLS that is trusted', async (t) => {
  const sent: Buffer[] = []
  const broker = await refusingKafka(t, sent)
  const ask = async (access: KafkaAccess): Promise<string | undefined> => {
    const settings = { brokers: [broker], prefix: 'recount', partitions: 1, replicas: 1, access }
    const bus = kafkaBus(settings, pino({ level: 'silent' }))
    t.teardown(() => bus.close())
    return outcome(t, bus.end('main'))
  }
  const user = { mechanism: 'plain', name: 'u', password: SECRET } as const
  t.match(
    await ask({ tls: { ca }, user }),
    /^Kafka at 127\.0\.0\.1:\d+ does not answer: .*nobody is known here.* Check RECOUNT_KAFKA_SASL_MECHANISM, RECOUNT_KAFKA_USERNAME and RECOUNT_KAFKA_PASSWORD$/,
  )
  t.ok(Buffer.concat(sent).includes(`\0u\0${SECRET}`), 'user and password were sent')
  const [untrusted, clear] = await Promise.all([ask({ tls: {}, user }), ask({ user })])
  t.match(
    untrusted,
    /self-signed certificate.* RECOUNT_KAFKA_CA_FILE, and the brokers as their certificates do$/,
  )
  t.match(clear, /it may want TLS or a user, or no TLS: see RECOUNT_KAFKA_SSL/)
})

t.test('nothing that is printed or logged has a password in it', async (t) => {
  const [broker, url] = [await refusingKafka(t, []), await pickyElasticsearch(t)]
  const env = {
    RECOUNT_KAFKA_BROKERS: broker,
    RECOUNT_KAFKA_SSL: 'true',
    RECOUNT_KAFKA_CA_FILE: resolve(CERTIFICATE),
    RECOUNT_KAFKA_SASL_MECHANISM: 'plain',
    RECOUNT_KAFKA_USERNAME: 'u',
    RECOUNT_KAFKA_PASSWORD: SECRET,
    RECOUNT_ELASTICSEARCH_URL: url,
    RECOUNT_ELASTICSEARCH_API_KEY: SECRET,
    RECOUNT_ELASTICSEARCH_CA_FILE: resolve(CERTIFICATE),
    RECOUNT_LOG_LEVEL: 'trace',
  }
  const { status, out, err } = await recount(['doctor'], t.testdir(), { env })
  t.equal(status, 2)
  t.match(err, /^recount: .* Check RECOUNT_KAFKA_SASL_MECHANISM/m)
  t.match(err, /"namespace":"SaslAuthenticator-PLAIN"/, 'the client told what it did')
  t.notMatch(out + err, SECRET)

  const auth = { username: 'u', password: SECRET }
  const index = elasticsearchEventIndex({ url: url.replace('//', `//u:${SECRET}@`), ca })
  const other = elasticsearchEventIndex({ url, ca, auth })
  for (const each of [index, other]) {
    t.teardown(() => each.close())
    const error = await each.position('broken').catch((e: unknown) => e)
    t.match(error, { statusCode: 400 }, 'an error as the client gives it')
    const logged = inspect(error, { depth: 20, showHidden: true })
    for (const text of [SECRET, Buffer.from(`u:${SECRET}`).toString('base64')])
      t.notMatch(logged, text)
  }
})
