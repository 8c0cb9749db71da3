import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin, KafkaJSError } from 'kafkajs'
import { Unavailable } from '../../unavailable.ts'
import { explained } from './access.ts'
import type { Connection } from './connection.ts'

/** Ten seconds in all: a broker that has just started takes some to choose leaders. */
const TRIES = 15
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
        const { name, retriable } = error as KafkaJSError
        // A client whose broker froze while it connected says something else for ever, and never connects again.
        const isBroken = client !== undefined && !name.startsWith('KafkaJS')
        if (isBroken) await admin.drop(client)
        // A topic that was just made has no leader yet; the client does not try these questions again by itself.
        if (isBroken ? tries === 1 : retriable && tries < TRIES) {
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
