import { setTimeout as sleep } from 'node:timers/promises'
import { Unavailable } from './unavailable.ts'

/** Who asks about health waits two seconds at most. */
const PATIENCE_MS = 1500

/** Asks something that may be down or frozen, and gives up soon. Who asks the same again meanwhile waits with the first: questions do not pile up. */
export function patiently(): <T>(name: string, ask: () => Promise<T>) => Promise<T> {
  const asked = new Map<string, Promise<unknown>>()
  return <T>(name: string, ask: () => Promise<T>): Promise<T> => {
    let answer = asked.get(name)
    if (!answer) {
      asked.set(name, (answer = ask().finally(() => asked.delete(name))))
      // It may fail when nobody waits any more.
      answer.catch(() => undefined)
    }
    const late = sleep(PATIENCE_MS, undefined, { ref: false }).then(() => {
      throw new Unavailable(`${name} does not answer within ${PATIENCE_MS / 1000} seconds`)
    })
    return Promise.race([answer as Promise<T>, late])
  }
}
