/** Bytes up to where reading them fails: then they end, so that what came before is read as a file of that length, and `rethrow` says why. */
export function untilFailure(source: AsyncIterable<Uint8Array>): {
  bytes: AsyncIterable<Uint8Array>
  rethrow(): void
} {
  let failure: { error: unknown } | undefined
  const bytes = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield* source
    } catch (error) {
      failure = { error }
    }
  }
  return {
    bytes: bytes(),
    rethrow() {
      if (failure) throw failure.error
    },
  }
}
