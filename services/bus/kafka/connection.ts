import type { Admin, Producer } from 'kafkajs'

/** A client that is connected when it is asked for. */
export interface Connection<T> {
  get(): Promise<T>
  /** Closes it, if there is one and it is this one still; the next one is new. */
  drop(used?: T): Promise<void>
}

/** Connected when it is first asked for, and again after a failure. */
export function connection<T extends Admin | Producer>(make: () => T): Connection<T> {
  let made: Promise<T> | undefined
  const connected = async (): Promise<T> => {
    const client = make()
    try {
      await client.connect()
    } catch (error) {
      // Of a user who is refused the connection stays, and would keep the process.
      await client.disconnect().catch(() => undefined)
      throw error
    }
    return client
  }
  return {
    get: () =>
      (made ??= connected().catch((error: unknown) => {
        made = undefined
        throw error
      })),
    async drop(used) {
      const was = made
      const client = used && (await was?.catch(() => undefined))
      // Of several who used it the first drops it.
      if (client !== used || made !== was) return
      made = undefined
      await was?.then((client) => client.disconnect()).catch(() => undefined)
    },
  }
}
