/** What can be read up to where reading fails: then it ends, so that what came before counts as it is, and `rethrow` says why. */
export function untilFailure<T>(source: AsyncIterable<T>): {
  read: AsyncIterable<T>
  rethrow(): void
} {
  let failure: { error: unknown } | undefined
  const read = async function* (): AsyncGenerator<T> {
    try {
      yield* source
    } catch (error) {
      failure = { error }
    }
  }
  return {
    read: read(),
    rethrow() {
      if (failure) throw failure.error
    },
  }
}
