import type { Admin } from 'kafkajs'
import kafkajs from 'kafkajs'
import t from 'tap'
import { asking } from '../services/bus/kafka/asking.ts'
import { connection } from '../services/bus/kafka/connection.ts'
import { Unavailable } from '../services/unavailable.ts'

/** Clients that answer as they are told, one after the other; `closed` counts those that were let go. */
function clients(answers: readonly (() => Promise<string[]>)[]) {
  const made = { clients: 0, closed: 0 }
  const admin = connection<Admin>(() => {
    const listTopics = answers[Math.min(made.clients++, answers.length - 1)]!
    const disconnect = (): Promise<void> => Promise.resolve(void made.closed++)
    return { connect: () => Promise.resolve(), disconnect, listTopics } as unknown as Admin
  })
  return { made, ask: asking(admin, ['kafka:9092']) }
}

const topics = (admin: Admin): Promise<string[]> => admin.listTopics()
/** What the client says for ever when its broker froze while it connected. */
const broken = (): Promise<string[]> => Promise.reject(new Error('Broker not connected'))
const there = (): Promise<string[]> => Promise.resolve(['there'])

t.test('a client that answers nothing any more is replaced, once for all who ask', async (t) => {
  const { made, ask } = clients([broken, there])
  t.strictSame(await Promise.all([ask(topics), ask(topics), ask(topics)]), [
    ['there'],
    ['there'],
    ['there'],
  ])
  t.strictSame(made, { clients: 2, closed: 1 })
})

t.test('what Kafka cannot tell yet is asked again, by the same client', async (t) => {
  let asked = 0
  const { made, ask } = clients([
    () =>
      ++asked < 3
        ? Promise.reject(new kafkajs.KafkaJSError('no leader', { retriable: true }))
        : there(),
  ])
  t.strictSame(await ask(topics), ['there'])
  t.strictSame(made, { clients: 1, closed: 0 })
})

t.test('what Kafka refuses, and what does not end, is told', async (t) => {
  const { KafkaJSAggregateError, KafkaJSError, KafkaJSNonRetriableError } = kafkajs
  const denied = new KafkaJSError('Topic authorization failed', { retriable: false })
  for (const [refusal, says] of [
    [new KafkaJSNonRetriableError('no such group'), 'no such group'],
    [new KafkaJSAggregateError('Topic errors', [denied]), 'Topic authorization failed'],
  ] as const) {
    const { made, ask } = clients([() => Promise.reject(refusal)])
    await t.rejects(ask(topics), { message: `Kafka at kafka:9092 does not answer: ${says}` })
    t.strictSame(made, { clients: 1, closed: 0 })
  }
  const never = clients([broken])
  await t.rejects(
    never.ask(topics),
    new Unavailable('Kafka at kafka:9092 does not answer: Broker not connected'),
  )
  t.strictSame(never.made, { clients: 2, closed: 2 })
})
