/** Gives things from a callback to a loop, one at a time: the callback waits until the loop is done with it. */
export function handOver<T>(): {
  give(thing: T): Promise<void>
  taken(): Promise<T>
  done(): void
  fail(error: Error): void
  /** Whoever gives something after this waits for nobody. */
  close(): void
} {
  let given: { thing: T; done(): void } | undefined
  let wake: (() => void) | undefined
  let failed: Error | undefined
  let closed = false
  const done = (): void => {
    const was = given
    given = undefined
    was?.done()
  }
  return {
    give: (thing) =>
      new Promise((resolve) => {
        if (closed) return resolve()
        given = { thing, done: resolve }
        wake?.()
      }),
    async taken() {
      if (!given && !failed) await new Promise<void>((resolve) => (wake = resolve))
      if (given) return given.thing
      throw failed!
    },
    done,
    fail(error) {
      failed = error
      wake?.()
    },
    close() {
      closed = true
      done()
    },
  }
}
