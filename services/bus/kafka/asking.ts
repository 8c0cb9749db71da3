import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type Admin } from 'kafkajs'
import { Unavailable } from '../../unavailable.ts'
import { explained } from './access.ts'
import type { Connection } from './connection.ts'

const TRIES = 8
const AGAIN_MS = 100

/** Asks Kafka something. @throws Unavailable */
export type Ask = <T>(question: (admin: Admin) => Promise<T>) => Promise<T>

export function asking(admin: Connection<Admin>, brokers: readonly string[]): Ask {
  return async (question) => {
    for (let tries = 1; ; tries++) {
      let client: Admin | undefined
      try {
        client = await admin.get()
        return await question(client)
      } catch (error) {
        // A CommonJS module that names this export where Node does not see it.
        const isAnswer = error instanceof kafkajs.KafkaJSError
        // A client whose broker froze while it connected answers nothing any more, and never connects again.
        if (!isAnswer && client) await admin.drop(client)
        // A topic that was just made has no leader yet; the client does not try these questions again by itself.
        if (tries < TRIES && (isAnswer ? error.retriable : client)) {
          await sleep(tries * AGAIN_MS)
          continue
        }
        throw new Unavailable(
          `Kafka at ${brokers.join(', ')} does not answer: ${explained(error as Error)}`,
        )
      }
    }
  }
}
