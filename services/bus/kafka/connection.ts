import type { Admin, Producer } from 'kafkajs'

/** A client that is connected when it is asked for. */
export interface Connection<T> {
  get(): Promise<T>
  /** Closes it, if there is one; the next one is new. */
  drop(): Promise<void>
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
    async drop() {
      const was = made
      made = undefined
      await was?.then((client) => client.disconnect()).catch(() => undefined)
    },
  }
}
