import { pino } from 'pino'
import t from 'tap'
import { kafkaBus } from '../services/bus/kafka.ts'
import { testBus } from './contracts/test-bus.ts'

const brokers = process.env['RECOUNT_TEST_KAFKA_BROKERS']
if (!brokers) {
  t.plan(0, 'RECOUNT_TEST_KAFKA_BROKERS is not set: no Kafka to test with')
} else {
  const run = `test-${Date.now().toString(36)}`
  const logger = pino({ level: 'silent' })
  await testBus(t, async (place) =>
    kafkaBus(
      { brokers: brokers.split(','), prefix: `${run}-${place}`, partitions: 3, replicas: 1 },
      logger,
    ),
  )
}
