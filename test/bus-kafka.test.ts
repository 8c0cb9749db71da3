import { Kafka, logLevel } from 'kafkajs'
import { pino } from 'pino'
import t from 'tap'
import type { Delivered } from '../services/bus/bus.ts'
import { kafkaBus } from '../services/bus/kafka.ts'
import { main, message, numbers, readAll } from './contracts/read-bus.ts'
import { testBus } from './contracts/test-bus.ts'

const brokers = process.env['RECOUNT_TEST_KAFKA_BROKERS']?.split(',')
if (!brokers) {
  t.plan(0, 'RECOUNT_TEST_KAFKA_BROKERS is not set: no Kafka to test with')
} else {
  const run = `test-${Date.now().toString(36)}`
  const logger = pino({ level: 'silent' })
  const open = (place: string) =>
    kafkaBus({ brokers, prefix: `${run}-${place}`, partitions: 3, replicas: 1 }, logger)
  await testBus(t, async (place) => open(place))

  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  t.teardown(() => admin.disconnect())

  t.test('partitions that are added change the place of no stream', async (t) => {
    const keys = numbers(0, 20).map((n) => `stream ${n}`)
    const place = 'added'
    const records = `${run}-${place}-${main}-records`
    const partitionsOf = (all: readonly Delivered[]): string[][] =>
      keys.map((key) => [
        ...new Set(all.filter((m) => m.key === key).map((m) => m.position.split(':')[0]!)),
      ])
    const before = open(place)
    for (const key of keys) await before.append(main, [message('before', key)])
    const first = partitionsOf(await readAll(before))
    t.ok(new Set(first.flat()).size > 1, 'the streams are in several partitions')
    t.notMatch((await before.check(main)).notes.join('\n'), /partitions/)
    await before.close()

    await admin.createPartitions({ topicPartitions: [{ topic: records, count: 8 }] })
    const after = open(place)
    t.teardown(() => after.close())
    await after.append(main, [message('gone', 'removals', 'removals')])
    for (const key of keys) await after.append(main, [message('after', key)])
    t.strictSame(partitionsOf(await readAll(after)), first)
    for (const key of keys)
      t.strictSame(
        (await readAll(after, ['records'], key)).map((m) => m.value),
        ['before', 'after'],
      )
    const { wrong, notes } = await after.check(main)
    t.strictSame(wrong, [])
    t.match(notes, [
      /replicas/,
      new RegExp(
        `^the topic ${records} has 8 partitions, of which the first 3 are used: .* Nothing is lost\\.`,
      ),
    ])
  })

  t.test(
    'settings of topics under which something is lost are named, with what to do',
    async (t) => {
      const place = 'settings'
      const topic = (name: string): string => `${run}-${place}-${main}-${name}`
      const settings: [name: string, setting: string, value: string, says: RegExp][] = [
        ['records', 'cleanup.policy', 'compact', /loses all others, .* Set it to delete$/],
        ['records', 'retention.ms', '604800000', /no rebuild brings back\. Set it to -1$/],
        ['dead-letters', 'retention.bytes', '1000000', /no rebuild brings back\. Set it to -1$/],
        ['catalogue', 'max.message.bytes', '1048588', /large mails .* Set it to 142606336$/],
      ]
      await admin.createTopics({
        waitForLeaders: true,
        topics: ['records', 'dead-letters', 'catalogue'].map((name) => ({
          topic: topic(name),
          numPartitions: 1,
          replicationFactor: 1,
          configEntries: Object.entries({
            'retention.ms': '-1',
            'max.message.bytes': '142606336',
            ...Object.fromEntries(settings.filter(([of]) => of === name).map(([, n, v]) => [n, v])),
          }).map(([name, value]) => ({ name, value })),
        })),
      })
      const bus = open(place)
      t.teardown(() => bus.close())
      const { wrong, notes } = await bus.check(main)
      t.equal(wrong.length, settings.length)
      for (const [name, setting, value, says] of settings) {
        const said = wrong.find((text) =>
          text.startsWith(`the topic ${topic(name)} has ${setting}=`),
        )
        t.match(said, `${setting}=${value}: `)
        t.match(said, says)
      }
      t.match(notes, [/^Kafka keeps .* once: .*three replicas/])
    },
  )
}
